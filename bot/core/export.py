"""A tenant's configuration as JSON, and back: plugins, settings (no secrets), roles, grants, rules."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.contract.people import User
from bot.core import settings, switch
from bot.core.channels import rule_to_json
from bot.core.export_plan import area_to_json, plan, policy_to_json
from bot.core.export_read import Wanted, read_wanted
from bot.core.export_slack import slack_to_json
from bot.core.export_sso import sso_to_json
from bot.core.journal import note
from bot.core.surroundings import Surroundings
from bot.core.validate import secret_fields
from bot.db import channels, grants, plugins, policies, roles, users
from bot.db import settings as setting_rows
from bot.db.session import Session

FORM = "backhaul-tenant-1"


async def export_tenant(around: Surroundings) -> dict[str, Any]:
    """Return the configuration; no secret, no break-glass grant, nothing of customers."""
    async with around.database.tenant(around.tenant.id) as session:
        return {
            "form": FORM,
            "plugins": sorted(s.plugin for s in await plugins.find_switches(session) if s.enabled),
            "ports": await plugins.find_choices(session),
            "settings": await _settings(session, around),
            "roles": await _roles(session),
            "people": await _people(session),
            "grants": await _grants(session, around.now()),
            "policies": [policy_to_json(one) for one in await policies.find_all_policies(session)],
            "channels": [rule_to_json(one) for one in await channels.find_rules(session)],
            "sso": await sso_to_json(session),
            **await slack_to_json(session),
        }


async def _settings(session: Session, around: Surroundings) -> dict[str, dict[str, Any]]:
    """Return what was saved of each section, without the fields that are or may be secret."""
    known = settings.sections(around.registry)
    return {
        saved.section: {
            name: value
            for name, value in sorted(saved.body.items())
            if saved.section in known and name not in secret_fields(known[saved.section])
        }
        for saved in await setting_rows.find_settings(session)
    }


async def _roles(session: Session) -> dict[str, dict[str, Any]]:
    return {
        role.name: {
            "about": role.about,
            "permissions": {
                p.permission: {
                    name: value
                    for name, value in (("max_amount", p.max_amount), ("max_count", p.max_count))
                    if value is not None
                }
                for p in role.permissions
            },
        }
        for role in await roles.find_roles(session)
    }


async def _people(session: Session) -> list[dict[str, Any]]:
    """Return people by e-mail address; one without an address cannot be named elsewhere."""
    found = await users.find_people(session, limit=100_000)
    people = [{"email": one.email, "name": one.name, "active": one.active} for one in found if one.email]
    return sorted(people, key=lambda one: str(one["email"]))


async def _grants(session: Session, now: datetime) -> list[dict[str, Any]]:
    emails = {one.id: one.email for one in await users.find_people(session, limit=100_000)}
    found = [
        {
            "email": emails[one.user_id],
            "role": one.role,
            "area": area_to_json(one.area),
            "reason": one.reason,
            "expires_at": one.expires_at.isoformat() if one.expires_at else None,
        }
        for one in await grants.find_grants(session, now, limit=100_000)
        if not one.break_glass and emails.get(one.user_id)
    ]
    return sorted(found, key=str)


async def import_tenant(around: Surroundings, values: object, *, by: str, dry_run: bool = False) -> list[str]:
    """Bring a tenant to what an exported file says; return what changes, line by line.

    The file is checked whole before anything is changed. Parts it does not have are left alone,
    secrets always. Plugins are switched first; all the rest is one transaction.
    """
    wanted = read_wanted(values)
    for name in wanted.plugins or ():
        switch.check_known(around.registry, name)
    on, off = await _switches(around, wanted)
    lines = [f"+ plugin {name}" for name in on] + [f"- plugin {name}" for name in off]
    async with around.database.tenant(around.tenant.id) as session:
        steps = await plan(session, around, wanted, by)
    if dry_run:
        return lines + [step.line for step in steps]
    doer = User(id=by, name=by)
    for name in on:
        await switch.enable(around, name, by=doer)
    for name in off:
        await switch.disable(around, name, by=doer)
    async with around.database.tenant(around.tenant.id) as session:
        steps = await plan(session, around, wanted, by)  # plugins gave their defaults: look again
        for step in steps:
            await step.apply(session)
        lines += [step.line for step in steps]
        if lines:
            text = f"imported a configuration: {len(lines)} changes"
            await note(session, event="config.imported", by=by, text=text, facts={"changes": lines})
    around.forget()
    return lines


async def _switches(around: Surroundings, wanted: Wanted) -> tuple[list[str], list[str]]:
    """Return what to turn on, and what to turn off in an order that nothing is needed any more."""
    if wanted.plugins is None:
        return [], []
    enabled = (await around.view()).enabled
    on = [name for name in wanted.plugins if name not in enabled]
    kept = {need for name in wanted.plugins for need in switch.wanted_by(around.registry, name)}
    order = [one for name in sorted(enabled - kept) for one in switch.wanted_by(around.registry, name)]
    off = [name for name in dict.fromkeys(reversed(order)) if name in enabled and name not in kept]
    return on, off
