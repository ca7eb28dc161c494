"""Who witnesses the log (见证人名单): keys and addresses out of the setting WITNESSES."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from fairdraw.errors import FairdrawError
from fairdraw.note import COSIGNATURE, Verifier, parse_vkey
from openlot.kernel.errors import Misconfigured


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness (见证人): the key that is trusted, and where it is asked."""

    verifier: Verifier
    url: str


def configured() -> list[Witness]:
    """Return the witnesses of the setting WITNESSES (见证人配置): ``key address``, again and again.

    raises    Misconfigured when it is anything else
    """
    words = settings.WITNESSES.split()
    wrong = _("WITNESSES 应为“见证公钥 地址”，多个见证人以空格或换行分隔")
    if len(words) % 2 or not all(url.startswith(("https://", "http://")) for url in words[1::2]):
        raise Misconfigured(wrong)
    try:
        keys = [parse_vkey(word) for word in words[::2]]
    except FairdrawError as error:
        raise Misconfigured(wrong) from error
    if any(key.kind != COSIGNATURE for key in keys):
        raise Misconfigured(wrong)
    return [Witness(key, url.rstrip("/")) for key, url in zip(keys, words[1::2], strict=True)]


def known_witnesses() -> list[Witness]:
    """Return the witnesses for a page to show (见证人), none while the setting is wrong."""
    try:
        return configured()
    except Misconfigured:
        return []
