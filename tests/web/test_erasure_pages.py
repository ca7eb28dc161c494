"""The office erases a person from the trail: by number, field by field, in words and without a value."""

from __future__ import annotations

import html
import json
import re

import pytest
from django.test import Client
from django.urls import reverse
from signing import signed_in
from web.people import PEOPLE, path_to, screens
from web.test_budgets import questions

from openlot.accounts.models import User
from openlot.inspections.models import Inspection
from openlot.kernel.actor import Role
from openlot.privacy import selectors
from openlot.registers.models import InspectionTarget, Inspector
from openlot.rights.perms import Perm
from openlot.signin.models import EmergencyView
from openlot.trail.models import Entry, PrivatePart
from openlot.trail.selectors import parts_of
from openlot.web.privacy.kinds import KINDS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

OFFICE, AUDITOR = "scjg-conference-office", "sjj-auditor"
WHY = "申请登记号 2026-017，个人信息保护法第四十七条"
ERASED = "（个人信息，2026-11-20 已依法销毁）"


@pytest.fixture
def office(sign_in) -> Client:
    """Sign the office in, which has just proved who acts."""
    return sign_in(OFFICE)


@pytest.fixture
def inspection() -> Inspection:
    """Return an inspection of which notice, visits and results name somebody."""
    rows = Inspection.objects.filter(state="ended").exclude(service_receipt=None)
    return rows.order_by("pk")[0]


def path_of(inspection: Inspection) -> str:
    return reverse("inspection-erasure", kwargs={"pid": inspection.public_id})


def shown(answer) -> str:
    return html.unescape(answer.content.decode())


def ticked(page: str) -> list[str]:
    return re.findall(r'name="entries" value="(\d+)" checked', page)


def asked(page: str, **more: object) -> dict[str, object]:
    """Return what the form posts when everything is filled in."""
    return {"entries": ticked(page), "reason": WHY, "sure": "on", **more}


def look_up(client: Client, kind: str, number: str):
    return client.post("/erasures/", {"kind": kind, "number": number})


class TestTheWay:
    """From the menu to the entries, and back to what was erased."""

    def test_the_menu_leads_whoever_may(self, sign_in):
        """The office finds the page in its menu; nobody else has the line."""
        for role, username in PEOPLE.items():
            page = shown(sign_in(username).get("/desk/"))
            assert ('href="/erasures/"' in page) is (role is Role.CONFERENCE_OFFICE), role

    def test_nothing_erased_yet_is_said_in_words(self, office):
        """An empty list is a sentence."""
        assert "尚未销毁任何个人信息。" in shown(office.get("/erasures/"))

    @pytest.mark.parametrize("key", ["target", "inspector", "account", "inspection"])
    def test_a_number_leads_to_its_entries(self, key: str, office):
        """What people know it by is enough; blanks around it do not matter."""
        found = {
            "target": lambda: InspectionTarget.objects.exclude(uscc="").order_by("pk")[0],
            "inspector": lambda: Inspector.objects.order_by("pk")[0],
            "account": lambda: User.objects.get(username="scjg-task-clerk"),
            "inspection": lambda: Inspection.objects.order_by("pk")[0],
        }[key]()
        answer = look_up(office, key, f"  {KINDS[key].number(found)} ")
        assert answer.status_code == 302
        page = office.get(answer["Location"])
        assert page.status_code == 200
        assert KINDS[key].number(found) in shown(page)

    @pytest.mark.parametrize("number", ["没有", "3412", "<b>", "9" * 64])
    @pytest.mark.parametrize("key", ["target", "inspector", "account", "inspection", "draw"])
    def test_a_number_that_is_not_there_is_an_error_of_the_field(self, key, number, office):
        """The form comes back with what was typed, and says so beside the field."""
        answer = look_up(office, key, number)
        assert answer.status_code == 422
        page = shown(answer)
        assert 'id="id_number_error"' in page
        assert 'aria-invalid="true"' in page

    @pytest.mark.parametrize("kind", ["", "evil", "account-request"])
    def test_no_other_kind_is_looked_up(self, kind: str, office):
        """Only what the list of choices offers."""
        answer = look_up(office, kind, "x")
        assert answer.status_code == 422
        assert 'id="id_kind_error"' in shown(answer)

    def test_what_was_erased_stands_in_one_line_for_one_act(self, office, inspection):
        """When, which object, what, by whom and why; the object leads to its page."""
        page = shown(office.get(path_of(inspection)))
        n = len(ticked(page))
        answer = office.post(path_of(inspection), asked(page), follow=True)
        assert f"已销毁 {n} 条留痕中的个人信息" in shown(answer)
        assert "没有留存的个人信息。" in shown(answer)
        listed = shown(office.get("/erasures/"))
        assert listed.count(WHY) == 1
        assert f"{n} 条：" in listed
        assert "送达通知书" in listed
        assert f'<a href="{path_of(inspection)}">检查 {inspection.number}</a>' in listed
        assert User.objects.get(username=OFFICE).name in listed

    def test_pages_of_the_list_hang_together(self, office, monkeypatch):
        """The link to the older ones stands where there are any, and the last page has none."""
        for one in Inspection.objects.filter(state="ended").order_by("pk")[:3]:
            page = shown(office.get(path_of(one)))
            office.post(path_of(one), asked(page, reason=f"{WHY} {one.number}"))
        monkeypatch.setattr(selectors, "PAGE", 4)
        told: list[str] = []
        path = "/erasures/"
        while path:
            page = shown(office.get(path))
            told += re.findall(rf"{WHY} (\S+?)<", page)
            older = re.search(r'href="(\?before=\d+)" rel="next"', page)
            path = f"/erasures/{older[1]}" if older else ""
        assert len(set(told)) == 3
        assert told == sorted(told, key=lambda n: -int(n.rpartition("-")[2])) or len(told) >= 3


class TestTheAct:
    """What the second page shows, asks and does."""

    def test_fields_are_named_and_everything_is_ticked(self, office, inspection):
        """When, what happened, which fields; the person is nowhere on the page."""
        page = shown(office.get(path_of(inspection)))
        rows = Entry.objects.filter(private_parts__kind="personal")
        held = rows.filter(subject__endswith=inspection.public_id).values_list("pk", flat=True)
        assert set(map(str, held)) <= set(ticked(page))
        for words in ("签收人", "签字人", "送达通知书", "录入结果", "保留：", "不再恢复："):
            assert words in page

    def test_what_is_unticked_stays(self, office, inspection):
        """One entry is left out; it is all that is held afterwards."""
        form = asked(shown(office.get(path_of(inspection))))
        kept = form["entries"].pop()
        office.post(path_of(inspection), form)
        assert ticked(shown(office.get(path_of(inspection)))) == [kept]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("reason", ""),
            ("reason", "依申请"),
            ("sure", ""),
            ("entries", []),
            ("reason", "字" * 201),
        ],
    )
    def test_what_is_missing_is_asked_for_and_nothing_is_lost(
        self, field, value, office, inspection
    ):
        """Nothing is erased; ticks and words come back as they were posted."""
        page = shown(office.get(path_of(inspection)))
        form = asked(page) | {field: value}
        before = PrivatePart.objects.count()
        answer = office.post(path_of(inspection), form)
        assert answer.status_code == 422
        again = shown(answer)
        assert "notice-error" in again
        assert ticked(again) == form["entries"]
        assert str(form["reason"]) in again
        assert PrivatePart.objects.count() == before

    @pytest.mark.parametrize("number", ["0", "x", "-1", "9" * 18, "9" * 400, "1 OR 1=1"])
    def test_a_made_up_entry_is_refused_whole(self, number: str, office, inspection):
        """409, and nothing is erased, not even what could be."""
        form = asked(shown(office.get(path_of(inspection))))
        form["entries"].append(number)
        before = PrivatePart.objects.count()
        assert office.post(path_of(inspection), form).status_code == 409
        assert PrivatePart.objects.count() == before

    def test_the_second_of_two_is_told(self, office, inspection):
        """Both had the page open: the second reads that somebody was faster."""
        form = asked(shown(office.get(path_of(inspection))))
        assert office.post(path_of(inspection), form).status_code == 302
        told = Entry.objects.filter(kind="trail.shredded").count()
        answer = office.post(path_of(inspection), form)
        assert answer.status_code == 409
        assert "已被他人销毁" in shown(answer)
        assert "没有任何内容被改动" in shown(answer)
        assert Entry.objects.filter(kind="trail.shredded").count() == told

    def test_another_objects_entry_is_refused(self, office, inspection):
        """The address says whose it is; a number from elsewhere does not get in."""
        other = Inspection.objects.filter(state="ended").order_by("-pk")[0]
        form = asked(shown(office.get(path_of(other))))
        assert form["entries"]
        assert office.post(path_of(inspection), form).status_code == 409
        assert ticked(shown(office.get(path_of(other)))) == form["entries"]

    def test_it_asks_again_who_acts_and_then_goes_on(self, inspection, settings):
        """A session that has not just proved it is led to confirm; the form is carried on."""
        settings.DEMO = True
        client = Client()
        client.post("/sign-in/demo/", {"username": OFFICE})
        form = asked(shown(client.get(path_of(inspection))))
        before = PrivatePart.objects.filter(kind="personal").count()
        answer = client.post(path_of(inspection), form)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("confirm"))
        assert PrivatePart.objects.filter(kind="personal").count() == before
        answer = client.post(reverse("confirm"), {"demo": "1"})
        assert answer["Location"] == path_of(inspection)
        left = PrivatePart.objects.filter(kind="personal").count()
        assert left == before - len(form["entries"])

    def test_looking_is_noted(self, office, inspection):
        """What is held about somebody is not public: who looked stays on record."""
        office.get(path_of(inspection))
        last = Entry.objects.order_by("-pk")[0]
        assert last.kind == "privacy.undisclosed_viewed"
        assert last.subject.endswith(inspection.public_id)
        assert parts_of([last])[last.pk].internal["screen"] == "inspection-erasure"

    def test_a_long_history_is_done_a_page_at_a_time(self, office, monkeypatch):
        """The rest is said to follow, can be looked at, and follows."""
        from openlot.accounts.services import record_sign_in

        user = User.objects.get(username="scjg-task-clerk")
        for n in range(5):
            record_sign_in(user, method="password", address=f"10.0.0.{n}")
        monkeypatch.setattr(selectors, "PAGE", 3)
        path = reverse("account-erasure", kwargs={"pid": user.public_id})
        first = shown(office.get(path))
        older = re.search(r'href="(\?before=\d+)" rel="next"', first)
        assert len(ticked(first)) == 3
        assert set(ticked(shown(office.get(path + older[1])))).isdisjoint(ticked(first))
        office.post(path, asked(first))
        rest = ticked(shown(office.get(path)))
        assert rest
        assert set(rest).isdisjoint(ticked(first))


class TestWhoMay:
    """The conference office, and nobody else, whatever they know."""

    @pytest.mark.parametrize("role", sorted(set(PEOPLE) - {Role.CONFERENCE_OFFICE}, key=str))
    def test_every_other_role_is_refused(self, role: Role, sign_in, inspection):
        """List, look-up, page and act: 403, and nothing is erased."""
        client = sign_in(PEOPLE[role])
        ours = [s for s in screens() if s.perm is Perm.TRAIL_SHRED]
        assert len(ours) == len(KINDS) + 1
        before = PrivatePart.objects.filter(kind="personal").count()
        entries = list(Entry.objects.filter(subject__endswith=inspection.public_id))
        form = {"entries": [e.pk for e in entries], "reason": WHY, "sure": "on"}
        for one in ours:
            row = inspection if one.name == "inspection-erasure" else None
            for answer in (client.get(path_to(one, row)), client.post(path_to(one, row), form)):
                assert answer.status_code == 403, (one.name, role)
        assert look_up(client, "inspection", inspection.number).status_code == 403
        assert PrivatePart.objects.filter(kind="personal").count() == before

    def test_a_stranger_is_sent_to_sign_in(self, client, inspection):
        """Without a session there is nothing to see."""
        for path in ("/erasures/", path_of(inspection)):
            assert client.get(path)["Location"].startswith("/sign-in/")

    def test_an_object_that_is_not_there_is_404(self, office):
        """An address that somebody made up."""
        for key in KINDS:
            path = reverse(f"{key}-erasure", kwargs={"pid": "2" * 12})
            assert office.get(path).status_code == 404


class TestNothingIsGivenAway:
    """The pages name fields and never a person."""

    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_no_personal_value_stands_on_any_of_the_pages(self, language: str, office):
        """Whatever the trail holds of anything in the city, before and after it is erased."""
        User.objects.filter(username=OFFICE).update(language=language)
        office.post("/i18n/setlang/", {"language": language})
        values: set[str] = set()
        for part in PrivatePart.objects.filter(kind="personal"):
            values |= {str(value) for value in _leaves(json.loads(bytes(part.payload)))}
        seen = "".join(self._pages(office))
        words = set(re.findall(r"[\w.@:+-]+", seen))
        known = set(User.objects.values_list("username", flat=True))
        known.add(User.objects.get(username=OFFICE).name)
        assert len(values) > 100
        assert {v for v in values - known if v in words or (len(v) > 8 and v in seen)} == set()

    def _pages(self, client: Client):
        for key, model in (
            ("inspection", Inspection),
            ("inspector", Inspector),
            ("account", User),
            ("target", InspectionTarget),
        ):
            for obj in model.objects.order_by("pk")[:6]:
                path = reverse(f"{key}-erasure", kwargs={"pid": obj.public_id})
                page = shown(client.get(path))
                yield _main(page)
                if ticked(page):
                    yield _main(shown(client.post(path, asked(page), follow=True)))
        yield _main(shown(client.get("/erasures/")))


def _main(page: str) -> str:
    return page.partition("<main")[2]


def _leaves(value: object):
    if isinstance(value, dict):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    elif value:
        yield value


class TestToldAsErased:
    """Wherever entries are read, what is gone is said to be gone."""

    @pytest.fixture
    def erased(self, office, inspection) -> Inspection:
        """Return an inspection all of whose personal data was erased."""
        office.post(path_of(inspection), asked(shown(office.get(path_of(inspection)))))
        return inspection

    def test_in_the_story_of_the_object(self, erased, sign_in):
        """Erased is not hidden: the words differ, and no cell is empty."""
        page = shown(sign_in(AUDITOR).get(f"/inspections/{erased.public_id}/"))
        assert f"<b>签收人</b>{ERASED}" in page
        assert "（个人信息，未显示）" not in page

    def test_to_the_person_who_acted(self, erased):
        """Not even they read it any more."""
        ref = Entry.objects.get(
            kind="inspection.served", subject__endswith=erased.public_id
        ).actor_ref
        client = signed_in(User.objects.get(handle=ref.removeprefix("user:")))
        page = shown(client.get("/my-acts/", {"kind": "inspection.served"}))
        assert f"<b>签收人</b>{ERASED}" in page

    def test_in_the_auditors_search_and_its_export(self, erased, sign_in):
        """The line, the erasure itself with its entry, and both as a file."""
        client = sign_in(AUDITOR)
        asked_for = {"q": erased.number, "kind": "inspection.served"}
        assert f"<b>签收人</b>{ERASED}" in shown(client.get("/trail/", asked_for))
        file = client.get("/trail/", {**asked_for, "export": "csv"})
        assert ERASED in b"".join(file.streaming_content).decode("utf-8-sig")
        entry = Entry.objects.get(kind="inspection.served", subject__endswith=erased.public_id)
        page = shown(client.get("/trail/", {"kind": "trail.shredded"}))
        assert f'<a href="/trail/?q={entry.pk}">留痕 {entry.pk}</a>' in page
        assert WHY in page
        assert f"<b>签收人</b>{ERASED}" in shown(client.get("/trail/", {"q": str(entry.pk)}))

    def test_among_the_pages_read_in_an_emergency(self, sign_in, office):
        """An address that was erased is said to be, where the others stand."""
        client = sign_in("scjg-platform-admin")
        client.post("/emergency/", {"reason": "平台故障，需要核对全部任务的状态"})
        view = EmergencyView.objects.get(state="asked")
        sign_in("scjg-security-admin").post(f"/emergencies/{view.public_id}/confirm/")
        assert client.get("/results/?q=x").status_code == 200
        path = reverse("account-erasure", kwargs={"pid": view.user.public_id})
        listed = f"/emergencies/{view.public_id}/"
        assert "/results/?q=x" in shown(sign_in(AUDITOR).get(listed))
        assert "应急查看页面" in shown(office.get(path))
        office.post(path, asked(shown(office.get(path))))
        page = shown(sign_in(AUDITOR).get(listed))
        assert "/results/?q=x" not in page
        assert ERASED in page, "in the story"
        assert "（个人信息，已依法销毁）" in page, "in the table of pages"


class TestHowMuchIsAsked:
    """The pages ask the same however long the trail is."""

    def test_the_list_asks_the_same_for_one_act_and_for_many(self, office):
        """A line more asks nothing more."""
        counts = []
        for one in Inspection.objects.filter(state="ended").order_by("pk")[:4]:
            page = shown(office.get(path_of(one)))
            office.post(path_of(one), asked(page))
            with questions() as n:
                office.get("/erasures/")
            counts.append(n())
        assert len(set(counts)) == 1, counts

    def test_a_page_of_many_entries_asks_what_one_of_few_asks(self, office):
        """Ten sign-ins more ask nothing more."""
        from openlot.accounts.services import record_sign_in

        user = User.objects.get(username="scjg-task-clerk")
        path = reverse("account-erasure", kwargs={"pid": user.public_id})
        office.get(path)
        counts = []
        for _round in range(2):
            with questions() as n:
                office.get(path)
            counts.append(n())
            for n_th in range(10):
                record_sign_in(user, method="password", address=f"10.0.0.{n_th}")
        assert counts[0] == counts[1]
