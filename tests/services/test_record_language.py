"""Whoever acts in English leaves the same record as whoever acts in Chinese."""

from __future__ import annotations

import pytest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from services.test_chain import waiting_task

from openlot.accounts.models import Department
from openlot.draws.documents import parties_document, rules_document
from openlot.draws.models import Draw
from openlot.draws.services import Party, prepare_draw
from openlot.inspections.models import Inspection
from openlot.items.models import InspectionItem
from openlot.kernel.actor import Role
from openlot.kernel.record import on_record, recorded
from openlot.ops.demo.city import as_role
from openlot.paperwork.filling import draw_paper, inspection_paper, task_papers
from openlot.plans.models import AnnualPlan
from openlot.publication.snapshots import draw_body, item_body, plan_body

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def in_both(make) -> tuple[object, object]:
    """Return what is made for a reader of Chinese and for one of English."""
    with override("zh-hans"):
        chinese = make()
    with override("en"):
        return chinese, make()


@pytest.mark.law("JZF2020-9/2.4")
def test_what_is_published_and_sealed_reads_the_same_from_everybodys_hand():
    """Items, plans, draws, rules and parties: no word follows the language of who acts."""
    item = InspectionItem.objects.filter(state="effective").first()
    plan = AnnualPlan.objects.filter(state="published").first()
    draw = Draw.objects.filter(state="matched").first()
    for make in (
        lambda: item_body(item),
        lambda: plan_body(plan),
        lambda: draw_body(draw),
        lambda: rules_document(draw),
        lambda: parties_document(draw),
    ):
        chinese, english = in_both(make)
        assert chinese == english
    assert item_body(item)["kind"] in ("重点检查事项", "一般检查事项")


def test_papers_speak_chinese_whoever_prints_them():
    """A notice, a task's papers and the record of a draw are legal documents in one language."""
    draw = Draw.objects.filter(state="matched").first()
    inspection = Inspection.objects.filter(draw=draw).first()
    for make in (
        lambda: draw_paper(draw),
        lambda: inspection_paper(inspection),
        lambda: task_papers(draw.task),
    ):
        chinese, english = in_both(make)
        assert chinese == english


def test_sources_are_named_in_the_record_language():
    """The dice of a draw that an English reader prepares have the name that all others have."""
    organs = [Department.objects.get(code=code) for code in ("WLTY", "SFJ")]
    with override("en"):
        draw = prepare_draw(
            waiting_task(),
            parties=[Party(organ, organ.name) for organ in organs],
            embargo_at=None,
            actor=as_role("WLTY", Role.TASK_CLERK),
        )
    assert draw.sources.get(type="digits").party_name == "现场掷骰（十面骰二十次）"


def test_the_language_of_the_reader_comes_back():
    """Words for the record change nothing for the page that is being answered."""
    with override("en"):
        assert recorded(gettext_lazy("部门")) == "部门"
        assert on_record(lambda: _("部门"))() == "部门"
        assert _("保存草稿") == "Save the draft"
