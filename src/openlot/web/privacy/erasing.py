"""Erasing personal information from the trail (个人信息销毁): whose, which of it, and why."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openlot.kernel import clock
from openlot.kernel.marks import listed
from openlot.privacy.selectors import PAGE, Erasure, Held, erasures, held
from openlot.privacy.services import REASON_AT_LEAST, shred
from openlot.rights.perms import Perm
from openlot.web.forms import ReasonForm, StaffForm, submit, whole
from openlot.web.page import Block, Page, href
from openlot.web.privacy.kinds import CHOICES, KINDS, Kind, address_of, whose
from openlot.web.screens import StaffRequest, screen
from openlot.web.trail.fields import label
from openlot.web.trail.stories import names
from openlot.web.trail.words import WORDS

TITLE = gettext_lazy("个人信息销毁")


class WhoseForm(StaffForm):
    """Whose personal information is asked for (查找留存的个人信息)."""

    kind = forms.ChoiceField(label=gettext_lazy("按哪种编号查找"), choices=CHOICES)
    number = forms.CharField(
        label=gettext_lazy("编号"),
        max_length=64,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=gettext_lazy("照申请材料填写完整编号；不能按姓名、名称查找。"),
    )


class ErasureForm(ReasonForm):
    """Which entries lose their personal part, and why (销毁个人信息)."""

    reason = forms.CharField(
        label=gettext_lazy("依据和理由"),
        min_length=REASON_AT_LEAST,
        max_length=200,
        error_messages={
            "min_length": gettext_lazy("请写明销毁的依据和理由，不少于 %(limit_value)s 字")
        },
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy(
            "写明何时收到谁的申请（申请登记号）、依据哪一条。本栏永久留痕，请勿写入姓名、证件号码、电话。"
        ),
    )
    sure = forms.BooleanField(
        label=gettext_lazy("已与申请材料核对，知道销毁后不能恢复"),
        error_messages={"required": gettext_lazy("请核对后勾选")},
    )

    @property
    def ticked(self) -> list[str]:
        """The entries that were ticked (勾选的留痕), by number as posted."""
        return self.data.getlist("entries") if isinstance(self.data, QueryDict) else []

    def clean(self) -> dict[str, Any]:
        """Take what was ticked with the rest; whether it is still there the service says."""
        if not self.ticked:
            raise forms.ValidationError(_("请至少勾选一条留痕"))
        return {**self.cleaned_data, "entries": [whole(text, 0) for text in self.ticked]}


@screen("erasures/", name="erasures", perm=Perm.TRAIL_SHRED, writes=True)
def erased(request: StaffRequest) -> HttpResponse:
    """Show what was erased so far (销毁记录), and lead to whose information is asked for.

    The number is posted: it may be a person's, and an address stands in logs.
    """
    form = WhoseForm(request.POST or None)
    found = submit(form, lambda v: address_of(v["kind"], v["number"])) if form.is_bound else None
    if found:
        return redirect(found)
    rows, older = erasures(request.actor, before=whole(request.GET.get("before"), 0) or None)
    page = Page(
        title=TITLE, crumbs=[(_("工作台"), href("desk"))], blocks=[_told(rows)], notices=_duties()
    )
    status = 422 if form.errors else 200
    return page.show(request, "web/erasures.html", status, form=form, older=older)


def _duties() -> list[tuple[str, str | Promise]]:
    words = _(
        "个人依《个人信息保护法》第四十七条请求删除的，留痕中的部分由联席会议办公室在本页销毁；"
        "名录库、检查档案中的部分由主管部门更正或者依档案规定保存。"
    )
    return [("info", words)]


def _told(rows: list[Erasure]) -> Block:
    """Return what was erased as a table: one line for what one person erased of one thing."""
    about = whose(row.entry.subject for row in rows)
    acts: dict[tuple[object, ...], list[Erasure]] = defaultdict(list)
    for row in rows:
        day = clock.local(row.told.at).date()
        acts[about[row.entry.subject], row.told.actor_ref, day, row.reason].append(row)
    people = names([some[0].told.actor_ref for some in acts.values()])
    return Block(
        _("销毁记录"),
        (_("时间"), _("对象"), _("已销毁"), _("经办人"), _("依据和理由")),
        [
            (
                clock.local(some[0].told.at).strftime("%Y-%m-%d %H:%M"),
                about[some[0].entry.subject],
                _events(some),
                who,
                some[0].reason,
            )
            for some, who in zip(acts.values(), people, strict=True)
        ],
        _("尚未销毁任何个人信息。"),
    )


def _events(rows: list[Erasure]) -> str:
    """Return how many entries lost their personal part, and what they tell of."""
    kinds = dict.fromkeys(row.entry.kind for row in rows)
    words = listed(WORDS.get(kind, kind) for kind in kinds)
    return _("%(n)s 条：%(what)s") % {"n": len(rows), "what": words}


def _erasing(kind: Kind) -> None:
    """Register the screen on which what is held about one kind of thing is erased."""

    @screen(
        f"erasures/{kind.area}/<pid:pid>/",
        name=f"{kind.key}-erasure",
        perm=Perm.TRAIL_SHRED,
        obj=kind.model,
        writes=True,
        log_reads=True,
        step_up=gettext_lazy("销毁个人信息"),
    )
    def erase(request: StaffRequest, obj: Any) -> HttpResponse:
        return _erase(request, kind, obj)


def _erase(request: StaffRequest, kind: Kind, obj: Any) -> HttpResponse:
    about = kind.about(obj)
    form = ErasureForm(request.POST or None)
    if form.is_valid():
        values = form.cleaned_data
        told = shred(values["entries"], values["reason"], about=about, actor=request.actor)
        words = _("已销毁 %(n)s 条留痕中的个人信息，销毁本身已留痕。")
        messages.success(request, words % {"n": len(told)})
        return redirect(f"{kind.key}-erasure", pid=obj.public_id)
    before = whole(request.GET.get("before"), 0) or None
    there = held(request.actor, about, before=before)
    return _page(kind, obj).show(
        request,
        "web/erasure.html",
        422 if form.errors else 200,
        form=form,
        rows=[_row(row, form) for row in there.rows],
        there=there,
        most=PAGE,
        here=f"{request.path}?before={before}" if before else request.path,
    )


def _page(kind: Kind, obj: Any) -> Page:
    return Page(
        title=_("%(kind)s %(number)s 留存的个人信息")
        % {"kind": kind.title, "number": kind.number(obj)},
        crumbs=[(TITLE, href("erasures"))],
    )


def _row(row: Held, form: ErasureForm) -> dict[str, Any]:
    """Return one entry as its line: when, what happened, which fields; ticked until unticked."""
    return {
        "number": row.entry.pk,
        "at": row.entry.at,
        "words": WORDS.get(row.entry.kind, row.entry.kind),
        "fields": listed(label(name) for name in row.fields),
        "ticked": not form.is_bound or str(row.entry.pk) in form.ticked,
    }


for known in KINDS.values():
    _erasing(known)
