"""Printing (打印文书): PDF of draws, inspections and whole tasks."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse

from openlot.documents.typeset import (
    render_announcement,
    render_day,
    render_draw_record,
    render_inspection,
    render_task,
)
from openlot.drawing_days.models import DrawingDay
from openlot.draws.models import Draw
from openlot.inspections.models import Inspection
from openlot.kernel import clock
from openlot.kernel.errors import NotFound
from openlot.paperwork.filling import day_paper, draw_paper, inspection_paper, task_papers
from openlot.paperwork.services import take_pack
from openlot.rights.access import visible
from openlot.rights.perms import Perm
from openlot.tasks.models import InspectionTask
from openlot.web.papers.pack import chronicle, pack_page
from openlot.web.screens import StaffRequest, screen
from openlot.web.uploads import attachment


def _pdf(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


@screen(
    "draws/<pid:pid>/announcement.pdf",
    name="draw-announcement-paper",
    perm=Perm.DRAW_VIEW,
    obj=Draw,
)
def announcement(request: StaffRequest, obj: Draw) -> HttpResponse:
    """Print the announcement (抽取公告单)."""
    if not obj.announced_at:
        raise NotFound
    data = render_announcement(
        draw_paper(obj), at=obj.announced_at, folders=tuple(settings.FONT_DIRS)
    )
    return _pdf(data, f"announcement-{obj}")


@screen(
    "draws/<pid:pid>/record.pdf",
    name="draw-record-paper",
    perm=Perm.DRAW_VIEW,
    obj=Draw,
)
def draw_record(request: StaffRequest, obj: Draw) -> HttpResponse:
    """Print the record of a draw (抽取记录表)."""
    if not obj.drawn_at:
        raise NotFound
    data = render_draw_record(draw_paper(obj), at=obj.drawn_at, folders=tuple(settings.FONT_DIRS))
    return _pdf(data, f"record-{obj}")


@screen("days/<pid:pid>/sheet.pdf", name="day-paper", perm=Perm.DAY_VIEW, obj=DrawingDay)
def day_sheet(request: StaffRequest, obj: DrawingDay) -> HttpResponse:
    """Print the one sheet of a drawing day (抽签日单据)."""
    if not obj.announced_at:
        raise NotFound
    at = obj.drawn_at or obj.announced_at
    return _pdf(
        render_day(day_paper(obj), at=at, folders=tuple(settings.FONT_DIRS)), f"day-{obj.number}"
    )


@screen(
    "tasks/<pid:pid>/papers.pdf",
    name="task-papers",
    perm=Perm.PAPER_PRINT,
    obj=InspectionTask,
    log_reads=True,
)
def task(request: StaffRequest, obj: InspectionTask) -> HttpResponse:
    """Print the papers of a task in one file (任务全套文书): an officer's own targets only."""
    papers = task_papers(
        obj,
        visible(request.actor, Perm.PAPER_PRINT, Inspection.objects.order_by("serial")),
    )
    if not papers.inspections:
        raise NotFound
    at = obj.approved_at or clock.now()
    return _pdf(
        render_task(papers, at=at, folders=tuple(settings.FONT_DIRS)),
        f"papers-{obj.number}",
    )


@screen(
    "tasks/<pid:pid>/pack/",
    name="task-pack",
    perm=Perm.PACK_TAKE,
    obj=lambda: InspectionTask.objects.select_related("department", "plan_line__plan"),
    writes=True,
)
def pack(request: StaffRequest, obj: InspectionTask) -> HttpResponse:
    """Say what the due-diligence pack holds, and hand it out (尽职材料包)."""
    if request.method == "POST":
        data = take_pack(obj, chronicle(obj, request.actor), actor=request.actor)
        return attachment(data, f"pack-{obj.number}.zip", "application/zip")
    return pack_page(obj).show(request)


@screen(
    "inspections/<pid:pid>/papers.pdf",
    name="inspection-papers",
    perm=Perm.PAPER_PRINT,
    obj=lambda: Inspection.objects.select_related("task__department", "target"),
    log_reads=True,
)
def inspection(request: StaffRequest, obj: Inspection) -> HttpResponse:
    """Print the papers of one target (单户文书)."""
    at = obj.task.approved_at or clock.now()
    data = render_inspection(inspection_paper(obj), at=at, folders=tuple(settings.FONT_DIRS))
    return _pdf(data, f"papers-{obj.number}")
