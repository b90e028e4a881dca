"""What people hold in their hands: an authenticator app, and a passkey."""

import base64
import hashlib
import hmac
import json
import secrets
import struct
import time
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.webauthn import AttestedCredentialData, AuthenticatorData

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def totp(secret: str, ahead: int = 0) -> str:
    """The code of RFC 6238, of a time step from now.

    Each is taken once, and only after older ones: this one first and then the next, both are taken for 30 s at least.
    """
    step = struct.pack(">Q", int(time.time()) // 30 + ahead)
    digest = hmac.digest(base64.b32decode(secret), step, "sha1")
    [value] = struct.unpack(">I", digest[(at := digest[-1] & 15) : at + 4])
    return f"{(value & 0x7FFFFFFF) % 10**6:06}"


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Passkey:
    """A software authenticator; `host` is what the browser says it is at."""

    def __init__(self, host: str = "testserver", flags: int = PRESENT | VERIFIED) -> None:
        self.host, self.flags = host, flags
        self.id = secrets.token_bytes(16)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.user = ""

    def create(self, options: Any) -> dict[str, Any]:
        asked = options["creation_options"]["publicKey"]
        self.user = asked["user"]["id"]
        public = ES256.from_cryptography_key(self.key.public_key())
        credential = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        data = AuthenticatorData.create(self._party(asked["rp"]["id"]), self.flags | ATTESTED, 0, credential)
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": bytes(data)})
        said = {"clientDataJSON": text(self._client("webauthn.create", asked)), "attestationObject": text(attestation)}
        return self._answer(said) | {"clientExtensionResults": {"credProps": {"rk": True}}, "noise": "\0"}

    def get(self, options: Any) -> dict[str, Any]:
        asked = options["request_options"]["publicKey"]
        data = bytes(AuthenticatorData.create(self._party(asked["rpId"]), self.flags, 0))
        client = self._client("webauthn.get", asked)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        said = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._answer({name: text(value) for name, value in said.items()} | {"userHandle": self.user})

    def _party(self, host: str) -> bytes:
        return hashlib.sha256(host.encode()).digest()

    def _client(self, kind: str, asked: Any) -> bytes:
        return json.dumps({"type": kind, "challenge": asked["challenge"], "origin": f"https://{self.host}"}).encode()

    def _answer(self, response: dict[str, Any]) -> dict[str, Any]:
        return {"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response}
