"""The printed papers: right people, right rows, no class, same bytes again."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from openlot.documents.papers import DayPaper, DayRow, LogPlace
from openlot.documents.typeset import render_day, render_draw_record, render_inspection
from openlot.draws.models import Draw
from openlot.inspections.models import Inspection
from openlot.kernel import clock
from openlot.paperwork.filling import draw_paper, inspection_paper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

CHECKPOINT = f"openlot-341282/log1\n31280\n{'A' * 43}=\n"


def test_the_sheet_of_a_day_is_one_page():
    """Twelve draws with both digests and seventeen signatures fit on one A4 sheet."""
    rows = tuple(
        DayRow(f"341282-2026-D-{n:04d}-1", f"市第{n}局", "名" * 24, 1790, 97, "ab" * 32, "cd" * 32)
        for n in range(12)
    )
    signers = ("经办人", "联席会议办公室负责人", *(f"界首市第{n}管理局" for n in range(15)))
    paper = DayPaper(
        number="341282-2026-R-001",
        office="界首市市场监督管理局",
        held_at="2026-11-24 15:00",
        place="市政务服务中心",
        is_demo=False,
        announced_at="2026-11-24 15:20",
        drawn_at="2026-11-24 15:29",
        sheet_digest="12" * 32,
        dice="3" * 20,
        rows=rows,
        url="http://localhost/",
        signers=signers,
        log=LogPlace(31_270, 31_280, "9f" * 32, CHECKPOINT),
    )
    read = PdfReader(io.BytesIO(render_day(paper, at=clock.now())))
    assert len(read.pages) == 1
    flat = "".join(read.pages[0].extract_text().split())
    assert all(row.draw_id in flat for row in rows)
    assert "9f" * 32 in flat
    assert "31280" in flat
    assert flat.count("ab" * 32) == flat.count("cd" * 32) == len(rows)


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


def test_the_record_to_sign_keeps_digest_code_and_signatures_on_one_sheet():
    """The paper witness stands with the signatures; a usual record is one page."""
    for draw in Draw.objects.filter(rdigest__gt="").order_by("pk"):
        data = render_draw_record(draw_paper(draw), at=draw.drawn_at)
        pages = ["".join(p.extract_text().split()) for p in PdfReader(io.BytesIO(data)).pages]
        last = pages[-1]
        assert "任何人取得证据包后可用核验程序重新计算" in last
        assert last.count("签字：") == len(draw_paper(draw).signers)
        if sum(map(len, draw_paper(draw).totals)) < 12:
            assert len(pages) == 1, str(draw)
