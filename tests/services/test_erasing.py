"""Erasing a person from the trail: all that was ticked or nothing, told entry by entry, proof kept."""

from __future__ import annotations

import json

import pytest
from logs import SYSTEM

from openlot.accounts.models import AccountRequest, User
from openlot.accounts.services import request_opening
from openlot.draws.models import Draw
from openlot.inspections.models import Inspection
from openlot.kernel import clock
from openlot.kernel.actor import Actor, Role
from openlot.kernel.errors import Conflict, Denied, Invalid
from openlot.ops.demo.city import as_role
from openlot.ops.fsck.findings import Level
from openlot.ops.fsck.run import examine
from openlot.paperwork.pack import pack_files
from openlot.privacy import selectors
from openlot.privacy.selectors import erasures, held
from openlot.privacy.services import REASON_AT_LEAST, shred
from openlot.registers.models import InspectionTarget, Inspector
from openlot.registers.services import enter_leave
from openlot.results.models import InspectionResult
from openlot.rights.access import holds
from openlot.rights.perms import Perm
from openlot.signin.models import EmergencyView, FactorReset
from openlot.signin.services.guarding import check_password
from openlot.tasks.models import InspectionTask
from openlot.trail.events import canonical
from openlot.trail.models import Entry, PrivatePart
from openlot.trail.selectors import parts_of, public_fields
from openlot.web.privacy.kinds import KINDS
from openlot.web.trail.stories import told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

WHY = "本人 11 月 19 日书面申请，个人信息保护法第四十七条"


def office() -> Actor:
    return as_role("SCJG", Role.CONFERENCE_OFFICE)


def visited(n: int = 0) -> Inspection:
    """Return an inspection of which notice and visits name somebody."""
    rows = Inspection.objects.filter(state="ended").exclude(service_receipt=None)
    return rows.order_by("pk")[n]


def numbers(*objects) -> list[int]:
    return [row.entry.pk for row in held(office(), objects).rows]


def personal(*entries: int) -> int:
    return PrivatePart.objects.filter(entry__in=entries, kind="personal").count()


class TestTheAct:
    """What happens to the entries that were ticked."""

    def test_all_that_was_ticked_goes_at_once_and_each_is_told(self):
        """One event for each entry, in the department of the entry; what happened stays."""
        inspection = visited()
        ticked = numbers(inspection)
        assert len(ticked) > 1
        bodies = dict(Entry.objects.filter(pk__in=ticked).values_list("pk", "body"))
        rows = shred(ticked, f"  {WHY} ", about=[inspection], actor=office())
        assert personal(*ticked) == 0
        assert dict(Entry.objects.filter(pk__in=ticked).values_list("pk", "body")) == bodies
        rows = Entry.objects.filter(pk__in=rows).order_by("pk")
        named = {str(u) for u in Entry.objects.filter(pk__in=ticked).values_list("uuid", flat=True)}
        assert {public_fields(row)["entry"] for row in rows} == named
        assert len(rows) == len(ticked)
        assert {parts_of([row])[row.pk].internal["reason"] for row in rows} == {WHY}
        assert {row.department_code for row in rows} == {
            e.department_code for e in Entry.objects.filter(pk__in=ticked)
        }

    def test_what_was_not_ticked_stays(self):
        """Unticked entries, and those of others, keep their personal part."""
        first, other = visited(0), visited(1)
        ticked, untouched = numbers(first), numbers(other)
        shred(ticked[:1], WHY, about=[first], actor=office())
        assert numbers(first) == ticked[1:]
        assert numbers(other) == untouched

    @pytest.mark.parametrize("wrong", ["gone", "another's", "none such", "never personal"])
    def test_one_entry_that_cannot_go_keeps_them_all(self, wrong: str):
        """Erased before, about somebody else, not there, or without personal data: nothing is done."""
        inspection, other = visited(0), visited(1)
        ticked = numbers(inspection)
        plain = Entry.objects.filter(
            subject__endswith=inspection.public_id, kind="inspection.prepared"
        ).get()
        last = {
            "gone": ticked.pop(),
            "another's": numbers(other)[0],
            "none such": 10**12,
            "never personal": plain.pk,
        }[wrong]
        if wrong == "gone":
            shred([last], WHY, about=[inspection], actor=office())
        before = Entry.objects.count(), PrivatePart.objects.count()
        with pytest.raises(Conflict, match=str(last)):
            shred([*ticked, last], WHY, about=[inspection], actor=office())
        assert (Entry.objects.count(), PrivatePart.objects.count()) == before
        assert personal(*ticked) == len(ticked) > 0

    def test_whoever_looked_before_and_presses_after_is_refused(self):
        """Two looked at the same page: the second loses even where only one entry is in both."""
        inspection = visited()
        ticked = numbers(inspection)
        shred(ticked[:1], WHY, about=[inspection], actor=office())
        with pytest.raises(Conflict):
            shred(ticked, WHY, about=[inspection], actor=office())
        assert personal(*ticked) == len(ticked) - 1

    @pytest.mark.parametrize("reason", ["", "   ", "依申请", " " * 40 + "依法"])
    def test_a_reason_is_more_than_a_word(self, reason: str):
        """Too short a reason is refused beside its field."""
        inspection = visited()
        with pytest.raises(Invalid) as refused:
            shred(numbers(inspection), reason, about=[inspection], actor=office())
        assert str(REASON_AT_LEAST) in str(refused.value.fields["reason"])

    def test_at_least_one_entry_is_ticked(self):
        """An erasure of nothing is none."""
        with pytest.raises(Invalid) as refused:
            shred([], WHY, about=[visited()], actor=office())
        assert set(refused.value.fields) == {"entries"}

    @pytest.mark.parametrize("role", sorted(Role, key=str))
    def test_only_the_office_may(self, role: Role):
        """Who runs the platform and who watches it may not erase what tells of themselves."""
        actor = Actor(ref="user:x", name="x", department_code="SCJG", roles=frozenset({role}))
        inspection = visited()
        ticked = numbers(inspection)
        if role is Role.CONFERENCE_OFFICE:
            assert len(shred(ticked, WHY, about=[inspection], actor=actor)) == len(ticked)
            return
        assert not holds(actor, Perm.TRAIL_SHRED)
        for ask in (
            lambda: shred(ticked, WHY, about=[inspection], actor=actor),
            lambda: held(actor, [inspection]),
            lambda: erasures(actor),
        ):
            with pytest.raises(Denied):
                ask()
        assert personal(*ticked) == len(ticked)

    def test_the_check_at_night_finds_nothing_wrong_afterwards(self):
        """All that is personal in the city erased: every level of the check is content."""
        before = list(examine(Level.REPLAY))
        for inspection in Inspection.objects.all():
            if ticked := numbers(inspection):
                shred(ticked, WHY, about=[inspection], actor=SYSTEM)
        for kind in ("target", "inspector", "account"):
            for obj in KINDS[kind].model._default_manager.order_by("pk")[:20]:
                about = KINDS[kind].about(obj)
                if ticked := numbers(*about):
                    shred(ticked, WHY, about=about, actor=SYSTEM)
        assert Entry.objects.filter(kind="trail.shredded").count() > 100
        assert list(examine(Level.REPLAY)) == before


class TestWhatIsHeld:
    """Which entries hold something, told by field and never by value."""

    def test_fields_are_named_and_no_value_is_read_out(self):
        """The notice names who took it: the field is listed, the person is not."""
        inspection = visited()
        rows = held(office(), [inspection]).rows
        fields = {row.entry.kind: row.fields for row in rows}
        assert fields["inspection.served"] == ("received_by",)
        part = PrivatePart.objects.filter(entry__kind="inspection.served", kind="personal").first()
        value = json.loads(bytes(part.payload))["received_by"]
        assert value
        assert value not in repr(rows)

    def test_of_changes_the_changed_fields_are_named(self):
        """An import that changed a telephone says so by the name of that field."""
        from openlot.registers.events import TargetChanged
        from openlot.trail.writer import record

        target = InspectionTarget.objects.order_by("pk")[0]
        fact = TargetChanged("b" * 12, target.code, {}, {"phone": ["1390000", "1380000"]})
        record(fact, actor=SYSTEM, subject=target, department="SCJG")
        newest = held(office(), [target]).rows[0]
        assert newest.fields == ("phone",)

    def test_pages_hang_together(self, monkeypatch):
        """Newest first, each entry once, and the total is that of all pages."""
        monkeypatch.setattr(selectors, "PAGE", 3)
        user = User.objects.get(username="scjg-task-clerk")
        from openlot.accounts.services import record_sign_in

        for n in range(7):
            record_sign_in(user, method="password", address=f"10.0.0.{n}")
        seen: list[int] = []
        older = None
        while True:
            page = held(office(), [user], before=older)
            assert len(page.rows) <= 3
            seen += [row.entry.pk for row in page.rows]
            if (older := page.older) is None:
                break
        assert seen == sorted(set(seen), reverse=True)
        assert len(seen) == page.total >= 7

    def test_every_kind_of_thing_with_personal_data_can_be_named(self):
        """Whatever in the city's trail holds something personal is reached from a number."""
        reached = {kind.model._meta.label for kind in KINDS.values()} | {
            m._meta.label for m in (InspectionResult, EmergencyView, FactorReset)
        }
        subjects = (
            Entry.objects.filter(private_parts__kind="personal")
            .values_list("subject", flat=True)
            .distinct()
        )
        found = {subject.partition(":")[0] for subject in subjects}
        assert {"inspections.Inspection", "results.InspectionResult", "accounts.User"} <= found
        assert found - reached == set()


class TestByNumber:
    """What belongs together is found from the number that people know."""

    def test_a_business_is_one_in_all_registers(self):
        """Its code finds the rows of every department; an own number finds one."""
        from django.db.models import Count

        rows = InspectionTarget.objects.exclude(uscc="").values("code").annotate(n=Count("pk"))
        code = rows.filter(n__gt=1).order_by("code")[0]["code"]
        found = KINDS["target"].find(code.lower())
        assert {t.code for t in KINDS["target"].about(found)} == {code}
        assert len(KINDS["target"].about(found)) > 1
        InspectionTarget.objects.filter(pk=found.pk).update(uscc="", registration_no="")
        assert len(KINDS["target"].about(InspectionTarget.objects.get(pk=found.pk))) == 1

    def test_an_officer_is_found_with_leaves(self):
        """The reason of a leave is erased with the officer's number."""
        from datetime import date

        officer = Inspector.objects.filter(department__code="SCJG").order_by("pk")[0]
        enter_leave(
            officer,
            from_on=date(2026, 12, 1),
            to_on=date(2026, 12, 3),
            reason="手术",
            actor=as_role("SCJG", Role.ENTRY_CLERK),
        )
        found = KINDS["inspector"].find(officer.number)
        fields = {
            f for row in held(office(), KINDS["inspector"].about(found)).rows for f in row.fields
        }
        assert "reason" in fields

    def test_an_account_brings_its_requests_and_failed_sign_ins(self):
        """What was typed at the gate under that name belongs to the account."""
        user = User.objects.get(username="scjg-task-clerk")
        assert check_password(user.username, "wrong", address="10.1.2.3") is None
        found = KINDS["account"].find(user.username)
        kinds = {row.entry.kind for row in held(office(), KINDS["account"].about(found)).rows}
        assert found == user
        assert {"account.opened", "account.sign_in_failed"} <= kinds

    def test_a_request_that_never_became_an_account_is_found_by_its_name(self):
        """Who was named in a request and never got an account has a number all the same."""
        clerk = as_role("WLTY", Role.ACCOUNT_CLERK)
        asked = request_opening(
            department=User.objects.get(pk=clerk.user_id).department,
            username="wlty-somebody",
            name="赵某某",
            role=None,
            reason="新进人员",
            actor=clerk,
        )
        found = KINDS["account"].find("wlty-somebody")
        assert isinstance(found, AccountRequest)
        assert found == asked
        (row,) = held(office(), KINDS["account-request"].about(found)).rows
        assert "name" in row.fields

    def test_an_inspection_brings_its_results(self):
        """Who signed a result is erased with the number of the inspection."""
        inspection = visited()
        for words in (inspection.number, inspection.notice_no):
            found = KINDS["inspection"].find(words)
            kinds = {r.entry.kind for r in held(office(), KINDS["inspection"].about(found)).rows}
            assert {"inspection.served", "result.recorded"} <= kinds

    def test_a_draw_is_found_by_number_and_attempt(self):
        """As it stands on the announcement."""
        draw = Draw.objects.order_by("pk")[0]
        assert KINDS["draw"].find(str(draw)) == draw

    @pytest.mark.parametrize("key", list(KINDS))
    @pytest.mark.parametrize("words", ["", "-", "x-99999", "没有", "-１", "9" * 64])
    def test_no_number_is_nobody(self, key: str, words: str):
        """Whatever is typed that nothing is called finds nothing."""
        assert KINDS[key].find(words) is None


class TestTold:
    """What was erased is told as erased, wherever entries are read."""

    def test_parts_say_which_fields_are_gone(self):
        """The fields of the kind, since nobody knows the values any more."""
        inspection = visited()
        entry = Entry.objects.get(kind="inspection.served", subject__endswith=inspection.public_id)
        assert parts_of([entry])[entry.pk].erased == ()
        shred([entry.pk], WHY, about=[inspection], actor=office())
        parts = parts_of([entry])[entry.pk]
        assert (parts.personal, parts.erased) == ({}, ("received_by",))

    @pytest.mark.parametrize(("kind", "version"), [("inspection.served", 0), ("gone.for_good", 1)])
    def test_of_a_kind_that_has_changed_the_part_is_named_as_a_whole(self, kind, version):
        """Which fields an older version had, nobody can tell any more."""
        body = {"v": 2, "kind": kind, "kv": version, "public": {}, "personal": "0" * 64}
        entry = Entry.objects.create(
            kind=kind,
            at=clock.now(),
            actor_ref="user:x",
            subject="inspections.Inspection:x",
            salt=b"0" * 16,
            body=canonical(body),
        )
        assert parts_of([entry])[entry.pk].erased == ("personal",)
        (line,) = told([entry], as_role("SJJ", Role.AUDITOR))
        assert [(str(name), str(words)) for name, words in line.facts] == [
            ("个人信息", "（个人信息，已依法销毁）")
        ]

    def test_the_pack_says_so(self):
        """A due-diligence pack names the field as erased, not as hidden."""
        inspection = visited()
        task = InspectionTask.objects.get(pk=inspection.task_id)
        entry = Entry.objects.get(kind="inspection.served", subject__endswith=inspection.public_id)

        def line() -> dict:
            files = pack_files(task, [], actor=as_role("SJJ", Role.AUDITOR))
            lines = [json.loads(one) for one in files["留痕/trail.jsonl"].splitlines()]
            return next(one for one in lines if one["number"] == entry.pk)

        assert (line()["hidden"], line()["erased"]) == (["received_by"], [])
        shred([entry.pk], WHY, about=[inspection], actor=office())
        assert (line()["hidden"], line()["erased"]) == ([], ["received_by"])

    def test_erasures_are_told_newest_first_in_pages(self, monkeypatch):
        """Each entry that lost its part, once, with the reason, to the last page."""
        first, second = visited(0), visited(1)
        gone = [*numbers(first), *numbers(second)]
        for inspection in (first, second):
            shred(numbers(inspection), WHY, about=[inspection], actor=office())
        monkeypatch.setattr(selectors, "PAGE", 2)
        rows, older = erasures(office())
        seen = list(rows)
        while older is not None:
            rows, older = erasures(office(), before=older)
            seen += rows
        assert sorted(row.entry.pk for row in seen) == sorted(gone)
        assert [row.told.pk for row in seen] == sorted((r.told.pk for r in seen), reverse=True)
        assert {row.reason for row in seen} == {WHY}
