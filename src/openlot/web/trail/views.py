"""The trail for those who watch, and for each person their own acts (全程留痕)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openlot.accounts.selectors import department_list
from openlot.kernel.actor import Actor
from openlot.rights.perms import Perm
from openlot.trail.selectors import CHAPTER, Wanted, entries
from openlot.web.forms import StaffForm
from openlot.web.screens import StaffRequest, screen
from openlot.web.trail.finding import objects, persons
from openlot.web.trail.stories import Told, told
from openlot.web.trail.subjects import subject_words
from openlot.web.trail.words import WORDS

Text = str | Promise
Lines = Sequence[tuple[Told, SafeString]]
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
    department = forms.ChoiceField(label=pgettext_lazy("list", "部门"), required=False)
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
    return _page(request, form, _("全程留痕"), form.wanted())


@screen("my-acts/", name="my-acts", perm=Perm.DESK_VIEW)
def my_acts(request: StaffRequest) -> HttpResponse:
    """Show a person what the trail keeps of them (我的留痕)."""
    form = OwnActsForm(request.GET)
    if not form.is_valid():
        return _show(request, form, _("我的留痕"), [], "")
    return _page(request, form, _("我的留痕"), form.wanted(actors=[request.actor.ref]))


def _page(request: StaffRequest, form: OwnActsForm, title: Text, wanted: Wanted) -> HttpResponse:
    """Show a stretch of what was found, newest first, and lead to the older."""
    before = request.GET.get("before", "")
    last = int(before) if before.isascii() and before.isdigit() else None
    rows = list(entries(wanted, before=last)[: CHAPTER + 1])
    shown = rows[:CHAPTER]
    kept = {k: v for k, v in request.GET.items() if v and k != "before"}
    older = f"?{urlencode({**kept, 'before': shown[-1].pk})}" if len(rows) > CHAPTER else ""
    return _show(
        request, form, title, _with_subjects(told(shown, request.actor), request.actor), older
    )


def _with_subjects(lines: Sequence[Told], actor: Actor) -> list[tuple[Told, SafeString]]:
    words = subject_words([line.subject for line in lines], actor)
    return [(line, words[line.subject]) for line in lines]


def _show(
    request: StaffRequest, form: OwnActsForm, title: Text, lines: Lines, older: str
) -> HttpResponse:
    context = {"form": form, "title": title, "lines": lines, "older": older}
    return render(request, "web/trail.html", context, status=200 if form.is_valid() else 422)
