"""A passkey made of nothing but a key in memory: what an enemy could send instead of a real one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG


@dataclass
class SoftKey:
    """One passkey, its counter, and the site it believes to be on."""

    origin: str = "https://testserver"
    host: str = "testserver"
    name: bytes = b"a credential of 16"
    counter: int = 0
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def made(self, challenge: str) -> dict[str, Any]:
        """Return what a browser says of a fresh passkey."""
        public = ES256.from_cryptography_key(self.private.public_key())
        known = AttestedCredentialData.create(bytes(16), self.name, public)
        data = self._data(FLAG.UP | FLAG.UV | FLAG.AT, known)
        answer = {"attestationObject": websafe_encode(AttestationObject.create("none", data, {}))}
        return self._told("webauthn.create", challenge, answer)

    def shown(self, challenge: str) -> dict[str, Any]:
        """Return what a browser says when the passkey is used."""
        self.counter += 1
        data = self._data(FLAG.UP | FLAG.UV)
        told = self._told("webauthn.get", challenge, {"authenticatorData": websafe_encode(data)})
        signed = bytes(data) + self._client("webauthn.get", challenge).hash
        signature = self.private.sign(signed, ec.ECDSA(hashes.SHA256()))
        told["response"]["signature"] = websafe_encode(signature)
        return told

    def _data(self, flags: Any, known: bytes = b"") -> AuthenticatorData:
        where = hashlib.sha256(self.host.encode()).digest()
        return AuthenticatorData.create(where, flags, self.counter, known)

    def _client(self, kind: str, challenge: str) -> CollectedClientData:
        return CollectedClientData.create(kind, challenge, self.origin)

    def _told(self, kind: str, challenge: str, answer: dict[str, Any]) -> dict[str, Any]:
        client = websafe_encode(self._client(kind, challenge))
        return {
            "id": websafe_encode(self.name),
            "rawId": websafe_encode(self.name),
            "type": "public-key",
            "response": {"clientDataJSON": client, **answer},
            "clientExtensionResults": {},
        }
