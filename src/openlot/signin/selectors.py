"""Reading what signing in keeps, and the numbers in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from openlot.accounts.models import User, UserSession
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.policies.models import Policy
from openlot.policies.selectors import in_force
from openlot.rights.access import holds
from openlot.rights.rules import STRONG
from openlot.rules.signin import DEFAULTS, PasswordRule
from openlot.signin.models import EmergencyView, FactorReset, PasswordRecord
from openlot.trail.selectors import of_kind, parts_of


def setting(key: str) -> Mapping[str, Any]:
    """Return the numbers of signing in that are in force (登录安全参数), or the default with its source.

    throttle, session, password, second_factor, step_up, emergency, invitation
    """
    found = in_force(Policy.Kind.SIGN_IN, key)
    body: Mapping[str, Any] = found.body if found is not None else DEFAULTS[key][0]
    return body


def password_rule() -> PasswordRule:
    """Return the rule of passwords in force (口令规则)."""
    return PasswordRule.parse(setting("password"))


def password_is_old(user: User) -> bool:
    """Say whether the password must change before anything else (口令是否到期)."""
    rule = password_rule()
    if not rule.days:
        return False
    newest = PasswordRecord.objects.filter(user=user).first()
    return newest is not None and rule.too_old(clock.local(newest.set_at).date(), clock.today())


def has_factor(user: User) -> bool:
    """Say whether a person has set up a second factor (是否已设第二认证因子)."""
    return factors(user).exists()


def factors(user: User) -> QuerySet[Authenticator]:
    """Return the one-time code and the passkeys of a person (认证因子); recovery codes are none."""
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(
        user=user, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    ).order_by("pk")
    return rows


def factor_is_forced(actor: Actor) -> bool:
    """Say whether this person signs in with two factors (是否必须双因子): by right, by day."""
    if not any(holds(actor, perm) for perm in STRONG):
        return False
    return clock.today() >= date.fromisoformat(setting("second_factor")["from"])


def session_of(user_id: int, key: str) -> UserSession | None:
    """Return the session (会话) that a browser's key belongs to, live or over, with its person."""
    rows = UserSession.objects.select_related("user__department")
    return rows.filter(user_id=user_id, key=key).first()


def over(session: UserSession) -> str:
    """Return why a session is over (会话失效原因): ended, idle, absolute, or an empty text."""
    now = clock.now()
    if session.ended_at is not None:
        return "ended"
    if now >= session.ends_at:
        return "absolute"
    idle = timedelta(seconds=session.idle_seconds)
    return "idle" if now - session.seen_at >= idle else ""


def is_fresh(session: UserSession) -> bool:
    """Say whether the person proved who acts a short while ago (身份确认是否有效)."""
    if session.confirmed_at is None:
        return False
    age = clock.now() - session.confirmed_at
    return timedelta(0) <= age < timedelta(minutes=int(setting("step_up")["minutes"]))


def own_sessions(user: User) -> QuerySet[UserSession]:
    """Return a person's live sessions and those that ended in the last 90 days (设备与会话)."""
    since = clock.now() - timedelta(days=90)
    return UserSession.objects.filter(user=user, started_at__gte=since).order_by("-seen_at")


def emergency_of(session: UserSession) -> EmergencyView | None:
    """Return the emergency view that runs in a session (应急查看), if any."""
    return EmergencyView.objects.filter(session=session, state="open").first()


def own_emergency(user: User) -> EmergencyView | None:
    """Return what a person has asked for or runs (本人应急查看)."""
    return (
        EmergencyView.objects.filter(user=user, state__in=["asked", "open"])
        .select_related("session")
        .first()
    )


def is_lapsed(view: EmergencyView) -> bool:
    """Say whether nothing can come of an emergency view any more (应急查看已失效).

    Its session is over, or its time.
    """
    if view.state not in ("asked", "open"):
        return True
    late = view.ends_at is not None and clock.now() >= view.ends_at
    return late or bool(over(view.session))


def emergencies() -> QuerySet[EmergencyView]:
    """Return all emergency views ever (全部应急查看), newest first."""
    return EmergencyView.objects.select_related("user__department", "confirmed_by")


def open_resets() -> QuerySet[FactorReset]:
    """Return the resets of second factors (认证因子重置申请), newest first."""
    return FactorReset.objects.select_related("user__department", "requested_by", "decided_by")


@dataclass(frozen=True, slots=True)
class SeenPage:
    """A page that was read in an emergency view (应急查看的页面); without its path once that is erased."""

    at: datetime
    path: str | None


def pages_of(view: EmergencyView) -> list[SeenPage]:
    """Return the pages read in an emergency view (查看过的页面), oldest first, at most the last 500."""
    rows = of_kind(view, "emergency.page_viewed")
    newest = list(rows.order_by("-id")[:500])[::-1]
    parts = parts_of(newest)
    # Version 1 of the event kept the path among the internal fields.
    fields = {e.pk: parts[e.pk].internal | parts[e.pk].personal for e in newest}
    return [SeenPage(e.at, fields[e.pk].get("path")) for e in newest]
