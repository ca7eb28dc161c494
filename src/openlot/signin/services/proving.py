"""Second factors (第二认证因子): set up, shown, given up; a one-time code is good once."""

from __future__ import annotations

import re
import struct
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib.auth import hashers
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import User
from openlot.kernel import clock
from openlot.kernel.errors import Conflict, Invalid, NotFound
from openlot.signin import events
from openlot.signin.models import CodeUse
from openlot.signin.selectors import factors
from openlot.signin.services.guarding import code_bounds, guess
from openlot.trail.events import Event
from openlot.trail.writer import record

PERIOD = 30
DRIFT = 1
# What the libraries say of a browser's answer that is nothing of the kind.
BROKEN = (ValidationError, ValueError, TypeError, LookupError, AttributeError, struct.error)
WRONG_CODE = _("验证码不正确或已用过；请等待下一组验证码再输入")


@transaction.atomic
def add_totp(user: User, *, secret: str, code: str, address: str) -> list[str]:
    """Set up one-time codes (启用动态口令) once the phone shows the right one; return recovery codes.

    raises    Invalid for a wrong code, Conflict when they are set up already, HeldUp
    """
    if factors(user).filter(type=Authenticator.Type.TOTP).exists():
        raise Conflict(_("已启用动态口令；更换前请先停用原有的"))
    if guess(code_bounds(user), lambda: _use(user, secret, code), address=address) is None:
        raise Invalid(fields={"code": WRONG_CODE})
    TOTP.activate(user, secret)
    _tell(user, events.FactorAdded(factor="totp", label=""))
    return _first_codes(user)


@transaction.atomic
def add_passkey(user: User, *, name: str, credential: dict[str, Any]) -> list[str]:
    """Keep a passkey (启用通行密钥) that the browser has just made; return recovery codes.

    raises    Invalid when it does not answer the question that was asked
    """
    try:
        webauthn.complete_registration(credential)
    except BROKEN as error:
        raise Invalid(_("通行密钥未能登记，请重试")) from error
    webauthn.WebAuthn.add(user, name, credential)
    _tell(user, events.FactorAdded(factor="passkey", label=name))
    return _first_codes(user)


def prove_by_code(user: User, code: str, *, address: str) -> str | None:
    """Return which factor a code shows (验证码核验), ``totp`` or ``recovery``, or None.

    raises    HeldUp
    """
    factor = guess(code_bounds(user), lambda: _factor_of(user, code), address=address)
    if factor is None:
        record_failed_proof(user, "code")
    return factor


def prove_by_passkey(user: User, answer: dict[str, Any]) -> str | None:
    """Return ``passkey`` when a passkey of the person answers the question asked (通行密钥核验)."""
    try:
        used = webauthn.complete_authentication(user, answer)
        parsed = webauthn.parse_authentication_response(answer)
        is_copy = not _counts_on(used, parsed.response.authenticator_data.counter)
    except BROKEN:
        is_copy, used = True, None
    if is_copy:
        record_failed_proof(user, "passkey")
        return None
    used.record_usage()
    return "passkey"


@transaction.atomic
def _counts_on(used: Authenticator, counter: int) -> bool:
    """Say whether a passkey counts on from where it was; one that does not has a copy somewhere.

    Passkeys that a maker copies between devices always say 0.
    paper     Web Authentication Level 2 §6.1.1
    """
    row = Authenticator.objects.select_for_update().get(pk=used.pk)
    known = row.data.get("counter", 0)
    if counter <= known and (counter or known):
        return False
    row.data["counter"] = counter
    row.save(update_fields=["data"])
    return True


def prove_by_password(user: User, password: str, *, address: str) -> str | None:
    """Return ``password`` when it is the person's (口令核验): where no factor is set up, or to change it.

    raises    HeldUp
    """

    def check() -> str | None:
        return "password" if hashers.check_password(password, user.password) else None

    found = guess(code_bounds(user), check, address=address)
    if found is None:
        record_failed_proof(user, "password")
    return found


@transaction.atomic
def new_codes(user: User) -> list[str]:
    """Make new recovery codes (生成恢复码); the old ones are void.

    raises    Conflict without a second factor
    """
    if not factors(user).exists():
        raise Conflict(_("请先启用动态口令或通行密钥"))
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    return _first_codes(user)


@transaction.atomic
def drop_factor(user: User, number: int) -> None:
    """Give up one of several second factors (停用认证因子); its secret is destroyed.

    raises    NotFound, Conflict for the last one: a reset by two persons takes that
    """
    found = factors(user).select_for_update().filter(pk=number).first()
    if found is None:
        raise NotFound
    if factors(user).count() < 2:
        raise Conflict(_("至少保留一种认证因子；确已遗失的，请申请重置"))
    label = found.wrap().name if found.type == Authenticator.Type.WEBAUTHN else ""
    _tell(user, events.FactorDropped(factor=str(found.type), label=label))
    found.delete()


@transaction.atomic
def record_failed_proof(user: User, factor: str) -> None:
    """Write down that a proof of who acts was wrong (身份确认失败)."""
    _tell(user, events.ConfirmFailed(factor=factor))


def _factor_of(user: User, typed: str) -> str | None:
    code = re.sub(r"[\s-]", "", typed)
    totp = factors(user).filter(type=Authenticator.Type.TOTP).first()
    if totp is not None and len(code) == 6:
        return _use(user, decrypt(totp.data["secret"]), code)
    codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    if codes is not None and RecoveryCodes(codes).validate_code(code):
        return "recovery"
    return None


def _use(user: User, secret: str, code: str) -> str | None:
    """Take the time step that a code belongs to; a step that is taken is refused for ever."""
    now = int(clock.now().timestamp()) // PERIOD
    for step in range(now - DRIFT, now + DRIFT + 1):
        if constant_time_compare(format_hotp_value(hotp_value(secret, step)), code):
            try:
                with transaction.atomic():
                    CodeUse.objects.create(user=user, step=step, used_at=clock.now())
            except IntegrityError:
                return None
            return "totp"
    return None


def _first_codes(user: User) -> list[str]:
    rows = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES)
    if rows.exists():
        return []
    codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    _tell(user, events.CodesMade(n=len(codes)))
    return codes


def _tell(user: User, fact: Event) -> None:
    record(fact, actor=user.as_actor(), subject=user, department=user.department.code)
