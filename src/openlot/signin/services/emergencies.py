"""Emergency views (应急查看): read everything for a while, change nothing, seen by the auditor at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import UserSession
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Invalid
from openlot.lifecycle.fire import create, fire
from openlot.signin import events
from openlot.signin.machine import EMERGENCY
from openlot.signin.models import EmergencyView
from openlot.signin.selectors import setting
from openlot.trail.writer import record


def ask_emergency(session: UserSession, *, reason: str, actor: Actor) -> EmergencyView:
    """Ask for an emergency view (申请应急查看) in this session.

    raises    Invalid without a real reason, Conflict when one is asked for or runs, Denied
    """
    least = int(setting("emergency")["reason"])
    if len(reason.strip()) < least:
        text = _("请写明事由，至少 %(least)s 个字") % {"least": least}
        raise Invalid(fields={"reason": text})
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

    raises    Conflict for oneself, Denied, StaleState
    """
    if actor.user_id == view.user_id:
        raise Conflict(_("须由另一人确认"))
    return _open(view, "confirm", actor=actor, confirmed_by=actor.user_key)


def open_alone(view: EmergencyView, *, whom: str, actor: Actor) -> EmergencyView:
    """Begin without a second person (独自开启), saying whom one could not reach.

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
    """End an emergency view (结束应急查看): by the person, or by the clock.

    raises    Denied, StaleState
    """
    fact = events.EmergencyEnded(n_pages=view.n_pages)
    return fire(view, EMERGENCY["end"], fact, actor=actor, ended_at=clock.now())


@transaction.atomic
def record_page(view: EmergencyView, path: str, *, actor: Actor) -> None:
    """Write down that a page is read in an emergency view (应急查看留痕), before it is shown."""
    EmergencyView.objects.filter(pk=view.pk).update(n_pages=F("n_pages") + 1)
    fact = events.EmergencyPageViewed(path=path[:400])
    record(fact, actor=actor, subject=view, department=actor.department_code)
