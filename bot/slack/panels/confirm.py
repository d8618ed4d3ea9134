"""Between asking for a change and making it: what it would do is shown, and counts with their yes."""

from __future__ import annotations

from bot.contract.reply import Reply, Tone, Waiting
from bot.slack import mrkdwn
from bot.slack.panels.blocks import esc, line, row, small, text, to
from bot.slack.panels.hearing import CONFIRM
from bot.slack.panels.screen import Page, State, Visit, Wish
from bot.slack.parts import Block

SIGNS = {Tone.GOOD: ":white_check_mark:", Tone.WARN: ":warning:", Tone.BAD: ":x:"}
LET_GO = "let-go"
"""The screen behind Back: what was shown waits no longer."""
NOT_YET = "Nothing is changed yet."
OTHERS = (
    "This is not done yet: it needs {needs}. I asked for it in your name, and wrote it to you; it waits "
    "{until}."
)


def noted(reply: Reply) -> str:
    """Return what became of a step, as it stands above the next screen."""
    sign = ":x:" if reply.error else SIGNS.get(reply.tone, ":white_check_mark:")
    return f"{sign} {mrkdwn.to_mrkdwn(reply.text)}"[:2_800]


def confirm_page(wish: Wish, waiting: Waiting) -> Page:
    """Return the preview of a change, with the button that makes it."""
    blocks: list[Block] = [*text(mrkdwn.to_mrkdwn(waiting.preview or waiting.summary)), *small(NOT_YET)]
    blocks += row(to(LET_GO, "Back"))
    return Page(
        title="Is this right?",
        blocks=blocks,
        submit=wish.label,
        sends=CONFIRM,
        close="Cancel",
        tells_close=True,
        state={"call": waiting.call_id, "version": waiting.version, "back": dict(wish.back)},
    )


def others_page(visit: Visit, waiting: Waiting, back: State) -> Page:
    """Return that somebody else has to agree."""
    zone = visit.question.tenant.zone
    until = f"until {waiting.expires_at.astimezone(zone):%d %b %H:%M}" if waiting.expires_at else "for a yes"
    said = OTHERS.format(needs=waiting.needs, until=until)
    blocks = [line(f":hourglass_flowing_sand: {esc(said)}"), *text(mrkdwn.to_mrkdwn(waiting.preview))]
    return Page(
        title="Waits for a yes",
        blocks=[*blocks, *row(to(str(back.get("screen", "")), "Back"))],
        state=dict(back),
    )


def doing_page() -> Page:
    """Return what is shown while a change is made, which goes on without it."""
    said = "I am doing it. You may close this: I write you how it went."
    return Page(title="One moment", blocks=[line(said)])
