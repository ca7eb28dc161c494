"""The building blocks of a page (页面要素): facts, tables, acts."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import segno
from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from openlot.rules.clocks import ClockState
from openlot.web.screens import StaffRequest

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Fact:
    """One labelled value (信息项)."""

    label: Text
    value: Any
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A table on a page (表格): headings and rows of cells."""

    title: Text
    headings: Sequence[Text]
    rows: Sequence[Sequence[Any]]
    empty: Text = ""
    note: Text = ""

    @property
    def table(self) -> list[list[tuple[Text, Any]]]:
        """The rows with each cell's heading beside it (单元格与列名), for narrow screens."""
        return [list(zip(self.headings, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Act:
    """Something the person may do here (操作): a button, or a small form behind one."""

    url: str
    label: Text
    form: forms.Form | None = None
    tone: str = "primary"
    confirm: Text = ""
    method: str = "post"

    def __post_init__(self) -> None:
        if (
            self.form is not None
        ):  # two acts may ask for a reason on one page: each label finds its own
            self.form.auto_id = f"{self.url.strip('/').replace('/', '-')}-%s"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a chain (步骤): state is done, current or todo."""

    label: Text
    state: str
    note: Text = ""


@dataclass
class Page:
    """A detail page (详情页)."""

    title: Text
    crumbs: Sequence[tuple[Text, str]] = ()
    state: Any = ""
    subtitle: Text = ""
    facts: list[Fact] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    notices: list[tuple[str, Text]] = field(default_factory=list)
    story: Sized = ()

    def show(
        self,
        request: StaffRequest,
        template: str = "web/page.html",
        status: int = 200,
        **context: Any,
    ) -> HttpResponse:
        """Render the page (呈现页面): what comes next stands first, what cannot be undone last."""
        self.acts.sort(key=lambda act: ("primary", "", "danger").index(act.tone))
        return render(request, template, {"page": self, **context}, status=status)

    def ask(
        self, request: StaffRequest, form: forms.Form, submit_label: Text, back: str
    ) -> HttpResponse:
        """Render the page with a form to fill in (填报页), and the way back."""
        return self.show(request, "web/form.html", form=form, submit_label=submit_label, back=back)


def link(name: str, text: Any, **ids: str) -> SafeString:
    """Return a link to a screen (链接)."""
    return format_html('<a href="{}">{}</a>', reverse(name, kwargs=ids), text)


def days(first: date, last: date) -> SafeString:
    """Return a stretch of days (起止日期) that breaks between the two alone."""
    return format_html('<span class="day">{}</span> — <span class="day">{}</span>', first, last)


def done_by(who: object, when: str) -> SafeString:
    """Return who did something and when (经办人与时间); the time stays in one piece."""
    return format_html('{} <span class="day">{}</span>', who, when)


def href(name: str, **ids: str) -> str:
    """Return the address of a screen (地址)."""
    return reverse(name, kwargs=ids)


def tag(text: Any, tone: str = "grey") -> SafeString:
    """Return a state tag (状态标签): grey, blue, green, gold or red."""
    return format_html('<span class="tag tag-{}">{}</span>', tone, text)


def grouped(digest: str) -> str:
    """Return a digest in groups of eight (校验码分组), as people read it aloud."""
    return " ".join(digest[n : n + 8] for n in range(0, len(digest), 8))


def digest_cell(digest: str) -> SafeString:
    """Return a digest as it stands on a page (校验码), in groups that are read aloud."""
    return format_html('<span class="digest">{}</span>', grouped(digest))


def qr_picture(text: str) -> SafeString:
    """Return a QR code that a phone reads from the screen (二维码)."""
    picture = segno.make(text, error="m").svg_inline(scale=5, border=2, svgclass="qr", lineclass="")
    return mark_safe(picture)  # noqa: S308  # drawn by the library: black and white, no text


CLOCK_TONES = {
    ClockState.RUNNING: "blue",
    ClockState.SOON: "gold",
    ClockState.LAST_DAY: "red",
    ClockState.OVERDUE: "red",
    ClockState.STOPPED: "green",
}
