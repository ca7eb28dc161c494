"""What is public, seen from inside (公示)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from openlot.publication.models import PublicRecord
from openlot.publication.selectors import current
from openlot.rights.perms import Perm
from openlot.web.lists import Column, Filter, ListSpec, show_list
from openlot.web.page import tag
from openlot.web.screens import StaffRequest, screen


def _link(record: PublicRecord) -> str:
    return format_html(
        '<a href="{}/{}/{}/">{}</a>', settings.PORTAL_URL, "records", record.public_id, record.title
    )


PUBLISHED = ListSpec(
    title=gettext_lazy("公示"),
    columns=(
        Column(gettext_lazy("标题"), _link),
        Column(gettext_lazy("类别"), lambda r: r.get_kind_display()),
        Column(gettext_lazy("部门"), lambda r: r.department_name),
        Column(gettext_lazy("版本"), lambda r: r.version, number=True),
        Column(
            gettext_lazy("公示时间"),
            lambda r: r.published_at.astimezone().strftime("%Y-%m-%d %H:%M"),
            sort="published_at",
        ),
        Column(
            gettext_lazy("时限"), lambda r: tag(gettext_lazy("逾期"), "red") if r.is_late else "—"
        ),
    ),
    filters=(Filter("kind", gettext_lazy("类别"), PublicRecord.Kind.choices, "kind"),),
    search=("title", "code", "department_name"),
    search_hint=gettext_lazy("标题、代码或部门"),
    order=("-published_at", "-pk"),
    empty=gettext_lazy("还没有公示内容。"),
)


@screen("published/", name="published", perm=Perm.DESK_VIEW)
def published(request: StaffRequest) -> HttpResponse:
    """List what is public (公示列表)."""
    return show_list(request, current(), PUBLISHED)
