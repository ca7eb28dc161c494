"""Acts on the page: what was wrong is mended in place, who comes second is told, nothing leads nowhere."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from services.test_anchors import EVENT, PICTURE, announced, clerk, head, stamped
from signing import signed_in

from openlot.accounts.models import AccountRequest, User
from openlot.draws.models import Anchor, Draw
from openlot.draws.services import record_anchor
from openlot.kernel import clock
from openlot.signin.models import EmergencyView, FactorReset
from openlot.trail.models import Entry
from openlot.trail.subjects import subject_of
from openlot.web.trail.subjects import KINDS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def action(page: str) -> str:
    """The address that the page's form goes to."""
    (found,) = re.findall(r'<form method="post" action="([^"]*)" class="card"', page)
    return found


class TestForms:
    def test_what_was_wrong_after_a_confirmation_is_sent_where_it_belongs(self, settings):
        """The form that comes back after the step-up goes to its own page, not to the confirmation."""
        settings.DEMO = True
        client = signed_in(User.objects.get(username="wlty-account-clerk"), proved=False)
        session = client.session
        session["entered"] = "demo"
        session.save()
        form = {"username": "wlty-task-clerk", "what": "factor", "reason": ""}
        assert client.post("/security/resets/new/", form)["Location"] == "/confirm/"
        page = client.post("/confirm/", {"demo": "1"}).content.decode()
        assert "请更正以下问题" in page
        assert 'value="wlty-task-clerk"' in page
        assert action(page) == "/security/resets/new/"
        form["reason"] = "手机遗失，已当面核对身份证件"
        answer = client.post(action(page), form)
        assert answer["Location"].startswith("/security/resets/")
        assert FactorReset.objects.get().user.username == "wlty-task-clerk"

    def test_a_decision_without_an_opinion_is_asked_again(self, sign_in):
        """Nobody believes to have decided when the opinion was missing."""
        asker, guard = sign_in("wlty-account-clerk"), sign_in("scjg-security-admin")
        lost = {"username": "wlty-task-clerk", "what": "factor", "reason": "手机遗失"}
        asker.post("/security/resets/new/", lost)
        reset = FactorReset.objects.get()
        address = f"/security/resets/{reset.public_id}/"
        for act in ("reset", "refuse"):
            page = guard.post(f"{address}{act}/", {"opinion": ""})
            assert page.status_code == 200
            assert "请更正以下问题" in page.content.decode()
        reset.refresh_from_db()
        assert reset.state == "requested"
        assert guard.post(f"{address}reset/", {"opinion": "已核实"})["Location"] == address
        reset.refresh_from_db()
        assert reset.state == "done"

    def test_an_emergency_alone_needs_to_say_whom_one_called(self, sign_in):
        """An empty answer is told beside the field, and nothing opens."""
        client = sign_in("scjg-platform-admin")
        client.post("/emergency/", {"reason": "平台故障，需要核对全部任务的状态"})
        view = EmergencyView.objects.get()
        page = client.post(f"/emergency/{view.public_id}/alone/", {"whom": ""})
        assert "请更正以下问题" in page.content.decode()
        view.refresh_from_db()
        assert view.state == "asked"

    def test_an_account_that_is_none_is_not_let_in_again(self, sign_in):
        """A slip in the name is told; nobody is sent away to wait in vain."""
        form = {"username": "wlty-task-clerck", "reason": "本人到场"}
        page = sign_in("scjg-security-admin").post("/security/unlock/", form)
        assert "没有这个账号" in page.content.decode()

    def test_a_refused_request_names_what_it_is_about(self, sign_in):
        """The page that asks for the reason says whose request it is."""
        request = AccountRequest.objects.filter(state="requested").order_by("pk")[0]
        client = sign_in("scjg-security-admin")
        page = client.post(
            f"/account-requests/{request.public_id}/refuse/", {"reason": ""}
        ).content.decode()
        assert "请更正以下问题" in page
        assert request.name in page or request.user.name in page


class TestAnchors:
    def page(self, sign_in, draw: Draw, kind: str) -> str:
        client = sign_in("wlty-task-clerk")
        return client.get(f"/draws/{draw.public_id}/anchor/", {"kind": kind}).content.decode()

    def test_each_kind_asks_only_for_what_it_needs(self, sign_in):
        """A time-stamp is one file; print and web ask for where and when."""
        draw = announced()
        names = {
            kind: set(re.findall(r'name="(\w+)"', self.page(sign_in, draw, kind).split("<main")[1]))
            for kind in Anchor.Kind.values
        }
        asked = {"kind", "document", "csrfmiddlewaretoken"}
        assert names["timestamp"] == asked
        assert names["newspaper"] == asked | {"published_on", "title", "issue", "page"}
        assert names["website"] == asked | {"published_on", "title", "address"}
        assert self.page(sign_in, draw, "nonsense").count('aria-current="page">可信时间戳') == 1

    def test_a_wrong_file_is_told_without_the_words_of_the_machine(self, sign_in):
        """Not a stamp, a stamp of something else, no picture: each with the way to mend it."""
        draw = announced()
        address, client = f"/draws/{draw.public_id}/anchor/", sign_in("wlty-task-clerk")

        def post(name: str, data: bytes, **more: str) -> str:
            form = {"kind": "timestamp", "document": SimpleUploadedFile(name, data), **more}
            return client.post(address, form).content.decode()

        page = post("a.tsr", b"nonsense")
        assert "请上传时间戳机构返回的 .tsr 原始文件" in page
        assert "cut off" not in page
        printed = {"kind": "newspaper", "title": "安徽日报", "issue": "1", "page": "2"}
        page = post("a.png", PICTURE, **printed)
        assert 'id="id_published_on_error"' in page
        assert Anchor.objects.count() == 0
        answer = client.post(
            address,
            {
                **printed,
                "published_on": "2026-11-20",
                "document": SimpleUploadedFile("a.png", PICTURE),
            },
        )
        assert answer.status_code == 302
        assert Anchor.objects.get().kind == "newspaper"

    def test_who_checks_second_finds_it_on_the_desk(self, sign_in):
        """The head's desk counts it and leads to the list; the recorder's page says who is next."""
        draw = announced()
        row = stamped(draw)
        desk = sign_in("wlty-department-head").get("/desk/").content.decode()
        assert "/anchors/?state=recorded" in desk
        found = sign_in("wlty-department-head").get("/anchors/", {"state": "recorded"})
        assert f"/anchors/{row.public_id}/" in found.content.decode()
        own = sign_in("wlty-task-clerk").get(f"/anchors/{row.public_id}/").content.decode()
        assert "等待登记人以外的人复核" in own
        assert "复核无误" not in own
        assert (
            "复核无误"
            in sign_in("wlty-department-head").get(f"/anchors/{row.public_id}/").content.decode()
        )

    def test_after_the_event_the_page_says_that_it_is_too_late(self, sign_in):
        """It may still be kept, and the person knows that it does not count."""
        draw = announced()
        with clock.travel(EVENT):
            client = signed_in(User.objects.get(username="wlty-task-clerk"))
            page = client.get(f"/draws/{draw.public_id}/anchor/").content.decode()
        assert "已过开奖时间" in page


class TestTrail:
    def test_a_draw_is_found_by_the_number_on_its_page(self, sign_in):
        """Draw and attempt together, as every page and paper shows them."""
        draw = Draw.objects.filter(state="matched").order_by("pk")[0]
        page = sign_in("sjj-auditor").get("/trail/", {"q": str(draw), "kind": "draw.drawn"})
        found = {int(n) for n in re.findall(r'class="index">(\d+)<', page.content.decode())}
        assert found == set(
            Entry.objects.filter(subject=subject_of(draw), kind="draw.drawn").values_list(
                "pk", flat=True
            )
        )
        nothing = sign_in("sjj-auditor").get("/trail/", {"q": f"{draw.draw_id}-77"})
        assert "没有符合条件的记录" in nothing.content.decode()

    def test_every_thing_that_has_states_has_a_name_in_the_trail(self):
        """An auditor never reads a name of the machine room for what an entry is about."""
        from django.apps import apps

        from openlot.lifecycle.models import Stateful

        stateful = {m._meta.label for m in apps.get_models() if issubclass(m, Stateful)}
        assert stateful <= set(KINDS)

    def test_an_anchor_in_the_trail_leads_to_its_page(self, sign_in):
        """With its kind, the draw and the time as people write it."""
        draw = announced()
        row = record_anchor(
            draw,
            kind="newspaper",
            title="安徽日报",
            issue="第 25000 期",
            page="8",
            published_on=date(2026, 11, 20),
            document=("版面.png", PICTURE),
            actor=clerk(),
        )
        assert head().ref != clerk().ref
        page = sign_in("sjj-auditor").get("/trail/", {"kind": "draw.anchor_recorded"})
        text = page.content.decode()
        assert f'href="/anchors/{row.public_id}/"' in text
        assert "2026-11-20 23:59:59" in text

    def test_a_day_that_is_none_is_not_told_as_nothing_found(self, sign_in):
        """The page says to mend the condition first."""
        page = sign_in("sjj-auditor").get("/trail/", {"from_on": "2026-99-99"}).content.decode()
        assert "请先更正标红的查询条件" in page
        assert "没有符合条件的记录" not in page
