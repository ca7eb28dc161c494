"""How personal words are shown to those who need not read them whole (遮盖规则)."""

from __future__ import annotations

import re

STAR = "*"
HIDDEN = STAR * 6


def mask_name(name: str) -> str:
    """Return a person's name with its first letter only (姓名遮盖); its length stays hidden.

    >>> mask_name("张三丰"), mask_name("")
    ('张*', '')
    """
    return name.strip()[:1] + STAR if name.strip() else ""


def mask_phone(phone: str) -> str:
    """Return a telephone number without its middle (电话遮盖).

    >>> mask_phone("13812341234"), mask_phone("0558-7012345"), mask_phone("110")
    ('138****1234', '055****45', '******')
    """
    digits = re.sub(r"\D", "", phone)
    if not phone.strip():
        return ""
    if len(digits) < 8:
        return HIDDEN
    return digits[:3] + STAR * 4 + digits[-4 if len(digits) == 11 and digits[0] == "1" else -2 :]


def mask_number(number: str) -> str:
    """Return a certificate or identity number with two signs at either end (证件号遮盖).

    >>> mask_number("34128200123"), mask_number("1234567")
    ('34******23', '******')
    """
    signs = number.strip()
    if not signs:
        return ""
    return signs[:2] + HIDDEN + signs[-2:] if len(signs) >= 10 else HIDDEN


def mask_all(text: str) -> str:
    """Return stars for whatever is written (全部遮盖).

    >>> mask_all("住院")
    '******'
    """
    return HIDDEN if text.strip() else ""
