"""Proving again who acts (再次确认身份) before an act that binds; then the act itself."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import UserSession
from openlot.rights.perms import Perm
from openlot.signin.selectors import session_of, setting
from openlot.signin.services import confirm_session
from openlot.web.keeping import carry_on, look, take
from openlot.web.screens import StaffRequest, screen
from openlot.web.signin.mine import sitting_of
from openlot.web.signin.proof import prove, question, ways_of


@screen("confirm/", name="confirm", perm=Perm.DESK_VIEW, writes=True, early=True)
def confirm(request: StaffRequest) -> HttpResponse:
    """Ask who acts (再次确认身份), then carry the waiting act on."""
    sitting, kept = sitting_of(request), look(request, "step_up")
    ways = ways_of(request, sitting.user)
    form = ways.form(request.POST if request.method == "POST" else None)
    factor = prove(request, sitting.user, ways, form) if request.method == "POST" else None
    if factor is not None:
        return _proved(request, sitting, factor)
    context = {"form": form, "ways": ways, "question": question(ways, sitting.user), "kept": kept}
    return render(request, "web/prove.html", {**context, "minutes": setting("step_up")["minutes"]})


def _proved(request: StaffRequest, sitting: UserSession, factor: str) -> HttpResponse:
    kept = take(request, "step_up")
    request.session.cycle_key()
    key = request.session.session_key or ""
    confirm_session(sitting, key=key, factor=factor)
    request.sitting = session_of(sitting.user_id, key)
    if kept is None:
        return redirect("my-security")
    if not kept.posted:
        return redirect(kept.path)
    if kept.files:
        messages.info(request, _("身份已确认。附件未能保留，请重新选择后提交。"))
        return redirect(kept.path)
    return carry_on(request, kept)
