"""What the room sees: every step when it is fixed, and no name before its time."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from services.test_chain import prepared, waiting_task

from openlot.draws.models import Draw
from openlot.draws.services import freeze, request_seal
from openlot.kernel import clock
from openlot.kernel.actor import Role
from openlot.ops.demo import main_job
from openlot.ops.demo.city import as_role
from openlot.tasks.models import Disclosure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def shown(client, draw: Draw) -> str:
    """Return the big screen of a draw."""
    answer = client.get(f"/draws/{draw.public_id}/screen/")
    assert answer.status_code == 200
    return answer.content.decode()


def names(draw: Draw) -> list[str]:
    """Return the names of the drawn targets."""
    return list(draw.drawn_targets.values_list("target__name", flat=True))


def test_a_sealed_list_asks_each_party_for_its_own_device(sign_in):
    """Before the announcement: one code per party, digests not there yet, the page looks again."""
    draw = request_seal(prepared(), actor=as_role("WLTY", Role.TASK_CLERK))
    freeze(draw, actor=as_role("WLTY", Role.DEPARTMENT_HEAD))
    page = shown(sign_in("wlty-task-clerk"), draw)
    assert page.count("<svg") == draw.sources.filter(type="commit").count()
    assert 'hx-trigger="every' in page
    assert "room-digest" not in page


def test_the_drawn_stand_in_the_order_of_their_tickets_with_the_cut_below(sign_in):
    """Of a public draw: tickets ascend, the first ticket that was not drawn follows the cut."""
    main_job.ceremony(waiting_task(), "test")
    Draw.objects.filter(task=waiting_task()).update(embargo_at=None)
    draw = Draw.objects.get(task=waiting_task())
    page = shown(sign_in("wlty-task-clerk"), draw)
    assert "hx-trigger" not in page
    assert all(digest[:8] in page for digest in (draw.adigest, draw.rdigest))
    for section in page.split("<section>")[1:]:
        tickets = re.findall(r'<td class="digest">([0-9a-f]{12})</td>', section)
        assert tickets == sorted(tickets)
        assert section.index("room-cut") > section.index(tickets[0])
    assert any(name in page for name in names(draw))


def test_a_closed_draw_shows_its_digest_and_no_name(sign_in):
    """Where a class could be told, or while the embargo runs, the room sees the digest only."""
    joint = Draw.objects.get(disclosure=Disclosure.PROOFS)
    page = shown(sign_in("scjg-task-clerk"), joint)
    assert joint.rdigest[:8] in page
    assert not [name for name in names(joint) if name in page]
    main_job.ceremony(waiting_task(), "test")
    draw = Draw.objects.get(task=waiting_task())
    Draw.objects.filter(pk=draw.pk).update(embargo_at=clock.now() + timedelta(days=1))
    page = shown(sign_in("wlty-task-clerk"), draw)
    assert not [name for name in names(draw) if name in page]


def test_a_sealed_value_is_never_on_the_screen(sign_in):
    """Opened values of the parties stay closed; only the dice were thrown before everybody."""
    for draw in Draw.objects.exclude(rdigest=""):
        clerk = sign_in(f"{draw.task.department.code.lower()}-task-clerk")
        page = shown(clerk, draw)
        for source in draw.sources.all():
            assert (source.value in page) == (source.type == "digits")
