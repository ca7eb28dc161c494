"""Before there is a seed anybody can see what the matching leaves to chance."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from services.test_chain import prepared

from fairdraw.chances import simulate
from openlot.draws.keeping import sealed_inputs
from openlot.draws.models import ChanceStatement, Draw
from openlot.draws.selectors import evidence
from openlot.draws.services import (
    begin_statement,
    chances,
    chances_key,
    freeze,
    play_party,
    request_seal,
)
from openlot.jobs.services import claim, pulse, run
from openlot.kernel.actor import Role
from openlot.kernel.errors import Conflict
from openlot.ops.demo.city import as_role
from openlot.policies.models import Policy
from openlot.policies.services import adopt_policy
from openlot.publication.services import announce_draw
from openlot.trail.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
FEW = 20


@pytest.fixture
def announced(today) -> Draw:
    """Return an announced draw; twenty simulations are the rule today."""
    adopt_policy(
        kind=Policy.Kind.DRAW,
        key="simulations",
        body={"draws": FEW},
        source="测试",
        effective_on=today,
        actor=as_role("SCJG", Role.CONFERENCE_OFFICE),
    )
    clerk, head = as_role("WLTY", Role.TASK_CLERK), as_role("WLTY", Role.DEPARTMENT_HEAD)
    draw = freeze(request_seal(prepared(), actor=clerk), actor=head)
    for source in draw.sources.filter(type="commit"):
        play_party(source, actor=clerk)
    announce_draw(draw, actor=clerk)
    return Draw.objects.get(pk=draw.pk)


def test_the_statement_is_what_anybody_computes(announced: Draw):
    """The kept text is the simulation's own; the event binds it; it is stated once."""
    watch = as_role("SFJ", Role.SUPERVISOR)
    begin_statement(announced, actor=watch)
    with pytest.raises(Conflict):
        begin_statement(announced, actor=watch)
    call_command("worker", once=True)
    done = ChanceStatement.objects.get(draw=announced)
    assert (done.done, done.simulations) == (FEW, FEW)
    sealed = sealed_inputs(announced)
    ours = simulate(sealed.announcement, sealed.frames, sealed.roster, FEW)
    text = "".join(f"{words.say('zh')}\n" for words in ours.sentences())
    assert evidence(announced, "chances.txt") == text.encode()
    assert (done.n_warnings, done.n_only_one) == (len(ours.warnings), len(ours.only_one))
    entry = Entry.objects.get(kind="draw.chances_stated")
    assert done.sha256 in str(vars(entry))
    with pytest.raises(Conflict):
        begin_statement(announced, actor=watch)
    assert done.counts == {}


def test_the_page_shows_progress_then_the_warnings(announced: Draw, sign_in):
    """Not begun, under way, finished: the page says which; who holds no roster sees no pair."""
    watch = as_role("SFJ", Role.SUPERVISOR)
    address = f"/draws/{announced.public_id}/chances/"
    assert "尚未计算" in sign_in("sfj-supervisor").get(address).content.decode()
    begin_statement(announced, actor=watch)
    page = sign_in("sfj-supervisor").get(address).content.decode()
    assert "后台服务未运行" in page
    pulse("w", "here")
    assert "正在等待执行" in sign_in("sfj-supervisor").get(address).content.decode()
    run(claim("w"), stop_after(5))
    page = sign_in("sfj-supervisor").get(address).content.decode()
    assert f"正在模拟：0 / {FEW}" in page
    assert "every 2s" in page
    run(claim("w"), lambda: False)
    page = sign_in("sjj-auditor").get(address).content.decode()
    assert "最大相遇概率" in page
    officer = announced.task.participations.first().members.first().inspector.number
    assert officer in page
    assert officer not in sign_in("sfj-supervisor").get(address).content.decode()


def stop_after(n: int):
    """Return what says at the n-th question that the worker has to stop."""
    asked = iter(range(n))
    return lambda: next(asked, None) is None


def test_the_next_worker_goes_on_where_one_stopped(announced: Draw, monkeypatch):
    """Stopped half way, the counts so far are kept; what comes out is the same as in one go."""
    monkeypatch.setattr(chances, "FIRST_STEP", 6)
    begin_statement(announced, actor=as_role("SFJ", Role.SUPERVISOR))
    run(claim("one"), stop_after(10))
    kept = ChanceStatement.objects.get(draw=announced)
    assert (kept.done, kept.finished_at) == (6, None)
    again = claim("two")
    assert (again.key, again.attempts) == (chances_key(announced), 1)
    run(again, lambda: False)
    done = ChanceStatement.objects.get(draw=announced)
    sealed = sealed_inputs(announced)
    ours = simulate(sealed.announcement, sealed.frames, sealed.roster, FEW)
    text = "".join(f"{words.say('zh')}\n" for words in ours.sentences())
    assert (done.done, evidence(announced, "chances.txt")) == (FEW, text.encode())
