"""The shortcut `Ask Backhaul`: a question in a modal, answered there and in their direct conversation."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from bot.contract.place import PlaceKind
from bot.contract.reply import Reply
from bot.core.cells import cell
from bot.slack import mrkdwn, tables
from bot.slack.calls import Calls
from bot.slack.deeds import Asked, Done
from bot.slack.event import KEY, USER, Heard, clean, fits
from bot.slack.forms.draw import View, note_view
from bot.slack.forms.opening import Opener, change_view
from bot.slack.forms.ports import FormDesk
from bot.slack.forms.typed import part
from bot.slack.parts import plain
from bot.slack.teams import Team

ASK, TITLE = "ask", "Ask Backhaul"
MOST_ASKED, MOST_SHOWN, ROWS = 3_000, 2_500, 8
LOOKING = "I am looking. The answer comes here, and stays in our direct conversation; you can close this."
WHOLE = "All of it, with its buttons, is in our direct conversation."
HINT = "In your own words, such as: which tickets of mine are overdue?"

Body = Mapping[str, Any]


class Ask:
    """Opens the modal, hears the question, and shows the answer where the modal is still open."""

    def __init__(self, calls: Calls, opener: Opener, desk: FormDesk) -> None:
        self._calls, self._opener, self._desk = calls, opener, desk

    async def open(self, team: Team, body: Body) -> Mapping[str, Any] | None:
        """Open the modal; None when Slack opens nothing any more."""
        return await self._opener.show(team, body, ask_view())

    def hear(self, body: Body, _bot_user_id: str) -> tuple[Heard, str] | str:
        """Return the question, kept once; or why it is not kept."""
        view, user = part(body, "view"), part(body, "user").get("id")
        words = part(part(part(part(view, "state"), "values"), ASK), ASK).get("value")
        name = view.get("id")
        if not (fits(USER, user) and fits(KEY, name)) or not clean(words).strip():
            return "malformed"
        heard = Heard(
            user=str(user),
            text=mrkdwn.escape(clean(words).strip()[:MOST_ASKED]),
            channel="",
            ts=f"{time.time():.6f}",
            thread="",
            kind=str(PlaceKind.DIRECT),
            deed=ASK,
            told={"view": str(name)},
        )
        return heard, f"form:{name}"

    async def looking(self, _team: Team, _body: Body) -> Mapping[str, Any]:
        """Return what the modal says while the answer is looked up."""
        return {"response_action": "update", "view": note_view(TITLE, LOOKING)}

    async def do(self, asked: Asked) -> Done:
        """Answer it; the letter is what counts, the modal shows it to whoever still looks at it."""
        reply = await self._desk.answer(asked.question)
        view = note_view(TITLE, *_short(reply, asked), WHOLE)
        await change_view(self._calls, asked.team, str(asked.heard.told["view"]), view)
        return Done(reply=reply)


def ask_view() -> View:
    """Return the modal that asks for a question."""
    entry = {"type": "plain_text_input", "action_id": ASK, "multiline": True, "max_length": MOST_ASKED}
    return {
        "type": "modal",
        "callback_id": ASK,
        "title": plain(TITLE),
        "submit": plain("Ask"),
        "close": plain("Cancel"),
        "blocks": [
            {
                "type": "input",
                "block_id": ASK,
                "label": plain("What do you want to know, or have done?"),
                "hint": plain(HINT),
                "element": entry,
            }
        ],
    }


def _short(reply: Reply, asked: Asked) -> list[str]:
    """Return the words, facts and first rows of an answer."""
    zone = asked.question.tenant.zone
    facts = "\n".join(f"{name}: {cell(value, zone)}" for name, value in reply.facts.items())
    rows = tables.to_text(reply.table, zone, ROWS) if reply.table else ""
    return [each[:MOST_SHOWN] for each in (reply.text, facts, rows)]
