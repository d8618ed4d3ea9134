"""Discovery, keys, authorization, token and userinfo over real HTTP, with RSA keys made for the session."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Self
from urllib.parse import unquote, urlencode

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import RSAKey


@cache
def rsa_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


@dataclass
class Person:
    """Who signs in when somebody is sent to the provider."""

    sub: str = "u-1"
    claims: dict[str, Any] = field(
        default_factory=lambda: {"email": "ann@acme.example", "email_verified": True}
    )
    userinfo: dict[str, Any] = field(default_factory=dict)


@dataclass
class Grant:
    params: dict[str, str]
    person: Person
    used: bool = False


class Oidcd:
    """`async with Oidcd() as provider`. What it refuses is in `faults`; set `bend…` to make it lie."""

    def __init__(
        self, client_id: str = "backhaul", secret: str | None = "s3cret/:%", auth: str = "client_secret_basic"
    ) -> None:
        self.client_id, self.secret, self.auth = client_id, secret, auth
        self.redirects: set[str] = set()
        self.person = Person()
        self.key = rsa_key("one")
        self.published = [self.key]
        self.faults: list[str] = []
        self.asked: list[str] = []
        self.grants: dict[str, Grant] = {}
        self.bend: Callable[[dict[str, Any]], None] = lambda _claims: None
        self.sign: Callable[[dict[str, Any]], str] = self.signed
        self.metadata: dict[str, Any] = {}
        self.send_iss = True
        self.clock: Callable[[], float] = time.time
        self.jwks_extra: list[dict[str, Any]] = []

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._discovery)
        app.router.add_get("/keys", self._keys)
        app.router.add_get("/authorize", self._authorize)
        app.router.add_post("/token", self._token)
        app.router.add_get("/userinfo", self._userinfo)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    async def _discovery(self, _request: web.Request) -> web.Response:
        self.asked.append("discovery")
        told = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid", "email", "groups"],
            "token_endpoint_auth_methods_supported": [self.auth],
            "authorization_response_iss_parameter_supported": self.send_iss,
        }
        return web.json_response({**told, **self.metadata})

    async def _keys(self, _request: web.Request) -> web.Response:
        self.asked.append("keys")
        return web.json_response(
            {"keys": [*(one.as_dict(private=False) for one in self.published), *self.jwks_extra]}
        )

    async def _authorize(self, request: web.Request) -> web.Response:
        given = dict(request.query)
        self.asked.append(str(request.rel_url))
        wrong = [
            name
            for name, fits in {
                "client_id": given.get("client_id") == self.client_id,
                "redirect_uri": given.get("redirect_uri") in self.redirects,
                "response_type": given.get("response_type") == "code",
                "scope": "openid" in given.get("scope", "").split(),
                "state": len(given.get("state", "")) >= 32,
                "nonce": len(given.get("nonce", "")) >= 32,
                "code_challenge_method": given.get("code_challenge_method") == "S256",
                "code_challenge": len(given.get("code_challenge", "")) == 43,
            }.items()
            if not fits
        ]
        if wrong:
            self.faults += wrong
            return web.Response(status=400, text=f"wrong: {wrong}")
        code = secrets.token_urlsafe(16)
        self.grants[code] = Grant(given, self.person)
        back = {"code": code, "state": given["state"], **({"iss": self.issuer} if self.send_iss else {})}
        raise web.HTTPFound(f"{given['redirect_uri']}?{urlencode(back)}")

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        if not self._is_client(request, form):
            self.faults.append("client")
            return web.json_response({"error": "invalid_client"}, status=401)
        grant = self.grants.get(form.get("code", ""))
        verifier = form.get("code_verifier", "")
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        fits = (
            grant is not None
            and not grant.used
            and form.get("grant_type") == "authorization_code"
            and form.get("redirect_uri") == grant.params["redirect_uri"]
            and 43 <= len(verifier) <= 128
            and challenge == grant.params["code_challenge"]
        )
        if not fits:
            self.faults.append("grant")
            return web.json_response({"error": "invalid_grant"}, status=400)
        grant.used = True
        now = int(self.clock())
        access = f"access-{form['code']}"
        half = hashlib.sha256(access.encode()).digest()[:16]
        claims = {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": grant.person.sub,
            "iat": now,
            "exp": now + 300,
            "nonce": grant.params["nonce"],
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
            **grant.person.claims,
        }
        self.bend(claims)
        return web.json_response(
            {"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": self.sign(claims)}
        )

    def _is_client(self, request: web.Request, form: dict[str, str]) -> bool:
        if self.secret is None:
            return form.get("client_id") == self.client_id and "authorization" not in request.headers
        if self.auth == "client_secret_post":
            return (form.get("client_id"), form.get("client_secret")) == (self.client_id, self.secret)
        kind, _, rest = request.headers.get("authorization", "").partition(" ")
        if kind != "Basic":
            return False
        name, _, secret = base64.b64decode(rest).decode().partition(":")
        return (unquote(name), unquote(secret)) == (self.client_id, self.secret)

    async def _userinfo(self, request: web.Request) -> web.Response:
        self.asked.append("userinfo")
        code = request.headers.get("authorization", "").removeprefix("Bearer access-")
        grant = self.grants.get(code)
        if grant is None:
            return web.Response(status=401)
        return web.json_response({"sub": grant.person.sub, **grant.person.userinfo})


def b64(value: dict[str, Any] | bytes) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
