"""The people of a workspace as every plugin may see them: names and addresses, nothing to change."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar

from bot.contract.platform import Member
from bot.core import policies
from bot.core.platform_people import PlatformPeople
from bot.core.surroundings import Surroundings
from bot.db import users
from bot.db.users import Person


class CoreStaff:
    """One per tenant, behind the port `staff`."""

    port_name: ClassVar[str] = "staff"
    source = "Backhaul"

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._people = PlatformPeople(around)

    async def applied(self, key: str) -> bool:  # noqa: ARG002 - as every port has it
        """Say no: nothing is changed through it."""
        return False

    async def find(self, words: str = "", limit: int = 50) -> Sequence[Member]:
        """Return people by name or e-mail, whole matches first; the deactivated too."""
        return await self._people.people(words, limit)

    async def get_all(self, ids: Collection[str]) -> Sequence[Member]:
        """Return those of these people who are or were here, by name."""
        if not ids:
            return []
        async with self._around.database.tenant(self._around.tenant.id) as session:
            return [_member(one) for one in await users.find_by_ids(session, sorted(ids))]

    async def find_policies(self, team: str) -> Sequence[str]:
        """Return the approval policies that ask for a yes of whoever is on call for a team, in words."""
        found = await policies.find_on_call(self._around.database, self._around.tenant, team)
        shown = [policies.titled(self._around.registry, one) for one in found]
        return [f"{one.id}: {one.words(self._around.tenant.currency)}" for one in shown]


def _member(one: Person) -> Member:
    return Member(id=one.id, name=one.name, email=one.email, active=one.active)
