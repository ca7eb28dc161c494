"""The printed papers: right people, right rows, no class, same bytes again."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from openlot.documents.typeset import render_draw_record, render_inspection
from openlot.draws.models import Draw
from openlot.inspections.models import Inspection
from openlot.paperwork.filling import draw_paper, inspection_paper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.mark.law("GBF2024-54")
def test_one_targets_papers():
    """Approval, notice and check form hold every department's officers apart, and no class."""
    inspection = Inspection.objects.filter(task__scope="joint").first()
    at = inspection.task.approved_at
    data = render_inspection(inspection_paper(inspection), at=at)
    assert data == render_inspection(inspection_paper(inspection), at=at)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    text = "".join(text.split())
    assert inspection.notice_no.replace(" ", "") in text
    assert "行政检查通知书" in text
    assert "送达回证" in text
    for row in inspection.assignments.select_related("inspector"):
        assert row.inspector.certificate_no in text
    for word in ("信用风险", "信用分类", "信用等级"):
        assert word not in text


def test_the_record_of_a_closed_draw_shows_totals_only():
    """The sheet of a draw by credit class names no stratum."""
    draw = Draw.objects.get(disclosure="proofs", rdigest__gt="")
    data = render_draw_record(draw_paper(draw), at=draw.drawn_at)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    flat = "".join(text.split())
    assert draw.rdigest[:8] in flat
    assert "市市场监管局" in flat
    assert "次上门" in flat
    assert "演示，无等级" in flat
    for stratum in ("S1", "S2", "S3", "S4"):
        assert stratum not in flat
