"""Drawing days (抽签日): many departments' draws, one reading, one roll, one sheet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openlot.accounts.models import Department
from openlot.accounts.selectors import departments_with
from openlot.drawing_days import services
from openlot.drawing_days.models import DayState, DrawingDay
from openlot.drawing_days.selectors import day_list, draws_of, refusable, sources_of
from openlot.kernel import clock
from openlot.kernel.actor import Role
from openlot.kernel.marks import listed
from openlot.rights.access import holds, may
from openlot.rights.perms import Perm
from openlot.web.buttons import button
from openlot.web.days import reserve as _reserve  # noqa: F401  # registers its screens
from openlot.web.days.acts import day_acts
from openlot.web.days.big_screen import refusals_on  # registers its screen as well
from openlot.web.days.forms import DayForm, DayRefuseForm, DaySealForm
from openlot.web.days.summary import rows_of
from openlot.web.draws.forms import OpenForm
from openlot.web.draws.values import refusal_words
from openlot.web.forms import submit, typed
from openlot.web.lists import Column, Filter, ListSpec, show_list
from openlot.web.page import Act, Block, Fact, Page, Step, digest_cell, href, link, tag
from openlot.web.screens import StaffRequest, screen
from openlot.web.trail.stories import tell

TONES = {"gathering": "gold", "closed": "blue", "announced": "blue", "drawn": "green"}
CONTRIBUTORS = (Role.SUPERVISOR, Role.AUDITOR, Role.CONFERENCE_OFFICE)


def _tag(day: DrawingDay) -> str:
    return tag(day.get_state_display(), TONES.get(day.state, "grey"))


DAYS = ListSpec(
    title=gettext_lazy("抽签日"),
    columns=(
        Column(gettext_lazy("编号"), lambda d: link("day", d.number, pid=d.public_id)),
        Column(
            gettext_lazy("时间"),
            lambda d: clock.local(d.held_at).strftime("%Y-%m-%d %H:%M"),
            sort="held_at",
        ),
        Column(gettext_lazy("地点"), lambda d: d.place),
        Column(gettext_lazy("组织单位"), lambda d: d.department.short_name),
        Column(gettext_lazy("状态"), _tag),
    ),
    filters=(Filter("state", gettext_lazy("状态"), DayState.choices, "state"),),
    search=("number", "place"),
    search_hint=gettext_lazy("编号或地点"),
    order=("-held_at",),
    empty=gettext_lazy("还没有抽签日。联席会议办公室可开设一次，供各部门报名。"),
)


@screen("days/", name="days", perm=Perm.DAY_VIEW)
def days(request: StaffRequest) -> HttpResponse:
    """List the drawing days (抽签日列表)."""
    acts = []
    if holds(request.actor, Perm.DAY_RUN):
        acts = [Act(href("day-new"), _("开设抽签日"), method="get")]
    return show_list(request, day_list(request.actor), DAYS, acts)


@screen("days/new/", name="day-new", perm=Perm.DAY_RUN, writes=True)
def day_new(request: StaffRequest) -> HttpResponse:
    """Open a drawing day (开设抽签日)."""
    form = DayForm(request.POST or None, choices=_contributors())

    def open_day(values: dict[str, Any]) -> DrawingDay:
        own = Department.objects.get(pk=request.actor.department_key)
        parties = list(values.pop("parties"))
        return services.open_day(department=own, parties=parties, actor=request.actor, **values)

    made = submit(form, open_day) if request.method == "POST" else None
    if made is not None:
        return redirect("day", pid=made.public_id)
    page = Page(title=_("开设抽签日"), crumbs=[(_("抽签日"), href("days"))])
    return page.ask(request, form, _("开设"), href("days"))


def _contributors() -> QuerySet[Department]:
    """Return the organs that may bring a value for other departments' draws."""
    return departments_with(CONTRIBUTORS).order_by("code")


@screen("days/<pid:pid>/", name="day", perm=Perm.DAY_VIEW, obj=DrawingDay)
def day(request: StaffRequest, obj: DrawingDay) -> HttpResponse:
    """Show a drawing day: its draws, its organs, what is next (抽签日详情)."""
    parties = listed(row.department.name for row in obj.parties.select_related("department"))
    facts = [
        Fact(_("时间"), clock.local(obj.held_at).strftime("%Y-%m-%d %H:%M")),
        Fact(_("地点"), obj.place),
        Fact(_("组织单位"), obj.department.name),
        Fact(_("随机数参与方"), parties),
    ]
    if obj.sheet_digest:
        facts.append(Fact(_("公告清单校验码"), digest_cell(obj.sheet_digest), wide=True))
    page = Page(
        title=_("抽签日 %s") % obj.number,
        state=_tag(obj),
        crumbs=[(_("抽签日"), href("days"))],
        acts=day_acts(request, obj),
        steps=_steps(obj),
        facts=facts,
        blocks=[_draws(request, obj)],
        story=tell(request, obj),
    )
    page.notices += [("bad", words) for words in refusals_on(obj)]
    if obj.state == "cancelled":
        page.notices.append(("bad", _("已取消：%s") % obj.cancelled_reason))
    if obj.state == "gathering":
        words = _("各部门在“准备抽取”时选择本次抽签日；名单由本部门两人封存后，即可在此统一抽取。")
        page.notices.append(("info", words))
    return page.show(request)


STAGES = (
    ("gathering", gettext_lazy("收签、封存")),
    ("closed", gettext_lazy("各方密封")),
    ("announced", gettext_lazy("公告、启封、掷骰、抽取")),
    ("drawn", gettext_lazy("完成")),
)


def _steps(day: DrawingDay) -> list[Step]:
    order = [state for state, _title in STAGES]
    if day.state not in order:
        return []
    now = order.index(day.state)
    return [
        Step(
            title,
            "done"
            if n < now or state == day.state == "drawn"
            else "current"
            if n == now
            else "todo",
        )
        for n, (state, title) in enumerate(STAGES)
    ]


def _draws(request: StaffRequest, day: DrawingDay) -> Block:
    return Block(
        _("参加的抽取"),
        (
            _("抽取"),
            _("部门"),
            _("任务名称"),
            _("可抽取"),
            _("抽取对象数"),
            _("状态"),
            _("校验码（前 16 位）"),
        ),
        [
            (
                row.shown,
                row.department,
                row.name,
                row.eligible,
                row.n,
                row.state,
                row.rdigest[:16] or row.adigest[:16] or "—",
            )
            for row in rows_of(day, request.actor)
        ],
        _("还没有部门报名。"),
    )


@screen(
    "days/<pid:pid>/seal/", name="day-seal", perm=Perm.DRAW_CONTRIBUTE, obj=DrawingDay, writes=True
)
def day_seal(request: StaffRequest, obj: DrawingDay) -> HttpResponse:
    """Make one value and seal it for every draw of the day (随机数密封)."""
    form = DaySealForm(request.POST or None)

    def seal(values: dict[str, Any]) -> bool:
        services.seal_values(obj, sealed=values["sealed"], actor=request.actor)
        return True

    if request.method == "POST" and submit(form, seal):
        return redirect("day", pid=obj.public_id)
    own = list(sources_of(obj, request.actor.department_key))
    return _device_page(
        request,
        obj,
        "web/seal.html",
        form=form,
        title=_("随机数密封"),
        sessions=[source.draw.session for source in own],
        source_id=own[0].source_id if own else "",
        submit_label=_("提交密封值"),
    )


@screen(
    "days/<pid:pid>/open/", name="day-open", perm=Perm.DRAW_CONTRIBUTE, obj=DrawingDay, writes=True
)
def day_open(request: StaffRequest, obj: DrawingDay) -> HttpResponse:
    """Open the own value in every draw of the day (启封)."""
    form = OpenForm(request.POST or None)

    def act(values: dict[str, str]) -> bool:
        services.open_values(obj, actor=request.actor, **values)
        return True

    if request.method == "POST" and submit(form, act):
        return redirect("day", pid=obj.public_id)
    own = list(sources_of(obj, request.actor.department_key))
    return _device_page(
        request,
        obj,
        "web/open.html",
        form=form,
        title=_("启封"),
        source_id=own[0].source_id if own else "",
        submit_label=_("启封"),
    )


@screen(
    "days/<pid:pid>/dice/", name="day-dice", perm=Perm.DRAW_CONTRIBUTE, obj=DrawingDay, writes=True
)
def day_dice(request: StaffRequest, obj: DrawingDay) -> HttpResponse:
    """Type the one roll twice (录入骰数)."""
    form = OpenForm(request.POST or None)

    def act(values: dict[str, str]) -> bool:
        services.roll_dice(obj, actor=request.actor, **values)
        return True

    if request.method == "POST" and submit(form, act):
        return redirect("day", pid=obj.public_id)
    page = Page(
        title=_("录入骰数 · %s") % obj.number,
        crumbs=[(obj.number, href("day", pid=obj.public_id))],
        notices=[("info", _("请把二十次骰数连续录入，再请另一人读回、重录核对。"))],
    )
    return page.ask(request, form, _("录入骰数"), href("day", pid=obj.public_id))


@screen(
    "days/<pid:pid>/refuse/",
    name="day-refuse",
    perm=Perm.DRAW_CONTRIBUTE,
    obj=DrawingDay,
    writes=True,
)
def day_refuse(request: StaffRequest, obj: DrawingDay) -> HttpResponse:
    """Declare that a party does not open on this day (声明不启封), or note it on its behalf."""
    form = DayRefuseForm(request.POST or None, choices=_refusing(request, obj))

    def refuse(values: dict[str, Any]) -> int:
        return services.refuse_values(obj, actor=request.actor, **values)

    if request.method == "POST" and submit(form, refuse) is not None:
        return redirect("day", pid=obj.public_id)
    page = Page(
        title=_("声明不启封 · %s") % obj.number,
        crumbs=[(obj.number, href("day", pid=obj.public_id))],
        notices=[("warn", refusal_words())],
    )
    back = href("day", pid=obj.public_id)
    return page.ask(request, form, _("声明不启封"), back)


def _refusing(request: StaffRequest, day: DrawingDay) -> QuerySet[Department]:
    """Return for whom the person may say that they do not open: itself; all, when it runs the day."""
    waiting = Department.objects.filter(pk__in=refusable(day).values("party"))
    if may(request.actor, Perm.DAY_RUN, day):
        return waiting.order_by("code")
    return waiting.filter(pk=request.actor.department_key)


def _device_page(
    request: StaffRequest, day: DrawingDay, template: str, *, title: str, **context: Any
) -> HttpResponse:
    page = Page(
        title=f"{title} · {day.number}", crumbs=[(day.number, href("day", pid=day.public_id))]
    )
    return page.show(
        request, template, kept_as=day.number, back=href("day", pid=day.public_id), **context
    )


@screen(
    "days/<pid:pid>/draw/",
    name="day-draw",
    perm=Perm.DAY_RUN,
    obj=DrawingDay,
    writes=True,
    step_up=gettext_lazy("统一抽取并匹配"),
)
def day_draw(request: StaffRequest, obj: DrawingDay) -> HttpResponse:
    """Draw one after the other (统一抽取); what time does not allow is left for the next press."""
    if request.method == "POST":
        left = services.draw_day(obj, actor=request.actor)
        done = draws_of(obj).count() - left
        if left:
            messages.warning(
                request,
                _("已抽取 %(done)s 项，还有 %(left)s 项，请继续。") % {"done": done, "left": left},
            )
        else:
            messages.success(request, _("全部 %(done)s 项抽取完成") % {"done": done})
    return redirect("day", pid=obj.public_id)


STEP_UP = {
    "announce": gettext_lazy("统一发布公告"),
    "cancel": gettext_lazy("取消抽签日"),
}

for name, done, run in (
    (
        "close",
        gettext_lazy("已截止收签"),
        lambda r, d: services.close_day(d, actor=r.actor),
    ),
    (
        "announce",
        gettext_lazy("全部抽取公告已发布"),
        lambda r, d: services.announce_day(d, actor=r.actor),
    ),
    (
        "play",
        gettext_lazy("演示：已代封"),
        lambda r, d: services.play_day(d, actor=r.actor),
    ),
    (
        "play-open",
        gettext_lazy("演示：已代启封"),
        lambda r, d: services.open_played(d, actor=r.actor),
    ),
    (
        "cancel",
        gettext_lazy("抽签日已取消"),
        lambda r, d: services.cancel_day(d, reason=typed(r), actor=r.actor),
    ),
):
    button(
        f"days/<pid:pid>/{name}/",
        f"day-{name}",
        Perm.DAY_RUN,
        DrawingDay,
        run,
        done,
        back=lambda d: href("day", pid=d.public_id),
        step_up=STEP_UP.get(name, ""),
    )
