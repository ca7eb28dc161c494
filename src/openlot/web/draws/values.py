"""The pages of a party (随机数密封与启封): on its own device, its own value."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openlot.draws import services
from openlot.draws.models import SeedSource
from openlot.rights.access import may
from openlot.rights.perms import Perm
from openlot.web.buttons import button
from openlot.web.draws.forms import OpenForm, RefuseForm, SealForm
from openlot.web.forms import submit
from openlot.web.page import Page, href
from openlot.web.screens import StaffRequest, screen


def sources_with_draw() -> QuerySet[SeedSource]:
    """Return the sources with their draw (来源及其抽取)."""
    rows = SeedSource.objects.exclude(type="chain")
    return rows.select_related("draw__task__department", "party")


def opening_label(source: SeedSource) -> str:
    """Return what it is called to open a value, a chain, or to enter dice or numbers (启封)."""
    labels = {"chain": _("启封递补链"), "digits": _("录入骰数"), "numbers": _("录入公共事件号码")}
    return labels.get(source.type, _("启封"))


@screen(
    "sources/<pid:pid>/seal/",
    name="source-seal",
    perm=Perm.DRAW_CONTRIBUTE,
    obj=sources_with_draw,
    writes=True,
)
def source_seal(request: StaffRequest, obj: SeedSource) -> HttpResponse:
    """Make and hand in a sealed value on the party's own device (随机数密封)."""
    form = SealForm(request.POST or None)

    def seal(values: dict[str, str]) -> SeedSource:
        return services.commit_value(obj, actor=request.actor, **values)

    if request.method == "POST" and submit(form, seal) is not None:
        return redirect("draw", pid=obj.draw.public_id)
    page = Page(
        title=_("随机数密封 · %s") % obj.party_name,
        crumbs=[(str(obj.draw), href("draw", pid=obj.draw.public_id))],
    )
    return page.show(
        request,
        "web/seal.html",
        form=form,
        kept_as=obj.draw.session,
        sessions=[obj.draw.session],
        source_id=obj.source_id,
        submit_label=_("提交密封值"),
        back=href("draw", pid=obj.draw.public_id),
    )


@screen(
    "sources/<pid:pid>/open/",
    name="source-open",
    perm=Perm.DRAW_CONTRIBUTE,
    obj=sources_with_draw,
    writes=True,
)
def source_open(request: StaffRequest, obj: SeedSource) -> HttpResponse:
    """Open a value, or type the dice twice (启封、录入骰数)."""
    form = OpenForm(request.POST or None)

    def act(values: dict[str, str]) -> SeedSource:
        return services.open_value(obj, actor=request.actor, **values)

    if request.method == "POST" and submit(form, act) is not None:
        return redirect("draw", pid=obj.draw.public_id)
    page = Page(
        title=f"{opening_label(obj)} · {obj.party_name}",
        crumbs=[(str(obj.draw), href("draw", pid=obj.draw.public_id))],
    )
    if obj.type == "numbers":
        page.notices.append(("info", _("请按公布的开奖号码录入，号码之间用空格隔开，两遍须一致。")))
    if obj.type == "digits":
        page.notices.append(("info", _("请把二十次骰数连续录入，再请另一人读回、重录核对。")))
    if obj.is_physical and may(request.actor, Perm.DRAW_RUN, obj.draw):
        words = _("录入人之后不能操作“抽取并匹配”，请尽量由监督单位人员录入。")
        page.notices.append(("warn", words))
    return page.show(
        request,
        "web/open.html",
        form=form,
        kept_as=obj.draw.session,
        source_id=obj.source_id,
        submit_label=opening_label(obj),
        back=href("draw", pid=obj.draw.public_id),
    )


@screen(
    "sources/<pid:pid>/refuse/",
    name="source-refuse",
    perm=Perm.DRAW_CONTRIBUTE,
    obj=lambda: SeedSource.objects.select_related("draw__task__department", "party"),
    writes=True,
)
def source_refuse(request: StaffRequest, obj: SeedSource) -> HttpResponse:
    """Declare that a party does not open (声明不启封), or note it on its behalf."""
    form = RefuseForm(request.POST or None)

    def refuse(values: dict[str, str]) -> SeedSource:
        return services.refuse_opening(obj, actor=request.actor, **values)

    if request.method == "POST" and submit(form, refuse) is not None:
        return redirect("draw", pid=obj.draw.public_id)
    page = Page(
        title=_("声明不启封 · %s") % obj.party_name,
        crumbs=[(str(obj.draw), href("draw", pid=obj.draw.public_id))],
        notices=[("warn", refusal_words())],
    )
    back = href("draw", pid=obj.draw.public_id)
    return page.ask(request, form, _("声明不启封"), back)


def refusal_words() -> str:
    """Return what follows from a refusal (不启封的后果)."""
    return _(
        "声明后抽取不能继续：该方可以改变主意、随时启封；否则由发起部门负责人以“参与方缺席或不启封”"
        "提请作废，作废连同原因向社会公开，重抽另行编号。声明、原因和操作人记入留痕，不能撤回。"
    )


def _demo_open(request: StaffRequest, source: SeedSource) -> None:
    services.open_played(source, actor=request.actor)


for name, done, play in (
    ("play", gettext_lazy("演示：已代封"), lambda r, s: services.play_party(s, actor=r.actor)),
    ("play-open", gettext_lazy("演示：已代启封"), _demo_open),
):
    button(
        f"sources/<pid:pid>/{name}/",
        f"source-{name}",
        Perm.DRAW_CONTRIBUTE,
        SeedSource,
        play,
        done,
        back=lambda s: href("draw", pid=s.draw.public_id),
    )
