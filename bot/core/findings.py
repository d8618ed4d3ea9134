"""What is wrong with how a tenant is set up, and how to mend it: for `backhaul check` and for its admins."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.on_call_policies import find_broken
from bot.core.plugin_health import check_health
from bot.core.surroundings import Surroundings
from bot.core.switch import find_news
from bot.core.trial import words
from bot.errors import UserError


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at; `mend` is empty when all is well. `fatal`: it keeps something from working."""

    says: str
    mend: str = ""
    fatal: bool = True


async def find_findings(around: Surroundings) -> list[Finding]:
    """Look at a tenant's plugins, their settings, permissions and health, and at its policies."""
    state = await around.state()
    found = [Finding(says=f"{len(state.view.enabled)} plugins on")]
    for name in sorted(state.view.enabled):
        try:
            state.settings(name)
        except UserError as error:
            found.append(Finding(says=f"settings of {name} do not fit", mend=str(error)))
    tried = await words(around, around.now())
    found += [Finding(says=f"{name} is {told}") for name, told in tried.items()]
    found += [
        Finding(says=f"{policy} can be agreed to by nobody", mend=why)
        for policy, why in await find_broken(around)
    ]
    return [*found, *await _news(around), *await _health(around)]


async def _news(around: Surroundings) -> list[Finding]:
    """Name the permissions that plugins have brought since they were turned on, and nobody was given."""
    async with around.database.tenant(around.tenant.id) as session:
        news = await find_news(session, around.registry)
    found = []
    for name, pairs in sorted(news.items()):
        given = ", ".join(sorted({permission for _, permission in pairs}))
        slug = around.tenant.slug
        mend = f"Give them to the roles they are for: backhaul plugins enable {name} --tenant {slug}"
        found.append(Finding(says=f"{name} has permissions that are new: {given}", mend=mend, fatal=False))
    return found


async def _health(around: Surroundings) -> list[Finding]:
    """Say of each connector whether it is well."""
    found = []
    for one in await check_health(around):
        says = f"{one.plugin}, {one.check}: {'well' if one.ok else 'unwell'}"
        mend = "" if one.ok else one.detail or "It does not say why; look into its log."
        found.append(Finding(says=says, mend=mend, fatal=False))
    return found
