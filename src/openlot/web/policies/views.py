"""Policy numbers and where they come from (政策参数)."""

from __future__ import annotations

import json

from django.http import HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from openlot.policies.models import Policy
from openlot.policies.selectors import current
from openlot.rights.perms import Perm
from openlot.web.lists import Column, Filter, ListSpec, show_list
from openlot.web.page import Fact, Page, href, link
from openlot.web.screens import StaffRequest, screen
from openlot.web.trail.words import tell

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


@screen("policies/<pid:pid>/", name="policy", perm=Perm.POLICY_VIEW, obj=Policy)
def policy(request: StaffRequest, obj: Policy) -> HttpResponse:
    """Show one version with its source (政策参数详情)."""
    body = json.dumps(obj.body, ensure_ascii=False, indent=1)
    return Page(
        title=f"{obj.get_kind_display()} · {obj.key}",
        crumbs=[(_("政策参数"), href("policies"))],
        facts=[
            Fact(_("版本"), obj.version),
            Fact(_("生效日期"), obj.effective_on),
            Fact(_("依据"), obj.source, wide=True),
            Fact(_("内容"), format_html('<pre class="hint">{}</pre>', body), wide=True),
        ],
        story=tell(obj),
    ).show(request)
