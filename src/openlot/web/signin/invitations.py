"""Links for the first password (首次登录链接): made by whoever asks for accounts, shown once."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import User
from openlot.accounts.services.granting import may_take
from openlot.rights.access import may
from openlot.rights.perms import Perm
from openlot.signin.models import Lost
from openlot.signin.selectors import setting
from openlot.signin.services import invite
from openlot.web.page import Act, Fact, Page, href, qr_picture
from openlot.web.screens import StaffRequest, screen


def invitation_acts(request: StaffRequest, user: User) -> list[Act]:
    """Return what helps somebody in (可办操作): a link for the first password, or asking for a reset."""
    if not user.is_active or not may(request.actor, Perm.ACCOUNT_REQUEST, user):
        return []
    if user.has_usable_password():
        return [_reset_act(user)] if may(request.actor, Perm.FACTOR_RESET_ASK, user) else []
    if not may_take(user, actor=request.actor):
        return []
    return [Act(href("account-invite", pid=user.public_id), _("生成首次登录链接"), tone="")]


def _reset_act(user: User) -> Act:
    query = urlencode({"username": user.username, "what": Lost.PASSWORD})
    address = f"{href('factor-reset-new')}?{query}"
    return Act(address, _("申请重置口令"), tone="", method="get")


@screen(
    "accounts/<pid:pid>/invite/",
    name="account-invite",
    perm=Perm.ACCOUNT_REQUEST,
    obj=User,
    writes=True,
    step_up=_("生成首次登录链接"),
)
def account_invite(request: StaffRequest, obj: User) -> HttpResponse:
    """Make a link for the first password (生成首次登录链接) and show it once."""
    if request.method != "POST":
        return redirect("account", pid=obj.public_id)
    token = invite(obj, actor=request.actor)
    back = href("account", pid=obj.public_id)
    page = Page(title=_("首次登录链接"), crumbs=[(obj.name, back)])
    told = _("请当面或以可靠方式交给本人；%(hours)s 小时内有效，只能使用一次，离开本页后不再显示。")
    page.notices.append(("info", str(told) % {"hours": setting("invitation")["hours"]}))
    address = settings.BASE_URL + href("welcome", token=token)
    page.facts += [
        Fact(_("账号"), obj.username),
        Fact(_("姓名"), obj.name),
        Fact(_("链接"), format_html("<code>{}</code>", address), wide=True),
        Fact(_("本人用手机扫码"), qr_picture(address), wide=True),
    ]
    page.acts = [Act(back, _("已交给本人，返回"), method="get", tone="")]
    return page.show(request)
