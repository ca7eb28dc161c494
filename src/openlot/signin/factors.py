"""How allauth's second factors are kept here: sealed secrets, our names, no mail."""

from __future__ import annotations

import base64
import hashlib

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.encoding import force_bytes


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Seals the secrets (认证因子存储) in the database with a key made from SECRET_KEY."""

    def encrypt(self, text: str) -> str:
        """Return a secret as it is stored (加密存储)."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a stored secret (解密); keys of SECRET_KEY_FALLBACKS still open what they sealed."""
        return _box().decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        """Return what the phone shows beside the code (动态口令名称)."""
        return user.get_username()

    def send_notification_mail(self, *_args: object, **_kwargs: object) -> None:
        """Send nothing (不发邮件): the trail and the page tell the person."""


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str | bytes) -> bytes:
    return base64.urlsafe_b64encode(
        hashlib.sha256(b"openlot second factors" + force_bytes(key)).digest()
    )
