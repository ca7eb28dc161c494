"""Two people press the same button, then twenty-five do: once is once, and nobody sees a fault."""

from __future__ import annotations

import os

import pytest
import wholeness
from copies import Copies, act_on, race
from django.db import transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse
from races.scenes import SCENES, Scene

from openlot.accounts.models import User
from openlot.draws.models import Draw
from openlot.draws.services import drawing, preparing, stages, values, voiding
from openlot.kernel.errors import DomainError
from openlot.results import services as results_services
from openlot.rights.access import department_code, require
from openlot.trail.writer import record

ROUNDS = int(os.environ.get("RACE_ROUNDS", "2"))
CROWD = int(os.environ.get("RACE_CROWD", "25"))


def run(scene: Scene, copies: Copies, begun: str, n: int) -> list[str]:
    """Run one round among ``n`` people and return what went wrong."""
    name = copies.take(begun)
    outcomes = race(name, [lambda k=k: scene.person(k) for k in range(n)])
    errors = [o.error for o in outcomes if o.error is not None]
    least, most = scene.winners(n)
    wrong = [f"{n - len(errors)} of {n} succeeded"] if not least <= n - len(errors) <= most else []
    wrong += sorted({repr(e)[:200] for e in errors if not isinstance(e, DomainError)})
    return wrong + act_on(name, lambda: [*scene.holds(), *wholeness.faults()])


@pytest.mark.parametrize("name", SCENES)
def test_once_is_once(name: str, copies: Copies):
    """Whoever is second is told so in words; the trail and the rows agree."""
    scene = SCENES[name]
    begun = copies.take()
    act_on(begun, scene.begin)
    for n in [2] * ROUNDS + [CROWD]:
        assert run(scene, copies, begun, n) == [], f"{name} among {n}"


def test_the_button_pressed_by_many_draws_once(copies: Copies):
    """Through the real page: one is led on, all others read that somebody was faster."""
    begun = copies.take()
    act_on(begun, SCENES["draw"].begin)
    for n in [2] * ROUNDS + [CROWD]:
        name = copies.take(begun)
        answers = [o.value.status_code for o in race(name, [button_of("WLTY")] * n)]
        assert sorted(answers) == [302, *[409] * (n - 1)]
        assert act_on(name, lambda: [*SCENES["draw"].holds(), *wholeness.faults()]) == []


def button_of(code: str):
    """Return somebody who has the page of the department's draw open."""

    def person():
        user = User.objects.get(username=f"{code.lower()}-task-clerk")
        client = Client()
        client.force_login(user, backend="openlot.accounts.backends.PasswordBackend")
        draw = Draw.objects.exclude(state="voided").get(task__department__code=code)
        path = reverse("draw-run", kwargs={"pid": draw.public_id})
        client.get(reverse("draw", kwargs={"pid": draw.public_id}))
        return lambda: client.post(path)

    return person


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


GUARDED = ["draw", "freeze", "hand in a seal", "approve or return", "publish a result"]


@pytest.mark.parametrize("name", GUARDED)
def test_without_the_guards_the_same_race_is_lost(name: str, copies: Copies, monkeypatch):
    """The harness sees races: with compare-and-set and locks off, more than one gets through."""
    scene = SCENES[name]
    begun = copies.take()
    act_on(begun, scene.begin)
    acts = (drawing, preparing, stages, values, voiding)
    for services in (*acts, results_services):
        monkeypatch.setattr(services, "fire", unguarded_fire, raising=False)
        monkeypatch.setattr(services, "hold", lambda _obj: None, raising=False)
    assert any(run(scene, copies, begun, 2) for _round in range(10))
