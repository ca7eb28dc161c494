"""Unified social credit codes (统一社会信用代码) and old registration numbers."""

from __future__ import annotations

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError
from stdnum.iso7064 import mod_11_10

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def code_fault(code: str) -> str:
    """Return what is wrong with a credit code (代码错误): ``length``, ``alphabet``, ``check`` or "".

    law       GB 32100-2015

    >>> code_fault("91341282MA2TGX012Y"), code_fault("91341282MA2TGX0121")
    ('', 'check')
    """
    if len(code) != 18:
        return "length"
    if set(code) - set(ALPHABET):
        return "alphabet"
    try:
        uscc.validate(code)
    except InvalidLength:
        return "length"
    except (InvalidChecksum, ValidationError):
        return "check"
    return ""


def registration_fault(number: str) -> str:
    """Return what is wrong with an old 15-digit number (注册号错误): ``length``, ``check`` or "".

    >>> registration_fault("341282000012340"), registration_fault("341282000012341")
    ('', 'check')
    """
    if len(number) != 15 or not (number.isascii() and number.isdigit()):
        return "length"
    return "" if mod_11_10.is_valid(number) else "check"


def make_uscc(kind: str, region: str, serial: str) -> str:
    """Return a valid synthetic code (生成代码) of kind, six-digit region and eight characters.

    kind      two characters, e.g. ``91``; serial: digits and letters of the code's alphabet
    """
    total = sum(
        int(char, 36) * weight for char, weight in zip(serial, ORGANISATION_WEIGHTS, strict=True)
    )
    check = 11 - total % 11
    body = kind + region + serial + ("X" if check == 10 else "0" if check == 11 else str(check))
    return body + str(uscc.calc_check_digit(body))


def make_registration_no(region: str, serial: int) -> str:
    """Return a valid synthetic old number (生成注册号)."""
    body = f"{region}{serial:08d}"
    return body + str(mod_11_10.calc_check_digit(body))
