"""Typesetting (排版): the same data and time give the same bytes."""

from __future__ import annotations

import dataclasses
import io
import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import segno
import typst

from openlot.documents.papers import DayPaper, DrawPaper, InspectionPaper, PackPaper, TaskPapers

HERE = Path(__file__).parent
FONT_FOLDER = HERE.parent.parent.parent / "build" / "fonts"


@cache
def _fonts(folders: tuple[str, ...]) -> typst.Fonts:
    return typst.Fonts(font_paths=list(folders), include_system_fonts=False)


def qr_svg(url: str, *, error: str = "m") -> str:
    """Return a QR code (二维码) as SVG text."""
    stream = io.BytesIO()
    segno.make(url, error=error).save(stream, kind="svg", scale=4, border=0)
    return stream.getvalue().decode()


def _typeset(
    template: str, content: dict[str, Any], at: datetime, folders: tuple[str, ...]
) -> bytes:
    """Render one template with its data; ``at`` stands in the file as its time."""
    compiler = typst.Compiler(
        root=str(HERE),
        font_paths=_fonts((str(FONT_FOLDER), *folders)),
        sys_inputs={"paper": json.dumps(content, ensure_ascii=False)},
    )
    made = compiler.compile(
        str(HERE / template), format="pdf", timestamp=int(at.astimezone(UTC).timestamp())
    )
    if not isinstance(made, bytes):
        raise TypeError("the typesetter made no PDF")
    return made


def render_task(papers: TaskPapers, *, at: datetime, folders: tuple[str, ...] = ()) -> bytes:
    """Return all papers of a task in one PDF (任务全套文书)."""
    content = dataclasses.asdict(papers)
    for row in content["inspections"]:
        row["qr"] = qr_svg(row["url"])
    return _typeset("task_papers.typ", content, at, folders)


def render_inspection(
    paper: InspectionPaper, *, at: datetime, folders: tuple[str, ...] = ()
) -> bytes:
    """Return approval, notice, receipt of service and check form of one target (单户文书)."""
    task = TaskPapers(paper.task_number, paper.task_name, paper.lead, "", (paper,))
    return render_task(task, at=at, folders=folders)


def _codes(paper: DrawPaper | DayPaper) -> dict[str, str]:
    """Return the sheet's codes: where to look it up, and where to compare the trail's tree."""
    log_qr = qr_svg(paper.log.url, error="l") if paper.log else ""
    return {"qr": qr_svg(paper.url), "log_qr": log_qr}


def render_announcement(paper: DrawPaper, *, at: datetime, folders: tuple[str, ...] = ()) -> bytes:
    """Return the announcement sheet to sign before any value is open (抽取公告单)."""
    content = {**dataclasses.asdict(paper), **_codes(paper), "record": False}
    return _typeset("draw.typ", content, at, folders)


def render_draw_record(paper: DrawPaper, *, at: datetime, folders: tuple[str, ...] = ()) -> bytes:
    """Return the record of a draw to sign (抽取记录表)."""
    content = {**dataclasses.asdict(paper), **_codes(paper), "record": True}
    return _typeset("draw.typ", content, at, folders)


def render_day(paper: DayPaper, *, at: datetime, folders: tuple[str, ...] = ()) -> bytes:
    """Return the one sheet of a drawing day to sign (抽签日单据)."""
    content = {**dataclasses.asdict(paper), **_codes(paper)}
    return _typeset("day.typ", content, at, folders)


def render_pack(paper: PackPaper, *, at: datetime, folders: tuple[str, ...] = ()) -> bytes:
    """Return the cover of a due-diligence pack (尽职材料包封面)."""
    return _typeset("pack.typ", dataclasses.asdict(paper), at, folders)
