"""What is left out is on the account of its department; a void names both who asked and who decided."""

from __future__ import annotations

import pytest
from services.test_chain import waiting_task

from openlot.draws.ledger import accounts
from openlot.draws.models import Draw, DrawFrame
from openlot.draws.services import request_void
from openlot.kernel.actor import Role
from openlot.ops.demo import main_job
from openlot.ops.demo.city import as_role
from openlot.publication.services import void_draw

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def test_the_accounts_add_up():
    """Listed less drawable is left out, each with a reason; the highest rate comes first."""
    found = accounts(Draw.objects.all())
    assert len(found) == 4
    for one in found:
        frames = DrawFrame.objects.filter(draw__task__department__name=one.department)
        assert one.n_entries == sum(frame.n_entries for frame in frames)
        assert one.n_excluded == sum(frame.n_entries - frame.n_eligible for frame in frames)
    assert [one.rate_bp for one in found] == sorted((o.rate_bp for o in found), reverse=True)


def test_a_void_is_on_the_ledger_with_both_persons(sign_in):
    """Asked by the department's head, decided by the office: both by name, the reason beside them."""
    main_job.ceremony(waiting_task(), "test")
    draw = Draw.objects.get(task=waiting_task())
    head, office = as_role("WLTY", Role.DEPARTMENT_HEAD), as_role("SCJG", Role.CONFERENCE_OFFICE)
    request_void(draw, code="V2", reason="名录有误", actor=head)
    page = sign_in("sjj-auditor").get("/draws/ledger/").content.decode()
    assert "等待联席会议办公室决定" in page
    void_draw(Draw.objects.get(pk=draw.pk), actor=office)
    page = sign_in("sjj-auditor").get("/draws/ledger/").content.decode()
    assert all(text in page for text in (str(draw), "名录有误", head.name, office.name))
    (one,) = [a for a in accounts(Draw.objects.all()) if a.n_voided]
    assert one.department == draw.task.department.name
    other = sign_in("nync-task-clerk").get("/draws/ledger/").content.decode()
    assert str(draw) not in other
