"""An import tells of each target it brings or changes: what stood there before, what stands there now."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
import wholeness
from django.db import transaction

from fairdraw.logproof import commitment
from openlot.accounts.models import Department, User
from openlot.kernel.actor import Role
from openlot.kernel.errors import Denied, StaleState
from openlot.lifecycle.many import create_many, fire_many
from openlot.ops.demo.city import as_role
from openlot.ops.demo.targets import City
from openlot.ops.fsck.registers import targets_say_what_was_told
from openlot.registers.events import LeaveCancelled, TargetChanged
from openlot.registers.machine import TARGET
from openlot.registers.models import ImportBatch, InspectionTarget, Inspector, TargetState
from openlot.registers.services import import_targets, stage_import, take_rows
from openlot.registers.services.telling import CALLED, COLUMNS
from openlot.trail.models import Entry, PrivatePart
from openlot.trail.selectors import parts_of
from openlot.trail.writer import record, record_many
from openlot.web.trail.labels import LABELS
from openlot.web.trail.stories import told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TAKEN_IN, CHANGED = "register.target_taken_in", "register.target_changed"


def clerk():
    return as_role("NYNC", Role.ENTRY_CLERK)


def rows(n: int = 40, seed: str = "told"):
    made = City([("341282001", "东城街道")], seed).register("NYNC", n)
    return list({row.code: row for row in made if row.code}.values())


def take(some) -> ImportBatch:
    """Import rows at once."""
    _count, batch = import_targets(
        Department.objects.get(code="NYNC"),
        some,
        [],
        n_rows=len(some),
        file_name="nync.csv",
        file_sha256="1" * 64,
        actor=clerk(),
    )
    return batch


def of(kind: str, batch: ImportBatch):
    """The events of a kind that name an import, with their parts, by the target's code."""
    entries = list(Entry.objects.filter(kind=kind).order_by("pk"))
    parts = parts_of(entries)
    return {
        parts[e.pk].internal["code"]: (e, parts[e.pk])
        for e in entries
        if parts[e.pk].internal["batch"] == batch.public_id
    }


def target(row) -> InspectionTarget:
    return InspectionTarget.objects.get(department__code="NYNC", code=row.code)


def business(some):
    """A row whose name is nobody's own."""
    return next(row for row in some if row.kind == "enterprise")


def trader(some):
    return next(row for row in some if row.kind == "self_employed")


def test_each_new_target_is_told_with_what_the_file_said():
    """As many events as targets, each on its own target, personal fields in the personal part."""
    some = rows()
    batch = take(some)
    events = of(TAKEN_IN, batch)
    assert events.keys() == {row.code for row in some}
    assert not of(CHANGED, batch)
    row = business(some)
    entry, parts = events[row.code]
    assert entry.subject == f"registers.InspectionTarget:{target(row).public_id}"
    assert entry.department_code == "NYNC"
    assert parts.internal["changes"]["name"] == ["", row.name]
    assert parts.internal["changes"]["region"] == ["", "东城街道"]
    assert parts.personal["personal_changes"] == {
        name: ["", value]
        for name, value in (
            ("legal_representative", row.legal_representative),
            ("phone", row.phone),
        )
        if value
    }
    assert parts.public == {}
    assert wholeness.faults() == []


def test_the_name_and_home_of_a_person_who_trades_alone_are_personal():
    """What says who somebody is can be shredded."""
    row = trader(some := rows())
    _entry, parts = of(TAKEN_IN, take(some))[row.code]
    assert parts.personal["personal_changes"]["name"] == ["", row.name]
    assert {"name", "premises"}.isdisjoint(parts.internal["changes"])


def test_only_what_changed_is_told_and_the_same_file_tells_nothing():
    """One event for one changed row, with the fields that differ; none for the others."""
    some = rows()
    take(some)
    row = business(some)
    before = target(row)
    other = replace(row, name=row.name + "分店", phone="13900000000")
    batch = take([other, *(one for one in some if one is not row)])
    ((code, (_entry, parts)),) = of(CHANGED, batch).items()
    assert code == row.code
    assert parts.internal["changes"] == {"name": [row.name, other.name]}
    assert parts.personal["personal_changes"] == {"phone": [row.phone, "13900000000"]}
    assert target(row).revision == before.revision + 1
    n = Entry.objects.count()
    again = take([other, *(one for one in some if one is not row)])
    assert not of(TAKEN_IN, again)
    assert not of(CHANGED, again)
    assert Entry.objects.count() == n + 1  # the import's own
    assert wholeness.faults() == []
    assert list(targets_say_what_was_told()) == []


def test_a_target_that_a_file_reports_gone_tells_both_the_word_and_the_leaving():
    """Its status changes with before and after, and it leaves along its arrow; it can come back."""
    some = rows()
    take(some)
    row = business(some)
    take([replace(row, registration_status="cancelled")])
    assert target(row).state == TargetState.MOVED_OUT
    lines = told(entries_of(row), clerk())
    words = [str(line.words) for line in lines]
    assert words == ["由文件入库", "按文件更新", "检查对象出库"]
    (change,) = lines[1].changes
    assert (str(change.label), change.after) == ("登记状态", "注销")
    take([row])
    assert target(row).state == TargetState.ACTIVE
    assert wholeness.faults() == []


def entries_of(row) -> list[Entry]:
    name = f"registers.InspectionTarget:{target(row).public_id}"
    return list(Entry.objects.filter(subject=name).order_by("pk"))


def test_a_row_that_comes_in_gone_is_born_out_of_the_register():
    """A cancelled business is kept and never drawn; its one event is its birth."""
    row = replace(business(rows(seed="gone")), registration_status="cancelled")
    take([row])
    assert target(row).state == TargetState.MOVED_OUT
    assert [entry.kind for entry in entries_of(row)] == [TAKEN_IN]
    assert wholeness.faults() == []


def test_parts_of_a_large_file_tell_as_a_whole_one_does():
    """Every part tells of its own rows in its own transaction; a refused part tells nothing."""
    some = rows(seed="parts")
    department = Department.objects.get(code="NYNC")
    batch = stage_import(department, b"x", file_name="p.csv", file_sha256="2" * 64, actor=clerk())
    batch = take_rows(batch, some[:10], first=0, actor=clerk())
    assert len(of(TAKEN_IN, batch)) == 10
    with pytest.raises(StaleState):
        take_rows(batch, some[10:20], first=0, actor=clerk())
    assert len(of(TAKEN_IN, batch)) == 10
    batch = take_rows(batch, some[10:20], first=10, actor=clerk())
    assert of(TAKEN_IN, batch).keys() == {row.code for row in some[:20]}
    assert wholeness.faults() == []


def test_a_rehearsal_tells_nothing():
    """A dry run leaves no event behind."""
    n = Entry.objects.count()
    some = rows(seed="dry")
    import_targets(
        Department.objects.get(code="NYNC"),
        some,
        [],
        n_rows=len(some),
        file_name="dry.csv",
        file_sha256="3" * 64,
        actor=clerk(),
        dry_run=True,
    )
    assert Entry.objects.count() == n


def test_the_page_of_a_target_leads_to_the_import_that_changed_it(sign_in):
    """Before and after stand in the story, with the batch linked; others read that it changed."""
    some = rows(seed="page")
    take(some)
    row = business(some)
    batch = take([replace(row, address="新址一号", credit_class="D", phone="13911112222")])
    path = f"/targets/{target(row).public_id}/"
    page = sign_in("nync-entry-clerk").get(path).content.decode()
    assert f'href="/imports/{batch.public_id}/"' in page
    assert "<ins>新址一号</ins>" in page
    assert "<ins>139" in page  # who handed the file in reads what it said of people
    head = sign_in("nync-department-head").get(path).content.decode()
    assert "<ins>新址一号</ins>" in head
    assert "13911112222" not in head
    assert re.search(r"<b>联系电话</b>（个人信息，未显示）", head)


def test_how_a_business_is_judged_is_read_only_by_those_who_may():
    """The credit class is in the story of those who may read it on the page."""
    some = rows(seed="credit")
    take([replace(row, credit_class="A") for row in some])
    row = business(some)
    take([replace(row, credit_class="D")])
    who = {role: as_role("NYNC", role) for role in (Role.TASK_CLERK, Role.PUBLICATION_CLERK)}
    from openlot.rights.access import holds
    from openlot.rights.perms import Perm

    assert {holds(actor, Perm.CREDIT_VIEW) for actor in who.values()} == {True, False}
    for actor in who.values():
        labels = {str(change.label) for change in told(entries_of(row), actor)[-1].changes}
        assert ("信用风险" in labels) == holds(actor, Perm.CREDIT_VIEW)


def test_every_column_that_can_change_has_words():
    """No column of a register file reaches the screen by its code name."""
    assert {CALLED.get(name, name) for name in COLUMNS} <= set(LABELS)


@pytest.mark.parametrize("n", [1, 2, 700])
def test_many_are_written_as_one_is(n: int):
    """Same body, same parts, same commitments, own salts and ascending numbers."""
    actor = clerk()
    people = list(Inspector.objects.order_by("pk")[:20])
    with transaction.atomic():
        one = record(LeaveCancelled(n_days=0), actor=actor, subject=people[0], department="NYNC")
        facts = [(LeaveCancelled(n_days=k), people[k % len(people)]) for k in range(n)]
        record_many(facts, actor=actor, department="NYNC")
    written = list(Entry.objects.filter(pk__gt=one.number).order_by("pk"))
    assert [parts_of([e])[e.pk].internal["n_days"] for e in written] == list(range(n))
    salts = set()
    for entry in [Entry.objects.get(pk=one.number), *written]:
        body = json.loads(bytes(entry.body))
        single = json.loads(bytes(one.body))
        assert body.keys() == single.keys()
        assert {k: body[k] for k in ("v", "kind", "kv", "dept", "public")} == {
            k: single[k] for k in ("v", "kind", "kv", "dept", "public")
        }
        (part,) = PrivatePart.objects.filter(entry=entry)
        assert body[part.kind] == commitment(bytes(part.salt), bytes(part.payload))
        assert json.loads(bytes(part.payload))["actor"] == actor.ref
        assert hasattr(entry, "pending")
        salts |= {bytes(part.salt), bytes(entry.salt)}
    assert len(salts) == 2 * (n + 1)
    assert [e.subject.endswith(people[k % len(people)].public_id) for k, e in enumerate(written)]


def test_nobody_writes_many_outside_of_a_transaction():
    """A change and its events stand or fall together."""
    from openlot.trail import writer

    class Outside:
        in_atomic_block = False

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer, "connection", Outside())
        with pytest.raises(RuntimeError):
            record_many([], actor=clerk())


def test_a_row_that_moved_since_it_was_read_is_not_overwritten():
    """Many moves compare and set as one does: one stale row and nothing has happened."""
    batch = take(some := rows(seed="stale"))
    first, second = target(some[0]), target(some[1])
    InspectionTarget.objects.filter(pk=second.pk).update(revision=7)
    fact = TargetChanged(batch=batch.public_id, code="x", changes={}, personal_changes={})
    with pytest.raises(StaleState):
        fire_many(
            [(first, fact, {"name": "甲"}), (second, fact, {"name": "乙"})],
            TARGET["change_by_file"],
            actor=clerk(),
        )
    assert target(some[0]).name == some[0].name


def test_many_are_not_created_or_moved_where_the_actor_has_no_right():
    """Another department's clerk neither brings targets in nor changes them."""
    batch = take(some := rows(seed="foreign"))
    stranger = as_role("WLTY", Role.ENTRY_CLERK)
    fact = TargetChanged(batch=batch.public_id, code="x", changes={}, personal_changes={})
    with pytest.raises(Denied):
        fire_many([(target(some[0]), fact, {})], TARGET["change_by_file"], actor=stranger)
    taken = of(TAKEN_IN, batch)[some[0].code][1].internal
    from openlot.registers.events import TargetTakenIn

    born = TargetTakenIn(batch.public_id, "y", taken["changes"], {})
    made = target(some[0])
    made.pk, made.public_id, made.code, made._state.adding = None, "foreign23456", "Y-1", True
    with pytest.raises(Denied):
        create_many([(made, TARGET["take_in"], born)], actor=stranger)
    assert not InspectionTarget.objects.filter(code="Y-1").exists()
    with pytest.raises(TypeError):
        create_many([(made, TARGET["change_by_file"], fact)], actor=clerk())


def test_a_renamed_clerks_large_file_goes_on(monkeypatch):
    """A new sign-in name between two parts does not stop the import: the person is the same."""
    from services.test_imports_in_parts import go_on, sheet, stop_at

    from openlot.exchange import importing
    from openlot.jobs.services import claim, run

    monkeypatch.setattr(importing, "LARGE", 100)
    monkeypatch.setattr(importing, "PART", 20)
    actor = clerk()
    department = Department.objects.get(code="NYNC")
    batch = importing.hand_in(department, sheet(60, "renamed"), "r.csv", actor=actor)
    run(claim("one"), stop_at(1))
    User.objects.filter(handle=actor.ref.removeprefix("user:")).update(username="nync-new-name")
    run(claim("two"), go_on)
    batch.refresh_from_db()
    assert batch.refusal == ""
    assert batch.n_done == batch.n_rows > 20
