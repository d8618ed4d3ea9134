"""What a conversation is about: what "her", "the second one" and "yes" mean in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.contract.action import Via
from bot.contract.reply import ActionCall

MOST_FOCUS = 6
FINAL = "final"


@dataclass(frozen=True, kw_only=True)
class Pick:
    """Something of the last reply that can be chosen: a choice says words, a button makes a call.

    `asks` names arguments to ask for before the call. `about` is what tells one of several things of a
    name from the others, where one of them was asked for.
    """

    label: str
    words: str = ""
    action_id: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)
    via: Via = Via.PERSON
    asks: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class LeftOpen:
    """A thing that was named, and several are called so: which one was asked and not answered yet.

    The call is the one it was named for, `picks` what could be chosen. After `turns` more messages it is
    forgotten.
    """

    kind: str
    words: str
    action_id: str
    args: Mapping[str, Any]
    argument: str
    via: Via
    turns: int = 5
    picks: tuple[Pick, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A call that lacks an argument the bot has asked for; forgotten after `turns` questions between."""

    action_id: str
    args: Mapping[str, Any]
    argument: str
    via: Via = Via.PERSON
    turns: int = 2

    @property
    def call(self) -> ActionCall:
        """The call as far as it is known."""
        return ActionCall(action_id=self.action_id, args=self.args)

    def later(self) -> Asking | None:
        """Return what is still asked for after one more question."""
        return replace(self, turns=self.turns - 1) if self.turns > 0 else None


@dataclass(frozen=True, kw_only=True)
class Thread:
    """One person's view of a conversation. `focus` is shared with the others in it, the latest last.

    `undoable` is the call that "undo" means; FINAL after a change that cannot be taken back.
    `version` stands for the preview of the `waiting` call that this person saw; `others` are what else
    could have been meant when the last message took one of a list. `shown` is how many rows of the last list
    were shown when it has more, and `order` the words it was sorted by. `walk` are the rows of the last list,
    also after one of them was opened, and `at` the place of the one that was: "the next one". `before` is
    whom the thread was about before, by kind; `parked` the call that waited, and
    `paused` what was asked for, when a question came between. `failed` is the change the last message
    wished for and that was refused, `listing` the last reading that gave a list, also after a row was opened.
    `promised` is the reminder to offer once the wish beside a promise is done. `unanswered` is the last
    question, where it was asked back or failed; `named` what the last reply named, by kind; `part` the rows
    that were kept of the last list: "without an assignee", of all tickets. `handed` are the files this
    person handed in and has not said yet what becomes of; `limit` what was to narrow the last list and could
    not be followed.
    """

    focus: Mapping[str, str] = field(default_factory=dict)
    picks: tuple[Pick, ...] = ()
    rows: tuple[str, ...] = ()
    asking: Asking | None = None
    last: tuple[str, Mapping[str, Any]] | None = None
    waiting: str = ""
    version: str = ""
    undoable: str = ""
    others: tuple[Pick, ...] = ()
    shown: int = 0
    order: str = ""
    left_open: LeftOpen | None = None
    walk: tuple[str, ...] = ()
    at: int = -1
    before: Mapping[str, str] = field(default_factory=dict)
    parked: str = ""
    paused: Asking | None = None
    failed: tuple[str, Mapping[str, Any]] | None = None
    listing: tuple[str, Mapping[str, Any]] | None = None
    promised: tuple[str, Mapping[str, Any]] | None = None
    unanswered: str = ""
    part: tuple[str, ...] = ()
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    handed: tuple[str, ...] = ()
    limit: str = ""

    def about(self, focus: Mapping[str, str]) -> Thread:
        """Return the thread with these things in focus, the latest last."""
        kept = {kind: key for kind, key in self.focus.items() if kind not in focus}
        focus = dict(sorted(focus.items(), key=lambda one: _part_of_another(one[1], focus)))
        latest = {**kept, **{kind: key for kind, key in focus.items() if key}}
        settled = self.left_open is not None and focus.get(self.left_open.kind)
        left_open = None if settled else self.left_open
        gone = {kind: key for kind, key in self.focus.items() if focus.get(kind) not in {None, "", key}}
        before = {**self.before, **gone}
        return replace(
            self, focus=dict(list(latest.items())[-MOST_FOCUS:]), left_open=left_open, before=before
        )


def _part_of_another(key: str, focus: Mapping[str, str]) -> bool:
    """Say whether a thing is part of another one of these: "there" is the port, not the whole device."""
    return any(key.startswith(f"{other} ") for other in focus.values() if other)
