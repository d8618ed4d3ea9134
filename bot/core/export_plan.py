"""What has to change so that a tenant is configured as a file says: one line and one deed per change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.contract.scope import DIMENSIONS, Area
from bot.core import settings
from bot.core.channels import check_names, do_put, rule_of
from bot.core.export_read import GrantPart, PolicyPart, RolePart, Wanted
from bot.core.export_slack import plan_slack
from bot.core.export_sso import plan_sso
from bot.core.surroundings import Surroundings
from bot.core.validate import secret_fields
from bot.db import channels, grants, plugins, policies, roles, users, web_sessions
from bot.db import settings as setting_rows
from bot.db.grants import NewGrant
from bot.db.policies import Policy
from bot.db.roles import RolePermission
from bot.db.session import Session
from bot.errors import BadInput

MANY = 100_000


@dataclass(frozen=True)
class Step:
    """One change: how it reads, and how it is made."""

    line: str
    apply: Callable[[Session], Awaitable[object]]


async def plan(session: Session, around: Surroundings, wanted: Wanted, by: str) -> list[Step]:
    """Return the steps in the order they must be made; BadInput when the file contradicts itself."""
    return [
        *await _ports(session, wanted, by),
        *await _settings(session, around, wanted, by),
        *await _roles(session, around, wanted),
        *await _people(session, wanted),
        *await _grants(session, wanted, around.now(), by),
        *await _policies(session, wanted, by),
        *await _channels(session, around, wanted, by),
        *await _sso(session, wanted, by),
        *[Step(*one) for one in await plan_slack(session, around.registry, wanted, by)],
    ]


async def _sso(session: Session, wanted: Wanted, by: str) -> list[Step]:
    if wanted.sso is None:
        return []
    known = {role.name for role in await roles.find_roles(session)} | (wanted.roles or {}).keys()
    return [Step(*one) for one in await plan_sso(session, wanted.sso.provider(), known, by)]


async def _ports(session: Session, wanted: Wanted, by: str) -> list[Step]:
    if wanted.ports is None:
        return []
    now = await plugins.find_choices(session)
    changed = [(port, to) for port, to in sorted(wanted.ports.items()) if now.get(port) != to]
    gone = sorted(now.keys() - wanted.ports.keys())
    steps = [
        Step(f"~ port {port}: {now.get(port, 'default')} -> {to}", partial(_choose, port=port, to=to, by=by))
        for port, to in changed
    ]
    return steps + [
        Step(f"- port {port}: back to the default", partial(_choose, port=port, to=None, by=by))
        for port in gone
    ]


async def _choose(session: Session, *, port: str, to: str | None, by: str) -> None:
    await plugins.do_choose(session, port, to, by=by)


async def _settings(session: Session, around: Surroundings, wanted: Wanted, by: str) -> list[Step]:
    if wanted.settings is None:
        return []
    saved = {one.section: one for one in await setting_rows.find_settings(session)}
    steps: list[Step] = []
    for section, values in sorted(wanted.settings.items()):
        model = settings.model_of(around.registry, section)
        if hidden := sorted(secret_fields(model) & values.keys()):
            raise BadInput(
                f"settings.{section}.{hidden[0]} is a secret; secrets are set by hand, not imported."
            )
        body = {name: settings.check_value(model, section, name, value) for name, value in values.items()}
        old = dict(saved[section].body) if section in saved else {}
        sealed = dict(saved[section].sealed) if section in saved else {}
        settings.check_whole(model, body, sealed)
        changed = sorted(name for name in old.keys() | body.keys() if old.get(name) != body.get(name))
        if changed:
            save = partial(_save, section=section, body=body, sealed=sealed, by=by)
            steps.append(Step(f"~ settings {section}: {', '.join(changed)}", save))
    return steps


async def _save(
    session: Session, *, section: str, body: dict[str, Any], sealed: dict[str, str], by: str
) -> None:
    await setting_rows.do_save_settings(session, section, body=body, sealed=sealed, by=by)


async def _roles(session: Session, around: Surroundings, wanted: Wanted) -> list[Step]:
    if wanted.roles is None:
        return []
    known = {p for info in around.registry.plugins.values() for p in info.permissions}
    there = {role.name: role for role in await roles.find_roles(session)}
    steps: list[Step] = []
    for name, part in sorted(wanted.roles.items()):
        if unknown := sorted(part.permissions.keys() - known):
            raise BadInput(f"roles.{name}: no plugin here declares the permission {unknown[0]}.")
        if name not in there:
            steps.append(Step(f"+ role {name}", partial(roles.do_add_role, name=name, about=part.about)))
        steps += _permissions(name, part, there.get(name))
    for name, role in there.items():
        if name not in wanted.roles and not role.built_in:
            steps.append(Step(f"- role {name}", partial(roles.do_remove_role, name=name)))
    return steps


def _permissions(name: str, part: RolePart, there: roles.Role | None) -> list[Step]:
    now = {p.permission: p for p in there.permissions} if there else {}
    steps: list[Step] = []
    for permission, limits in sorted(part.permissions.items()):
        to = RolePermission(permission=permission, max_amount=limits.max_amount, max_count=limits.max_count)
        if now.get(permission) != to:
            sign = "~" if permission in now else "+"
            steps.append(
                Step(f"{sign} role {name}: {permission}", partial(roles.do_allow, role=name, permission=to))
            )
    steps += [
        Step(f"- role {name}: {gone}", partial(roles.do_forbid, role=name, permission=gone))
        for gone in sorted(now.keys() - part.permissions.keys())
    ]
    return steps


async def _people(session: Session, wanted: Wanted) -> list[Step]:
    """People are added and (de)activated, never removed: the audit speaks of them."""
    there = {one.email.lower(): one for one in await users.find_people(session, limit=MANY)}
    steps: list[Step] = []
    for part in wanted.people or ():
        old = there.get(part.email.lower())
        if old is None:
            steps.append(
                Step(f"+ user {part.email}", partial(users.do_add_person, name=part.name, email=part.email))
            )
        if (old.active if old else True) != part.active:
            verb = "activate" if part.active else "deactivate"
            steps.append(Step(f"~ user {part.email}: {verb}", partial(_activate, part.email, part.active)))
    return steps


async def _activate(email: str, active: bool, session: Session) -> None:
    person = await users.get_person_by_email(session, email)
    if person is not None:
        await users.do_set_active(session, person.id, active=active)
        if not active:
            await web_sessions.do_end_sessions(session, person.id)


async def _grants(session: Session, wanted: Wanted, now: datetime, by: str) -> list[Step]:
    if wanted.grants is None:
        return []
    people = {one.id: one.email.lower() for one in await users.find_people(session, limit=MANY)}
    there = {
        (people.get(one.user_id, ""), one.role, one.area, one.expires_at): one
        for one in await grants.find_grants(session, now, limit=MANY)
        if not one.break_glass and people.get(one.user_id)
    }
    asked = {(p.email.lower(), p.role, p.area.area(), p.expires_at): p for p in wanted.grants}
    _check_grants(asked.values(), set(people.values()), wanted)
    added = [
        Step(f"+ grant {part.role} to {part.email}{_where(part.area.area())}", partial(_grant, part, by))
        for key, part in asked.items()
        if key not in there and not (part.expires_at and part.expires_at <= now)
    ]
    return added + [
        Step(
            f"- grant {one.role} from {key[0]}{_where(one.area)}",
            partial(grants.do_revoke, grant_id=one.id, by=by, now=now),
        )
        for key, one in there.items()
        if key not in asked
    ]


def _check_grants(parts: Any, emails: set[str], wanted: Wanted) -> None:
    """Raise BadInput for grants to people who are neither here nor in the file."""
    known = emails | {one.email.lower() for one in wanted.people or ()}
    for part in parts:
        if part.email.lower() not in known:
            raise BadInput(f"grants: {part.email} is neither a user here nor in the file's people.")


def _where(area: Area) -> str:
    return "".join(f", {name} {'/'.join(names)}" for name, names in area_to_json(area).items())


async def _grant(part: GrantPart, by: str, session: Session) -> None:
    person = await users.get_person_by_email(session, part.email)
    if person is None:
        raise BadInput(f"There is no user {part.email} here.")
    if part.role not in {role.name for role in await roles.find_roles(session)}:
        raise BadInput(f"There is no role {part.role} here.")
    await grants.do_grant(
        session,
        NewGrant(
            user_id=person.id,
            role=part.role,
            by=by,
            area=part.area.area(),
            reason=part.reason,
            expires_at=part.expires_at,
        ),
    )


async def _policies(session: Session, wanted: Wanted, by: str) -> list[Step]:
    if wanted.policies is None:
        return []
    there = [(policy_to_json(one), one.id) for one in await policies.find_all_policies(session)]
    asked = [policy_of(part) for part in wanted.policies]
    shapes = [policy_to_json(one) for one in asked]
    added = [
        Step(f"+ policy {one.action}", partial(policies.do_add_policy, policy=one, by=by))
        for one, shape in zip(asked, shapes, strict=True)
        if shape not in [old for old, _ in there]
    ]
    return added + [
        Step(f"- policy {old['action']}", partial(policies.do_drop_policy, policy_id=one))
        for old, one in there
        if old not in shapes
    ]


async def _channels(session: Session, around: Surroundings, wanted: Wanted, by: str) -> list[Step]:
    if wanted.channels is None:
        return []
    there = {(one.surface, one.channel): one for one in await channels.find_rules(session)}
    asked = [rule_of(part) for part in wanted.channels]
    for rule in asked:
        check_names(around.registry, rule.only)
    changed = [rule for rule in asked if there.get((rule.surface, rule.channel)) != rule]
    gone = there.keys() - {(rule.surface, rule.channel) for rule in asked}
    return [
        *(Step(f"~ channel rule: {one.words}", partial(do_put, rule=one, by=by)) for one in changed),
        *(
            Step(
                f"- channel rule: {there[key].words}",
                partial(channels.do_clear_rule, surface=key[0], channel=key[1]),
            )
            for key in sorted(gone)
        ),
    ]


def policy_of(part: PolicyPart) -> Policy:
    """Return a policy as the core keeps it."""
    return Policy(
        **part.model_dump(exclude={"expires_after", "remind_after"}),
        expires_after=timedelta(seconds=part.expires_after) if part.expires_after else None,
        remind_after=timedelta(seconds=part.remind_after) if part.remind_after else None,
    )


def policy_to_json(one: Policy) -> dict[str, Any]:
    """Return a policy without its id; durations in seconds."""
    values = {
        "action": one.action,
        "needs": one.needs,
        "min_amount": one.min_amount,
        "min_hits": one.min_hits,
        "given": one.given or None,
        "approver_role": one.approver_role,
        "on_call": one.on_call,
        "expires_after": seconds(one.expires_after),
        "remind_after": seconds(one.remind_after),
        "note": one.note or None,
    }
    return {name: value for name, value in values.items() if value is not None}


def seconds(length: timedelta | None) -> float | None:
    """Return a duration in seconds."""
    return length.total_seconds() if length else None


def area_to_json(area: Area) -> dict[str, list[str]]:
    """Return an area without the dimensions that are not narrowed."""
    return {name: sorted(names) for name in DIMENSIONS if (names := getattr(area, name)) is not None}
