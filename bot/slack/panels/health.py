"""Panel: how the workspace is: plugins set aside, systems that do not answer, settings that do not fit."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.findings import Finding
from bot.slack.panels.blocks import divider, esc, line, row, small, to
from bot.slack.panels.plugs import cards_of
from bot.slack.panels.screen import Page, Screen, Visit
from bot.slack.parts import Block

MOST = 80


async def health(visit: Visit) -> Page:
    """Show what is wrong first, then what is well."""
    aside = [
        Finding(says=f"{one.name} was set aside", mend=one.broken)
        for one in await cards_of(visit)
        if one.broken
    ]
    found = [*aside, *await visit.office.findings(visit.question)]
    bad = [one for one in found if one.mend]
    well = [one for one in found if not one.mend]
    at = f"Looked at {visit.question.tenant.name} just now."
    head = f":warning: *{len(bad)} to look at*" if bad else ":white_check_mark: *All is well*"
    blocks: list[Block] = [line(head, to("health", "Look again")), *small(esc(at))]
    blocks += [
        line(f"{':x:' if one.fatal else ':warning:'} *{esc(one.says)}*\n{esc(one.mend)}")
        for one in bad[: MOST // 2]
    ]
    if bad and well:
        blocks.append(divider())
    blocks += [line(f":white_check_mark: {esc(one.says)}") for one in well[: MOST // 2]]
    blocks += row(to("plugins", "Plugins"))
    return Page(title="Health", blocks=blocks)


SCREENS: Mapping[str, Screen] = {"health": health}
