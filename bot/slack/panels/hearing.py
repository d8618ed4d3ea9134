"""What somebody does in a panel: what is kept for the worker, and what is answered at once."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.contract.place import PlaceKind
from bot.slack.clicks import pressed
from bot.slack.event import KEY, USER, Heard, clean, fits
from bot.slack.panels.blocks import PANEL, values_of
from bot.slack.panels.screen import Filled

CONFIRM, EXPORT = "confirm", "audit-file"
YES, NO, FILE = "yes", "no", "file"
"""What the worker does: say yes to what was shown, let it go, bring the file."""

Body = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One click or form in a panel: who, which screen it leads to, and from which view.

    `once` names this very click or form. `view_id` is empty when the panel is still to be opened.
    """

    user: str
    screen: str
    value: str = ""
    view_id: str = ""
    view_hash: str = ""
    sealed: str = ""
    once: str = ""
    trigger: str = ""
    filled: Filled = field(default_factory=dict)


def step_of(body: Body) -> Step | None:
    """Return the step a click makes; None when it is none of a panel."""
    user, element = _part(body, "user").get("id"), pressed(body)
    screen = str(element.get("action_id", "")).split(":")[1:2]
    if not fits(USER, user) or not screen:
        return None
    option = _part(element, "selected_option").get("value")
    value = clean(option or element.get("value"))
    view = _part(body, "view")
    inside = view.get("type") == "modal"
    return Step(
        user=str(user),
        screen=screen[0],
        value="" if value == "-" else value,
        view_id=str(view.get("id", "")) if inside else "",
        view_hash=str(view.get("hash", "")) if inside else "",
        sealed=str(view.get("private_metadata", "")) if inside else "",
        once=clean(element.get("action_ts")),
        trigger=clean(body.get("trigger_id")),
        filled=values_of(dict(view)) if inside else {},
    )


def form_of(body: Body) -> Step | None:
    """Return the step a sent form makes, or letters typed into a menu of it."""
    user, view = _part(body, "user").get("id"), _part(body, "view")
    name = str(view.get("callback_id", "")).partition(":")[2]
    if not fits(USER, user) or not view:
        return None
    return Step(
        user=str(user),
        screen=name,
        view_id=str(view.get("id", "")),
        view_hash=str(view.get("hash", "")),
        sealed=str(view.get("private_metadata", "")),
        once=str(view.get("hash", "")),
        filled=values_of(dict(view)),
    )


def hear_sent(body: Body, _bot_user_id: str = "") -> tuple[Heard, str] | str:
    """Return the yes to what was shown, once for each drawing of it; other forms change nothing yet."""
    step = form_of(body)
    if step is None or step.screen != CONFIRM:
        return "form of a panel"
    return _kept(step, YES)


def hear_closed(body: Body, _bot_user_id: str = "") -> tuple[Heard, str] | str:
    """Return that what was shown is not wanted."""
    step = form_of(body)
    return "malformed" if step is None else _kept(step, NO)


def hear_pressed(body: Body, _bot_user_id: str = "") -> tuple[Heard, str] | str:
    """Return that a file is wanted; whatever else is pressed only shows something."""
    step = step_of(body)
    if step is None or step.screen != EXPORT:
        return "click in a panel"
    return _kept(step, FILE)


def _kept(step: Step, how: str) -> tuple[Heard, str] | str:
    key = f"form:{PANEL}:{how}:{step.view_id}:{step.once}"
    if not fits(KEY, step.view_id) or not fits(KEY, key):
        return "malformed"
    told = {"view": step.view_id, "sealed": step.sealed, "how": how}
    heard = Heard(
        user=step.user,
        text="",
        channel="",
        ts=f"{time.time():.6f}",
        thread="",
        kind=str(PlaceKind.DIRECT),
        deed=PANEL,
        told=told,
    )
    return heard, key


def _part(body: Body, name: str) -> Mapping[str, Any]:
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}
