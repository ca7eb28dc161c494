"""The item list (随机抽查事项清单): from draft to effect."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from openlot.accounts.models import Department
from openlot.items import services
from openlot.items.models import InspectionItem, ItemKind, ItemState, ListKind, Method
from openlot.items.selectors import item_list
from openlot.kernel.marks import listed
from openlot.publication.services import publish_item
from openlot.rights.access import holds, may
from openlot.rights.perms import Perm
from openlot.web.buttons import button
from openlot.web.forms import ReasonForm, submit, typed
from openlot.web.items.forms import ItemForm
from openlot.web.lists import Column, Filter, ListSpec, show_list
from openlot.web.page import Act, Block, Fact, Page, href, link, tag
from openlot.web.screens import StaffRequest, screen
from openlot.web.trail.proofs import place_facts
from openlot.web.trail.stories import tell

TONES = {"effective": "green", "submitted": "gold", "approved": "blue", "filed": "blue"}


def state_tag(item: InspectionItem) -> str:
    """Return an item's state as a tag (状态标签)."""
    return tag(item.get_state_display(), TONES.get(item.state, "grey"))


ITEMS = ListSpec(
    title=gettext_lazy("随机抽查事项清单"),
    columns=(
        Column(gettext_lazy("编号"), lambda i: i.code, sort="code"),
        Column(gettext_lazy("事项"), lambda i: link("item", i.name, pid=i.public_id), sort="name"),
        Column(gettext_lazy("领域"), lambda i: i.area),
        Column(gettext_lazy("类别"), lambda i: i.get_kind_display()),
        Column(gettext_lazy("清单"), lambda i: i.get_list_kind_display()),
        Column(
            gettext_lazy("实施主体"), lambda i: i.department.short_name, sort="department__code"
        ),
        Column(gettext_lazy("比例"), lambda i: i.ratio_note or "—"),
        Column(gettext_lazy("版本"), lambda i: i.version, number=True),
        Column(gettext_lazy("状态"), state_tag),
    ),
    filters=(
        Filter("state", gettext_lazy("状态"), ItemState.choices, "state"),
        Filter("kind", gettext_lazy("类别"), ItemKind.choices, "kind"),
        Filter("list", gettext_lazy("清单"), ListKind.choices, "list_kind"),
    ),
    search=("name", "code", "department__name"),
    search_hint=gettext_lazy("名称、编号或部门"),
    order=("code", "-version"),
    empty=gettext_lazy("清单还是空的。数据录入专人可点“拟定事项”开始。"),
)


@screen("items/", name="items", perm=Perm.ITEM_VIEW)
def items(request: StaffRequest) -> HttpResponse:
    """List the items (事项列表)."""
    acts = []
    if holds(request.actor, Perm.ITEM_DRAFT):
        acts.append(Act(href("item-new"), _("拟定事项"), method="get"))
    return show_list(request, item_list(request.actor), ITEMS, acts)


@screen("items/new/", name="item-new", perm=Perm.ITEM_DRAFT, writes=True)
def item_new(request: StaffRequest) -> HttpResponse:
    """Draft an item (拟定事项)."""
    form = ItemForm(request.POST or None)

    def draft(_values: object) -> InspectionItem:
        own = Department.objects.select_related("field").get(pk=request.actor.department_key)
        return services.draft_item(
            department=own, field=own.field, actor=request.actor, **form.service_values()
        )

    made = submit(form, draft) if request.method == "POST" else None
    if made is not None:
        return redirect("item", pid=made.public_id)
    page = Page(title=_("拟定抽查事项"), crumbs=[(_("随机抽查事项清单"), href("items"))])
    return page.ask(request, form, _("保存草稿"), href("items"))


@screen(
    "items/<pid:pid>/edit/", name="item-edit", perm=Perm.ITEM_DRAFT, obj=InspectionItem, writes=True
)
def item_edit(request: StaffRequest, obj: InspectionItem) -> HttpResponse:
    """Change a draft (修改草稿)."""
    form = ItemForm(request.POST or None, initial=ItemForm.initial_of(obj))

    def amend(_values: object) -> InspectionItem:
        values = form.service_values()
        values.pop("code")
        return services.amend_item(obj, actor=request.actor, at_revision=obj.revision, **values)

    done = submit(form, amend) if request.method == "POST" else None
    if done is not None:
        return redirect("item", pid=obj.public_id)
    page = Page(title=_("修改抽查事项"), crumbs=[(obj.name, href("item", pid=obj.public_id))])
    return page.ask(request, form, _("保存"), href("item", pid=obj.public_id))


@screen("items/<pid:pid>/", name="item", perm=Perm.ITEM_VIEW, obj=InspectionItem)
def item(request: StaffRequest, obj: InspectionItem) -> HttpResponse:
    """Show an item with everything that is decided about it (事项详情)."""
    participants = [
        (
            p.department.name,
            tag(_("已确认"), "green") if p.confirmed_at else tag(_("待确认"), "gold"),
        )
        for p in obj.participations.select_related("department")
    ]
    questions = [(q.order, q.content, q.how or "—", q.standard or "—") for q in obj.questions.all()]
    page = Page(
        title=obj.name,
        state=state_tag(obj),
        subtitle=f"{obj.code} · v{obj.version}",
        crumbs=[(_("随机抽查事项清单"), href("items"))],
        acts=_acts(request, obj),
        facts=[
            Fact(_("实施主体"), obj.department.name),
            Fact(_("清单"), obj.get_list_kind_display()),
            Fact(_("类别"), obj.get_kind_display()),
            Fact(_("重点事项依据"), obj.get_key_ground_display() or "—"),
            Fact(_("检查对象"), obj.target_scope),
            Fact(_("检查方式"), listed(str(Method(m).label) for m in obj.methods)),
            Fact(_("比例"), obj.ratio_note or _cap(obj)),
            Fact(_("每年频次"), obj.frequency_per_year),
            Fact(_("报备号"), obj.filing_no or "—"),
            Fact(_("抽查依据"), obj.legal_basis, wide=True),
            Fact(_("检查内容"), obj.content, wide=True),
            *place_facts(obj, "item.published", "item-proof", obj.public_id),
        ],
        blocks=[
            Block(
                _("检查要点"),
                (_("序号"), _("要点"), _("检查方法"), _("标准")),
                questions,
                _("尚未填写检查要点。"),
            )
        ],
        story=tell(request, obj),
    )
    if participants:
        page.blocks.append(Block(_("参与部门"), (_("部门"), _("意见")), participants))
    if obj.returned_reason:
        page.notices.append(("warn", _("退回原因：%s") % obj.returned_reason))
    return page.show(request)


def _cap(item: InspectionItem) -> str:
    return "—" if item.ratio_cap_bp is None else f"≤{item.ratio_cap_bp / 100:g}%"


def _acts(request: StaffRequest, item: InspectionItem) -> list[Act]:
    """Offer what may be done now, by this person."""
    pid, actor = item.public_id, request.actor
    offered = {
        "draft": (
            (Perm.ITEM_DRAFT, "item-edit", _("修改"), None, "get"),
            (Perm.ITEM_DRAFT, "item-submit", _("提交审定"), None, "post"),
        ),
        "submitted": (
            (Perm.ITEM_APPROVE, "item-approve", _("审定通过"), None, "post"),
            (Perm.ITEM_APPROVE, "item-return", _("退回"), ReasonForm(), "post"),
        ),
        "approved": ((Perm.ITEM_FILE, "item-file", _("报备登记"), None, "post"),),
        "filed": ((Perm.ITEM_PUBLISH, "item-publish", _("公示生效"), None, "post"),),
        "effective": (
            (Perm.ITEM_APPROVE, "item-suspend", pgettext("act", "停用"), ReasonForm(), "post"),
            (Perm.ITEM_APPROVE, "item-repeal", pgettext("act", "废止"), ReasonForm(), "post"),
        ),
        "suspended": (
            (Perm.ITEM_APPROVE, "item-repeal", pgettext("act", "废止"), ReasonForm(), "post"),
        ),
    }.get(item.state, ())
    acts = [
        Act(
            href(name, pid=pid),
            label,
            form=form,
            method=method,
            tone="danger" if form is not None else "primary",
        )
        for perm, name, label, form, method in offered
        if may(actor, perm, item)
    ]
    mine = item.participations.filter(department_id=actor.department_key, confirmed_at=None)
    if item.state == "submitted" and may(actor, Perm.ITEM_CONFIRM, item) and mine.exists():
        acts.insert(0, Act(href("item-confirm", pid=pid), _("确认参与")))
    return acts


def _reason(request: StaffRequest) -> str:
    return typed(request)


STEP_UP = {"publish": gettext_lazy("事项公示生效")}

for name, perm, done, run in (
    (
        "submit",
        Perm.ITEM_DRAFT,
        gettext_lazy("已提交审定"),
        lambda r, i: services.submit_item(i, actor=r.actor),
    ),
    (
        "confirm",
        Perm.ITEM_CONFIRM,
        gettext_lazy("已确认参与"),
        lambda r, i: services.confirm_item(i, actor=r.actor),
    ),
    (
        "approve",
        Perm.ITEM_APPROVE,
        gettext_lazy("已审定"),
        lambda r, i: services.approve_item(i, actor=r.actor),
    ),
    (
        "return",
        Perm.ITEM_APPROVE,
        gettext_lazy("已退回"),
        lambda r, i: services.return_item(i, reason=_reason(r), actor=r.actor),
    ),
    (
        "file",
        Perm.ITEM_FILE,
        gettext_lazy("已报备"),
        lambda r, i: services.file_item(i, actor=r.actor),
    ),
    (
        "publish",
        Perm.ITEM_PUBLISH,
        gettext_lazy("已公示生效"),
        lambda r, i: publish_item(i, actor=r.actor),
    ),
    (
        "suspend",
        Perm.ITEM_APPROVE,
        gettext_lazy("已停用"),
        lambda r, i: services.suspend_item(i, reason=_reason(r), actor=r.actor),
    ),
    (
        "repeal",
        Perm.ITEM_APPROVE,
        gettext_lazy("已废止"),
        lambda r, i: services.repeal_item(i, reason=_reason(r), actor=r.actor),
    ),
):
    button(
        f"items/<pid:pid>/{name}/",
        f"item-{name}",
        perm,
        InspectionItem,
        run,
        done,
        back=lambda i: href("item", pid=i.public_id),
        step_up=STEP_UP.get(name, ""),
    )
