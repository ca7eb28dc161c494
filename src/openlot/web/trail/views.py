"""The trail for those who watch, and for each person their own acts (全程留痕)."""

from __future__ import annotations

from itertools import chain
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from openlot.accounts.selectors import department_list
from openlot.kernel.errors import TooLarge
from openlot.rights.perms import Perm
from openlot.trail.places import proof_of
from openlot.trail.searching import Wanted, found, numbered
from openlot.trail.selectors import CHAPTER
from openlot.web.forms import StaffForm, whole
from openlot.web.lists import EXPORT_LIMIT, FORMATS, send_rows
from openlot.web.screens import StaffRequest, screen
from openlot.web.trail.finding import objects, persons
from openlot.web.trail.stories import told
from openlot.web.trail.table import HEADINGS, Lines, table, with_subjects
from openlot.web.trail.words import WORDS
from openlot.web.uploads import attachment

Text = str | Promise
DAY = forms.DateInput({"type": "date"})


class OwnActsForm(StaffForm):
    """Which of one's own acts (本人留痕查询)."""

    kind = forms.ChoiceField(label=_("事件"), required=False)
    from_on = forms.DateField(label=_("自"), required=False, widget=DAY)
    to_on = forms.DateField(label=_("至"), required=False, widget=DAY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = sorted(((k, str(v)) for k, v in WORDS.items()), key=lambda pair: pair[1])
        field = self.fields["kind"]
        field.choices = [("", _("全部")), *kinds]  # type: ignore[attr-defined]  # a ChoiceField

    def wanted(self, **more: Any) -> Wanted:
        """Return what is looked for (查询条件)."""
        values = self.cleaned_data
        return Wanted(values["kind"], from_on=values["from_on"], to_on=values["to_on"], **more)


class TrailForm(OwnActsForm):
    """What to look for in the whole trail (留痕查询)."""

    q = forms.CharField(
        label=_("查询"),
        required=False,
        max_length=80,
        widget=forms.TextInput({"type": "search", "placeholder": _("人员、名称、编号或序号")}),
    )
    department = forms.ChoiceField(label=_("部门"), required=False)
    field_order = ("q", "kind", "department", "from_on", "to_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = [(d.code, d.short_name) for d in department_list()]
        field = self.fields["department"]
        field.choices = [("", _("全部")), *codes]  # type: ignore[attr-defined]  # a ChoiceField

    def wanted(self, **more: Any) -> Wanted:
        """Return what is looked for (查询条件)."""
        words = self.cleaned_data["q"].strip()
        more["department"] = self.cleaned_data["department"]
        if words.isascii() and words.isdigit() and len(words) < 10:
            return super().wanted(number=int(words), **more)
        if words:
            return super().wanted(actors=persons(words), subjects=objects(words), **more)
        return super().wanted(**more)


@screen("trail/", name="trail", perm=Perm.TRAIL_VIEW)
def trail(request: StaffRequest) -> HttpResponse:
    """Search the trail (留痕查询)."""
    form = TrailForm(request.GET)
    if not form.is_valid():
        return _show(request, form, _("全程留痕"), [], "")
    wanted = form.wanted()
    if request.GET.get("export") in FORMATS:
        return _export(request, wanted)
    return _page(request, form, _("全程留痕"), wanted, proofs=True)


@screen("trail/proof/", name="entry-proof", perm=Perm.TRAIL_VIEW)
def entry_proof(request: StaffRequest) -> HttpResponse:
    """Give the proof of one entry (留痕存证证明), or lead back while there is none."""
    number = request.GET.get("entry", "")
    known = whole(number, 0)
    proof = next(map(proof_of, next(numbered([known]))), None)
    if proof is None:
        return redirect("trail")
    return attachment(proof.encode(), f"entry-{known}.tlog-proof", "text/plain; charset=utf-8")


@screen("my-acts/", name="my-acts", perm=Perm.DESK_VIEW)
def my_acts(request: StaffRequest) -> HttpResponse:
    """Show a person what the trail keeps of them (我的留痕)."""
    form = OwnActsForm(request.GET)
    if not form.is_valid():
        return _show(request, form, _("我的留痕"), [], "")
    return _page(request, form, _("我的留痕"), form.wanted(actors=[request.actor.ref]))


def _export(request: StaffRequest, wanted: Wanted) -> HttpResponse:
    """Send what was found as a file, as far as the person may read it."""
    numbers = found(wanted, most=EXPORT_LIMIT + 1)
    if len(numbers) > EXPORT_LIMIT:
        words = _("查到的超过 %(most)s 条，一次导不完：请缩短起止日期，分段导出")
        raise TooLarge(words, most=f"{EXPORT_LIMIT:,}")
    asked = {key: str(value) for key, value in request.GET.items() if value}
    return send_rows(request, HEADINGS, table(numbers, request.actor), asked, len(numbers))


def _page(
    request: StaffRequest, form: OwnActsForm, title: Text, wanted: Wanted, **more: bool
) -> HttpResponse:
    """Show a stretch of what was found, newest first, and lead to the older."""
    before = request.GET.get("before", "")
    numbers = found(wanted, most=CHAPTER + 1, before=whole(before, 0) or None)
    shown = numbers[:CHAPTER]
    kept = {k: v for k, v in request.GET.items() if v and k != "before"}
    older = f"?{urlencode({**kept, 'before': shown[-1]})}" if len(numbers) > CHAPTER else ""
    lines = with_subjects(told(chain.from_iterable(numbered(shown)), request.actor), request.actor)
    return _show(request, form, title, lines, older, **more)


def _show(
    request: StaffRequest, form: OwnActsForm, title: Text, lines: Lines, older: str, **more: bool
) -> HttpResponse:
    context = {"form": form, "title": title, "lines": lines, "older": older, **more}
    context["most"] = f"{EXPORT_LIMIT:,}"
    return render(request, "web/trail.html", context, status=200 if form.is_valid() else 422)
