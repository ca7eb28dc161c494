"""The first password (首次登录): a link that works once and not for long."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import User
from openlot.accounts.services.granting import require_taking
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, NotFound
from openlot.lifecycle.fire import hold
from openlot.rights.access import require
from openlot.rights.perms import Perm
from openlot.signin import events
from openlot.signin.models import Invitation
from openlot.signin.selectors import setting
from openlot.signin.services.passwords import set_password
from openlot.trail.writer import record


@transaction.atomic
def invite(user: User, *, actor: Actor) -> str:
    """Return the token of a link for the first password (首次登录链接); older links are void.

    raises    Denied, also for a department's clerk and an account with a role of the city;
              Conflict for an account that is closed or has a password: a password is taken
              away by two persons alone
    """
    require(actor, Perm.ACCOUNT_REQUEST, user)
    require_taking(user, actor=actor)
    hold(user)
    if not user.is_active:
        raise Conflict(_("账号已停用"))
    if user.has_usable_password():
        raise Conflict(_("该账号已设口令；忘记口令的，请申请重置口令，由安全管理员决定"))
    now, token = clock.now(), secrets.token_urlsafe(32)
    Invitation.objects.filter(user=user, used_at=None, ends_at__gt=now).update(ends_at=now)
    Invitation.objects.create(
        user=user,
        token_sha256=_hash(token),
        issued_at=now,
        issued_by_ref=actor.ref,
        ends_at=now + timedelta(hours=int(setting("invitation")["hours"])),
    )
    fact = events.Invited(username=user.username)
    record(fact, actor=actor, subject=user, department=user.department.code)
    return token


def invited(token: str) -> Invitation:
    """Return the invitation that a link belongs to (核对链接).

    raises    NotFound once it is used, void or too old
    """
    found = (
        Invitation.objects.select_related("user__department")
        .filter(
            token_sha256=_hash(token),
            used_at=None,
            ends_at__gt=clock.now(),
            user__is_active=True,
        )
        .first()
    )
    if found is None:
        raise NotFound(_("链接无效、已使用或已过期；请联系账号管理人员重新发给您"))
    return found


@transaction.atomic
def accept_invitation(token: str, *, new: str) -> User:
    """Set the first password with a link (设置首个口令), once.

    raises    NotFound, Invalid
    """
    found = invited(token)
    user = found.user
    hold(user)
    if user.has_usable_password():
        raise NotFound
    set_password(user, new)
    rows = Invitation.objects.filter(pk=found.pk, used_at=None)
    if rows.update(used_at=clock.now()) != 1:
        raise NotFound
    record(
        events.InvitationUsed(),
        actor=user.as_actor(),
        subject=user,
        department=user.department.code,
    )
    return user


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
