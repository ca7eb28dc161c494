"""Signing in: what is counted, what is asked, what ends a session, what a person must prove."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from django.urls import reverse
from signing import signed_in
from web.people import PEOPLE

from openlot.accounts.models import Department, User, UserSession
from openlot.accounts.services import open_account
from openlot.accounts.sessions import end_sessions
from openlot.draws.models import Draw
from openlot.kernel import clock
from openlot.kernel.actor import Actor, Role
from openlot.kernel.errors import Conflict, Denied, Invalid, NotFound, StaleState
from openlot.policies.models import Policy
from openlot.policies.services import adopt_policy
from openlot.signin.models import CodeUse, EmergencyView, FactorReset, PasswordRecord
from openlot.signin.selectors import factor_is_forced, factors
from openlot.signin.services import (
    HeldUp,
    accept_invitation,
    add_totp,
    change_password,
    check_password,
    do_reset,
    invite,
    password_faults,
    prove_by_code,
    request_reset,
    set_password,
    unlock,
)
from openlot.trail.models import Entry
from openlot.web.screens import SCREENS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

GOOD, BETTER = "Gorse-Lantern-58-Maple", "Quiet-Harbour-31-Thistle"
SYSTEM = Actor.system("test")
PUBLISHER, INSPECTOR = "scjg-publication-clerk", "scjg-inspector-001"


def person(username: str) -> User:
    return User.objects.select_related("department").get(username=username)


def with_password(username: str, word: str = GOOD) -> User:
    user = person(username)
    set_password(user, word)
    return user


def code_of(secret: str, ahead: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(clock.now().timestamp()) // 30 + ahead))


def with_totp(username: str) -> tuple[User, str]:
    user, secret = with_password(username), generate_totp_secret()
    add_totp(user, secret=secret, code=code_of(secret, -1), address="")
    return user, secret


def enter(client: Client, username: str, word: str = GOOD):
    return client.post("/sign-in/", {"username": username, "password": word})


def later(**span: float):
    return clock.travel(clock.now() + timedelta(**span))


def kinds(*wanted: str) -> int:
    return Entry.objects.filter(kind__in=wanted).count()


class TestGuesses:
    def test_the_sixth_guess_is_not_checked_even_when_right(self):
        with_password(INSPECTOR)
        for _n in range(5):
            assert check_password(INSPECTOR, "wrong", address="a") is None
        with pytest.raises(HeldUp) as refusal:
            check_password(INSPECTOR, GOOD, address="b")
        assert "15 分钟" in refusal.value.message
        assert kinds("account.sign_in_failed") == 5
        assert kinds("signin.held_up") == 1

    def test_an_unknown_account_is_counted_and_answered_alike(self, client):
        for _n in range(5):
            page = enter(client, "nobody-at-all").content.decode()
            assert "账号或口令不正确" in page
        answer = enter(client, "nobody-at-all")
        assert answer.status_code == 429
        assert "请在 15 分钟后再试" in answer.content.decode()

    def test_an_address_is_counted_over_all_accounts(self):
        for n in range(50):
            assert check_password(f"somebody-{n}", "wrong", address="one") is None
        with pytest.raises(HeldUp):
            check_password("somebody-else", "wrong", address="one")
        assert check_password("somebody-else", "wrong", address="two") is None

    def test_right_passwords_count_for_nothing(self):
        user = with_password(INSPECTOR)
        for _n in range(60):
            assert check_password(INSPECTOR, GOOD, address="office") == user

    def test_time_lifts_the_limit(self):
        with_password(INSPECTOR)
        for _n in range(5):
            check_password(INSPECTOR, "wrong", address="a")
        with later(minutes=14), pytest.raises(HeldUp):
            check_password(INSPECTOR, GOOD, address="a")
        with later(minutes=16):
            assert check_password(INSPECTOR, GOOD, address="a") is not None

    def test_the_guard_of_sign_in_lifts_the_limit_and_nobody_else(self):
        with_password(INSPECTOR)
        for _n in range(6):
            try:
                check_password(INSPECTOR, "wrong", address="a")
            except HeldUp:
                break
        with pytest.raises(Denied):
            unlock(INSPECTOR, reason="x", actor=person("scjg-task-clerk").as_actor())
        unlock(INSPECTOR, reason="本人到场", actor=person(GUARD).as_actor())
        assert check_password(INSPECTOR, GOOD, address="a") is not None
        assert kinds("signin.unlocked") == 1


GUARD = PEOPLE.get(getattr(Role, "SECURITY_ADMIN", Role.CONFERENCE_OFFICE), "scjg-security-admin")


class TestSecondFactor:
    def test_a_code_is_good_once(self):
        user, secret = with_totp(INSPECTOR)
        code = code_of(secret)
        assert prove_by_code(user, code, address="") == "totp"
        assert [prove_by_code(user, code, address="") for _n in range(4)] == [None] * 4
        assert CodeUse.objects.filter(user=user).count() == 2

    def test_the_code_that_set_it_up_is_used(self):
        user, secret = with_password(INSPECTOR), generate_totp_secret()
        code = code_of(secret)
        add_totp(user, secret=secret, code=code, address="")
        assert prove_by_code(user, code, address="") is None

    def test_a_recovery_code_is_good_once(self):
        user, secret = with_password(INSPECTOR), generate_totp_secret()
        codes = add_totp(user, secret=secret, code=code_of(secret), address="")
        assert len(set(codes)) == 10
        assert prove_by_code(user, codes[3], address="") == "recovery"
        assert prove_by_code(user, codes[3], address="") is None

    def test_codes_are_counted_before_they_are_checked(self):
        user, secret = with_totp(INSPECTOR)
        for _n in range(5):
            assert prove_by_code(user, "000000", address="") is None
        with pytest.raises(HeldUp):
            prove_by_code(user, code_of(secret), address="")

    def test_secrets_lie_sealed_in_the_database(self):
        user, secret = with_totp(INSPECTOR)
        stored = Authenticator.objects.get(user=user, type="totp").data["secret"]
        assert secret not in stored

    def test_signing_in_asks_for_it(self, client):
        _user, secret = with_totp(PUBLISHER)
        answer = enter(client, PUBLISHER)
        assert answer["Location"] == "/sign-in/second/"
        assert client.get("/desk/").status_code == 302
        assert "验证码不正确" in client.post("/sign-in/second/", {"code": "1"}).content.decode()
        answer = client.post("/sign-in/second/", {"code": code_of(secret)})
        assert answer["Location"] == "/desk/"
        assert client.get("/desk/").status_code == 200
        assert UserSession.objects.latest("pk").factor == "totp"

    def test_the_second_step_ends_after_ten_minutes(self, client):
        _user, secret = with_totp(PUBLISHER)
        enter(client, PUBLISHER)
        with later(minutes=11):
            answer = client.post("/sign-in/second/", {"code": code_of(secret)})
        assert answer["Location"] == "/sign-in/"

    @pytest.mark.parametrize("role", sorted(PEOPLE, key=str))
    def test_without_it_a_forced_person_reaches_nothing_but_the_set_up(self, role: Role):
        user = person(PEOPLE[role])
        client = signed_in(user, factor="", proved=False)
        forced, reached = factor_is_forced(user.as_actor()), []
        for screen in SCREENS.values():
            if screen.anonymous or screen.early:
                continue
            path = reverse(
                screen.name,
                kwargs=dict.fromkeys(re.findall(r"<\w+:(\w+)>", screen.route), "2" * 12),
            )
            for method in (client.get, client.post):
                answer = method(path)
                if answer.headers.get("Location") != "/my/security/":
                    reached.append(path)
        assert (reached == []) == forced
        assert client.get("/my/security/").status_code == 200

    def test_those_who_bind_are_forced_and_others_are_not(self):
        forced = {r for r in PEOPLE if factor_is_forced(person(PEOPLE[r]).as_actor())}
        assert forced >= {
            Role.PLATFORM_ADMIN,
            Role.CONFERENCE_OFFICE,
            Role.DEPARTMENT_HEAD,
            Role.PUBLICATION_CLERK,
            Role.TASK_CLERK,
        }
        assert not forced & {Role.INSPECTOR, Role.EXPERT, Role.GOVERNMENT}

    def test_the_day_of_the_policy_counts(self):
        actor = person(PUBLISHER).as_actor()
        adopt_policy(
            kind=Policy.Kind.SIGN_IN,
            key="second_factor",
            body={"from": "2027-03-01"},
            source="测试",
            effective_on=clock.today(),
            actor=SYSTEM,
        )
        assert not factor_is_forced(actor)
        with later(days=120):
            assert factor_is_forced(actor)

    def test_set_up_through_the_pages_opens_the_desk(self, client):
        with_password(PUBLISHER)
        enter(client, PUBLISHER)
        assert client.get("/desk/")["Location"] == "/my/security/"
        page = client.get("/my/security/code/").content.decode()
        secret = re.search(r"digest\">([A-Z2-7 ]{39})<", page)[1].replace(" ", "")
        assert "<svg" in page
        page = client.post("/my/security/code/", {"code": code_of(secret)}).content.decode()
        assert len(re.findall(r"<li>\d{8}</li>", page)) == 10
        assert client.get("/desk/").status_code == 200

    def test_a_lost_factor_takes_two_people(self):
        user, _secret = with_totp(PUBLISHER)
        admin, guard = person("scjg-platform-admin"), person(GUARD)
        client = signed_in(user)
        with pytest.raises(Conflict):
            request_reset(admin, reason="x", actor=admin.as_actor())
        reset = request_reset(user, reason="手机遗失，已当面核实", actor=admin.as_actor())
        with pytest.raises(Conflict):
            request_reset(user, reason="again", actor=admin.as_actor())
        with pytest.raises((Conflict, Denied)):
            do_reset(reset, opinion="x", actor=admin.as_actor())
        do_reset(reset, opinion="同意", actor=guard.as_actor())
        assert not factors(user).exists()
        assert client.get("/desk/")["Location"].startswith("/sign-in/")

    def test_the_asker_cannot_decide_with_the_right_to(self):
        user, guard = person(PUBLISHER), person(GUARD)
        reset = FactorReset.objects.create(
            state="requested",
            user=user,
            reason="x",
            requested_by=guard,
            requested_at=clock.now(),
        )
        with pytest.raises(Conflict):
            do_reset(reset, opinion="x", actor=guard.as_actor())


class TestSessions:
    def test_idle_ends_it_and_a_request_keeps_it(self, sign_in):
        client = sign_in(INSPECTOR)
        with later(minutes=15):
            assert client.get("/desk/").status_code == 200
        with later(minutes=34):
            assert client.get("/desk/").status_code == 200
        with later(minutes=54, seconds=5):
            answer = client.get("/desk/")
            assert answer["Location"].startswith("/sign-in/")
            assert "较长时间没有操作" in client.get(answer["Location"]).content.decode()
        assert kinds("signin.session_ended") == 1

    def test_twelve_hours_end_it_however_busy(self, sign_in):
        client = sign_in(INSPECTOR)
        for quarter in range(47):
            with later(minutes=15 * quarter):
                assert client.get("/desk/").status_code == 200, quarter
        with later(hours=12, seconds=1):
            assert client.get("/desk/").status_code == 302

    def test_a_page_that_asks_again_by_itself_is_nobodys_activity(self, sign_in):
        client = sign_in(INSPECTOR)
        asked = {"HX-Request": "true", "HX-Current-URL": "http://testserver/desk/"}
        with later(minutes=12):
            assert client.get("/desk/", headers=asked).status_code == 200
        with later(minutes=21):
            assert client.get("/desk/").status_code == 302

    def test_ending_an_account_ends_its_sessions_at_once(self, sign_in):
        first, second = sign_in(INSPECTOR), sign_in(INSPECTOR)
        assert end_sessions(person(INSPECTOR), why="closed") == 2
        for client in (first, second):
            assert client.get("/desk/")["Location"].startswith("/sign-in/")

    def test_a_person_ends_one_or_all_others(self, sign_in):
        clients = [sign_in(INSPECTOR) for _n in range(3)]
        rows = list(UserSession.objects.filter(user=person(INSPECTOR)).order_by("pk"))
        clients[0].post("/my/security/end/", {"session": rows[1].public_id})
        assert [c.get("/desk/").status_code for c in clients] == [200, 302, 200]
        clients[0].post("/my/security/end/", {})
        assert [c.get("/desk/").status_code for c in clients] == [200, 302, 302]

    def test_nobody_ends_anothers(self, sign_in):
        client, other = sign_in(INSPECTOR), sign_in(PUBLISHER)
        row = UserSession.objects.get(user=person(PUBLISHER))
        assert client.post("/my/security/end/", {"session": row.public_id}).status_code == 404
        assert other.get("/desk/").status_code == 200

    def test_the_key_changes_at_sign_in_and_at_confirmation(self, client):
        with_password(INSPECTOR)
        client.get("/sign-in/")
        session = client.session
        session["x"] = 1
        session.save()
        before = client.cookies["sessionid"].value if "sessionid" in client.cookies else ""
        enter(client, INSPECTOR)
        signed = client.cookies["sessionid"].value
        assert signed != before
        client.post("/confirm/", {"password": GOOD})
        assert client.cookies["sessionid"].value != signed
        assert client.get("/desk/").status_code == 200
        stolen = Client()
        stolen.cookies["sessionid"] = signed
        assert stolen.get("/desk/").status_code == 302

    def test_a_new_device_is_told(self, client):
        with_password(INSPECTOR)
        enter(client, INSPECTOR)
        assert kinds("signin.new_device") == 0
        stranger = Client(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Chrome/120")
        enter(stranger, INSPECTOR)
        assert kinds("signin.new_device") == 1
        assert "Chrome · Windows" in client.get("/my/security/").content.decode()
        enter(client, INSPECTOR)
        assert kinds("signin.new_device") == 1

    def test_signing_out_clears_the_browser(self, sign_in):
        client = sign_in(INSPECTOR)
        answer = client.post("/sign-out/")
        assert "cache" in answer["Clear-Site-Data"]
        assert UserSession.objects.get(user=person(INSPECTOR)).ended_by == "signed_out"


class TestPasswords:
    def test_changing_ends_other_sessions_and_keeps_this_one(self, client, sign_in):
        user = with_password(INSPECTOR)
        enter(client, INSPECTOR)
        other = sign_in(INSPECTOR)
        values = {"old": GOOD, "new": BETTER, "again": BETTER}
        assert client.post("/my/password/", values)["Location"] == "/my/security/"
        assert client.get("/desk/").status_code == 200
        assert other.get("/desk/").status_code == 302
        user.refresh_from_db()
        assert check_password(INSPECTOR, BETTER, address="") == user

    def test_errors_stand_beside_their_fields(self, client):
        with_password(INSPECTOR)
        enter(client, INSPECTOR)
        page = client.post("/my/password/", {"old": "x", "new": BETTER, "again": BETTER})
        assert 'id="id_old_error"' in page.content.decode()
        page = client.post("/my/password/", {"old": GOOD, "new": "short", "again": "short"})
        assert "至少 12 个字符" in page.content.decode()
        page = client.post("/my/password/", {"old": GOOD, "new": BETTER, "again": "other"})
        assert 'id="id_again_error"' in page.content.decode()

    def test_the_last_five_do_not_come_back(self):
        user = with_password(INSPECTOR)
        for n in range(4):
            set_password(user, f"{BETTER}-{n}x")
        with pytest.raises(Invalid):
            set_password(user, GOOD)
        set_password(user, f"{BETTER}-5x")
        set_password(user, GOOD)

    def test_an_old_password_must_change_before_anything_else(self, client):
        with_password(INSPECTOR)
        PasswordRecord.objects.update(set_at=clock.now() - timedelta(days=91))
        enter(client, INSPECTOR)
        assert client.get("/desk/")["Location"] == "/my/password/"
        client.post("/my/password/", {"old": GOOD, "new": BETTER, "again": BETTER})
        assert client.get("/desk/").status_code == 200

    def test_the_other_profile_forces_no_change_and_is_on_the_trail(self, client):
        body = {"profile": "asvs", "length": 12, "classes": 3, "history": 5, "days": 90}
        adopt_policy(
            kind=Policy.Kind.SIGN_IN,
            key="password",
            body=body,
            source="OWASP ASVS 5.0 6.2",
            effective_on=clock.today(),
            actor=SYSTEM,
        )
        assert Entry.objects.filter(kind="policy.adopted").latest("pk").actor_ref == SYSTEM.ref
        with_password(INSPECTOR, "quiet harbour thistle")
        PasswordRecord.objects.update(set_at=clock.now() - timedelta(days=400))
        enter(client, INSPECTOR, "quiet harbour thistle")
        assert client.get("/desk/").status_code == 200

    def test_a_stale_form_does_not_overwrite_a_newer_password(self):
        seen, user = person(INSPECTOR), with_password(INSPECTOR)
        change_password(user, old=GOOD, new=BETTER, address="")
        with pytest.raises(Invalid):
            change_password(user, old=GOOD, new=GOOD + "x", address="")
        with pytest.raises(StaleState):
            set_password(seen, GOOD + "xy")

    def test_names_are_refused(self):
        user = person(INSPECTOR)
        for word in (f"{INSPECTOR}-9Xk", "Jieshou-2026-Qp", "OpenLot-Kx-771"):
            assert password_faults(user, word), word


class TestInvitations:
    def test_a_link_sets_the_first_password_once(self, client):
        user = open_account(
            username="new-hire",
            name="新人",
            department=Department.objects.get(code="SCJG"),
            password=None,
            actor=SYSTEM,
        )
        assert check_password("new-hire", "", address="") is None
        token = invite(user, actor=SYSTEM)
        page = client.get(f"/welcome/{token}/").content.decode()
        assert "new-hire" in page
        assert "至少 12 个字符" in page
        answer = client.post(f"/welcome/{token}/", {"new": GOOD, "again": GOOD})
        assert answer.status_code == 302
        assert Client().get(f"/welcome/{token}/").status_code == 404
        with pytest.raises(NotFound):
            accept_invitation(token, new=BETTER)
        assert check_password("new-hire", GOOD, address="") is not None

    def test_a_newer_link_voids_the_older_and_time_voids_both(self):
        User.objects.filter(username=INSPECTOR).update(password="!")
        user = person(INSPECTOR)
        first, second = invite(user, actor=SYSTEM), invite(user, actor=SYSTEM)
        with pytest.raises(NotFound):
            accept_invitation(first, new=GOOD)
        with later(hours=73), pytest.raises(NotFound):
            accept_invitation(second, new=GOOD)
        assert accept_invitation(second, new=GOOD) == user

    def test_a_forgotten_password_takes_two_people_and_leaves_the_second_factor(self, client):
        user, secret = with_totp(PUBLISHER)
        admin, guard = person("scjg-platform-admin"), person(GUARD)
        signed = signed_in(user)
        reset = request_reset(user, reason="忘记口令", actor=admin.as_actor(), what="password")
        request_reset(user, reason="手机也丢了", actor=admin.as_actor())
        with pytest.raises((Conflict, Denied)):
            do_reset(reset, opinion="x", actor=admin.as_actor())
        do_reset(reset, opinion="已当面核实", actor=guard.as_actor())
        assert signed.get("/desk/")["Location"].startswith("/sign-in/")
        assert check_password(PUBLISHER, GOOD, address="") is None
        assert factors(user).exists()
        token = invite(person(PUBLISHER), actor=admin.as_actor())
        answer = client.post(f"/welcome/{token}/", {"new": BETTER, "again": BETTER})
        assert answer["Location"] == "/sign-in/second/"
        answer = client.post("/sign-in/second/", {"code": code_of(secret)})
        assert answer["Location"] == "/my/security/"
        assert kinds("password_reset.requested", "password_reset.done") == 2


class TestConfirmation:
    def freeze(self) -> str:
        from races.scenes import SCENES, live

        SCENES["freeze"].begin()
        return reverse("draw-freeze", kwargs={"pid": live().public_id})

    def test_the_act_is_carried_over_the_confirmation(self):
        path = self.freeze()
        user, secret = with_totp("wlty-department-head")
        client = signed_in(user, proved=False)
        assert client.post(path)["Location"] == "/confirm/"
        assert Draw.objects.latest("pk").state == "seal_requested"
        page = client.get("/confirm/").content.decode()
        assert "封存名单" in page
        assert "演示" not in page.split("<main")[1].split("</main")[0]
        assert client.post("/confirm/", {"code": "123456"}).status_code == 200
        assert Draw.objects.latest("pk").state == "seal_requested"
        answer = client.post("/confirm/", {"code": code_of(secret)})
        assert answer["Location"].startswith("/draws/")
        assert Draw.objects.latest("pk").state == "frozen"

    def test_an_act_refused_after_the_confirmation_leads_back_to_itself(self):
        path = self.freeze()
        user, secret = with_totp("wlty-department-head")
        client = signed_in(user, proved=False)
        client.post(path)
        Draw.objects.filter(pk=Draw.objects.latest("pk").pk).update(state="prepared")
        asked = {"referer": "http://testserver/confirm/"}
        answer = client.post("/confirm/", {"code": code_of(secret)}, headers=asked)
        assert answer.status_code == 409
        assert f'href="{path}"' in answer.content.decode()
        assert "/confirm/" not in answer.content.decode().split("<main")[1]

    def test_a_confirmation_is_fresh_for_minutes_only(self):
        path = self.freeze()
        client = signed_in(person("wlty-department-head"))
        with later(minutes=16):
            assert client.post(path)["Location"] == "/confirm/"
        with later(minutes=14):
            assert client.post(path)["Location"].startswith("/draws/")

    def test_in_the_demo_one_click_confirms_and_elsewhere_it_does_not(self, settings):
        path = self.freeze()
        settings.DEMO = True
        client = Client()
        client.post("/sign-in/demo/", {"username": "wlty-department-head"})
        client.post(path)
        assert "演示：确认是本人" in client.get("/confirm/").content.decode()
        settings.DEMO = False
        assert "演示：确认是本人" not in client.get("/confirm/").content.decode()
        client.post("/confirm/", {"demo": "1"})
        assert Draw.objects.latest("pk").state == "seal_requested"
        settings.DEMO = True
        client.post("/confirm/", {"demo": "1"})
        assert Draw.objects.latest("pk").state == "frozen"

    def test_who_may_not_is_not_even_asked(self):
        path = self.freeze()
        client = signed_in(person("wlty-task-clerk"), proved=False)
        assert client.post(path).status_code == 403

    def test_every_binding_act_asks(self):
        asking = {s.name for s in SCREENS.values() if s.step_up}
        assert asking >= {
            "draw-freeze",
            "draw-announce",
            "draw-run",
            "draw-publish",
            "draw-void-request",
            "draw-void",
            "day-announce",
            "day-draw",
            "item-publish",
            "plan-publish",
            "result-preview",
            "task-void",
            "policy-next",
            "target-erasure",
            "account-erasure",
        }


class TestEmergencies:
    REASON = "平台故障，需要核对全部任务的状态"

    def asked(self) -> tuple[Client, EmergencyView]:
        client = signed_in(person("scjg-platform-admin"))
        client.post("/emergency/", {"reason": self.REASON})
        return client, EmergencyView.objects.get(state="asked")

    def test_a_second_person_opens_it_and_everything_can_be_read(self):
        client, view = self.asked()
        path = reverse("draw", kwargs={"pid": Draw.objects.first().public_id})
        assert client.get(path).status_code == 403
        guard = signed_in(person(GUARD))
        guard.post(reverse("emergency-confirm", kwargs={"pid": view.public_id}))
        page = client.get(path)
        assert page.status_code == 200
        assert "应急查看进行中" in page.content.decode()
        assert kinds("emergency.page_viewed") == 1
        seen = signed_in(person("sjj-auditor"))
        assert "正在进行的应急查看" in seen.get("/desk/").content.decode()
        listed = seen.get(f"/emergencies/{view.public_id}/").content.decode()
        assert f'<a href="{path}">{path}</a>' in listed
        plain = guard.get(f"/emergencies/{view.public_id}/").content.decode()
        assert path in plain, "who guards sign-in reads where somebody has been,"
        assert f'<a href="{path}"' not in plain, "and gets no link to what only others may open"
        assert "待确认 → 进行中" in listed

    def test_every_page_is_written_down_and_nothing_can_be_changed(self):
        client, view = self.asked()
        view = self.alone(client, view)
        before = Entry.objects.count()
        for path in ("/desk/", "/tasks/", "/results/?q=x"):
            assert client.get(path).status_code == 200
        assert kinds("emergency.page_viewed") == 3
        assert Entry.objects.count() == before + 3
        for screen in SCREENS.values():
            if screen.writes and "<" not in screen.route and not screen.anonymous:
                if screen.name == "emergency-end":
                    continue
                assert client.post(reverse(screen.name)).status_code == 403, screen.name
        assert Entry.objects.count() == before + 3

    def alone(self, client: Client, view: EmergencyView) -> EmergencyView:
        path = reverse("emergency-alone", kwargs={"pid": view.public_id})
        client.post(path, {"whom": "安全管理员电话无人接听"})
        view.refresh_from_db()
        assert view.state == "open"
        assert view.alone
        return view

    def test_the_database_refuses_writes_on_every_page_of_it(self, monkeypatch):
        from openlot.accounts.models import Region
        from openlot.web.screens import ReadOnlyScreen

        client, view = self.asked()
        self.alone(client, view)

        def page(request):
            Region.objects.create(code="1", name="x")

        monkeypatch.setattr(SCREENS["root"].view, "__wrapped__", page)
        from openlot.web import middleware

        with pytest.raises(ReadOnlyScreen):
            request = client.get("/desk/").wsgi_request
            request.emergency = None
            middleware._read_only(request, view, page)

    def test_it_ends_by_the_clock_and_by_the_person(self):
        client, view = self.asked()
        self.alone(client, view)
        path = "/tasks/"
        with later(minutes=15):
            client.get("/desk/")
        with later(minutes=30):
            client.get("/desk/")
        with later(minutes=45):
            assert client.get(path).status_code == 200
        with later(minutes=61):
            assert client.get(path).status_code == 403
        view.refresh_from_db()
        assert view.state == "ended"

    def test_ending_it_early(self):
        client, view = self.asked()
        self.alone(client, view)
        assert client.post("/emergency/end/").status_code == 302
        assert client.get("/tasks/").status_code == 403
        listed = signed_in(person("sjj-auditor")).get(f"/emergencies/{view.public_id}/")
        assert "进行中 → 已结束" in listed.content.decode()

    def test_only_the_session_that_asked_sees(self):
        client, view = self.asked()
        self.alone(client, view)
        other = signed_in(person("scjg-platform-admin"))
        assert other.get("/tasks/").status_code == 403

    def test_a_request_whose_session_is_over_binds_nobody(self):
        """Who lost the session asks anew; nothing hangs on it for ever, and nobody opens it."""
        _client, view = self.asked()
        with later(hours=2):
            guard = signed_in(person(GUARD))
            page = guard.post(reverse("emergency-confirm", kwargs={"pid": view.public_id}))
            assert "请其重新登录后另行申请" in page.content.decode()
            again = signed_in(person("scjg-platform-admin"))
            assert "提交申请" in again.get("/emergency/").content.decode()
            again.post("/emergency/", {"reason": self.REASON})
            view.refresh_from_db()
            assert view.state == "ended"
            assert EmergencyView.objects.get(state="asked") != view

    def test_a_request_is_withdrawn_by_whoever_asked(self):
        client, view = self.asked()
        page = client.get(f"/emergency/{view.public_id}/").content.decode()
        assert "等待安全管理员确认" in page
        assert "撤回申请" in page
        client.post("/emergency/end/")
        view.refresh_from_db()
        assert view.state == "ended"
        assert "提交申请" in client.get("/emergency/").content.decode()

    def test_alone_it_begins_where_the_person_is_now(self):
        _first, view = self.asked()
        client = signed_in(person("scjg-platform-admin"))
        self.alone(client, view)
        assert client.get("/tasks/").status_code == 200

    def test_what_nobody_ended_is_ended_by_night_and_leaves_the_desk_at_once(self):
        from openlot.schedule.nightly import clear_sessions

        client, view = self.asked()
        self.alone(client, view)
        auditor = person("sjj-auditor")
        one = re.compile(r"正在进行的应急查看</span><b>(\d)</b>")
        assert one.search(signed_in(auditor).get("/desk/").content.decode())[1] == "1"
        with later(minutes=61):
            assert one.search(signed_in(auditor).get("/desk/").content.decode())[1] == "0"
            clear_sessions.func()
        view.refresh_from_db()
        assert view.state == "ended"

    def test_it_needs_a_reason_a_right_and_another_person(self):
        client = signed_in(person("scjg-platform-admin"))
        assert "至少 10 个字" in client.post("/emergency/", {"reason": "看看"}).content.decode()
        assert signed_in(person("scjg-task-clerk")).get("/emergency/").status_code == 403
        client, view = self.asked()
        path = reverse("emergency-confirm", kwargs={"pid": view.public_id})
        assert client.post(path).status_code in (403, 404)
