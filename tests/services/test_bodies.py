"""The final bytes of events: both versions of the body verify, and an opened one names nobody."""

from __future__ import annotations

import json

import pytest
from django.db import connection, transaction
from logs import SYSTEM, Told, key, tell
from races import scenes

from fairdraw.logproof import commitment, leaf_of, parse_log_proof
from openlot.accounts.models import Department, User
from openlot.kernel import clock
from openlot.publication.models import OpenedEvent, PublicRecord
from openlot.trail.drift import disagreements
from openlot.trail.events import canonical
from openlot.trail.models import Entry, Leaf, PrivatePart
from openlot.trail.places import newest_of, proof_of
from openlot.trail.sealing import seal_now
from openlot.trail.sequencer import sequence
from openlot.trail.writer import record

__all__ = ["key"]
pytestmark = pytest.mark.usefixtures("db", "today")
SALT = bytes(range(16))
V1 = (
    b'{"actor":"user:scjg-task-clerk","at":"2026-11-20T02:00:00+00:00","dept":"SCJG",'
    b'"kind":"draw.drawn","kv":1,"public":{"n_drawn":3},"subject":"draws.Draw:23456789abcd","v":1}'
)
V2 = (
    b'{"at":"2026-11-20T02:00:00+00:00","dept":"SCJG","internal":'
    b'"7c3a86b2cb6bd6b08ba31f30ed58dc7eec7bd21a2e1aafb1c1ad4e2b8ca0f8f0","kind":"draw.drawn","kv":1,'
    b'"public":{"n_drawn":3},"subject":"draws.Draw:23456789abcd","v":2}'
)
GOLDEN = {
    V1: "2f90f0c7d04de35dbbd2b2bedbd0af41e424045b7baaf355373cca3aa03777bc",
    V2: "7061801f92df0ee337f89e9ffe6e5b2c7976aeea30e72dd114cbd91c6586399f",
}


@pytest.mark.parametrize("body", [V1, V2], ids=["version 1", "version 2"])
def test_the_leaf_of_a_body_never_changes(body: bytes):
    """Golden bytes: commitment and leaf of each version, and its canonical form."""
    assert canonical(json.loads(body)) == body
    assert commitment(SALT, body) == GOLDEN[body]
    assert leaf_of(GOLDEN[body]) == b'{"c":"' + GOLDEN[body].encode() + b'","v":1}'


def old_entry() -> Entry:
    """Write an entry as the first version of the platform did."""
    told = json.loads(V1)
    return Entry.objects.create(
        kind=told["kind"],
        at=told["at"],
        actor_ref=told["actor"],
        department_code=told["dept"],
        subject=told["subject"],
        salt=SALT,
        body=V1,
    )


def test_a_body_of_version_2_holds_no_actor():
    """Exactly these keys; the actor is inside the salted internal part."""
    (entry,) = tell()
    body = json.loads(bytes(entry.body))
    assert set(body) == set(json.loads(V2)) | {"personal"}
    assert body["v"] == 2
    inside = entry.private_parts.get(kind="internal")
    assert json.loads(bytes(inside.payload)) == {"actor": SYSTEM.ref, "fields": {}}
    assert body["internal"] == commitment(bytes(inside.salt), bytes(inside.payload))


def test_an_old_body_stays_verifiable_and_is_never_opened(key):
    """Its leaf is in the tree and its columns agree; its proof carries no body."""
    entry = Entry.objects.get(pk=old_entry().pk)
    seal_now()
    assert bytes(Leaf.objects.get(entry=entry).commitment).hex() == GOLDEN[V1]
    assert disagreements(entry) == []
    assert parse_log_proof(proof_of(entry)).extra == b""


CHANGES = {
    "kind": "x.y",
    "department_code": "other",
    "subject": "draws.Draw:other",
    "actor_ref": "user:other",
}


@pytest.mark.parametrize("column", [*CHANGES, "at"])
@pytest.mark.parametrize("make", [old_entry, lambda: tell()[0]], ids=["version 1", "version 2"])
def test_a_plain_column_that_differs_from_the_sealed_bytes_is_named(column: str, make):
    """Whoever rewrites a column past the triggers is caught by the bytes beside it."""
    entry = Entry.objects.get(pk=make().pk)
    assert disagreements(entry) == []
    setattr(entry, column, CHANGES.get(column, clock.now()))
    assert disagreements(entry) == [column]


def test_a_private_part_that_differs_from_its_commitment_is_named():
    """Other internal fields, or another actor, do not open the commitment."""
    (entry,) = tell()
    sealed = PrivatePart.objects.get(entry=entry, kind="internal")
    forged = PrivatePart(kind="internal", salt=sealed.salt, payload=b'{"actor":"x","fields":{}}')

    entry._prefetched_objects_cache = {"private_parts": [forged]}
    assert disagreements(entry) == ["internal", "actor_ref"]


def test_every_entry_of_the_city_agrees_with_its_bytes():
    """A thousand events of the demo city: no column differs."""
    rows = Entry.objects.order_by("-pk").prefetch_related("private_parts")[:1_000]
    assert [e.pk for e in rows if disagreements(e)] == []


class TestOpening:
    """What becomes public opens its events."""

    def test_each_published_record_opens_its_act_and_itself(self):
        """Plans, announcements, draws, results and items carry what their leaves were made of."""
        acts = {
            "item": "item.published",
            "plan": "plan.published",
            "announcement": "draw.announced",
            "draw": "draw.drawn",
            "result": "result.published",
        }
        found = {k: set() for k in acts}
        for row in PublicRecord.objects.prefetch_related("opened"):
            if row.kind in acts:
                found[row.kind].add(tuple(sorted(e.kind for e in row.opened.all())))
        assert found == {k: {tuple(sorted([v, "publication.recorded"]))} for k, v in acts.items()}

    def test_anyone_hashes_an_opened_event_into_its_leaf(self):
        """Salt and body give the commitment that the tree holds."""
        sequence()
        for row in OpenedEvent.objects.all():
            told = commitment(bytes(row.salt), bytes(row.body))
            assert told == bytes(row.commitment).hex()
            assert Leaf.objects.filter(commitment=row.commitment).exists()

    def test_no_opened_body_names_a_person(self):
        """No login name, no person's name, no reference to an account in any of them."""
        names = set(User.objects.values_list("username", flat=True))
        people = set(User.objects.values_list("name", flat=True))
        bodies = [bytes(row.body).decode() for row in OpenedEvent.objects.all()]
        assert len(bodies) > 50
        for body in bodies:
            assert "user:" not in body
            assert not any(f'"{name}"' in body for name in names | people)

    def test_an_event_that_was_told_before_the_new_version_stays_shut(self):
        """A draw of the old days, published today, opens only its publication."""
        scenes.papers_made()
        draw = scenes.live()
        (drawn,) = newest_of(draw, "draw.drawn")
        told = json.loads(bytes(drawn.body))
        Entry.objects.create(
            kind="draw.drawn",
            at=drawn.at,
            actor_ref=drawn.actor_ref,
            department_code=drawn.department_code,
            subject=drawn.subject,
            salt=SALT,
            body=canonical({**told, "v": 1, "actor": drawn.actor_ref}),
        )
        made = scenes.press_publish_draw(0)()
        assert [e.kind for e in made.opened.all()] == ["publication.recorded"]


def test_what_is_written_twice_is_two_leaves():
    """The salt differs, so that equal events have unequal leaves."""
    with transaction.atomic():
        subject = Department.objects.first()
        one, two = (record(Told("a", "b"), actor=SYSTEM, subject=subject) for _n in range(2))
    assert commitment(bytes(one.salt), bytes(one.body)) != commitment(
        bytes(two.salt), bytes(two.body)
    )


def test_an_event_costs_a_statement_or_two_and_comes_back_as_it_was_stored():
    """What ``record`` returns is what the database holds, part by part, without asking it again."""
    user = User.objects.get(username="scjg-task-clerk")
    fact = Told(what="核对", person="张三")
    sent: list[str] = []

    def watch(execute, sql, params, many, context):
        sent.append(sql)
        return execute(sql, params, many, context)

    actor = user.as_actor()
    with transaction.atomic(), connection.execute_wrapper(watch):
        entry = record(fact, actor=actor, subject=user, department="SCJG")
    assert len(sent) == (1 if connection.vendor == "postgresql" else 2)
    assert all('"trail_privatepart"' in sql or '"trail_entry"' in sql for sql in sent)
    stored = Entry.objects.get(pk=entry.number)
    for field in Entry._meta.concrete_fields:
        kept = getattr(stored, field.attname)
        kept = bytes(kept) if isinstance(kept, memoryview) else kept
        name = "number" if field.primary_key else field.attname
        assert kept == getattr(entry, name), field.name
    assert {part.kind for part in stored.private_parts.all()} == {"internal", "personal"}
    assert disagreements(stored) == []
