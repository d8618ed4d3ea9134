"""Looking at an identity provider before people do: what is wrong with it and how to mend it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import httpx2

from bot.db.sso import Provider
from bot.web.discovery import (
    DEADLINE,
    WELL_KNOWN,
    BadProviderError,
    Metadata,
    read_keys,
    read_metadata,
)
from bot.web.oidc import ALGORITHMS, auth_method


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at; `mend` is empty when all is well. Only what is `fatal` keeps people out."""

    says: str
    mend: str = ""
    fatal: bool = True


async def examine(provider: Provider) -> Sequence[Finding]:
    """Ask the provider for its discovery document and keys and judge them."""
    try:
        async with asyncio.timeout(DEADLINE):
            metadata = await read_metadata(provider.issuer)
            keys = await read_keys(metadata)
    except (BadProviderError, ValueError, httpx2.HTTPError, TimeoutError, OSError) as error:
        return [_unreadable(provider, error)]
    count = len(keys.keys)
    says = f"discovery: {metadata.issuer} answers, with {count} signing key{'s' if count != 1 else ''}"
    found = [Finding(says=says)]
    return [*found, *_judge(provider, metadata)]


def _unreadable(provider: Provider, error: Exception) -> Finding:
    where = provider.issuer.rstrip("/") + WELL_KNOWN
    if isinstance(error, BadProviderError):
        mend = f"{str(error)[:400]}. See {where}; the issuer must be written exactly as it is there."
        if "{tenantid}" in str(error):
            mend = "Use your own directory's address: https://login.microsoftonline.com/DIRECTORY-ID/v2.0"
        return Finding(says="discovery: it cannot be used", mend=mend)
    if isinstance(error, ValueError):
        mend = f"{where} {str(error)[:200]}; it must answer 200 with JSON. Is the issuer right, to the slash?"
        return Finding(says="discovery: there is no such document", mend=mend)
    if isinstance(error, httpx2.ProxyError):
        mend = f"The way there leads through a proxy, by HTTPS_PROXY or ALL_PROXY: {str(error)[:200]}."
        return Finding(says="discovery: the proxy lets nothing through", mend=mend)
    why = type(error).__name__
    mend = f"{where} does not answer ({why}). Can this machine reach it, and does it trust its certificate?"
    return Finding(says="discovery: no answer", mend=mend)


def _judge(provider: Provider, metadata: Metadata) -> list[Finding]:
    found = []
    if not set(metadata.id_token_signing_alg_values_supported) & set(ALGORITHMS):
        mend = f"Have it sign ID tokens with one of {', '.join(ALGORITHMS)}."
        found.append(Finding(says="it signs ID tokens in no way that is accepted here", mend=mend))
    if metadata.code_challenge_methods_supported and "S256" not in metadata.code_challenge_methods_supported:
        mend = "Turn PKCE with S256 on for this client."
        found.append(Finding(says="it does not know PKCE with S256", mend=mend, fatal=False))
    method = auth_method(metadata, provider.client_secret)
    known = metadata.token_endpoint_auth_methods_supported
    if method not in known:
        mend = f"It wants one of {', '.join(known)[:200]}; a client secret is sent as {method}."
        if provider.client_secret is None:
            mend = "If it wants a secret, set one with --client-secret-stdin."
        fatal = provider.client_secret is not None
        found.append(Finding(says="it may not let this client in", mend=mend, fatal=fatal))
    if provider.domains == ():
        mend = "Set --domains unless everybody with an account there, guests too, may match by address."
        found.append(Finding(says="every e-mail domain is let in", mend=mend, fatal=False))
    return found
