"""The people of a workbench: each with a role of their own, made in one go."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.contract.people import User
from bot.contract.scope import Area
from bot.core.identity import with_rights
from bot.core.journal import note
from bot.core.roles import check_permission
from bot.db import grants, roles, users
from bot.db.grants import ANYWHERE, HeldRight, NewGrant
from bot.db.roles import RolePermission
from bot.db.session import Session
from bot.host.registry import Registry

BY = "bench"


async def nothing_lost() -> None:
    """Say that the lease holds: a test's own process owns its calls."""


def permits(registry: Registry, permissions: Iterable[str], **limits: int | None) -> list[RolePermission]:
    """Return these permissions within these limits per call; NotFound for one that no plugin declares."""
    wanted = sorted(set(permissions))
    for permission in wanted:
        check_permission(registry, permission)
    return [RolePermission(permission=permission, **limits) for permission in wanted]


async def do_add_holder(
    session: Session, registry: Registry, name: str, held: Sequence[RolePermission], area: Area = ANYWHERE
) -> User:
    """Add a person with a role of their own that may do this, and return them as reading them would.

    As an admin would, but in few words to the database: every test begins with three people.
    """
    email = f"{name.lower().replace(' ', '.')}@bench.example"
    made = await users.do_add_person(session, name=name, email=email)
    role = f"role_{os.urandom(4).hex()}"
    await roles.do_add_role(session, name=role, about=f"What {name} may do")
    await roles.do_allow_all(session, role, held)
    await grants.do_grant(session, NewGrant(user_id=made.id, role=role, by=BY, area=area))
    text = f"added {name} with the role {role}"
    await note(session, event="user.added", by=BY, text=text, facts={"user": made.id})
    empty = HeldRight(role=role, permission="", area=area, max_amount=None, max_count=None)
    rights = [replace(empty, **vars(one)) for one in held]
    return with_rights(made, rights or [empty], registry)
