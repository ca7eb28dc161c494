"""Policy numbers and where they come from (政策参数)."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from openlot.kernel import clock
from openlot.policies.models import Policy
from openlot.policies.selectors import current
from openlot.policies.services import adopt_policy
from openlot.rights.access import may
from openlot.rights.perms import Perm
from openlot.web.forms import StaffForm, submit
from openlot.web.lists import Column, Filter, ListSpec, show_list
from openlot.web.page import Act, Fact, Page, href, link
from openlot.web.registers.forms import DAY
from openlot.web.screens import StaffRequest, screen
from openlot.web.trail.stories import tell

POLICIES = ListSpec(
    title=_("政策参数"),
    columns=(
        Column(_("类别"), lambda p: link("policy", p.get_kind_display(), pid=p.public_id)),
        Column(_("名称"), lambda p: p.key),
        Column(_("版本"), lambda p: p.version, number=True),
        Column(_("依据"), lambda p: p.source),
        Column(_("生效日期"), lambda p: p.effective_on, sort="effective_on"),
    ),
    filters=(Filter("kind", _("类别"), Policy.Kind.choices, "kind"),),
    order=("kind", "key", "-version"),
    empty=_("尚未发布政策参数。"),
)


@screen("policies/", name="policies", perm=Perm.POLICY_VIEW)
def policies(request: StaffRequest) -> HttpResponse:
    """List all versions of all policies (政策参数列表)."""
    return show_list(request, current(), POLICIES)


class PolicyForm(StaffForm):
    """The next version of a policy (政策参数新版本)."""

    body = forms.JSONField(
        label=_("内容"), widget=forms.Textarea({"rows": 14, "spellcheck": "false"})
    )
    source = forms.CharField(label=_("依据文件及条款"), max_length=200)
    effective_on = forms.DateField(label=_("生效日期"), widget=DAY)


@screen(
    "policies/<pid:pid>/next/",
    name="policy-next",
    perm=Perm.POLICY_ADOPT,
    obj=Policy,
    writes=True,
    step_up=_("发布政策参数"),
)
def policy_next(request: StaffRequest, obj: Policy) -> HttpResponse:
    """Adopt the next version of a policy (发布新版本)."""
    form = PolicyForm(
        request.POST or None,
        initial={"body": obj.body, "source": obj.source, "effective_on": clock.today()},
    )

    def adopt(values: dict[str, Any]) -> Policy:
        return adopt_policy(kind=obj.kind, key=obj.key, actor=request.actor, **values)

    made = submit(form, adopt) if request.method == "POST" else None
    if made is not None:
        return redirect("policy", pid=made.public_id)
    page = Page(
        title=_("发布新版本"),
        crumbs=[
            (_("政策参数"), href("policies")),
            (f"{obj.get_kind_display()} · {obj.key}", href("policy", pid=obj.public_id)),
        ],
    )
    return page.ask(request, form, _("发布"), href("policy", pid=obj.public_id))


@screen("policies/<pid:pid>/", name="policy", perm=Perm.POLICY_VIEW, obj=Policy)
def policy(request: StaffRequest, obj: Policy) -> HttpResponse:
    """Show one version with its source (政策参数详情)."""
    body = json.dumps(obj.body, ensure_ascii=False, indent=1)
    acts = []
    if may(request.actor, Perm.POLICY_ADOPT, obj):
        acts.append(Act(href("policy-next", pid=obj.public_id), _("发布新版本"), method="get"))
    return Page(
        title=f"{obj.get_kind_display()} · {obj.key}",
        crumbs=[(_("政策参数"), href("policies"))],
        acts=acts,
        facts=[
            Fact(_("版本"), obj.version),
            Fact(_("生效日期"), obj.effective_on),
            Fact(_("依据"), obj.source, wide=True),
            Fact(_("内容"), format_html('<pre class="hint">{}</pre>', body), wide=True),
        ],
        story=tell(request, obj),
    ).show(request)
