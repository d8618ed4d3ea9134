"""A form that was sent: checked while it is open, kept once, and sent through the core's gate."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.contract.reply import Reply
from bot.core.form import Filled
from bot.core.form_desk import entered as shown
from bot.core.here import Rules
from bot.core.question import Question
from bot.db import channels
from bot.db.database import Database
from bot.db.letters import Letter
from bot.db.outbox import do_put
from bot.db.session import Session
from bot.errors import BadInput, Conflict, UserError
from bot.slack import mrkdwn
from bot.slack.clicks import FORM
from bot.slack.deeds import Asked, Done
from bot.slack.event import KEY, USER, Heard, fits
from bot.slack.forms.askers import Askers
from bot.slack.forms.draw import block_of, draw, entered, inputs_of, note_view, tell_choice, wants_telling
from bot.slack.forms.elements import ENTITY, options
from bot.slack.forms.opening import SORRY, carried
from bot.slack.forms.ports import FormDesk
from bot.slack.forms.typed import part
from bot.slack.ports import PRIORITY, SEND_JOB, Enqueue
from bot.slack.sealed import NOT_OUR_FORM, Seals
from bot.slack.teams import Team

ENTERED = "What you entered:"
OUTSIDERS = "I said nothing in the thread: guests or people of other organisations may read there."
NOT_TOLD = "I said nothing in the thread: the rules of that channel do not let me."
WAITS = "I say nothing in the thread of the message, for it waits for a yes."
NOT_THERE = "I could not say this in the thread of the message:"
MOST_ERROR = 300

Body = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A form as it came back: whose, where its answer goes, what it is for and what was entered."""

    user: str
    view_id: str
    at: Mapping[str, Any]
    filled: Filled
    tell: Mapping[str, str] | None
    wants_telling: bool
    inputs: list[str]


class Sending:
    """Checks forms, hears them, and has them done."""

    def __init__(
        self, database: Database, askers: Askers, desk: FormDesk, seals: Seals, enqueue: Enqueue
    ) -> None:
        self._database, self._askers, self._desk = database, askers, desk
        self._seals, self._enqueue = seals, enqueue

    async def suggest(self, team: Team, body: Body) -> Mapping[str, Any]:
        """Return what a menu offers for the letters typed, as far as this person may see it."""
        field = str(body.get("action_id", "")).removeprefix(f"{ENTITY}:")
        try:
            sent = self._read(team, body)
            question = await self._question(team, sent)
            typed = str(body.get("value") or "")
            found = await self._desk.things(question, sent.filled.action_id, field, typed)
        except UserError:
            return {"options": []}
        return {"options": options(found)}

    async def check(self, team: Team, body: Body) -> Mapping[str, Any] | None:
        """Return what is wrong, at its field or instead of the form; None when it can be kept and done."""
        try:
            sent = self._read(team, body)
        except UserError as error:
            return _instead(note_view(SORRY, str(error)))
        try:
            question = await self._question(team, sent)
            problems = await self._desk.form_problems(question, sent.filled)
        except Conflict as error:
            return await self._anew(team, sent, str(error))
        except UserError as error:
            return _instead(note_view(SORRY, str(error), _told(sent.filled)))
        if not problems:
            return None
        errors = {block_of(name): said[:MOST_ERROR] for name, said in problems.items()}
        if set(errors) <= set(sent.inputs):
            return {"response_action": "errors", "errors": errors}
        return _instead(note_view(SORRY, " ".join(problems.values()), _told(sent.filled)))

    def hear(self, team: Team, body: Body) -> tuple[Heard, str] | str:
        """Return what was sent, kept once however often it comes; or why it is not kept."""
        try:
            sent = self._read(team, body)
        except UserError:
            return "malformed"
        filled = {
            "action": sent.filled.action_id,
            "version": sent.filled.version,
            "values": sent.filled.values,
            "kept": sent.filled.kept,
        }
        told = {**sent.at["told"], "filled": filled, "tell": sent.tell if sent.wants_telling else None}
        heard = Heard(
            user=sent.user,
            text="",
            channel=sent.at["channel"],
            thread=sent.at["thread"],
            kind=sent.at.get("kind", ""),
            ts=f"{time.time():.6f}",
            deed=FORM,
            told=told,
        )
        return heard, f"form:{sent.view_id}"

    async def do(self, asked: Asked) -> Done:
        """Have it done; what is wrong by now is said with all that was entered."""
        told = asked.heard.told
        kept = told["filled"]
        filled = Filled(
            action_id=kept["action"], version=kept["version"], values=kept["values"], kept=kept["kept"]
        )
        reply = await self._desk.send(asked.question, filled)
        if not told.get("tell") or reply.error:
            return Done(reply=reply)
        if reply.waiting:
            return Done(reply=replace(reply, text=f"{reply.text}\n\n{WAITS}"))
        return await self._telling(asked, reply, told["tell"], filled.action_id)

    async def _telling(self, asked: Asked, reply: Reply, tell: Mapping[str, str], action_id: str) -> Done:
        """Say in the thread of a message what was made of it: its number, and by whom."""
        team, number = asked.team, next(iter(reply.focus.values()), "")
        place = await self._askers.place(team, tell["channel"])
        async with self._database.tenant(team.tenant_id) as session:
            tells = Rules(await channels.find_rules(session)).tells(place, action_id)
        if not tells or not number:
            why = OUTSIDERS if place.outsiders else NOT_TOLD
            return Done(reply=replace(reply, text=f"{reply.text}\n\n{why}"))
        said = f"{asked.question.user.name} made {number} of this message."
        letter = Letter(
            lane=f"{team.team_id}:{tell['channel']}:{tell['thread']}",
            team_id=team.team_id,
            channel=tell["channel"],
            thread_ts=tell["thread"],
            payload={"text": mrkdwn.escape(said), "begins": NOT_THERE},
            user=asked.heard.user,
        )

        async def put(session: Session) -> None:
            [one] = await do_put(session, [letter])
            job = {"lane": letter.lane}
            await self._enqueue(session, SEND_JOB, job, tenant=team.tenant_id, dedupe=one, priority=PRIORITY)

        return Done(reply=reply, also=put)

    async def _anew(self, team: Team, sent: Sent, why: str) -> Mapping[str, Any]:
        """Return the form as it is by now, with what was entered as far as it fits."""
        try:
            form = await self._desk.form_anew(await self._question(team, sent), sent.filled)
            metadata = self._seals.keep(team, carried(form, sent.user, sent.at, sent.tell))
        except UserError as error:
            return _instead(note_view(SORRY, str(error), _told(sent.filled)))
        return _instead(draw(form, metadata, note=why, more=[tell_choice()] if sent.tell else []))

    async def _question(self, team: Team, sent: Sent) -> Question:
        return await self._askers.question(
            team, sent.user, channel=sent.at["channel"], kind=sent.at.get("kind", "")
        )

    def _read(self, team: Team, body: Body) -> Sent:
        """Return what came back; BadInput when this bot did not make it for this person."""
        view, person = part(body, "view"), part(body, "user")
        user, name = person.get("id"), view.get("id")
        kept = self._seals.kept(team, str(view.get("private_metadata") or ""))
        if not fits(USER, user) or not fits(KEY, name) or kept.get("user") != user:
            raise BadInput(NOT_OUR_FORM)
        filled = Filled(
            action_id=kept["action"], version=kept["version"], values=entered(view), kept=kept["kept"]
        )
        return Sent(
            user=str(user),
            view_id=str(name),
            at=kept["at"],
            filled=filled,
            tell=kept["tell"],
            wants_telling=wants_telling(view),
            inputs=inputs_of(view),
        )


def _instead(view: dict[str, Any]) -> Mapping[str, Any]:
    return {"response_action": "update", "view": view}


def _told(filled: Filled) -> str:
    """Return what was entered, as Markdown: nothing somebody wrote is lost."""
    lines = [f"{name}: {value}" for name, value in shown(filled).items()]
    return "\n".join([ENTERED, *lines]) if lines else ""
