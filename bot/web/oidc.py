"""Authorization code flow with PKCE, state and nonce: where to send people, and what came back, verified."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx2
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bot.core.sso import Claims
from bot.db.sso import Provider
from bot.errors import NotAllowed, Unavailable
from bot.web.discovery import DEADLINE, Directory, Metadata, said
from bot.web.fetch import fetch_json, options

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures by a key only the provider has: never `none`, never a shared secret."""
LEEWAY = 60
"""Seconds by which clocks may differ."""
MOST_GROUPS = 2_000
ADDRESS = ("email", "email_verified", "xms_edov", "hd")
LONGEST = 500
MICROSOFT = ("login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn")
GOOGLE = "accounts.google.com"
NOT_SURE = (
    "The answer of your identity provider could not be verified, so you are not signed in. Try again; "
    "if it happens twice, tell your administrator."
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What has to come back: kept by the browser, sealed, for ten minutes."""

    issuer: str
    client_id: str
    redirect_uri: str
    state: str
    nonce: str
    verifier: str


def new_attempt(provider: Provider, redirect_uri: str) -> Attempt:
    """Return a new attempt with secrets of its own."""
    return Attempt(
        issuer=provider.issuer,
        client_id=provider.client_id,
        redirect_uri=redirect_uri,
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(64),
    )


def where_to(provider: Provider, metadata: Metadata, attempt: Attempt) -> str:
    """Return the address at which the person signs in."""
    url, _ = _client(provider, metadata, attempt).create_authorization_url(
        metadata.authorization_endpoint,
        state=attempt.state,
        nonce=attempt.nonce,
        code_verifier=attempt.verifier,
    )
    return str(url)


def check_issuer(metadata: Metadata, attempt: Attempt, iss: str) -> None:
    """Raise NotAllowed when the answer is another provider's (RFC 9207)."""
    if iss and iss != attempt.issuer:
        raise _refused("iss", "another issuer answered")
    if not iss and metadata.authorization_response_iss_parameter_supported:
        raise _refused("iss", "the answer does not say whose it is")


async def redeem(
    directory: Directory,
    provider: Provider,
    attempt: Attempt,
    *,
    code: str,
    secret: str | None,
    now: datetime,
) -> Claims:
    """Trade the code for an ID token and return what it says, verified.

    Raises NotAllowed when anything about it is not as it must be, Unavailable when the provider fails.
    """
    metadata = await directory.metadata(attempt.issuer)
    token = await _exchange(metadata, provider, attempt, code, secret)
    found = dict(await verify(directory, attempt, token, now))
    if "email" not in found or (provider.groups_claim and provider.groups_claim not in found):
        found = together(found, await _userinfo(metadata, token, found))
    return claims_of(provider, found)


async def verify(
    directory: Directory, attempt: Attempt, token: Mapping[str, Any], now: datetime
) -> CodeIDToken:
    """Return the claims of the ID token: signature, issuer, audience, times, nonce and token hash fit."""
    raw = token.get("id_token")
    if not isinstance(raw, str):
        raise _refused("id_token", "there is none")
    try:
        read = _read(raw, await directory.keys(attempt.issuer))
    except (JoseError, ValueError, TypeError):
        try:
            read = _read(raw, await directory.keys(attempt.issuer, anew=True))  # keys are rotated
        except (JoseError, ValueError, TypeError) as error:
            raise _refused("signature", type(error).__name__) from None
    claims = CodeIDToken(
        read.claims,
        read.header,
        options={
            "iss": {"essential": True, "value": attempt.issuer},
            "aud": {"essential": True, "value": attempt.client_id},
            "sub": {"essential": True},
            "exp": {"essential": True},
            "iat": {"essential": True},
            "nonce": {"essential": True, "value": attempt.nonce},
        },
        params={
            "nonce": attempt.nonce,
            "client_id": attempt.client_id,
            "access_token": token.get("access_token"),
        },
    )
    try:
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
    except (JoseError, AuthlibBaseError, ValueError, TypeError) as error:
        raise _refused("claims", str(error)[:100]) from None
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= LONGEST:
        raise _refused("sub", "it does not fit")
    return claims


def together(found: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Return both; an address and the word that it is verified come from one of them, never from each one."""
    if "email" in found:
        return {**{name: value for name, value in more.items() if name not in ADDRESS}, **found}
    return {**more, **{name: value for name, value in found.items() if name not in ADDRESS}}


def claims_of(provider: Provider, found: Mapping[str, Any]) -> Claims:
    """Return what matters here of verified claims."""
    email = found.get("email")
    fits = isinstance(email, str) and "@" in email and len(email) <= LONGEST and email.isprintable()
    groups = found.get(provider.groups_claim) if provider.groups_claim else ()
    groups = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else []
    return Claims(
        issuer=str(found["iss"]),
        subject=str(found["sub"]),
        email=str(email).strip() if fits else "",
        email_verified=fits and is_verified(provider.issuer, found),
        groups=frozenset(one for one in groups[:MOST_GROUPS] if isinstance(one, str)),
    )


def is_verified(issuer: str, found: Mapping[str, Any]) -> bool:
    """Say whether the provider vouches that the address is the person's own.

    Microsoft Entra ID sends no `email_verified`, and there anybody who runs a directory may write any
    address on an account: its optional claim `xms_edov` says that the address's domain was proven.
    Google verifies any address once, for whoever could read its mail that day; only for accounts of a
    Workspace (`hd`) does it know who has the address today.
    """
    host, verified = urlsplit(issuer).hostname, found.get("email_verified")
    if verified is None and host in MICROSOFT:
        return str(found.get("xms_edov", "")).lower() in {"true", "1"}
    if host == GOOGLE:
        domain = str(found.get("email")).rpartition("@")[2].lower()
        return verified is True and domain in {str(found.get("hd", "")).lower(), "gmail.com"}
    return str(verified).lower() == "true"


async def _exchange(
    metadata: Metadata, provider: Provider, attempt: Attempt, code: str, secret: str | None
) -> Mapping[str, Any]:
    async def ask() -> Mapping[str, Any]:
        async with _client(provider, metadata, attempt, secret) as client:
            token: Mapping[str, Any] = await client.fetch_token(
                metadata.token_endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=attempt.verifier,
            )
        return token

    try:
        token = await said(attempt.issuer, ask())
    except AuthlibBaseError as error:
        raise _refused("code", str(error.error)[:60]) from None
    if not isinstance(token, Mapping):
        raise _refused("token", "it is no object")
    return token


async def _userinfo(metadata: Metadata, token: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the provider tells only when asked once more; empty when it does not, or of another."""
    access = token.get("access_token")
    if not metadata.userinfo_endpoint or not isinstance(access, str):
        return {}
    try:
        async with asyncio.timeout(DEADLINE):
            more = await fetch_json(metadata.userinfo_endpoint, bearer=access)
    except (httpx2.HTTPError, ValueError, TimeoutError, OSError) as error:
        log.warning("sso.userinfo_failed", error=type(error).__name__)
        raise Unavailable(
            "Your identity provider did not tell your e-mail address. Try again in a minute."
        ) from None
    return more if more.get("sub") == found["sub"] else {}


def _client(
    provider: Provider, metadata: Metadata, attempt: Attempt, secret: str | None = None
) -> AsyncOAuth2Client:
    scope = ["openid", "email"]
    if provider.groups_claim and "groups" in metadata.scopes_supported:
        scope.append("groups")
    return AsyncOAuth2Client(
        provider.client_id,
        secret,
        scope=" ".join(scope),
        redirect_uri=attempt.redirect_uri,
        code_challenge_method="S256",
        token_endpoint_auth_method=auth_method(metadata, secret),
        **options(),
    )


def auth_method(metadata: Metadata, secret: str | None) -> str:
    """Return how to prove which client this is, as the provider wants it."""
    if secret is None:
        return "none"
    known = metadata.token_endpoint_auth_methods_supported
    basic, post = "client_secret_basic", "client_secret_post"
    return post if post in known and basic not in known else basic


def _read(raw: str, keys: KeySet) -> jwt.Token:
    return jwt.decode(raw, keys, algorithms=list(ALGORITHMS))


def _refused(what: str, why: str) -> NotAllowed:
    log.warning("sso.refused", what=what, why=why)
    return NotAllowed(NOT_SURE)
