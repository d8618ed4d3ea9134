"""The platform's people: members, roles, grants and linked accounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.contract.action import Action, Approval
from bot.contract.people import User
from bot.contract.platform import Allowed, Deed, GrantCard, GrantWish, Holder, LinkCode, Member, RoleCard
from bot.contract.port import Effect
from bot.core import grants, links, people, roles
from bot.core.deeds import find_deeds, near_deeds
from bot.core.holders import find_holders
from bot.core.platform_cards import grant_card, role_card
from bot.core.policy import doing
from bot.core.roles import GUARDED
from bot.core.surroundings import Surroundings
from bot.db import grants as grant_rows
from bot.db import roles as role_rows
from bot.db import users
from bot.db.grants import Grant, NewGrant
from bot.db.roles import RolePermission
from bot.errors import NotAllowed
from bot.host.registry import Owned


def as_deed(owned: Owned[Action]) -> Deed:
    """Return an action for people to name a right by."""
    return Deed(
        action_id=owned.id,
        does=doing(owned.item),
        permission=owned.item.permission,
        reads_only=owned.item.reads_only,
        agreed=owned.item.approval > Approval.SELF,
    )


class PlatformPeople:
    """Who is here and what they may do. Every write checks the lease right before it changes anything."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._database = around.database
        self._tenant = around.tenant

    async def people(self, words: str = "", limit: int = 50) -> Sequence[Member]:
        """Return people by name or e-mail, whole matches first."""
        async with self._database.tenant(self._tenant.id) as session:
            found = await users.find_people(session, words, limit)
            held = await grant_rows.find_grants(session, self._around.now())
        return [
            Member(
                id=one.id,
                name=one.name,
                email=one.email,
                active=one.active,
                roles=tuple(sorted({g.role for g in held if g.user_id == one.id})),
            )
            for one in found
        ]

    async def add_person(self, effect: Effect, by: User, name: str, email: str) -> Member:
        """Add a person who may do nothing yet."""
        await effect.check()
        made = await people.add_person(self._database, self._tenant, name=name, email=email, by=by.id)
        return Member(id=made.id, name=made.name, email=made.email, active=True)

    async def set_active(self, effect: Effect, by: User, person_id: str, *, active: bool) -> Member:
        """Activate or deactivate a person; the deactivated lose access at once."""
        if not active:
            await self._check_power(by, person_id)
        await effect.check()
        one = await people.set_active(self._database, self._tenant, person_id, active=active, by=by.id)
        self._around.forget()
        return Member(id=one.id, name=one.name, email=one.email, active=one.active)

    async def roles(self) -> Sequence[RoleCard]:
        """Return every role and what it may do."""
        async with self._database.tenant(self._tenant.id) as session:
            return [role_card(self._around.registry, role) for role in await role_rows.find_roles(session)]

    async def add_role(self, effect: Effect, by: User, name: str, about: str) -> RoleCard:
        """Add a custom role."""
        await effect.check()
        return role_card(
            self._around.registry, await roles.add_role(self._database, self._tenant, name, about, by=by.id)
        )

    async def remove_role(self, effect: Effect, by: User, name: str) -> None:
        """Remove a custom role from everyone."""
        await effect.check()
        await roles.remove_role(self._database, self._tenant, name, by=by.id)
        self._around.forget()

    async def check_allow(self, by: User, role: str, allowed: Allowed) -> RoleCard:
        """Return the role as it is; raise what stands against letting it do more."""
        async with self._database.tenant(self._tenant.id) as session:
            card = role_card(self._around.registry, await roles.get_role(session, role))
        roles.check_handing_out(self._around.registry, by, role, _wanted(allowed))
        return card

    async def allow(self, effect: Effect, by: User, role: str, allowed: Allowed) -> RoleCard:
        """Let a role do something, within limits."""
        await effect.check()
        changed = await roles.allow(
            self._database,
            self._around.registry,
            self._tenant,
            role,
            _wanted(allowed),
            giver=by,
            by=by.id,
            now=self._around.now(),
        )
        self._around.forget()
        return role_card(self._around.registry, changed)

    async def forbid(self, effect: Effect, by: User, role: str, permission: str) -> RoleCard:
        """Take a permission from a role."""
        await effect.check()
        changed = await roles.forbid(self._database, self._tenant, role, permission, by=by.id)
        self._around.forget()
        return role_card(self._around.registry, changed)

    async def grants(self, person_id: str | None = None, role: str | None = None) -> Sequence[GrantCard]:
        """Return the grants in force."""
        now = self._around.now()
        found = await grants.find(self._database, self._tenant, now, user_id=person_id, role=role)
        return await self._named(found)

    async def holders(self, permission: str) -> Sequence[Holder]:
        """Return the active people who hold a permission by a role given to them."""
        async with self._database.tenant(self._tenant.id) as session:
            return await find_holders(session, permission, self._around.now())

    async def find_deeds(self, words: str) -> Sequence[Deed]:
        """Return the actions of plugins that are on that these words name; none for a strange word."""
        return [as_deed(one) for one in find_deeds((await self._around.view()).all(Action), words)]

    async def near_deeds(self, words: str) -> Sequence[Deed]:
        """Return the actions that have some of these words, best first."""
        return [as_deed(one) for one in near_deeds((await self._around.view()).all(Action), words)]

    async def grant(self, effect: Effect, by: User, wish: GrantWish) -> GrantCard:
        """Give a role to a person."""
        await effect.check()
        new = NewGrant(
            user_id=wish.person_id,
            role=wish.role,
            by=by.id,
            area=wish.area,
            reason=wish.reason,
            break_glass=wish.break_glass,
            expires_at=wish.expires_at,
            effect_key=effect.key or None,
        )
        made = await grants.grant(self._database, self._tenant, new, giver=by, now=self._around.now())
        self._around.forget()
        return (await self._named([made]))[0]

    async def check_revoke(self, by: User, grant_id: str) -> GrantCard:
        """Return the grant that would end; raise what stands against it."""
        now = self._around.now()
        over = await grants.check_revoke(self._database, self._tenant, grant_id, giver=by, now=now)
        return (await self._named([over]))[0]

    async def revoke(self, effect: Effect, by: User, grant_id: str) -> GrantCard:
        """End a grant at once."""
        await effect.check()
        over = await grants.revoke(
            self._database, self._tenant, grant_id, by=by.id, giver=by, now=self._around.now()
        )
        self._around.forget()
        return (await self._named([over]))[0]

    async def link_code(self, effect: Effect, by: User, person_id: str) -> LinkCode:
        """Issue a one-time code for a person."""
        await self._check_power(by, person_id)
        await effect.check()
        code, until = await links.issue_code(
            self._database, self._tenant, person_id, by=by.id, now=self._around.now()
        )
        return LinkCode(code=code, expires_at=until)

    async def link(self, effect: Effect, by: User, surface: str, account: str, person_id: str) -> None:
        """Link a chat account to a person."""
        await self._check_power(by, person_id)
        await effect.check()
        await links.link(self._database, self._tenant, surface, account, person_id, by=by.id)

    async def unlink(self, effect: Effect, by: User, surface: str, account: str) -> None:
        """Forget a chat account."""
        await effect.check()
        await links.unlink(self._database, self._tenant, surface, account, by=by.id)

    async def _check_power(self, by: User, person_id: str) -> None:
        """Raise NotAllowed when the other person holds power over the workspace that this one lacks."""
        if person_id == by.id:
            return
        other = await self._around.user(person_id, fresh=True)
        if any(p.startswith(GUARDED) and not by.may(p) for p in other.rights):
            raise NotAllowed(
                f"{other.name} holds more power over this workspace than you. Ask another admin."
            )

    async def _named(self, found: Iterable[Grant]) -> list[GrantCard]:
        async with self._database.tenant(self._tenant.id) as session:
            names = {p.id: p.name for p in await users.find_people(session, limit=1000)}
        return [grant_card(one, names) for one in found]


def _wanted(allowed: Allowed) -> RolePermission:
    return RolePermission(
        permission=allowed.permission, max_amount=allowed.max_amount, max_count=allowed.max_count
    )
