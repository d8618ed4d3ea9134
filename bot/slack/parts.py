"""The parts of a reply as blocks: text, facts, choices, buttons, evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from bot.contract.reply import ActionCall, Button, Choice, Evidence, Reply
from bot.core.cells import age, cell
from bot.slack import mrkdwn
from bot.slack.event import SAY
from bot.slack.split import pieces

MOST_SECTION, MOST_FIELD, MOST_FIELDS = 2_900, 1_900, 10
MOST_BUTTONS, MOST_LABEL, MOST_VALUE, MOST_ROW = 5, 70, 2_000, 10
MOST_CONFIRM = 280
STYLES = frozenset({"primary", "danger"})
DO = "do:"
"""Start of the action_id of a button that is an action."""

Block = dict[str, Any]
Press = Callable[[Button], str | None]
"""Returns the value that stands for a button's call; None when it cannot be offered."""


def sections(text: str) -> Iterator[Block]:
    """Yield sections that together say the text."""
    for piece in filter(str.strip, pieces(text, MOST_SECTION)):
        yield section(piece)


def section(text: str) -> Block:
    """Return one section of mrkdwn."""
    return {"type": "section", "text": _mrkdwn(text), "expand": True}


def context(text: str) -> Iterator[Block]:
    """Yield small print."""
    for piece in filter(str.strip, pieces(text, MOST_FIELD)):
        yield {"type": "context", "elements": [_mrkdwn(piece)]}


def _mrkdwn(text: str) -> Block:
    # verbatim: otherwise Slack turns bare @names, #channels and addresses in data into live ones.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def facts(reply: Reply, zone: ZoneInfo) -> Iterator[Block]:
    """Yield the facts, two beside each other."""
    fields: list[Block] = []
    for name, value in reply.facts.items():
        label, text = mrkdwn.escape(name), mrkdwn.escape(cell(value, zone))
        if len(label) + len(text) > MOST_FIELD:
            yield from sections(f"*{label}*\n{text}")
        else:
            fields.append(_mrkdwn(f"*{label}*\n{text}"))
    for start in range(0, len(fields), MOST_FIELDS):
        yield {"type": "section", "fields": fields[start : start + MOST_FIELDS]}


def choices(
    offered: Sequence[Choice], picks: Sequence[str], *, by_number: bool = True
) -> Iterator[Block]:  # fmt: skip - as it reads
    """Yield what may be chosen, as numbered lines and as buttons; `by_number`: a number says it, too."""
    shown = list(picks) or [label(each) for each in offered]
    if not shown:
        return
    lines = (f"*{at}.* {mrkdwn.escape(said)}" for at, said in enumerate(shown, 1))
    yield from sections("\n".join(lines))
    fitting = [(at, each) for at, each in enumerate(offered, 1) if fits(each.words)]
    buttons = [say_button(at, each) for at, each in fitting[:MOST_BUTTONS]]
    if buttons:
        yield {"type": "actions", "elements": buttons}
    if by_number:
        yield from context("Answer with the number in this thread.")


def label(choice: Choice) -> str:
    """Return a choice as it is listed."""
    return f"{choice.label} – {choice.detail}" if choice.detail else choice.label


def fits(words: str) -> bool:
    """Say whether words go into a button."""
    return len(mrkdwn.cell(words).strip()) > 0 and len(words) <= MOST_VALUE // 2


def say_button(at: int, choice: Choice, said: str = "") -> Block:
    """Return the button that says a choice's words."""
    return button(f"{SAY}{at}", said or f"{at}. {choice.label}", mrkdwn.cell(choice.words))


def button(action_id: str, said: str, value: str, style: str = "") -> Block:
    """Return a button; its label is cut, for it only names what is said in full elsewhere."""
    name = mrkdwn.cell(said.replace("\n", " ")).strip() or "…"
    made = {
        "type": "button",
        "action_id": action_id,
        "text": plain(name if len(name) <= MOST_LABEL else name[: MOST_LABEL - 1] + "…"),
        "value": value,
    }
    return {**made, "style": style} if style in STYLES else made


def plain(text: str) -> Block:
    """Return text without any markup."""
    return {"type": "plain_text", "text": text, "emoji": False}


def buttons(offered: Sequence[Button], press: Press | None) -> Iterator[Block]:
    """Yield the actions offered; what cannot be taken back lightly is asked once more."""
    if press is None:
        return
    made: list[Block] = []
    for one in offered:
        if (value := press(one)) is None:
            continue
        each = button(f"{DO}{len(made) + 1}", one.label, value, one.style)
        if one.style == "danger":
            asked = f"{one.label}: this is for the person or thing this message is about."
            each["confirm"] = {
                "title": plain("Are you sure?"),
                "text": plain(mrkdwn.cell(asked)[:MOST_CONFIRM]),
                "confirm": plain("Go on"),
                "deny": plain("Not now"),
                "style": "danger",
            }
        made.append(each)
    for start in range(0, len(made), MOST_ROW):
        yield {"type": "actions", "elements": made[start : start + MOST_ROW]}


def form_button(call: ActionCall | None, press: Press | None) -> Iterator[Block]:
    """Yield the button that opens a form of a call that lacks something, where all that is known fits."""
    if call is None or press is None:
        return
    said = "Fill in a form"
    if (value := press(Button(said, call.action_id, call.args))) is not None:
        yield {"type": "actions", "elements": [button("form:1", said, value)]}


def feedback(inbox_id: str) -> Block:
    """Return the buttons that say whether the answer to an arrival helped."""
    return {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "feedback",
                "positive_button": {"text": plain("Good answer"), "value": f"feedback:good {inbox_id}"},
                "negative_button": {"text": plain("Bad answer"), "value": f"feedback:bad {inbox_id}"},
            }
        ],
    }


def evidence(sources: Sequence[Evidence], zone: ZoneInfo) -> Iterator[Block]:
    """Yield where the answer comes from, in one line if it fits."""
    said = [_source(one, zone) for one in sources]
    line = " · ".join(said)
    if len(line) <= MOST_FIELD:
        yield from context(line)
        return
    for one in said:
        yield from context(one)


def _source(one: Evidence, zone: ZoneInfo) -> str:
    said = mrkdwn.escape(f"{one.source}, {age(one.at, zone)}")
    return f"<{mrkdwn.escape(one.link)}|{said}>" if mrkdwn.linkable(one.link) else said
