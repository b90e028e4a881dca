"""A provider of log-ins on 127.0.0.1: OpenID Connect's discovery and keys, and the three addresses of GitHub."""

import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT = "the-messenger"


class Provider:
    def __init__(self) -> None:
        self.url = ""
        self.key = rsa.generate_private_key(65537, 2048)
        self.codes: dict[str, Any] = {}
        self.asked: list[dict[str, str]] = []

    def id_token(self, subject: str, **said: Any) -> str:
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": subject,
            "iat": now,
            "exp": now + 300,
            "nonce": secrets.token_hex(8),
        }
        claims |= said
        header = {"kid": claims.pop("kid", "one")}
        key, algorithm = claims.pop("key", self.key), claims.pop("alg", "RS256")
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(claims, key, algorithm=algorithm, headers=header)

    def get(self, path: str, token: str) -> Any:
        pages = {
            "/.well-known/openid-configuration": {"issuer": self.url, "jwks_uri": f"{self.url}/keys"},
            "/keys": {
                "keys": [{**RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True), "kid": "one", "use": "sig"}]
            },
        }
        if path in pages:
            return pages[path]
        return self.codes[token]["emails" if path.endswith("emails") else "user"]

    def exchange(self, asked: dict[str, str]) -> Any:
        self.asked.append(asked)
        known = asked["client_id"] == CLIENT and asked["client_secret"] == "hush" and asked["code"] in self.codes
        return {"access_token": asked["code"], "token_type": "bearer"} if known else {"error": "bad_verification_code"}


@contextmanager
def serving() -> Iterator[Provider]:
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                token = self.headers.get("Authorization", " ").split()[-1:]
                self._answer(200, provider.get(self.path, "".join(token)))
            except KeyError:
                self._answer(401, {"message": "Bad credentials"})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(200, provider.exchange({name: value for name, [value] in parse_qs(body).items()}))

        def _answer(self, status: int, said: Any) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield provider
        server.shutdown()
