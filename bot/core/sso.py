"""Signing in with the ISP's identity provider: which one a tenant trusts, and whom its word stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.contract.people import Tenant, User
from bot.core import identity
from bot.core.journal import note
from bot.db import roles, sso, web_sessions
from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.db.session import Session
from bot.db.sso import Provider
from bot.errors import BadInput, NotAllowed, NotFound, NotLinked
from bot.host.registry import Registry

SURFACE = "web"
LONGEST = 500
DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
NO_SIGN_IN = (
    "There is no sign-in at this address. Check the link letter by letter.\n\n"
    "If it is right, signing in is not set up here (yet), and nothing is lost: what waits for you can be "
    "decided in Slack or a terminal; say `waiting` to the bot there. Whoever runs the bot sets signing in up "
    "with `backhaul sso set`."
)
STRANGER = (
    "{who} is signed in at your identity provider, but {tenant} has no active user for it, so nothing is "
    "open to you here yet. Ask an admin of {tenant} to {how} Then sign in again."
)
ADD = "add you as a user with the e-mail address {email}."
LINK = "link this account to your user. It is the web account `{account}`."
UNPROVEN = "Your identity provider does not vouch that {email} is yours, so the address alone opens nothing. "
ELSEWHERE = "{tenant} lets nobody in by an address at {domain}. "


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What a provider said about who signed in, after its signature was checked."""

    issuer: str
    subject: str
    email: str = ""
    email_verified: bool = False
    groups: frozenset[str] = frozenset()

    @property
    def account(self) -> str:
        """How links name them: the subject is unique at its issuer only."""
        return f"{self.issuer}|{self.subject}"


def is_loopback(host: str | None) -> bool:
    """Say whether a host is this very machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


def check_address(url: str, what: str) -> str:
    """Return an address nobody reads on the way to; BadInput says what is wrong with it."""
    try:
        parts = urlsplit(url)
        fits = parts.hostname and parts.port != 0 and not parts.username and parts.password is None
    except ValueError:
        fits = None
    if not fits or parts.query or parts.fragment or any(c.isspace() or c == "\\" for c in url):
        raise BadInput(f"{what} is an address such as https://login.example.com, without ? and #.")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        raise BadInput(f"{what} must begin with https://; plain http is for this machine (127.0.0.1) only.")
    return url


def check_provider(wanted: Provider) -> Provider:
    """Return the settings in their usual spelling; BadInput says what does not fit."""
    if not wanted.client_id.strip() or len(wanted.client_id) > LONGEST:
        raise BadInput("--client-id is what the identity provider calls this application.")
    domains = tuple(dict.fromkeys(one.strip().lower().lstrip("@") for one in wanted.domains if one.strip()))
    for one in domains:
        if not DOMAIN.fullmatch(one):
            raise BadInput(f"“{one[:60]}” is no e-mail domain; give them as a.example,b.example.")
    if wanted.role_groups and not wanted.groups_claim:
        raise BadInput("--role needs --groups-claim: the claim in which the provider names the groups.")
    issuer = check_address(wanted.issuer.strip(), "The issuer")
    return replace(wanted, issuer=issuer, client_id=wanted.client_id.strip(), domains=domains)


async def find_provider(database: Database, tenant: Tenant) -> Provider | None:
    """Return the tenant's provider, if it has one."""
    async with database.tenant(tenant.id) as session:
        return await sso.get_provider(session)


async def get_provider(database: Database, tenant: Tenant) -> Provider:
    """Return the tenant's provider; NotFound in the words a stranger may read."""
    found = await find_provider(database, tenant)
    if found is None:
        raise NotFound(NO_SIGN_IN)
    return found


def open_secret(cipher: Cipher, tenant: Tenant, provider: Provider) -> str | None:
    """Return the client secret in clear; None for a public client."""
    if provider.client_secret is None:
        return None
    return cipher.open(provider.client_secret, row=sso.secret_row(tenant.id))


async def set_provider(
    database: Database,
    cipher: Cipher,
    tenant: Tenant,
    wanted: Provider,
    *,
    secret: str | None,
    by: str,
) -> int:
    """Trust this provider from now on and return how many sessions that ended.

    Without `secret` the one there is stays, as long as issuer and client are the same. Everybody signs in
    anew unless nothing but the secret changed: what the old settings let in may not fit the new ones.
    """
    wanted = check_provider(wanted)
    async with database.tenant(tenant.id) as session:
        old = await sso.get_provider(session, lock=True)
        await _check_roles(session, wanted)
        kept = _kept_secret(old, wanted)
        if secret is not None:
            kept = cipher.seal(secret, row=sso.secret_row(tenant.id)) if secret else None
        new = replace(wanted, client_secret=kept)
        await sso.do_set_provider(session, new, by=by)
        same = old is not None and replace(old, client_secret=kept) == new
        ended = 0 if same else await web_sessions.do_end_sessions(session)
        facts = {
            "issuer": new.issuer,
            "client": new.client_id,
            "domains": list(new.domains),
            "groups_claim": new.groups_claim,
            "role_groups": {role: list(groups) for role, groups in new.role_groups.items()},
            "secret": "changed" if secret is not None else ("kept" if kept else "none"),
            "sessions_ended": ended,
        }
        await note(session, event="sso.set", by=by, text=f"set sign-in to {new.issuer}", facts=facts)
    return ended


def _kept_secret(old: Provider | None, wanted: Provider) -> str | None:
    same = old is not None and (old.issuer, old.client_id) == (wanted.issuer, wanted.client_id)
    return old.client_secret if old is not None and same else None


async def _check_roles(session: Session, wanted: Provider) -> None:
    known = {role.name for role in await roles.find_roles(session)}
    for role in wanted.role_groups:
        if role not in known:
            raise BadInput(f"There is no role “{role[:60]}” here; there are {', '.join(sorted(known))}.")


async def drop_provider(database: Database, tenant: Tenant, *, by: str) -> int:
    """Turn sign-in off: the secret is forgotten, every session ends; return how many did."""
    async with database.tenant(tenant.id) as session:
        if not await sso.do_drop_provider(session):
            raise NotFound(f"{tenant.name} has no sign-in set up; there is nothing to turn off.")
        ended = await web_sessions.do_end_sessions(session)
        facts = {"sessions_ended": ended}
        await note(session, event="sso.off", by=by, text="turned sign-in off", facts=facts)
    return ended


async def reseal_secret(session: Session, cipher: Cipher, tenant: Tenant) -> int:
    """Seal the client secret anew if it was sealed with an older key; return how many that were."""
    provider = await sso.get_provider(session, lock=True)
    if provider is None or provider.client_secret is None or not cipher.stale(provider.client_secret):
        return 0
    row = sso.secret_row(tenant.id)
    new = cipher.seal(cipher.open(provider.client_secret, row=row), row=row)
    return int(await sso.do_seal_anew(session, old=provider.client_secret, new=new))


def roles_of(provider: Provider, claims: Claims) -> frozenset[str]:
    """Return the roles these groups give; groups nobody mapped give nothing."""
    return frozenset(
        role for role, groups in provider.role_groups.items() if claims.groups.intersection(groups)
    )


async def sign_in(
    database: Database, registry: Registry, tenant: Tenant, provider: Provider, claims: Claims
) -> User:
    """Return the platform user the provider's word stands for; never makes one.

    An account that is linked is that user. Else a verified address, in a domain that is let in, links it.
    Raises NotLinked, with what to ask of whom, or NotAllowed for a deactivated user.
    """
    if claims.issuer != provider.issuer:
        raise NotAllowed("This answer came from an identity provider this tenant does not trust.")
    proven = claims.email if claims.email_verified and let_in(provider, claims.email) else None
    try:
        return await identity.find_linked(database, registry, tenant, SURFACE, claims.account, proven)
    except NotLinked:
        raise NotLinked(_stranger(tenant, provider, claims, proven)) from None


def let_in(provider: Provider, email: str) -> bool:
    """Say whether this address is in a domain whose people come in by address."""
    local, at, domain = email.rpartition("@")
    return bool(local and at and domain) and (not provider.domains or domain.lower() in provider.domains)


def _stranger(tenant: Tenant, provider: Provider, claims: Claims, proven: str | None) -> str:
    who, why = claims.email or "This account", ""
    if claims.email and not claims.email_verified:
        why = UNPROVEN.format(email=claims.email)
    elif claims.email and not let_in(provider, claims.email):
        why = ELSEWHERE.format(tenant=tenant.name, domain=claims.email.rpartition("@")[2])
    how = ADD.format(email=proven) if proven else LINK.format(account=claims.account)
    return why + STRANGER.format(who=who, tenant=tenant.name, how=how)
