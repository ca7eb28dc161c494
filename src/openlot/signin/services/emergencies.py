"""Emergency views (应急查看): read everything for a while, change nothing, seen by the auditor at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import UserSession
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Invalid
from openlot.lifecycle.fire import create, fire
from openlot.signin import events
from openlot.signin.machine import EMERGENCY
from openlot.signin.models import EmergencyView
from openlot.signin.selectors import is_lapsed, over, setting
from openlot.trail.writer import record


def ask_emergency(session: UserSession, *, reason: str, actor: Actor) -> EmergencyView:
    """Ask for an emergency view (申请应急查看) in this session.

    raises    Invalid without a real reason, Conflict when one is asked for or runs, Denied
    """
    least = int(setting("emergency")["reason"])
    if len(reason.strip()) < least:
        text = _("请写明事由，至少 %(least)s 个字") % {"least": least}
        raise Invalid(fields={"reason": text})
    end_lapsed(EmergencyView.objects.filter(user_id=session.user_id))
    try:
        return create(
            EmergencyView,
            EMERGENCY["ask"],
            events.EmergencyAsked(reason=reason),
            actor=actor,
            user_id=session.user_id,
            session=session,
            reason=reason,
            asked_at=clock.now(),
        )
    except IntegrityError as error:
        raise Conflict(_("您已有一项待确认或进行中的应急查看")) from error


def confirm_emergency(view: EmergencyView, *, actor: Actor) -> EmergencyView:
    """Confirm another's emergency view (确认应急查看); it begins at once.

    raises    Conflict for oneself or when the session that asked is over, Denied, StaleState
    """
    if actor.user_id == view.user_id:
        raise Conflict(_("须由另一人确认"))
    if view.state == "asked" and over(view.session):
        raise Conflict(_("申请人已退出或者会话已到期，请其重新登录后另行申请"))
    return _open(view, "confirm", actor=actor, confirmed_by=actor.user_key)


def open_alone(
    view: EmergencyView, *, whom: str, session: UserSession, actor: Actor
) -> EmergencyView:
    """Begin without a second person (独自开启) in this session, saying whom one could not reach.

    raises    Conflict for another's, Invalid, Denied, StaleState
    """
    if actor.user_id != view.user_id:
        raise Conflict(_("只能由申请人本人开启"))
    if not whom.strip():
        raise Invalid(fields={"whom": _("请写明联系了谁、为何联系不上")})
    return _open(
        view,
        "open_alone",
        actor=actor,
        alone=True,
        session=session,
        reason=f"{view.reason}；{whom.strip()}"[:400],
    )


def _open(view: EmergencyView, arrow: str, *, actor: Actor, **changes: Any) -> EmergencyView:
    now = clock.now()
    until = now + timedelta(minutes=int(setting("emergency")["minutes"]))
    told = clock.local(until).strftime("%Y-%m-%d %H:%M")
    fact = events.EmergencyOpened(until=told, alone=int(arrow == "open_alone"))
    return fire(view, EMERGENCY[arrow], fact, actor=actor, opened_at=now, ends_at=until, **changes)


def refuse_emergency(view: EmergencyView, *, actor: Actor) -> EmergencyView:
    """Refuse another's emergency view (不同意应急查看).

    raises    Denied, StaleState
    """
    return fire(view, EMERGENCY["refuse"], events.EmergencyRefused(), actor=actor)


def end_emergency(view: EmergencyView, *, actor: Actor) -> EmergencyView:
    """End an emergency view (结束应急查看) or withdraw the request: by the person, or by the clock.

    raises    Denied, StaleState
    """
    fact = events.EmergencyEnded(n_pages=view.n_pages)
    return fire(view, EMERGENCY["end"], fact, actor=actor, ended_at=clock.now())


def end_lapsed(rows: QuerySet[EmergencyView]) -> int:
    """End those of which nothing can come any more (结束失效的应急查看); return how many."""
    live = rows.filter(state__in=["asked", "open"]).select_related("session")
    found = [view for view in live if is_lapsed(view)]
    for view in found:
        end_emergency(view, actor=Actor.system("emergency"))
    return len(found)


@transaction.atomic
def record_page(view: EmergencyView, path: str, *, actor: Actor) -> None:
    """Write down that a page is read in an emergency view (应急查看留痕), before it is shown."""
    EmergencyView.objects.filter(pk=view.pk).update(n_pages=F("n_pages") + 1)
    fact = events.EmergencyPageViewed(path=path[:400])
    record(fact, actor=actor, subject=view, department=actor.department_code)
