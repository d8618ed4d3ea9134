"""Panel: the plugins, on and off, what each gives and whether it works."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.contract.platform import HealthLine, PluginCard
from bot.errors import NotFound, UserError
from bot.slack.panels.blocks import divider, esc, line, paging, row, small, text, to
from bot.slack.panels.screen import Page, Screen, Visit, Wish
from bot.slack.parts import Block

EACH = 20
STATES = {"on": ":large_green_circle: on", "off": ":white_circle: off", "aside": ":red_circle: set aside"}
TITLE = "Plugins"


def state_of(card: PluginCard) -> str:
    """Return how a plugin stands."""
    if card.broken:
        return STATES["aside"]
    return STATES["on"] if card.on else f"{STATES['off']}, {esc(card.trial)}" if card.trial else STATES["off"]


async def cards_of(visit: Visit) -> Sequence[PluginCard]:
    """Return all plugins, those that are on first."""
    found: Sequence[PluginCard] = (await visit.read("admin_plugins")).data
    return sorted(found, key=lambda one: (bool(one.broken), not one.on, one.name))


async def plugins(visit: Visit) -> Page:
    """List them."""
    found = await cards_of(visit)
    page = min(visit.number, max(0, -(-len(found) // EACH) - 1))
    blocks: list[Block] = [
        *small(f"{sum(one.on for one in found)} of {len(found)} are on. Off means: not there, for nobody.")
    ]
    for at, one in enumerate(found[page * EACH : (page + 1) * EACH]):
        said = f"*{esc(one.name)}* · {state_of(one)}\n{esc(one.broken or one.about)}"
        blocks.append(line(said, to("plugin", "Open", one.name, at)))
    blocks += paging("plugins", page, len(found), EACH)
    return Page(title=TITLE, blocks=blocks, state={"page": page})


async def plugin(visit: Visit) -> Page:
    """Show one: what it gives, and what can be done with it."""
    name = visit.named("name")
    card = {one.name: one for one in await cards_of(visit)}.get(name)
    if card is None:
        raise NotFound(f"There is no plugin “{name[:60]}” any more.")
    blocks = [line(f"*{esc(card.name)}* · {state_of(card)}\n{esc(card.broken or card.about)}")]
    if card.needs:
        blocks += small(f"Needs {esc(', '.join(card.needs))}.")
    if not card.broken:
        sections = await visit.office.sections(visit.question, name)
        blocks += row(
            to("plugin-off", "Turn off", name, style="danger")
            if card.on
            else to("plugin-on", "Turn on", name, style="primary"),
            *(to("settings", settings_label(one, name), one, at) for at, one in enumerate(sections[:5])),
            to("plugin-try", "Test it now", name) if card.on else None,
        )
    if visit.state.get("tried") and card.on:
        blocks += await _health(visit, name)
    if card.permissions:
        blocks += [divider(), *text(_gives(card.permissions))]
    blocks += row(to("plugins", "All plugins"))
    return Page(title=TITLE, blocks=blocks, state={"screen": "plugin", "name": name})


def settings_label(section: str, plugin_name: str) -> str:
    """Return what the button of a section of settings says."""
    return "Settings" if section == plugin_name else f"Settings of {section.partition('.')[2]}"


def _gives(permissions: Mapping[str, str]) -> str:
    lines = [f"• {esc(meaning)} (`{esc(name)}`)" for name, meaning in permissions.items()]
    return "\n".join(["*What roles can be allowed with it*", *lines])


async def _health(visit: Visit, name: str) -> list[Block]:
    """Return whether what it depends on answers; who may not know sees nothing of it."""
    try:
        lines: Sequence[HealthLine] = (await visit.read("admin_health")).data or ()
    except UserError as error:
        return list(small(esc(str(error))))
    mine = [one for one in lines if one.plugin == name]
    return list(health_lines(mine)) or list(small("It has nothing to test: it depends on no other system."))


def health_lines(lines: Sequence[HealthLine]) -> Iterator[Block]:
    """Yield what health checks say."""
    for one in lines:
        sign, said = (
            (":white_check_mark:", one.detail) if one.ok else (":x:", one.detail or "no reason given")
        )
        yield line(f"{sign} *{esc(one.plugin)}*, {esc(one.check)}{f': {esc(said)}' if said else ''}")


async def plugin_try(visit: Visit) -> Page:
    """Test it, and show how that went."""
    return await plugin(visit.at(name=visit.named("name"), tried=1))


async def plugin_on(visit: Visit) -> Wish:
    """Turn it on."""
    return _switch(visit, "admin_enable_plugin", "Turn on")


async def plugin_off(visit: Visit) -> Wish:
    """Turn it off."""
    return _switch(visit, "admin_disable_plugin", "Turn off")


def _switch(visit: Visit, action_id: str, label: str) -> Wish:
    name = visit.named("name")
    return Wish(
        action_id=action_id, args={"name": name}, label=label, back={"screen": "plugin", "name": name}
    )


SCREENS: Mapping[str, Screen] = {
    "plugins": plugins,
    "plugin": plugin,
    "plugin-try": plugin_try,
    "plugin-on": plugin_on,
    "plugin-off": plugin_off,
}
