"""What an identity provider says of itself (OpenID Connect Discovery), and its signing keys."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.core.sso import check_address, is_loopback
from bot.errors import BadInput, Unavailable
from bot.web.fetch import fetch_json

FRESH = 600.0
"""Seconds for which what a provider said is believed."""
AGAIN = 10.0
"""Seconds that have to pass before an unknown key makes us ask again."""
DEADLINE = 10.0
WELL_KNOWN = "/.well-known/openid-configuration"


class Metadata(BaseModel):
    """The part of the discovery document that is used here."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    issuer: str = Field(max_length=500)
    authorization_endpoint: str = Field(max_length=500)
    token_endpoint: str = Field(max_length=500)
    jwks_uri: str = Field(max_length=500)
    userinfo_endpoint: str = Field(default="", max_length=500)
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]
    id_token_signing_alg_values_supported: list[str] = ["RS256"]
    code_challenge_methods_supported: list[str] = []
    scopes_supported: list[str] = []
    authorization_response_iss_parameter_supported: bool = False


class BadProviderError(Exception):
    """The provider answered, and what it says cannot be trusted or used; the text is for an administrator."""


@dataclass(kw_only=True)
class _Known:
    """What one issuer said, and when it was asked for its keys."""

    metadata: Metadata
    at: float
    keys: KeySet | None = None
    keys_at: float = 0.0


class Directory:
    """Remembers what issuers say; one per process."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    async def metadata(self, issuer: str) -> Metadata:
        """Return what the issuer says of itself; Unavailable when it does not, in words for anybody."""
        return (await self._at(issuer)).metadata

    async def keys(self, issuer: str, *, anew: bool = False) -> KeySet:
        """Return the issuer's signing keys; `anew` asks again, unless that was done a moment ago."""
        known = await self._at(issuer)
        age = time.monotonic() - known.keys_at
        if known.keys is None or age > (AGAIN if anew else FRESH):
            known.keys = await said(issuer, read_keys(known.metadata))
            known.keys_at = time.monotonic()
        return known.keys

    async def _at(self, issuer: str) -> _Known:
        known = self._known.get(issuer)
        if known is None or time.monotonic() - known.at > FRESH:
            known = _Known(metadata=await said(issuer, read_metadata(issuer)), at=time.monotonic())
            self._known[issuer] = known
        return known


async def said(issuer: str, asking: Any) -> Any:
    """Return what a provider answers; its failures become one sentence for the person who waits."""
    host = urlsplit(issuer).hostname
    try:
        async with asyncio.timeout(DEADLINE):
            return await asking
    except (httpx2.HTTPError, TimeoutError, OSError):
        raise Unavailable(
            f"Your identity provider ({host}) does not answer right now, so nobody can sign in. "
            "Try again in a minute; if it lasts, tell your administrator."
        ) from None
    except (BadProviderError, ValueError):
        raise Unavailable(
            f"Your identity provider ({host}) answered something that cannot be used. "
            "Tell your administrator to run `backhaul sso test`."
        ) from None


async def read_metadata(issuer: str) -> Metadata:
    """Fetch and check a discovery document; BadProviderError, httpx2.HTTPError or ValueError."""
    found = await fetch_json(issuer.rstrip("/") + WELL_KNOWN)
    try:
        metadata = Metadata.model_validate(found)
    except ValidationError as error:
        names = ", ".join(sorted({str(one["loc"][0]) for one in error.errors() if one["loc"]}))
        raise BadProviderError(f"its discovery document lacks, or has wrong: {names}") from None
    if metadata.issuer != issuer:
        raise BadProviderError(f"it calls itself {metadata.issuer[:200]}, not {issuer}")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"):
        check_endpoint(issuer, name, getattr(metadata, name))
    return metadata


def check_endpoint(issuer: str, name: str, url: str) -> None:
    """Raise BadProviderError unless an endpoint is as safe to speak to as the issuer itself."""
    if not url and name == "userinfo_endpoint":
        return
    try:
        check_address(url.partition("?")[0], name)
    except BadInput as error:
        raise BadProviderError(f"its {name} does not fit: {error}") from None
    if is_loopback(urlsplit(url).hostname) and not is_loopback(urlsplit(issuer).hostname):
        raise BadProviderError(f"its {name} points to this machine")


async def read_keys(metadata: Metadata) -> KeySet:
    """Fetch the keys that sign ID tokens; shared secrets, keys to encrypt and unknown kinds are left out."""
    found = (await fetch_json(metadata.jwks_uri)).get("keys")
    usable = [
        one
        for one in (found if isinstance(found, list) else [])
        if isinstance(one, dict) and one.get("kty") in {"RSA", "EC"} and one.get("use", "sig") == "sig"
    ]
    if not usable:
        raise BadProviderError("it has no signing key (RSA or EC)")
    try:
        return KeySet.import_key_set({"keys": usable})
    except (JoseError, ValueError, TypeError, KeyError):
        raise BadProviderError("its signing keys cannot be read") from None
