"""The parts of a reply as blocks: text, facts, choices, buttons, evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
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
ANSWER = "answer with its number"
DO = "do:"
"""Start of the action_id of a button that is an action."""

Block = dict[str, Any]
Press = Callable[[Button], str | None]
"""Returns the value that stands for a button's call; None when it cannot be offered."""
Pressed = tuple[Button, str]
"""A button that can be offered, and the value that stands for its call."""


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


@dataclass(frozen=True, kw_only=True)
class Option:
    """One thing to choose: its number, what it is called, and the choice if a button can say it."""

    at: int
    said: str
    choice: Choice | None = None

    @property
    def is_whole(self) -> bool:
        """Say whether a button can say all of it."""
        return self.choice is not None and len(self.numbered) <= MOST_LABEL

    @property
    def numbered(self) -> str:
        """Return it behind its number, as it is listed."""
        return f"{self.at}. {self.said}"


def choices(shown: Sequence[Option], by_number: str = ANSWER) -> Iterator[Block]:
    """Yield what may be chosen, once: as buttons where these say all, else as a list with short buttons.

    `by_number` is how a number says it, too; empty where none does.
    """
    if not shown:
        return
    whole = len(shown) <= MOST_BUTTONS and all(each.is_whole for each in shown)
    if not whole:
        lines = (f"*{each.at}.* {mrkdwn.escape(each.said)}" for each in shown)
        yield from sections("\n".join(lines))
    pressed = [(each, each.choice) for each in shown if each.choice is not None][:MOST_BUTTONS]
    if pressed:
        made = [
            say_button(each.at, choice, each.numbered if whole else f"{each.at}", each.said)
            for each, choice in pressed
        ]
        yield {"type": "actions", "elements": made}
    if by_number:
        yield from context(
            f"Press one, or {by_number}." if pressed else f"{by_number[0].upper()}{by_number[1:]}."
        )


def label(choice: Choice) -> str:
    """Return a choice as it is listed."""
    return f"{choice.label} – {choice.detail}" if choice.detail else choice.label


def fits(words: str) -> bool:
    """Say whether words go into a button."""
    return len(mrkdwn.cell(words).strip()) > 0 and len(words) <= MOST_VALUE // 2


def say_button(at: int, choice: Choice, said: str, whole: str = "") -> Block:
    """Return the button that says a choice's words; `whole` is for who hears it and sees no list."""
    made = button(f"{SAY}{at}", said, mrkdwn.cell(choice.words))
    told = mrkdwn.cell(whole.replace("\n", " ")).strip()[:MOST_LABEL]
    return {**made, "accessibility_label": told} if told and told not in said else made


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


def buttons(offered: Sequence[Pressed]) -> Iterator[Block]:
    """Yield the actions offered; what cannot be taken back lightly is asked once more."""
    made: list[Block] = []
    for one, value in offered:
        each = button(f"{DO}{len(made) + 1}", one.label, value, one.style)
        if one.style == "danger":
            each["confirm"] = {
                "title": plain("Are you sure?"),
                "text": plain(asked_once_more(_doing(one))),
                "confirm": plain("Go on"),
                "deny": plain("Not now"),
                "style": "danger",
            }
        made.append(each)
    for start in range(0, len(made), MOST_ROW):
        yield {"type": "actions", "elements": made[start : start + MOST_ROW]}


def pressed(offered: Sequence[Button], press: Press | None) -> list[Pressed]:
    """Return the buttons that can be offered, with their values."""
    made = [(one, press(one) if press else None) for one in offered]
    return [(one, value) for one, value in made if value is not None]


def asked_once_more(text: str) -> str:
    """Return a question in plain text, cut to what Slack shows of one."""
    said = " ".join(mrkdwn.cell(text).split())
    return said if len(said) <= MOST_CONFIRM else f"{said[: MOST_CONFIRM - 1]}…"


def _doing(one: Button) -> str:
    """Return what a press does, and to whom: `Suspend: Amina Bello (100234).`."""
    given = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in one.args.items())
    about = one.about or given
    return f"{one.label}: {about}." if about and about not in one.label else f"{one.label}."


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
