"""Two people press the same button, then twenty-five do: once is once, and nobody sees a fault."""

from __future__ import annotations

import os
from collections import Counter
from datetime import timedelta

import pytest
import wholeness
from copies import Copies, act_on, race
from django.db import transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse
from races.decisions import DECISIONS
from races.scenes import SCENES, Scene, live
from signing import signed_in

from fairdraw.replace import Replacement
from openlot.accounts.models import User, UserSession
from openlot.accounts.services import requests
from openlot.draws.computing import replacement_of
from openlot.draws.models import Amendment
from openlot.draws.services import (
    amending,
    drawing,
    extending,
    preparing,
    stages,
    values,
    voiding,
)
from openlot.kernel import clock
from openlot.kernel.errors import DomainError
from openlot.privacy import services as privacy_services
from openlot.results import services as results_services
from openlot.rights.access import department_code, require
from openlot.trail.models import Entry, PrivatePart
from openlot.trail.writer import record

ROUNDS = int(os.environ.get("RACE_ROUNDS", "2"))
EVERY = {**SCENES, **DECISIONS}
CROWD = int(os.environ.get("RACE_CROWD", "25"))
DRAW_ROUNDS = int(os.environ.get("DRAW_ROUNDS", "2"))


def run(scene: Scene, copies: Copies, begun: str, n: int) -> list[str]:
    """Run one round among ``n`` people and return what went wrong."""
    name = copies.take(begun)
    outcomes = race(name, [lambda k=k: scene.person(k) for k in range(n)])
    errors = [o.error for o in outcomes if o.error is not None]
    least, most = scene.winners(n)
    wrong = [f"{n - len(errors)} of {n} succeeded"] if not least <= n - len(errors) <= most else []
    wrong += sorted({repr(e)[:200] for e in errors if not isinstance(e, DomainError)})
    return wrong + act_on(name, lambda: [*scene.holds(), *wholeness.faults()])


@pytest.mark.parametrize("name", EVERY)
def test_once_is_once(name: str, copies: Copies):
    """Whoever is second is told so in words; the trail and the rows agree."""
    scene = EVERY[name]
    begun = copies.take()
    act_on(begun, scene.begin)
    for n in [2] * ROUNDS + [CROWD]:
        assert run(scene, copies, begun, n) == [], f"{name} among {n}"


class Crowd:
    """People who have the page of the waiting draw open, each signed in once for all copies."""

    def __init__(self, copies: Copies) -> None:
        self.copies, self.begun = copies, copies.take()
        act_on(self.begun, SCENES["draw"].begin)
        self.path, self.people = act_on(self.begun, self._sign_in)

    def _sign_in(self) -> tuple[str, list[Client]]:
        pid = live().public_id
        user = User.objects.get(username="wlty-task-clerk")
        people = [signed_in(user) for _person in range(CROWD)]
        for client in people:
            assert client.get(reverse("draw", kwargs={"pid": pid})).status_code == 200
        return reverse("draw-run", kwargs={"pid": pid}), people

    @staticmethod
    def _still_here() -> None:
        """However many rounds before: each has just proved who acts."""
        now = clock.now()
        late = now + timedelta(hours=1)
        UserSession.objects.update(seen_at=now, confirmed_at=now, ends_at=late)

    def press(self) -> tuple[Counter[int], list[str]]:
        """Let all press the button in a fresh copy; return the answers and what is wrong."""
        name = self.copies.take(self.begun)
        act_on(name, self._still_here)
        acts = [lambda client=client: client.post(self.path) for client in self.people]
        outcomes = race(name, [lambda act=act: act for act in acts])
        answers = Counter(o.value.status_code for o in outcomes if o.error is None)
        wrong = [repr(o.error)[:200] for o in outcomes if o.error is not None]
        wrong += act_on(name, lambda: [*SCENES["draw"].holds(), *wholeness.faults()])
        self.copies.drop(name)
        return answers, wrong


FAIR = Counter({302: 1, 409: CROWD - 1})


def test_twenty_five_who_press_draw_at_once_draw_once(copies: Copies):
    """Through the real page: one is led on, all others read that somebody was faster."""
    crowd = Crowd(copies)
    for number in range(DRAW_ROUNDS):
        assert crowd.press() == (FAIR, []), f"round {number}"
    print(f"{DRAW_ROUNDS} rounds of {CROWD} people: one draw each")


def unguarded_fire(obj, arrow, event, *, actor, at_revision=None, **changes):
    """Move as ``fire`` does, but look neither at the state nor at the revision."""
    with transaction.atomic():
        require(actor, arrow.perm, obj)
        if arrow.target is not None:
            changes["state"] = arrow.target
        rows = type(obj)._default_manager.filter(pk=obj.pk)
        rows.update(revision=F("revision") + 1, **changes)
        record(event, actor=actor, subject=obj, department=department_code(obj))
    return type(obj)._default_manager.get(pk=obj.pk)


def erase_unasked(entry: Entry) -> bool:
    """Erase as the service does, and never ask whether there was anything to erase."""
    PrivatePart.objects.filter(entry=entry, kind="personal").delete()
    return True


SEEN: dict[tuple[str, str], Replacement] = {}


def as_seen_before(row: Amendment, link: str = "-") -> Replacement:
    """Compute a replacement as whoever looked before anybody wrote has computed it."""
    key = (row.public_id, link)
    return SEEN[key] if key in SEEN else SEEN.setdefault(key, replacement_of(row, link))


@pytest.fixture
def switch_guards_off(monkeypatch):
    """Return what switches compare-and-set and locks off."""

    def switch() -> None:
        acts = (drawing, preparing, stages, values, voiding, amending, extending, requests)
        for services in (*acts, results_services):
            monkeypatch.setattr(services, "fire", unguarded_fire, raising=False)
            monkeypatch.setattr(services, "hold", lambda _obj: None, raising=False)
        monkeypatch.setattr(privacy_services, "_erase", erase_unasked)
        # where one writer waits for the other, a link is refused by what it finds afterwards
        monkeypatch.setattr(amending, "replacement_of", as_seen_before)

    return switch


def test_without_the_guards_the_crowd_draws_more_than_once(copies: Copies, switch_guards_off):
    """The page's harness sees the race as well: with the guards off a round is broken."""
    crowd = Crowd(copies)
    switch_guards_off()
    rounds = range(max(DRAW_ROUNDS // 50, 5))
    broken = [number for number in rounds if crowd.press() != (FAIR, [])]
    assert broken
    print(f"{len(broken)} of {len(rounds)} rounds broken without the guards")


GUARDED = [
    "draw",
    "freeze",
    "hand in a seal",
    "approve or return",
    "publish a result",
    "erase personal data",
    *DECISIONS,
]


@pytest.mark.parametrize("name", GUARDED)
def test_without_the_guards_the_same_race_is_lost(name: str, copies: Copies, switch_guards_off):
    """The harness sees races: with compare-and-set and locks off, more than one gets through."""
    scene = EVERY[name]
    begun = copies.take()
    act_on(begun, scene.begin)
    switch_guards_off()
    assert any(run(scene, copies, begun, 2) for _round in range(10))
