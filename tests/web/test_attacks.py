"""Attacks on signing in, one per test: what an enemy with some of the keys would try next."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import reverse
from signing import signed_in
from softkey import SoftKey
from web.test_signing_in import (
    BETTER,
    GOOD,
    GUARD,
    INSPECTOR,
    PUBLISHER,
    code_of,
    enter,
    person,
    with_password,
    with_totp,
)

from openlot.accounts.models import User, UserSession
from openlot.accounts.services import close_account
from openlot.kernel import clock
from openlot.kernel.errors import Conflict, NotFound
from openlot.signin.models import Invitation
from openlot.signin.selectors import factors
from openlot.signin.services import (
    HeldUp,
    accept_invitation,
    change_password,
    check_password,
    invite,
)
from openlot.web.screens import SCREENS
from openlot.web.signin.device import address_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

CLERK = "scjg-account-clerk"


def later(**span: float):
    return clock.travel(clock.now() + timedelta(**span))


class TestInvitations:
    def test_nobody_alone_makes_a_link_for_an_account_that_has_a_password(self):
        user = with_password(INSPECTOR)
        with pytest.raises(Conflict):
            invite(user, actor=person(CLERK).as_actor())

    def test_a_link_never_takes_the_place_of_the_second_factor(self):
        user, _secret = with_totp(INSPECTOR)
        User.objects.filter(pk=user.pk).update(password="!")
        token = invite(person(INSPECTOR), actor=person(CLERK).as_actor())
        thief = Client()
        thief.post(f"/welcome/{token}/", {"new": BETTER, "again": BETTER})
        assert thief.get("/desk/").status_code == 302
        assert not UserSession.objects.filter(user=user).exists()

    def test_of_two_links_made_at_once_the_second_sets_no_second_password(self):
        user = person(INSPECTOR)
        User.objects.filter(pk=user.pk).update(password="!")
        tokens = []
        for _n in range(2):
            tokens.append(invite(person(INSPECTOR), actor=person(CLERK).as_actor()))
            Invitation.objects.update(ends_at=clock.now() + timedelta(hours=1))
        accept_invitation(tokens[0], new=GOOD)
        with pytest.raises(NotFound):
            accept_invitation(tokens[1], new=BETTER)


class TestStepUp:
    def test_an_unlocked_browser_sets_up_no_factor_of_its_own(self):
        with_totp(PUBLISHER)
        thief = signed_in(person(PUBLISHER), proved=False)
        secret = generate_totp_secret()
        session = thief.session
        session["mfa.totp.secret"] = secret
        session.save()
        Authenticator.objects.filter(user=person(PUBLISHER)).update(type="webauthn")
        answer = thief.post("/my/security/code/", {"code": code_of(secret)})
        assert answer["Location"] == "/confirm/"
        for path in ("/my/security/code/", "/my/security/passkey/"):
            assert thief.get(path)["Location"] == "/confirm/", path


class TestKeptForms:
    def test_what_one_person_typed_is_never_shown_to_the_next(self, sign_in):
        client = sign_in("scjg-entry-clerk")
        with later(minutes=30):
            client.post("/targets/new/", {"name": "前一个人填的"})
            client.post("/sign-in/demo/", {"username": "nync-entry-clerk"})
            assert "前一个人填的" not in client.get("/kept/").content.decode()

    def test_passwords_are_not_kept(self, sign_in):
        client = sign_in(INSPECTOR)
        with later(minutes=30):
            client.post("/my/password/", {"old": GOOD, "new": BETTER, "again": BETTER})
        assert "kept_form" not in client.session

    def test_a_form_from_elsewhere_is_not_kept(self):
        strict = Client(enforce_csrf_checks=True)
        strict.post("/targets/new/", {"name": "别处的表单"})
        assert "kept_form" not in strict.session


class TestPasswords:
    def test_guessing_the_old_password_is_counted(self, client):
        user = with_password(INSPECTOR)
        signed = signed_in(user)
        for _n in range(6):
            answer = signed.post("/my/password/", {"old": "x", "new": BETTER, "again": BETTER})
        signed.post("/my/password/", {"old": GOOD, "new": BETTER, "again": BETTER})
        user.refresh_from_db()
        assert user.check_password(GOOD)
        assert answer.status_code < 500

    def test_a_second_step_begun_with_the_old_password_ends_with_it(self, client):
        user, secret = with_totp(INSPECTOR)
        enter(client, INSPECTOR)
        change_password(user, old=GOOD, new=BETTER, address="")
        answer = client.post("/sign-in/second/", {"code": code_of(secret)})
        assert answer["Location"] == "/sign-in/"


class CountingHasher(MD5PasswordHasher):
    """Counts how often a password is hashed, which is what takes time."""

    n = 0

    def encode(self, password: str, salt: str) -> str:
        CountingHasher.n += 1
        return super().encode(password, salt)


class TestGuessing:
    @pytest.mark.parametrize("kind", ["unknown", "wrong", "closed", "without"])
    def test_the_time_of_an_answer_tells_nothing_of_an_account(self, settings, kind: str):
        settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
        user = with_password(INSPECTOR)
        if kind == "closed":
            close_account(user, reason="离岗", actor=person(GUARD).as_actor())
        if kind == "without":
            User.objects.filter(pk=user.pk).update(password="!")
        CountingHasher.n = 0
        name = "nobody-at-all" if kind == "unknown" else INSPECTOR
        assert check_password(name, "wrong", address="a") is None
        assert CountingHasher.n == 1

    def test_a_house_full_of_addresses_is_one(self):
        for n in range(50):
            address = f"2001:db8:1:2:{n:x}::{n:x}"
            assert check_password(f"somebody-{n}", "wrong", address=address) is None
        with pytest.raises(HeldUp):
            check_password("somebody-else", "wrong", address="2001:db8:1:2::77")
        assert check_password("somebody-else", "wrong", address="2001:db8:1:3::77") is None

    @pytest.mark.parametrize(
        ("proxies", "said", "counted"),
        [
            (0, "203.0.113.9", "10.0.0.7"),
            (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
            (2, "198.51.100.1, 203.0.113.9, 10.1.1.1", "203.0.113.9"),
            (2, "203.0.113.9", "10.0.0.7"),
            (1, "not an address", "10.0.0.7"),
            (1, "2001:db8::1%25eth0<script>", "2001:db8::1"),
        ],
    )
    def test_nobody_writes_an_own_address(self, settings, rf, proxies, said, counted):
        settings.PROXIES = proxies
        asked = rf.get("/", REMOTE_ADDR="10.0.0.7", headers={"X-Forwarded-For": said})
        assert address_of(asked) == counted


class TestForgery:
    def test_no_form_is_taken_without_its_token(self):
        user = person(PUBLISHER)
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = signed_in(user).cookies
        taken = []
        for screen in SCREENS.values():
            ids = dict.fromkeys(re.findall(r"<\w+:(\w+)>", screen.route), "2" * 12)
            answer = strict.post(reverse(screen.name, kwargs=ids))
            if answer.status_code != 403:
                taken.append((screen.name, answer.status_code))
        assert taken == []
        assert strict.post("/i18n/setlang/", {"language": "en"}).status_code == 403
        assert strict.get("/desk/").status_code == 200

    def test_nothing_is_done_by_looking(self, sign_in):
        client = sign_in(INSPECTOR)
        client.get("/sign-out/")
        assert client.get("/desk/").status_code == 200
        assert client.get("/i18n/setlang/?language=en").status_code in (302, 405)
        assert 'lang="zh' in client.get("/desk/").content.decode()


class TestDoors:
    @pytest.mark.parametrize(
        "target",
        [
            "//evil.example",
            "https://evil.example/",
            "/\\evil.example",
            "javascript:x",
            "\t//evil.example",
        ],
    )
    def test_signing_in_leads_nowhere_else(self, client, target: str):
        with_password(INSPECTOR)
        answer = client.post("/sign-in/", {"username": INSPECTOR, "password": GOOD, "next": target})
        assert answer["Location"] == "/desk/"


class TestPasskeys:
    @pytest.fixture
    def strict(self, settings):
        """Let the origin of a passkey count, as it does in a live city."""
        settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False

    def registered(self, key: SoftKey) -> Client:
        """Return a client of a person who has set the passkey up a moment ago."""
        client = signed_in(person(INSPECTOR))
        client.get("/my/security/passkey/", secure=True)
        made = json.dumps(key.made(self.asked(client)))
        client.post("/my/security/passkey/", {"name": "x", "passkey": made}, secure=True)
        return client

    def asked(self, client: Client) -> str:
        """Return the question that the site has just asked."""
        return client.session["mfa.webauthn.state"]["challenge"]

    def shows(self, client: Client, key: SoftKey) -> bool:
        """Say whether a confirmation with the passkey is believed."""
        client.get("/confirm/", secure=True)
        return self.sends(client, key.shown(self.asked(client)))

    def sends(self, client: Client, answer: dict[str, Any]) -> bool:
        """Say whether what a browser sends is believed."""
        sent = client.post("/confirm/", {"passkey": json.dumps(answer)}, secure=True)
        return sent.status_code == 302

    def test_the_right_one_is_believed(self, strict):
        key = SoftKey()
        client = self.registered(key)
        assert factors(person(INSPECTOR)).count() == 1
        assert self.shows(client, key)
        assert self.shows(client, key)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"origin": "https://evil.example"},
            {"origin": "http://testserver"},
            {"host": "evil.example"},
            {"name": b"another of sixteen"},
        ],
    )
    def test_one_of_another_site_or_nobody_is_not(self, strict, wrong: dict[str, Any]):
        key = SoftKey()
        client = self.registered(key)
        assert not self.shows(client, replace(key, **wrong))

    def test_one_of_another_site_is_not_registered(self, strict):
        self.registered(SoftKey(origin="https://evil.example"))
        assert not factors(person(INSPECTOR)).exists()

    def test_anothers_is_not(self, strict):
        own, other = SoftKey(), SoftKey(name=b"one of a colleague")
        client = self.registered(own)
        colleague = signed_in(person(PUBLISHER))
        colleague.get("/my/security/passkey/", secure=True)
        made = json.dumps(other.made(self.asked(colleague)))
        colleague.post("/my/security/passkey/", {"name": "x", "passkey": made}, secure=True)
        assert factors(person(PUBLISHER)).exists()
        assert not self.shows(client, other)

    def test_an_answer_is_good_once(self, strict):
        key = SoftKey()
        client = self.registered(key)
        client.get("/confirm/", secure=True)
        answer = key.shown(self.asked(client))
        assert self.sends(client, answer)
        assert not self.sends(client, answer)

    def test_a_copy_that_counts_from_before_is_not(self, strict):
        key = SoftKey()
        client = self.registered(key)
        copy = replace(key)
        assert self.shows(client, key)
        assert self.shows(client, key)
        assert not self.shows(client, copy)

    @pytest.mark.parametrize(
        "nonsense",
        ["[" * 9_000, "[]", "7", "{}", '{"id": "\\ud800"}', '{"rawId": 1, "response": []}'],
    )
    def test_nonsense_is_refused_in_words(self, nonsense: str):
        key = SoftKey()
        client = self.registered(key)
        for path in ("/confirm/", "/my/security/passkey/"):
            client.get(path, secure=True)
            answer = client.post(path, {"name": "x", "passkey": nonsense}, secure=True)
            assert answer.status_code in (200, 422)

    def test_answers_cut_short_are_refused_in_words(self):
        key, chance = SoftKey(), Random(5)
        client = self.registered(key)
        for n in range(60):
            path = ("/confirm/", "/my/security/passkey/")[n % 2]
            client.get(path, secure=True)
            asked = self.asked(client)
            answer = key.made(asked) if n % 2 else key.shown(asked)
            name = chance.choice(list(answer["response"]))
            whole = answer["response"][name]
            cut = chance.randrange(len(whole))
            answer["response"][name] = chance.choice((whole[:cut], whole[cut:], whole[::-1], ""))
            sent = client.post(path, {"name": "x", "passkey": json.dumps(answer)}, secure=True)
            assert sent.status_code in (200, 422), (n, answer)
