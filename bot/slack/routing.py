"""The room's own handlers: what people say, type and press."""

from __future__ import annotations

from collections.abc import Mapping

from bot.slack.clicks import hear_click, hear_press
from bot.slack.commands import hear_command
from bot.slack.event import hear
from bot.slack.routes import Route
from bot.slack.why import Why


def own_routes(why: Why) -> Mapping[str, Route]:
    """Return the handlers of words, commands and the bot's buttons by kind of payload."""
    return {
        "event:app_mention": Route(keep=hear),
        "event:message": Route(keep=hear),
        "command": Route(keep=hear_command),
        "click:say": Route(keep=hear_click),
        "click:do": Route(keep=hear_click),
        "click:share": Route(keep=hear_click),
        "click:call": Route(first=why.ask_first, keep=hear_press),
        "click:feedback": Route(keep=hear_click, beside=why.ask),
        "submit:why": Route(hear=why.hear),
    }
