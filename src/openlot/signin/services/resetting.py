"""Taking a lost factor or password away (重置认证因子、口令): one person asks, another decides."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import User
from openlot.accounts.sessions import end_sessions
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict
from openlot.lifecycle.fire import create, fire, hold
from openlot.signin import events
from openlot.signin.machine import FACTOR_RESET
from openlot.signin.models import FactorReset, Lost


def request_reset(user: User, *, reason: str, actor: Actor, what: str = Lost.FACTOR) -> FactorReset:
    """Ask to take a person's second factors or password away (申请重置); not one's own.

    raises    Conflict for oneself or when it is asked already, Denied
    """
    of_password = what == Lost.PASSWORD
    asked = events.PasswordResetRequested if of_password else events.ResetRequested
    if user.pk == actor.user_id:
        raise Conflict(_("不能为自己申请；请联系本部门账号管理专人或平台管理员"))
    try:
        return create(
            FactorReset,
            FACTOR_RESET["request_password" if of_password else "request"],
            asked(username=user.username, reason=reason),
            actor=actor,
            user=user,
            what=what,
            reason=reason,
            requested_by_id=actor.user_key,
            requested_at=clock.now(),
        )
    except IntegrityError as error:
        raise Conflict(_("该账号已有待决定的重置申请")) from error


@transaction.atomic
def do_reset(reset: FactorReset, *, opinion: str, actor: Actor) -> FactorReset:
    """Take away what is lost (同意重置): the factors' secrets or the password; sessions end.

    Whoever has no password any more sets one with a link; the second factor still guards then.

    raises    Conflict for who asked or whose they are, Denied, StaleState
    """
    _not_the_same(reset, actor)
    user = reset.user
    hold(user)
    rows = Authenticator.objects.filter(user=user)
    n = rows.exclude(type=Authenticator.Type.RECOVERY_CODES).count()
    of_password = reset.what == Lost.PASSWORD
    done = fire(
        reset,
        FACTOR_RESET["reset_password" if of_password else "reset"],
        events.PasswordResetDone(opinion=opinion)
        if of_password
        else events.ResetDone(n_factors=n, opinion=opinion),
        actor=actor,
        decided_by=actor.user_key,
        decided_at=clock.now(),
        opinion=opinion,
    )
    if of_password:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    else:
        rows.delete()
    end_sessions(user, why=reset.what)
    return done


@transaction.atomic
def refuse_reset(reset: FactorReset, *, opinion: str, actor: Actor) -> FactorReset:
    """Leave factors and password as they are (不同意重置).

    raises    Conflict, Denied, StaleState
    """
    _not_the_same(reset, actor)
    return fire(
        reset,
        FACTOR_RESET["refuse"],
        events.ResetRefused(opinion=opinion),
        actor=actor,
        decided_by=actor.user_key,
        decided_at=clock.now(),
        opinion=opinion,
    )


def _not_the_same(reset: FactorReset, actor: Actor) -> None:
    if actor.user_id in (reset.requested_by_id, reset.user_id):
        raise Conflict(_("申请人和本人不能决定该申请，须由另一人决定"))
