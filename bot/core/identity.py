"""Who is speaking: a platform user with the rights their roles and grants give them right now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

from bot.contract.people import Right, Tenant, User
from bot.contract.scope import Area, Scope
from bot.core.group_roles import TRUSTED
from bot.core.links import code_in, do_link, redeem_code
from bot.core.web_sessions import IDLE
from bot.db import grants, links, users
from bot.db.database import Database
from bot.db.rights import find_all_rights
from bot.db.roles import RolePermission, find_permissions
from bot.db.session import Session
from bot.errors import NotAllowed, NotLinked
from bot.host.registry import Registry

NO_ACCOUNT = (
    "I do not know who you are here yet, so I can do nothing for you. To link this {surface} account: "
    "ask an admin for a link code and send me `link CODE` within 15 minutes, or ask them to link "
    "`{external_id}` to you{email}."
)
BY_EMAIL = ", or to put {email} on your user (I link verified e-mail addresses by myself)"
CUT = "This {surface} account was deactivated or made a guest, so I do nothing for it."
NOT_ACTIVE = "The user {name} is deactivated. An admin of {tenant} can activate it again."


async def get_user(
    database: Database, registry: Registry, tenant: Tenant, user_id: str, *, now: datetime | None = None
) -> User:
    """Return the person with their rights of this moment; NotAllowed when unknown or deactivated.

    Roles that the identity provider's groups give count while a web session that brought them lives, those
    of Slack's user groups while what Slack told of them is fresh.
    Reads the rows each time; `Surroundings.user` keeps the answer for a moment.
    """
    async with database.tenant(tenant.id) as session:
        person = await users.get_person(session, user_id)
        if person is None:
            raise NotAllowed(f"There is no such user in {tenant.name} any more.")
        return await _as_of_now(session, registry, _active(person, tenant), now or datetime.now(UTC))


async def find_linked(
    database: Database,
    registry: Registry,
    tenant: Tenant,
    surface: str,
    external_id: str,
    email: str | None = None,
) -> User:
    """Return the person behind a chat account; NotLinked says how to link it.

    Give `email` only when the surface itself vouches that it is verified: it makes the link.
    """
    async with database.tenant(tenant.id) as session:
        person = await _linked(session, tenant, surface, external_id, email)
        return await _as_of_now(session, registry, person, datetime.now(UTC))


async def find_linked_id(
    database: Database, tenant: Tenant, surface: str, external_id: str, email: str | None = None
) -> str:
    """Return the id of the active person behind a chat account, as `find_linked` does.

    For a surface that is told each person's rights by `Surroundings.user`, which reads them less often.
    """
    async with database.tenant(tenant.id) as session:
        return (await _linked(session, tenant, surface, external_id, email)).id


async def _linked(
    session: Session, tenant: Tenant, surface: str, external_id: str, email: str | None
) -> users.Person:
    known = await links.get_account(session, surface, external_id)
    if known.cut:
        raise NotAllowed(CUT.format(surface=surface))
    if known.person is not None:
        return _active(known.person, tenant)
    if email and (person := await _link_by_email(session, surface, external_id, email)):
        return person
    hint = BY_EMAIL.format(email=email) if email else ""
    raise NotLinked(NO_ACCOUNT.format(surface=surface, external_id=external_id, email=hint))


def _active(person: users.Person, tenant: Tenant) -> users.Person:
    if not person.active:
        raise NotAllowed(NOT_ACTIVE.format(name=person.name, tenant=tenant.name))
    return person


async def _as_of_now(session: Session, registry: Registry, person: users.Person, now: datetime) -> User:
    """Read all that gives the person rights."""
    held = await find_all_rights(session, person.id, now=now, idle=now - IDLE, since=now - TRUSTED)
    return with_rights(person, held, registry)


async def link_by_words(
    database: Database, registry: Registry, tenant: Tenant, surface: str, external_id: str, words: str
) -> str | None:
    """Link a chat account when its message is `link CODE`, and say so; None for any other message.

    Every surface asks this before it asks who somebody is. Safe to ask twice for one message.
    """
    code = code_in(words)
    if code is None:
        return None
    try:
        user = await find_linked(database, registry, tenant, surface, external_id)
    except NotLinked:
        user_id = await redeem_code(database, tenant, surface, external_id, code)
        user = await get_user(database, registry, tenant, user_id)
        return f"Done. I know you as {user.name} now; say `help` to see what you may do."
    return f"You are linked already: I know you as {user.name}."


async def _link_by_email(session: Session, surface: str, external_id: str, email: str) -> users.Person | None:
    person = await users.get_person_by_email(session, email)
    if person is None or not person.active:
        return None
    await do_link(session, surface, external_id, person.id, how="email", by=person.id)
    return person


def with_rights(person: users.Person, held: Iterable[grants.HeldRight], registry: Registry) -> User:
    """Return the User with what these grants give."""
    known = tuple(held)
    return User(
        id=person.id,
        name=person.name,
        email=person.email,
        roles=frozenset(one.role for one in known),
        rights=rights_of(known, registry),
    )


def rights_of(held: Iterable[grants.HeldRight], registry: Registry) -> Mapping[str, Right]:
    """Return each permission's reach: the union of its grants, each under its own limits.

    Permissions that no loaded plugin declares are left out.
    """
    known = {name for info in registry.plugins.values() for name in info.permissions}
    rights: dict[str, Right] = {}
    for one in held:
        if one.permission in known:
            right = Right(
                scope=Scope(frozenset({one.area})), max_amount=one.max_amount, max_count=one.max_count
            )
            old = rights.get(one.permission)
            rights[one.permission] = right if old is None else old.plus(right)
    return MappingProxyType(rights)


def _everywhere(found: Mapping[str, Sequence[RolePermission]]) -> list[grants.HeldRight]:
    """Return what roles give that somebody else vouches for: they are not narrowed to an area."""
    return [
        grants.HeldRight(
            role=role,
            permission=one.permission,
            area=Area(),
            max_amount=one.max_amount,
            max_count=one.max_count,
        )
        for role, permissions in found.items()
        for one in permissions
    ]


async def with_more_roles(
    database: Database, registry: Registry, tenant: Tenant, user: User, roles: frozenset[str]
) -> User:
    """Return the person with these roles too, everywhere: a role provider vouches for them."""
    if not roles - user.roles:
        return user
    async with database.tenant(tenant.id) as session:
        found = await find_permissions(session, roles)
    added = rights_of(_everywhere(found), registry)
    both = dict(user.rights)
    for name, right in added.items():
        both[name] = both[name].plus(right) if name in both else right
    return replace(user, roles=user.roles | found.keys(), rights=MappingProxyType(both))
