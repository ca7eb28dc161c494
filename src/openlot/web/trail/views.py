"""The trail for those who watch (全程留痕)."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from openlot.rights.perms import Perm
from openlot.trail.selectors import entries, public_fields
from openlot.web.lists import Column, Filter, ListSpec, show_list
from openlot.web.screens import StaffRequest, screen
from openlot.web.trail.words import WORDS

TRAIL = ListSpec(
    title=_("全程留痕"),
    columns=(
        Column(_("序号"), lambda e: e.pk, number=True),
        Column(_("时间"), lambda e: e.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")),
        Column(_("事件"), lambda e: WORDS.get(e.kind, e.kind)),
        Column(_("操作人"), lambda e: e.actor_ref),
        Column(_("部门"), lambda e: e.department_code),
        Column(_("对象"), lambda e: e.subject),
        Column(_("公开字段"), lambda e: "；".join(f"{k}={v}" for k, v in public_fields(e).items())),
    ),
    filters=(Filter("kind", _("事件"), tuple(WORDS.items()), "kind"),),
    search=("subject", "actor_ref"),
    search_hint=_("对象编号或账号"),
    order=("-pk",),
    empty=_("暂无留痕。"),
)


@screen("trail/", name="trail", perm=Perm.TRAIL_VIEW)
def trail(request: StaffRequest) -> HttpResponse:
    """List the trail (留痕列表)."""
    return show_list(request, entries(), TRAIL)
