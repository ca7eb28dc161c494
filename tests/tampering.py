"""Ways to rewrite the database behind the platform's back, as its owner could with the guards down."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.db.models import F, Model

from openlot.accounts.models import Department, Grant, User
from openlot.draws.models import Draw, DrawnTarget, EvidenceFile, MatchedOfficer
from openlot.inspections.models import Inspection
from openlot.items.models import InspectionItem
from openlot.plans.models import AnnualPlan
from openlot.policies.models import Policy
from openlot.publication.models import PublicFile, PublicRecord
from openlot.registers.models import ImportBatch, InspectionTarget, Inspector
from openlot.results.models import Evidence, InspectionResult
from openlot.tasks.models import InspectionTask
from openlot.trail.guards import raise_guards
from openlot.trail.models import Checkpoint, Entry, Head, Leaf, Pending, PrivatePart, Tile
from openlot.trail.sequencer import commitment_of


@contextmanager
def guards_down() -> Iterator[None]:
    """Take every trigger down, as the owner of the tables can, and put them up again."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            known = cursor.fetchall()
            for name, _sql in known:
                cursor.execute(f"DROP TRIGGER {name}")
            yield
            for _name, sql in known:
                cursor.execute(sql)
            return
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        tables = connection.introspection.table_names(cursor)
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER ALL')
        yield
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER ALL')
    raise_guards()


@dataclass(frozen=True)
class Tampering:
    """One kind of tampering: what is done, and the check and the table that find it."""

    name: str
    act: Callable[[], object]
    check: str
    table: str


def flipped(data: Any) -> bytes:
    """The bytes with the last bit of the middle one changed."""
    raw = bytearray(bytes(data))
    raw[len(raw) // 2] ^= 1
    return bytes(raw)


def one(model: type[Model], **where: Any) -> Any:
    """A row of the middle of a table."""
    rows = model._default_manager.filter(**where).order_by("pk")
    return rows[rows.count() // 2]


def edit(model: type[Model], column: str, value: Any = flipped, **where: Any) -> Callable[[], None]:
    """Change one column of one row; a function gets the old value."""

    def act() -> None:
        row = one(model, **where)
        new = value(getattr(row, column)) if callable(value) else value
        model._default_manager.filter(pk=row.pk).update(**{column: new})

    return act


def lose(model: type[Model], **where: Any) -> Callable[[], None]:
    """Delete one row, and nothing with it."""

    def act() -> None:
        row = one(model, **where)
        model._default_manager.filter(pk=row.pk)._raw_delete(connection.alias)

    return act


def again(model: type[Model], **changes: Any) -> Callable[[], None]:
    """Add a row like another."""

    def act() -> None:
        row = one(model)
        row.pk = None
        for name, value in changes.items():
            setattr(row, name, value() if callable(value) else value)
        row._state.adding = True
        models.Model.save_base(row, force_insert=True)

    return act


def slip_a_part_in() -> None:
    """Give an entry without a personal part one, which tells something of somebody."""
    entry = one(Entry, kind="task.approved")
    PrivatePart.objects.create(entry=entry, kind="personal", salt=b"0" * 16, payload=b"{}")


def lose_an_entry_whole() -> None:
    """Delete an entry with its leaf, its parts and what waits, and close the gap."""
    entry = one(Entry)
    index = Leaf.objects.get(entry=entry).index
    for model in (PrivatePart, Pending, Leaf):
        model._default_manager.filter(entry=entry)._raw_delete(connection.alias)
    Entry.objects.filter(pk=entry.pk)._raw_delete(connection.alias)
    for leaf in Leaf.objects.filter(index__gt=index).order_by("index"):
        Leaf.objects.filter(index=leaf.index).update(index=leaf.index - 1)
    Head.objects.update(size=F("size") - 1)


def rewrite_an_entry_whole() -> None:
    """Change a body and compute its commitment and leaf again, as somebody who knows how would."""
    entry = one(Entry, kind="task.approved")
    body = bytes(entry.body).replace(b"task.approved", b"task.returned")
    Entry.objects.filter(pk=entry.pk).update(body=body, kind="task.returned")
    sealed = commitment_of(bytes(entry.salt), body)
    leaf = hashlib.sha256(b'\x00{"c":"' + sealed.hex().encode() + b'","v":1}').digest()
    Leaf.objects.filter(entry=entry).update(commitment=sealed, hash=leaf)


def swap_two_leaves() -> None:
    """Let two entries change places."""
    first, second = Leaf.objects.order_by("index")[5:7]
    Leaf.objects.filter(index=first.index).update(entry=Entry.objects.order_by("-pk")[0].pk + 10**6)
    Leaf.objects.filter(index=second.index).update(entry=first.entry_id)
    Leaf.objects.filter(index=first.index).update(entry=second.entry_id)


def edit_file_and_digest() -> None:
    """Change an evidence file together with the digest beside it."""
    row = EvidenceFile.objects.filter(name="result.vdr").order_by("pk")[0]
    data = flipped(row.content)
    digest = hashlib.sha256(data).hexdigest()
    EvidenceFile.objects.filter(pk=row.pk).update(content=data, sha256=digest)


def redraw_the_whole() -> None:
    """Give a draw another result digest in its row alone."""
    draw = one(Draw, state="matched")
    Draw.objects.filter(pk=draw.pk).update(rdigest=draw.rdigest[::-1])


def exchange_an_officer() -> None:
    """Send somebody else than the draw matched."""
    row = one(MatchedOfficer)
    taken = MatchedOfficer.objects.filter(draw=row.draw, target=row.target).values("inspector")
    friend = Inspector.objects.filter(department=row.department).exclude(pk__in=taken)[0]
    MatchedOfficer.objects.filter(pk=row.pk).update(inspector=friend)


def exchange_a_target() -> None:
    """Spare a target and put another in its place."""
    row = one(DrawnTarget, is_spare=False)
    drawn = DrawnTarget.objects.filter(frame=row.frame).values("target")
    other = InspectionTarget.objects.filter(department=row.frame.department).exclude(pk__in=drawn)
    DrawnTarget.objects.filter(pk=row.pk).update(target=other[0])


def give_a_role() -> None:
    """Make somebody an auditor by hand."""
    user = User.objects.filter(grants__role="task_clerk").order_by("pk")[0]
    row = one(Grant)
    row.pk, row.user, row.role, row._state.adding = None, user, "legal_reviewer", True
    models.Model.save_base(row, force_insert=True)


def lose_a_trigger() -> None:
    """Take one guard away for good."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            names = (
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'trail_entry'"
            )
            cursor.execute(names)
            cursor.execute(f"DROP TRIGGER {cursor.fetchone()[0]}")
        else:
            cursor.execute("ALTER TABLE trail_entry DISABLE TRIGGER USER")


def back(state: str) -> Callable[[Any], str]:
    """Put a state back, whatever it is."""
    return lambda _old: state


def elsewhere(department_id: int) -> int:
    """Another department than this one."""
    return Department.objects.exclude(pk=department_id).order_by("pk")[0].pk


def body_of_another() -> None:
    """Seal one entry's body under another's place."""
    first, second = Entry.objects.order_by("pk")[3:5]
    Entry.objects.filter(pk=first.pk).update(body=bytes(second.body), salt=bytes(second.salt))


TREE = "leaves_commit_to_their_entries"
COLUMNS = "columns_tell_what_was_sealed"
FOLLOW = "tiles_head_and_checkpoints_follow"
SIGNED = "checkpoints_are_signed"
REPLAY = "every_row_is_where_its_events_left_it"
COMES = "draws_come_out_again"

KINDS = (
    Tampering("an entry's body", edit(Entry, "body"), TREE, "trail_entry"),
    Tampering("an entry's salt", edit(Entry, "salt"), TREE, "trail_entry"),
    Tampering("an entry's body exchanged", body_of_another, TREE, "trail_entry"),
    Tampering("an entry's kind", edit(Entry, "kind", "task.returned"), COLUMNS, "trail_entry"),
    Tampering("an entry's person", edit(Entry, "actor_ref", "user:x"), COLUMNS, "trail_entry"),
    Tampering(
        "an entry's time", edit(Entry, "at", lambda t: t.replace(year=2020)), COLUMNS, "trail_entry"
    ),
    Tampering("an entry's subject", edit(Entry, "subject", "x:y"), COLUMNS, "trail_entry"),
    Tampering(
        "an entry's department", edit(Entry, "department_code", "XX"), COLUMNS, "trail_entry"
    ),
    Tampering("an entry lost", lose(Entry), "nothing_hangs_in_the_air", "trail_leaf"),
    Tampering("an entry lost whole", lose_an_entry_whole, FOLLOW, "trail_checkpoint"),
    Tampering("an entry rewritten whole", rewrite_an_entry_whole, FOLLOW, "trail_checkpoint"),
    Tampering("an entry without a place", lose(Leaf), "every_entry_has_one_place", "trail_entry"),
    Tampering(
        "an entry placed and waiting",
        lambda: Pending.objects.create(entry=one(Entry)),
        "every_entry_has_one_place",
        "trail_pending",
    ),
    Tampering(
        "the last leaf lost",
        lambda: Leaf.objects.order_by("-index")[:1].get().delete(),
        "leaves_are_without_a_gap",
        "trail_head",
    ),
    Tampering("a leaf's commitment", edit(Leaf, "commitment"), TREE, "trail_entry"),
    Tampering("a leaf's hash", edit(Leaf, "hash"), TREE, "trail_leaf"),
    Tampering(
        "a leaf moved on",
        lambda: Leaf.objects.filter(index=0).update(index=10**6),
        "leaves_are_without_a_gap",
        "trail_leaf",
    ),
    Tampering("two leaves exchanged", swap_two_leaves, TREE, "trail_entry"),
    Tampering("a bit of a tile", edit(Tile, "hashes"), FOLLOW, "trail_tile"),
    Tampering("a tile's root", edit(Tile, "root"), FOLLOW, "trail_tile"),
    Tampering("a tile lost", lose(Tile), FOLLOW, "trail_tile"),
    Tampering("a tile too many", again(Tile, number=10**6), FOLLOW, "trail_tile"),
    Tampering(
        "the head's size",
        lambda: Head.objects.update(size=7),
        "leaves_are_without_a_gap",
        "trail_head",
    ),
    Tampering("the head's frontier", edit(Head, "frontier"), FOLLOW, "trail_head"),
    Tampering(
        "the head lost",
        lambda: Head.objects.all()._raw_delete(connection.alias),
        "leaves_are_without_a_gap",
        "trail_head",
    ),
    Tampering("a checkpoint's root", edit(Checkpoint, "root"), FOLLOW, "trail_checkpoint"),
    Tampering(
        "a checkpoint's text",
        edit(Checkpoint, "note", lambda n: n.replace("log1", "log2")),
        SIGNED,
        "trail_checkpoint",
    ),
    Tampering(
        "a checkpoint's signature",
        edit(Checkpoint, "note", lambda n: n[:-12] + "AAAA" + n[-8:]),
        SIGNED,
        "trail_checkpoint",
    ),
    Tampering(
        "the last checkpoint lost",
        lambda: Checkpoint.objects.order_by("-size")[:1].get().delete(),
        "the_signer_remembers_no_more",
        "trail_checkpoint",
    ),
    Tampering(
        "a private part",
        edit(PrivatePart, "payload", b'{"actor":"user:x","fields":{}}', kind="internal"),
        COLUMNS,
        "trail_entry",
    ),
    Tampering(
        "a private part's salt", edit(PrivatePart, "salt", kind="personal"), COLUMNS, "trail_entry"
    ),
    Tampering(
        "a personal part lost", lose(PrivatePart, kind="personal"), COLUMNS, "trail_privatepart"
    ),
    Tampering("a personal part slipped in", slip_a_part_in, COLUMNS, "trail_entry"),
    Tampering(
        "an internal part lost", lose(PrivatePart, kind="internal"), COLUMNS, "trail_privatepart"
    ),
    Tampering(
        "a draw's state", edit(Draw, "state", "announced", state="matched"), REPLAY, "draws_draw"
    ),
    Tampering(
        "a task's state", edit(InspectionTask, "state", "draft"), REPLAY, "tasks_inspectiontask"
    ),
    Tampering("a plan's state", edit(AnnualPlan, "state", "draft"), REPLAY, "plans_annualplan"),
    Tampering(
        "an item's state", edit(InspectionItem, "state", "draft"), REPLAY, "items_inspectionitem"
    ),
    Tampering(
        "an inspection's state",
        edit(Inspection, "state", "ended", state="ready"),
        REPLAY,
        "inspections_inspection",
    ),
    Tampering(
        "a result's state",
        edit(InspectionResult, "state", "published", state="not_recorded"),
        REPLAY,
        "results_inspectionresult",
    ),
    Tampering(
        "a revision",
        edit(InspectionTask, "revision", lambda n: n + 3),
        REPLAY,
        "tasks_inspectiontask",
    ),
    Tampering(
        "a result lost",
        lose(InspectionResult, state="not_recorded"),
        REPLAY,
        "results_inspectionresult",
    ),
    Tampering(
        "an inspector by hand",
        again(Inspector, number="X-1", public_id="xxxxxxxxxxxx", user=None),
        REPLAY,
        "registers_inspector",
    ),
    Tampering("a drawn target exchanged", exchange_a_target, COMES, "draws_drawntarget"),
    Tampering("a drawn target lost", lose(DrawnTarget), COMES, "draws_drawntarget"),
    Tampering("a matched officer exchanged", exchange_an_officer, COMES, "draws_matchedofficer"),
    Tampering("a draw's digest", redraw_the_whole, COMES, "draws_draw"),
    Tampering(
        "an evidence file",
        edit(EvidenceFile, "content", name="docs/parties"),
        "evidence_files_are_whole",
        "draws_evidencefile",
    ),
    Tampering("an evidence file and its digest", edit_file_and_digest, COMES, "draws_evidencefile"),
    Tampering("a role by hand", give_a_role, "roles_are_those_that_were_given", "accounts_grant"),
    Tampering(
        "a role lost",
        lose(Grant, revoked_at=None),
        "roles_are_those_that_were_given",
        "accounts_grant",
    ),
    Tampering(
        "a person's department",
        edit(User, "department_id", elsewhere),
        "accounts_are_where_they_were_put",
        "accounts_user",
    ),
    Tampering(
        "a person's sign-in name",
        edit(User, "username", "somebody-else"),
        "accounts_are_where_they_were_put",
        "accounts_user",
    ),
    Tampering(
        "a closed door opened",
        edit(User, "is_active", False),
        "accounts_are_where_they_were_put",
        "accounts_user",
    ),
    Tampering(
        "a published record",
        edit(PublicRecord, "body", {"title": "x"}),
        "published_records_are_unchanged",
        "publication_publicrecord",
    ),
    Tampering(
        "a published record lost",
        lose(PublicRecord),
        "published_records_are_unchanged",
        "publication_publicrecord",
    ),
    Tampering(
        "an old version shown",
        edit(PublicRecord, "is_current", False, is_current=True),
        "one_version_is_current",
        "publication_publicrecord",
    ),
    Tampering(
        "a public file",
        edit(PublicFile, "content"),
        "public_files_are_whole",
        "publication_publicfile",
    ),
    Tampering(
        "a policy number",
        edit(Policy, "body", {"days": 999}),
        "policies_are_those_adopted",
        "policies_policy",
    ),
    Tampering(
        "a policy's source",
        edit(Policy, "source", "无"),
        "policies_are_those_adopted",
        "policies_policy",
    ),
    Tampering("a policy lost", lose(Policy), "policies_are_those_adopted", "policies_policy"),
    Tampering(
        "a result's codes",
        edit(InspectionResult, "codes", ["RC99"], recorded_at__isnull=False),
        "results_are_those_recorded",
        "results_inspectionresult",
    ),
    Tampering("a photo", edit(Evidence, "content"), "evidence_is_whole", "results_evidence"),
    Tampering("a photo lost", lose(Evidence), "evidence_is_whole", "results_evidence"),
    Tampering(
        "an import's numbers",
        edit(ImportBatch, "n_added", lambda n: n + 1),
        "imports_are_those_told",
        "registers_importbatch",
    ),
    Tampering(
        "what the register says of a target",
        edit(InspectionTarget, "address", "别处", source="import"),
        "targets_say_what_was_told",
        "registers_inspectiontarget",
    ),
    Tampering(
        "a target slipped into the register as if a file had brought it",
        again(InspectionTarget, public_id="slippedin234", code="X-1", source="import"),
        "targets_say_what_was_told",
        "registers_inspectiontarget",
    ),
)
