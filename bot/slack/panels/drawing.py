"""A page of a panel as a modal of Slack's, within its limits."""

from __future__ import annotations

from typing import Any

from bot.slack import mrkdwn
from bot.slack.panels.blocks import PANEL, esc, line, small, to
from bot.slack.panels.screen import Page, State
from bot.slack.parts import Block, plain, section

MOST_BLOCKS = 100
MOST_TITLE = 24
CUT = "There is more than fits into one form."


def drawn(page: Page, sealed: str, note: str = "") -> dict[str, Any]:
    """Return the view; `sealed` is its state, `note` stands above everything."""
    blocks: list[Block] = [*([section(note)] if note else []), *page.blocks]
    if len(blocks) > MOST_BLOCKS:
        blocks = [*blocks[: MOST_BLOCKS - 1], *small(CUT)]
    made: dict[str, Any] = {
        "type": "modal",
        "callback_id": f"{PANEL}:{page.sends}" if page.sends else PANEL,
        "title": plain(_short(page.title)),
        "close": plain(page.close),
        "private_metadata": sealed,
        "notify_on_close": page.tells_close,
        "blocks": blocks or [section("(nothing to show)")],
    }
    return {**made, "submit": plain(_short(page.submit))} if page.submit else made


def waiting_page(title: str = "One moment") -> Page:
    """Return what is shown while something is looked up."""
    return Page(title=title, blocks=[section("One moment …")])


def refusal(said: str, back: State | None = None, typed: str = "") -> Page:
    """Return the page of something that stood in the way, with what they typed, so that it is not lost."""
    blocks = [line(f":warning: {mrkdwn.to_mrkdwn(said)}")]
    if typed:
        blocks.append(line(f"*What you typed*\n{esc(typed)}"))
    if back and back.get("screen"):
        blocks.append({"type": "actions", "elements": [to(str(back["screen"]), "Back")]})
    return Page(title="Not possible", blocks=blocks, state=dict(back or {}))


def _short(title: str) -> str:
    shown = mrkdwn.cell(title).strip() or "Backhaul"
    return shown if len(shown) <= MOST_TITLE else f"{shown[: MOST_TITLE - 1]}…"
