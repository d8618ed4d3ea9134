"""What asked for a form that could not be opened: kept, and answered in words with a button that opens it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.contract.place import Place, PlaceKind
from bot.contract.reply import ActionCall, Reply, Tone
from bot.slack.clicks import pressed, spot
from bot.slack.commands import hear_command
from bot.slack.deeds import Asked, Done
from bot.slack.event import KEY, TS, USER, Heard, clean, fits, unnamed
from bot.slack.forms.ports import FormDesk
from bot.slack.forms.typed import ASKS_FORM, shortcut_of
from bot.slack.place import SURFACE
from bot.slack.sealed import Seals

LATE = "form_late"
NO_TIME = "Slack gave me no time to open the form, so nothing was done."
AGAIN = "Press the button to open it, or tell me here in words."
MESSAGE_AGAIN = "Use the menu of the message once more, or press the button."
ASK_AGAIN = "Slack gave me no time to open a form. Just ask me here."

Body = Mapping[str, Any]


def hear_click(body: Body, _bot_user_id: str) -> tuple[Heard, str] | str:
    """Return a press on the button under a reply, whose form did not open."""
    first, where = pressed(body), spot(body)
    value, ts = clean(first.get("value")), first.get("action_ts")
    if where is None or not value or not fits(TS, ts):
        return "malformed"
    told = {**where.pop("told"), "sealed": value}
    heard = Heard(**where, ts=str(ts), text="", deed=LATE, told=told)
    return heard, f"click:{heard.user}:{heard.channel}:{heard.ts}"


def hear_typed(body: Body, bot_user_id: str) -> tuple[Heard, str] | str:
    """Return a command; one that asks for a form did not get it."""
    found = hear_command(body, bot_user_id)
    if isinstance(found, str):
        return found
    heard, key = found
    asked = ASKS_FORM.fullmatch(heard.text.strip())
    return (replace(heard, deed=LATE, told={"words": asked["what"] or ""}), key) if asked else found


def hear_message(body: Body, bot_user_id: str) -> tuple[Heard, str] | str:
    """Return a use of the menu of a message whose form did not open."""
    found, trigger = shortcut_of(body, bot_user_id), body.get("trigger_id")
    if found is None or not fits(KEY, trigger):
        return "malformed"
    told = {"text": found.text, "link": found.link}
    return _directly(found.user, told), f"form:{unnamed(trigger)}"


def hear_ask(body: Body, _bot_user_id: str) -> tuple[Heard, str] | str:
    """Return a use of the global shortcut whose modal did not open."""
    person, trigger = body.get("user"), body.get("trigger_id")
    user = person.get("id") if isinstance(person, Mapping) else None
    if not (fits(USER, user) and fits(KEY, trigger)):
        return "malformed"
    return _directly(str(user), {"ask": True}), f"form:{unnamed(trigger)}"


def _directly(user: str, told: Mapping[str, Any]) -> Heard:
    kind, now = str(PlaceKind.DIRECT), f"{time.time():.6f}"
    return Heard(user=user, text="", channel="", ts=now, thread="", kind=kind, deed=LATE, told=told)


class Late:
    """Answers what asked for a form in vain."""

    def __init__(self, desk: FormDesk, seals: Seals) -> None:
        self._desk, self._seals = desk, seals

    async def do(self, asked: Asked) -> Done:
        """Say so, with the button that opens it; a UserError says why there is no such form."""
        told = asked.heard.told
        if told.get("ask"):
            return Done(reply=Reply(ASK_AGAIN, tone=Tone.WARN))
        text = MESSAGE_AGAIN if "link" in told else AGAIN
        call = await self._call(asked)
        return Done(reply=Reply(f"{NO_TIME} {text}", tone=Tone.WARN, form=call, error="Unavailable"))

    async def _call(self, asked: Asked) -> ActionCall:
        told, question = asked.heard.told, asked.question
        if asked.heard.only_them:  # its form is answered in their direct conversation
            question = replace(question, place=Place(surface=SURFACE, kind=PlaceKind.DIRECT))
        if "sealed" in told:
            return self._seals.open(asked.team, str(told["sealed"]))
        if "link" in told:
            form = await self._desk.form_of_message(replace(question, words=told["text"]), told["link"])
        else:
            form = await self._desk.form_for(question, str(told.get("words", "")))
        args = {one.name: one.value for one in form.fields if one.value is not None}
        return ActionCall(action_id=form.action_id, args={**form.kept, **args})
