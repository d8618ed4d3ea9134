"""Which payloads are handled, and how: one look into a dictionary, however many handlers there are.

    event:<type>        an event of the Events API            event:app_mention
    event:app_home_opened:<tab>  what of the app was opened   event:app_home_opened:home
    click:<first part>  a button or menu, by its action_id    click:call      (of call:deny:1)
    submit:<first part> a form sent, by its callback_id       submit:deny
    closed:<first part> a form closed                         closed:deny
    options:<…>         letters typed into an external menu   options:entity  (by action_id)
    shortcut:<…>        a global shortcut, by callback_id     shortcut:ask
    message:<…>         a shortcut of a message               message:ticket
    command             any slash command

What has no handler is acknowledged, counted and logged by its kind, and nothing else is done.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack.event import Heard
from bot.slack.teams import Team

Body = Mapping[str, Any]
Keep = Callable[[Body, str], tuple[Heard, str] | str]
"""Takes the payload and the bot's user id; returns what to keep with the key of its delivery, or why not."""
Hear = Callable[[Team, Body], tuple[Heard, str] | str]
"""As `Keep`, for what only the workspace's own key opens."""
Now = Callable[[Team, Body], Awaitable[Mapping[str, Any] | None]]
Beside = Callable[[Team, Body], Awaitable[None]]

COMMAND = "command"
OPENED = "event:app_home_opened"
"""The one event that means two things: the Home tab, and the Messages tab of an agent."""
BY_NAME = {
    "view_submission": "submit",
    "view_closed": "closed",
    "shortcut": "shortcut",
    "message_action": "message",
}


@dataclass(frozen=True, kw_only=True)
class Route:
    """What is done with one kind of payload; any of these together.

    `first`: awaited before all else, two seconds at most; where it answers, nothing is kept and its answer
    is Slack's. Where it returns None, is late or breaks, the payload is kept as if there were none.
    `keep` (durable): it is in the inbox before the acknowledgement, and worked later, once, whoever dies.
    `hear`: the same, by the workspace it came from.
    `now` (immediate): awaited before the acknowledgement, two seconds at most; what it returns is the answer.
    `must`: where `now` breaks or is late, nothing is acknowledged, so that Slack brings the payload again.
    `beside`: started at once and not waited for, such as opening a modal (a trigger is good for three
    seconds); lost when the process dies.
    """

    first: Now | None = None
    keep: Keep | None = None
    hear: Hear | None = None
    now: Now | None = None
    must: bool = False
    beside: Beside | None = None


class Routes:
    """The handlers by kind of payload."""

    def __init__(self, routes: Mapping[str, Route]) -> None:
        self._routes = dict(routes)

    def add(self, kind: str, route: Route) -> None:
        """Handle one more kind; ValueError when it is handled already."""
        if kind in self._routes:
            raise ValueError(f"{kind} has a handler")
        self._routes[kind] = route

    def change(self, kind: str, route: Route) -> None:
        """Handle a kind otherwise than before."""
        self._routes[kind] = route

    def find(self, body: Body) -> Route | None:
        """Return how this payload is handled, if it is."""
        return self._routes.get(kind_of_payload(body))


def kind_of_payload(body: Body) -> str:
    """Return the key of the table above."""
    what = str(body.get("type", ""))
    if "command" in body:
        return COMMAND
    if what == "event_callback":
        return _kind_of_event(_part(body, "event"))
    if what == "block_actions":
        actions = body.get("actions")
        first = actions[0] if isinstance(actions, list) and actions else None
        return f"click:{_first(first, 'action_id')}"
    if what == "block_suggestion":
        return f"options:{_first(body, 'action_id')}"
    if what in {"view_submission", "view_closed"}:
        return f"{BY_NAME[what]}:{_first(body.get('view'), 'callback_id')}"
    return f"{BY_NAME.get(what, 'other')}:{_first(body, 'callback_id')}"


def _kind_of_event(event: Body) -> str:
    kind = f"event:{event.get('type')}"
    return f"{kind}:{event.get('tab') or 'home'}" if kind == OPENED else kind


def _first(part: Any, name: str) -> str:
    found = part.get(name) if isinstance(part, Mapping) else None
    return str(found or "").partition(":")[0]


def _part(body: Body, name: str) -> Mapping[str, Any]:
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}
