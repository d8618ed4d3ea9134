"""The people of a workbench: each with a role of their own, made in one go."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from bot.contract.scope import Area
from bot.core.journal import note
from bot.core.roles import check_permission
from bot.db import grants, roles, users
from bot.db.grants import ANYWHERE, NewGrant
from bot.db.roles import RolePermission
from bot.db.session import Session
from bot.host.registry import Registry

BY = "bench"


def permits(registry: Registry, permissions: Iterable[str], **limits: int | None) -> list[RolePermission]:
    """Return these permissions within these limits per call; NotFound for one that no plugin declares."""
    wanted = sorted(set(permissions))
    for permission in wanted:
        check_permission(registry, permission)
    return [RolePermission(permission=permission, **limits) for permission in wanted]


async def do_add_holder(
    session: Session, name: str, held: Sequence[RolePermission], area: Area = ANYWHERE
) -> str:
    """Add a person with a role of their own that may do this, and return their id.

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
    return made.id
