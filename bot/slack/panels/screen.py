"""The nouns of panels: a visit, and what a screen makes of it."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.contract.reply import Reply
from bot.core.question import Question
from bot.slack.calls import Calls
from bot.slack.panels.ports import Backoffice
from bot.slack.parts import Block
from bot.slack.teams import Team

State = Mapping[str, Any]
Filled = Mapping[str, str | tuple[str, ...]]
"""What stands in the inputs of a form, by field; nothing for what was left empty."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One step of a person: where they are (`state`), what they pressed (`value`) or filled in.

    `note` is what became of their last step, to stand above the screen.
    """

    team: Team
    question: Question
    office: Backoffice
    calls: Calls
    state: State = field(default_factory=dict)
    value: str = ""
    filled: Filled = field(default_factory=dict)
    note: str = ""

    async def read(self, action_id: str, **args: Any) -> Reply:
        """Make a call that changes nothing; arguments that say nothing are left out."""
        given = {name: value for name, value in args.items() if value not in ("", None)}
        return await self.office.read(self.question, action_id, given)

    def text(self, name: str) -> str:
        """Return what was typed or chosen, or nothing."""
        found = self.filled.get(name, "")
        return found.strip() if isinstance(found, str) else ""

    def many(self, name: str) -> tuple[str, ...]:
        """Return what was chosen where several may be."""
        found = self.filled.get(name, ())
        return found if isinstance(found, tuple) else (found,)

    def named(self, name: str) -> str:
        """Return what was pressed, else what the state remembers under this name."""
        return self.value or str(self.state.get(name, ""))

    @property
    def number(self) -> int:
        """The number of the page that is looked at, from 0."""
        wanted = self.value if self.value.isdecimal() else str(self.state.get("page", 0))
        return int(wanted) if wanted.isdecimal() and len(wanted) < 5 else 0  # noqa: PLR2004 - digits

    def at(self, **state: Any) -> Visit:
        """Return the same person elsewhere, having pressed nothing."""
        return replace(self, state=state, value="", filled={})


@dataclass(frozen=True, kw_only=True)
class Page:
    """A modal to draw; `state` is what it remembers. With `submit`, its form goes to the screen `sends`."""

    title: str
    blocks: Sequence[Block]
    state: State = field(default_factory=dict)
    submit: str = ""
    sends: str = ""
    close: str = "Close"
    tells_close: bool = False


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A change that is asked for; `back` is where they are after it, `label` what they press to say yes."""

    action_id: str
    args: Mapping[str, Any]
    label: str
    back: State


@dataclass(frozen=True, kw_only=True)
class Faults:
    """What is wrong at the fields of a form; `first` is said at the first one there is."""

    at: Mapping[str, str] = field(default_factory=dict)
    first: str = ""


Made = Page | Wish | Faults
Screen = Callable[[Visit], Awaitable[Made]]
Suggest = Callable[[Visit], Awaitable[Sequence[tuple[str, str]]]]
"""Returns (value, label) for the letters in `visit.value`."""


def fresh() -> str:
    """Return a mark for the inputs of one drawing, so that Slack does not fill in what stood there before."""
    return secrets.token_hex(3)
