"""Opening a form: by a button, a command or the menu of a message, while its trigger is good."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from bot.core.form import Form
from bot.core.question import Question
from bot.errors import UserError
from bot.slack.calls import CallError, Calls, made
from bot.slack.clicks import pressed, spot
from bot.slack.commands import said
from bot.slack.event import CHANNEL, TS, USER, clean, fits
from bot.slack.forms.askers import Askers
from bot.slack.forms.draw import View, draw, note_view, tell_choice
from bot.slack.forms.ports import FormDesk
from bot.slack.forms.typed import ASKS_FORM, IS_NEW, Shortcut, shortcut_of
from bot.slack.sealed import Seals
from bot.slack.teams import Team
from bot.slack.words import plain
from bot.trouble import incident

log = structlog.get_logger(__name__)

QUICK = 0.8
"""Seconds a form may take to be drawn; then its trigger is used for a modal that says to wait."""
LONGEST = 20.0
OPENED: Mapping[str, Any] = {}
SORRY, WAIT = "Backhaul", "One moment"
WAITING = "I am looking up what belongs in this form. If nothing comes in 20 seconds, close it and try again."
TOO_LONG = "This took longer than 20 seconds, so I stopped. Nothing was done; try again in a moment."
NOT_KNOWN = "Slack does not tell me who you are at the moment. Try again in a few minutes."
BROKE = "Something went wrong here. Nothing was done. An admin finds it in the log (incident {number})."
DIRECTLY: Mapping[str, Any] = {"channel": "", "thread": "", "kind": "direct", "told": {}}
"""Where the answer goes when it was asked for outside of a thread: to their direct conversation."""

Body = Mapping[str, Any]
Make = Callable[[Question], Awaitable[Form]]


class Opener:
    """Opens forms beside what Slack waits for; what could not be opened is left to be kept."""

    def __init__(self, calls: Calls, askers: Askers, desk: FormDesk, seals: Seals) -> None:
        self._calls, self._askers, self._desk, self._seals = calls, askers, desk, seals
        self._later: set[asyncio.Task[None]] = set()

    async def clicked(self, team: Team, body: Body) -> Mapping[str, Any] | None:
        """Open the form of the button under a reply; its answer goes to where the reply stands."""
        where = spot(body)
        if where is None:
            return None
        user, at = where["user"], place_of(where)
        value = clean(pressed(body).get("value"))

        async def form(question: Question) -> Form:
            call = self._seals.open(team, value)
            return await self._desk.form(question, call.action_id, call.args)

        return await self._open(team, body, lambda: self._drawn(team, user, at, form))

    async def typed(self, team: Team, body: Body) -> Mapping[str, Any] | None:
        """Open the form a command asks for, `form tickets create` or `new ticket`; leave all other words."""
        words = plain(said(clean(body.get("command")), clean(body.get("text"))), team.bot_user_id, {})
        user = str(body.get("user_id"))
        asked = ASKS_FORM.fullmatch(words)
        if not fits(USER, user) or not (asked or IS_NEW.fullmatch(words)):
            return None

        async def form(question: Question) -> Form:
            return await self._desk.form_for(question, (asked["what"] or "") if asked else words)

        if not asked:
            try:
                found = await form(await self._askers.question(team, user))
            except (UserError, CallError):
                return None  # words like any others
            view = self._view(team, user, DIRECTLY, found)
            return await self._open(team, body, lambda: _given(view))
        return await self._open(team, body, lambda: self._drawn(team, user, DIRECTLY, form))

    async def of_message(self, team: Team, body: Body) -> Mapping[str, Any] | None:
        """Open the form of a ticket about the message whose menu was used; nothing in it commands."""
        found = shortcut_of(body, team.bot_user_id)
        if found is None:
            return None

        async def form(question: Question) -> Form:
            who = await self._askers.name(team, found.author)
            return await self._desk.form_of_message(question, f"{who} in Slack: {found.link}")

        return await self._open(
            team, body, lambda: self._drawn(team, found.user, DIRECTLY, form, about=found)
        )

    async def show(self, team: Team, body: Body, view: View) -> Mapping[str, Any] | None:
        """Open a modal that needs nobody to be asked."""
        return await self._open(team, body, lambda: _given(view))

    async def stop(self) -> None:
        """Leave what is still being looked up."""
        for task in self._later:
            task.cancel()
        await asyncio.gather(*self._later, return_exceptions=True)

    async def _drawn(
        self, team: Team, user: str, at: Mapping[str, Any], make: Make, about: Shortcut | None = None
    ) -> View:
        """Return the form, or what to say instead of one; never raises."""
        try:
            async with asyncio.timeout(LONGEST):
                question = await self._askers.question(
                    team,
                    user,
                    channel=at["channel"],
                    kind=at.get("kind", ""),
                    words=about.text if about else "",
                )
                return self._view(team, user, at, await make(question), about)
        except UserError as error:
            return note_view(SORRY, str(error))
        except CallError as error:
            log.warning("slack.person_not_known", reason=error.reason)
            return note_view(SORRY, NOT_KNOWN)
        except TimeoutError:
            return note_view(SORRY, TOO_LONG)
        except Exception as error:  # noqa: BLE001 - the person gets one sentence, and the log the rest
            return note_view(SORRY, BROKE.format(number=incident("slack.form_not_drawn", error)))

    def _view(
        self, team: Team, user: str, at: Mapping[str, Any], form: Form, about: Shortcut | None = None
    ) -> View:
        tell = about.tell if about else None
        metadata = self._seals.keep(team, carried(form, user, at, tell))
        return draw(form, metadata, more=[tell_choice()] if tell else [])

    async def _open(
        self, team: Team, body: Body, make: Callable[[], Awaitable[View]]
    ) -> Mapping[str, Any] | None:
        """Open what is made, or first a modal that says to wait; None when Slack opens nothing any more."""
        drawing = asyncio.ensure_future(make())
        ready, _ = await asyncio.wait({drawing}, timeout=QUICK)
        view = drawing.result() if ready else note_view(WAIT, WAITING)
        client, trigger = self._calls.client(team.token), str(body.get("trigger_id", ""))
        try:
            opened = await made("views.open", lambda: client.views_open(trigger_id=trigger, view=view))
        except CallError as error:
            log.warning("slack.form_not_opened", reason=error.reason)
            drawing.cancel()
            return None
        if not ready:
            task = asyncio.create_task(self._fill_in(team, str(opened["view"]["id"]), drawing))
            self._later.add(task)
            task.add_done_callback(self._later.discard)
        return OPENED

    async def _fill_in(self, team: Team, view_id: str, drawing: Awaitable[View]) -> None:
        """Put the form where it says to wait; who closed that meanwhile wants it no more."""
        await change_view(self._calls, team, view_id, await drawing)


async def change_view(calls: Calls, team: Team, view_id: str, view: View) -> None:
    """Show something else in a modal, if it is still open."""
    client = calls.client(team.token)
    try:
        await made("views.update", lambda: client.views_update(view_id=view_id, view=view))
    except CallError as error:
        log.info("slack.form_not_changed", reason=error.reason)


async def _given(view: View) -> View:
    return view


def place_of(where: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return where the answer to a form goes: the thread of what was pressed, unless they alone saw that."""
    seen_by_all = fits(CHANNEL, where["channel"]) and fits(TS, where["thread"]) and not where["only_them"]
    return {"channel": where["channel"], "thread": where["thread"], "told": {}} if seen_by_all else DIRECTLY


def carried(
    form: Form, user: str, at: Mapping[str, Any], tell: Mapping[str, str] | None
) -> Mapping[str, Any]:
    """Return what a form carries along, sealed: what it is for, whose it is, where its answer goes."""
    return {
        "action": form.action_id,
        "version": form.version,
        "kept": form.kept,
        "user": user,
        "at": at,
        "tell": tell,
    }
