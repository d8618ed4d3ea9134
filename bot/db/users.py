"""Platform users: the people of one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.ids import uuid_of
from bot.errors import Conflict, NotFound


@dataclass(frozen=True, kw_only=True)
class Person:
    """One platform user; `email` is empty when unknown."""

    id: str
    name: str
    email: str
    active: bool

    @classmethod
    def of(cls, row: Row[Any]) -> Person:
        """Read a row of `users`."""
        return cls(id=str(row.id), name=row.name, email=row.email or "", active=row.active)


COLUMNS = "id, name, email, active"


async def get_person(session: AsyncSession, user_id: str) -> Person | None:
    """Return the person, active or not."""
    if (known := uuid_of(user_id)) is None:
        return None
    row = (
        await session.execute(
            text(f"select {COLUMNS} from users where id = cast(:id as uuid)"),  # noqa: S608 - a constant
            {"id": known},
        )
    ).one_or_none()
    return Person.of(row) if row else None


async def get_person_by_email(session: AsyncSession, email: str) -> Person | None:
    """Return the person with this e-mail address, whatever its case."""
    row = (
        await session.execute(
            text(f"select {COLUMNS} from users where lower(email) = lower(:email)"),  # noqa: S608 - a constant
            {"email": email.strip()},
        )
    ).one_or_none()
    return Person.of(row) if row else None


async def find_people(session: AsyncSession, words: str = "", limit: int = 50) -> list[Person]:
    """Return people whose name or e-mail contains the words; those that match whole come first."""
    rows = await session.execute(
        text(
            f"select {COLUMNS} from users "  # noqa: S608 - a constant
            "where :words = '' or strpos(lower(name), lower(:words)) > 0 "
            "or strpos(lower(coalesce(email, '')), lower(:words)) > 0 or id::text = lower(:words) "
            "order by :words = '' or not (lower(name) = lower(:words) or lower(email) is not distinct from "
            "lower(:words) or id::text = lower(:words)), active desc, name, id limit :limit"
        ),
        {"words": words.strip(), "limit": limit},
    )
    return [Person.of(row) for row in rows]


async def find_by_ids(session: AsyncSession, user_ids: Sequence[str]) -> list[Person]:
    """Return these people, active or not, by name."""
    rows = await session.execute(
        text(f"select {COLUMNS} from users where id = any (cast(:ids as uuid[])) order by name, id"),  # noqa: S608 - a constant
        {"ids": [found for one in user_ids if (found := uuid_of(one)) is not None]},
    )
    return [Person.of(row) for row in rows]


async def do_add_person(session: AsyncSession, *, name: str, email: str = "") -> Person:
    """Add a person who holds nothing yet; Conflict when the e-mail is somebody's."""
    row = (
        await session.execute(
            text(
                "insert into users (name, email) values (:name, nullif(:email, '')) "  # noqa: S608 - a constant
                f"on conflict (tenant_id, lower(email)) do nothing returning {COLUMNS}"
            ),
            {"name": name.strip(), "email": email.strip()},
        )
    ).one_or_none()
    if row is None:
        raise Conflict(f"{email} already belongs to another user here.")
    return Person.of(row)


async def do_set_active(session: AsyncSession, user_id: str, *, active: bool) -> Person:
    """Activate or deactivate; a deactivated person can do nothing at all."""
    row = (
        await session.execute(
            text(
                f"update users set active = :active where id = cast(:id as uuid) returning {COLUMNS}"  # noqa: S608 - a constant
            ),
            {"id": uuid_of(user_id), "active": active},
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such user here.")
    return Person.of(row)
