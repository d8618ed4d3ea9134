"""Access tokens (OAuth 2.0, RFC 6749) for a mailbox that takes no password."""

from __future__ import annotations

import json
import re
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from bot.api import ConnectorContext, Renewed, SecretStr
from plugins.connectors.imap.settings import ImapSettings

EARLY = 300.0
"""Seconds before its end from which a token is not used any more: a read takes its time."""
LASTS = 3600.0
"""How long a token is good for whose provider does not say it."""
LONGEST = 64 << 10
MOST = 1_000
TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")
CODE = re.compile(r"[a-z_]{1,40}")
WHY = {
    "invalid_grant": "the refresh token ran out or was taken back. An admin signs in for the mailbox once "
    "more and sets it: `plugins settings imap refresh_token=…`",
    "invalid_client": "the client or its secret is not known there, or the secret ran out. An admin sets "
    "them: `plugins settings imap client_id=… client_secret=…`",
    "unauthorized_client": "this client may not read mailboxes. Allow it in the provider's console",
    "invalid_scope": "it knows no such scope. An admin sets the right one: "
    "`plugins settings imap token_scope=…`",
}
"""What the errors of RFC 6749, 5.2 mean for the one who reads them."""
_kept: OrderedDict[str, tuple[str, float]] = OrderedDict()


class TokenRefusedError(Exception):
    """No access token was given, and this is why, as the end of a sentence."""


async def get_token(known: ImapSettings, context: ConnectorContext) -> str:
    """Return an access token that is good for some minutes; TokenRefusedError says why there is none."""
    if kept := _kept_of(known):
        return kept
    if not known.refresh_token.get_secret_value():
        return _token(await _asked(known), known)
    async with context.renew("refresh_token") as secret:
        now = known if secret.value is None else _with(known, secret.value)
        if kept := _kept_of(now):  # somebody else has just asked
            return kept
        answer = await _asked(now)
        return _token(answer, known, now, await _renewed(answer, now, secret))


async def _renewed(answer: Mapping[str, Any], known: ImapSettings, secret: Renewed) -> ImapSettings:
    """Keep the refresh token that replaces the one shown, which may be worth nothing from now on."""
    new = answer.get("refresh_token")
    if not isinstance(new, str) or not TOKEN.fullmatch(new) or new == known.refresh_token.get_secret_value():
        return known
    await secret.keep(new)
    return _with(known, new)


def _with(known: ImapSettings, refresh: str) -> ImapSettings:
    return known.model_copy(update={"refresh_token": SecretStr(refresh)})


def _kept_of(known: ImapSettings) -> str:
    """Return the access token that was given before and is still good; else nothing."""
    kept = _kept.get(_key(known))
    return kept[0] if kept and time.monotonic() < kept[1] else ""


def _token(answer: Mapping[str, Any], *shown: ImapSettings) -> str:
    """Return the access token of an answer; it is kept for whoever shows one of these settings."""
    token, lasts = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(token, str) or not TOKEN.fullmatch(token):
        raise TokenRefusedError("it sent no access token")
    seconds = int(str(lasts)) if re.fullmatch(r"[0-9]{1,9}", str(lasts)) else LASTS
    for known in shown:
        _kept[_key(known)] = (token, time.monotonic() + seconds - EARLY)
    while len(_kept) > MOST:
        _kept.popitem(last=False)
    return token


def forget_token(known: ImapSettings) -> None:
    """Ask for a new one next time: the server would not take this one."""
    if gone := _kept.pop(_key(known), None):
        for key in [key for key, kept in _kept.items() if kept[0] == gone[0]]:
            del _kept[key]


def _key(known: ImapSettings) -> str:
    """Return what a token was given for, without keeping the secrets themselves."""
    parts = (known.token_url, *_form(known).values())
    return sha256("\0".join(parts).encode()).hexdigest()


def _form(known: ImapSettings) -> dict[str, str]:
    """Return what is asked: with a refresh token in a person's name, without one in the client's own."""
    refresh = known.refresh_token.get_secret_value()
    form = {
        "grant_type": "refresh_token" if refresh else "client_credentials",
        "client_id": known.client_id,
        "client_secret": known.client_secret.get_secret_value(),
        "refresh_token": refresh,
        "scope": known.token_scope,
    }
    return {name: value for name, value in form.items() if value}


async def _asked(known: ImapSettings) -> Mapping[str, Any]:
    import aiohttp  # noqa: PLC0415 - only where a mailbox wants it

    wait = aiohttp.ClientTimeout(total=known.timeout_seconds)
    try:
        async with (
            aiohttp.ClientSession(timeout=wait, trust_env=not known.token_is_here) as session,
            session.post(known.token_url, data=_form(known), allow_redirects=False) as answer,
        ):
            said = _read(await _begin(answer.content.iter_chunked(4096)))
            if answer.status != HTTPStatus.OK:
                raise TokenRefusedError(_why(said, answer.status))
            return said
    except TimeoutError as error:
        raise TokenRefusedError("it did not answer in time") from error
    except (aiohttp.ClientError, OSError) as error:
        raise TokenRefusedError(f"it cannot be spoken to ({type(error).__name__})") from error


async def _begin(chunks: AsyncIterator[bytes]) -> bytes:
    """Return what is sent, no more of it than an answer can need."""
    raw = b""
    async for chunk in chunks:
        raw += chunk
        if len(raw) > LONGEST:
            break
    return raw


def _read(raw: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _why(said: Mapping[str, Any], status: int) -> str:
    """Say why it was refused: by the code of the error only, for the rest is somebody else's text."""
    code = said.get("error")
    if not isinstance(code, str) or not CODE.fullmatch(code):
        return f"it answered {status}"
    return f"{WHY[code]} ({code})" if code in WHY else f"it answered {code} ({status})"


def issuer(known: ImapSettings) -> str:
    """Return the name of the server that gives tokens."""
    return urlsplit(known.token_url).hostname or known.token_url
