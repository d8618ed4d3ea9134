"""A Home tab as Slack's view: what waits, the day's work, recent questions, what to ask, administration."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from bot.contract.reply import Button
from bot.core.home import Home
from bot.slack import home_parts, mrkdwn, parts
from bot.slack.home_panels import PanelButton
from bot.slack.parts import Block, Press

MOST_BLOCKS, MOST_SIZE = 96, 200_000
"""Slack takes 100 blocks and 250 KB."""
REFRESH, AS_OF = "home:refresh", "as_of"
WAITING = "what waits for my approval"
NOT_ALL = "There is more than fits here. Ask me for it in a message."
View = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Page:
    """What is drawn for one person; `closed` is the one sentence for somebody who may see nothing.

    `recent` are lines of mrkdwn.
    """

    tenant: str
    zone: ZoneInfo
    home: Home | None = None
    closed: str = ""
    recent: Sequence[str] = ()
    panels: Sequence[PanelButton] = ()


def closed(sentence: str) -> View:
    """Return the tab of somebody who may see nothing of the tenant: one sentence what to do."""
    said = parts.sections(mrkdwn.to_mrkdwn(sentence))
    return {"type": "home", "blocks": [*said, {"type": "actions", "elements": [_refresh()]}]}


def draw(page: Page, press: Press) -> View:
    """Return the tab; `press` makes the values of buttons."""
    home = page.home
    if home is None or home.closed:
        return closed(page.closed or (home.closed if home else ""))
    first, last = list(_first(page, home)), [*_asking(home), *_administration(page)]
    room, size = MOST_BLOCKS - len(first) - len(last) - 1, MOST_SIZE - _size([*first, *last])
    made: list[Block] = []
    for group in _groups(page, home, press):
        size -= _size(group)
        if len(made) + len(group) > room or size < 0:
            made += parts.context(NOT_ALL)
            break
        made += group
    return {"type": "home", "blocks": [*first, *made, *last]}


def digest(page: Page) -> str:
    """Return what stands for all the tab says but the time."""
    blocks = draw(page, _plain)["blocks"]
    said = [each for each in blocks if each.get("block_id") != AS_OF]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _plain(button: Button) -> str:
    """Return a value that is the same each time, unlike a sealed one."""
    return json.dumps([button.action_id, dict(button.args)], sort_keys=True, default=str)[:2_000] or "-"


def _first(page: Page, home: Home) -> Iterator[Block]:
    yield {"type": "header", "text": parts.plain(mrkdwn.cell(f"{home.user.name} at {page.tenant}")[:150])}
    roles = ", ".join(sorted(home.user.roles)) or "no role"
    as_of = parts.section(mrkdwn.escape(f"As of {home.at.astimezone(page.zone):%H:%M} · {roles}"))
    yield {**as_of, "block_id": AS_OF, "accessory": _refresh()}


def _refresh() -> Block:
    return parts.button(REFRESH, "Refresh", "refresh")


def _groups(page: Page, home: Home, press: Press) -> Iterator[list[Block]]:
    """Yield the parts in their order; each is shown whole or not at all."""
    if home.to_decide or home.trouble:
        yield list(_to_decide(page, home))
    if home.asked:
        count = f" ({len(home.asked)})" if len(home.asked) > 1 else ""
        title = home_parts.heading(f"Your requests, waiting for others{count}")
        yield [*title, *home_parts.waiting(home.asked, page.zone, theirs=False)]
    for part in home.parts:
        yield [*home_parts.heading(part.title), *home_parts.told(part, page.zone, press)]
    if page.recent:
        lines = parts.sections("\n".join(page.recent))
        yield [*home_parts.heading("You asked lately"), *lines]


def _to_decide(page: Page, home: Home) -> Iterator[Block]:
    count = f" ({len(home.to_decide)})" if len(home.to_decide) > 1 else ""
    yield from home_parts.heading(f"Waiting for your yes{count}")
    if home.trouble:
        yield from parts.sections(f"⚠️ {mrkdwn.escape(home.trouble)}")
    yield from home_parts.waiting(home.to_decide, page.zone, theirs=True)
    if len(home.to_decide) > home_parts.MOST_CALLS:
        button = home_parts.say(1, f"Show all {len(home.to_decide)}", WAITING)
        yield {"type": "actions", "elements": [button]}


def _asking(home: Home) -> Iterator[Block]:
    fitting = [each for each in home.questions if parts.fits(each)]
    if fitting:
        yield from home_parts.heading("Ask me")
        yield {
            "type": "actions",
            "elements": [
                home_parts.say(at, each[:1].upper() + each[1:], each) for at, each in enumerate(fitting, 1)
            ],
        }
        yield from parts.context("I answer in our direct conversation, under Messages.")


def _administration(page: Page) -> Iterator[Block]:
    if page.panels:
        yield from home_parts.heading("Administration")
        elements = [parts.button(each.action_id, each.label, each.name) for each in page.panels]
        for start in range(0, len(elements), parts.MOST_ROW):
            yield {"type": "actions", "elements": elements[start : start + parts.MOST_ROW]}


def _size(blocks: Sequence[Block]) -> int:
    return len(json.dumps(blocks).encode())
