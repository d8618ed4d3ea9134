"""The small form that asks why: behind Deny, and behind a thumb down."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import structlog

from bot.core.gate_rows import in_words
from bot.db import calls
from bot.db.database import Database
from bot.db.letters import Kind, Letter
from bot.db.outbox import do_put_once
from bot.errors import BadInput, Unavailable
from bot.slack import mrkdwn, parts
from bot.slack.calls import CallError, Calls, made
from bot.slack.clicks import meant, pressed, spot
from bot.slack.event import CHANNEL, KEY, TS, USER, Heard, clean, fits
from bot.slack.ports import PRIORITY, SEND_JOB, Enqueue
from bot.slack.sealed import Seals
from bot.slack.teams import Team

log = structlog.get_logger(__name__)

WHY = "why"
MOST_REASON, MOST_SAID = 500, 600
SOON = 1.6
"""Seconds for the form to open: Slack wants the press acknowledged within three."""
TITLES = {
    "deny": ("Say no", "Deny", "Why not?"),
    "feedback": ("Not good?", "Send", "What was wrong with it?"),
}
HINTS = {"deny": "Whoever asked for it reads this.", "feedback": "Those who look after me read this."}
TOO_LATE = "Slack gave me no time to ask you why. Press Deny again, or say `deny {call} because …`."
NO_OPINION = "Slack gave me no time to ask what was wrong. Your opinion is noted; tell an admin the rest."

Body = Mapping[str, Any]


class Why:
    """Opens the form beside the press, for a trigger is good for three seconds; what is sent is kept."""

    def __init__(self, calls: Calls, database: Database, enqueue: Enqueue, seals: Seals) -> None:
        self._calls, self._database, self._enqueue, self._seals = calls, database, enqueue, seals

    async def ask_first(self, team: Team, body: Body) -> Mapping[str, Any] | None:
        """Open the form before the press is acknowledged, so that a press of Deny is never lost unsaid.

        None for a press that asks nothing back.
        """
        means = meant(pressed(body))
        if means is None or means.deed != "deny":
            return None
        await self.ask(team, body)
        return {}

    async def ask(self, team: Team, body: Body) -> None:
        """Open the form for who asks to say no, or is not content; otherwise do nothing."""
        means, where = meant(pressed(body)), spot(body)
        if means is None or where is None or not wants_reason(means.deed, means.told):
            return
        kept = {**where, "deed": means.deed, "told": {**where["told"], **means.told}}
        client, sealed = self._calls.client(team.token), self._seals.keep(team, kept)
        try:
            async with asyncio.timeout(SOON):
                view = form(means.deed, sealed, await self._asked(team, means.told))
                trigger = str(body.get("trigger_id", ""))
                await made("views.open", lambda: client.views_open(trigger_id=trigger, view=view))
        except (CallError, TimeoutError) as error:
            log.warning("slack.form_not_opened", reason=str(error) or type(error).__name__)
            await self._too_late(team, body, kept)

    def hear(self, team: Team, body: Body) -> tuple[Heard, str] | str:
        """Return what was pressed with the reason given; a form is kept once, however often it is sent."""
        view, person = _part(body, "view"), _part(body, "user")
        try:
            kept = self._seals.kept(team, str(view.get("private_metadata") or ""))
            heard = Heard(**{**kept, "text": "", "user": str(person.get("id")), "ts": f"{time.time():.6f}"})
            told = {**heard.told, "reason": _reason(view)[:MOST_REASON]}
        except (BadInput, ValueError, TypeError, KeyError):
            return "malformed"
        name = view.get("id")
        there = heard.nowhere or (fits(CHANNEL, heard.channel) and fits(TS, heard.thread))
        whole = there and fits(USER, heard.user)
        if not whole or kept.get("user") != heard.user or heard.deed not in TITLES or not fits(KEY, name):
            return "malformed"
        return Heard(**{**vars(heard), "told": told}), f"form:{name}"

    async def _asked(self, team: Team, told: Mapping[str, Any]) -> str:
        """Return what they say no to, and who asked for it; the form opens also while nobody can tell."""
        if "call" not in told:
            return ""
        try:
            async with self._database.tenant(team.tenant_id) as session:
                call = await calls.get_call(session, str(told["call"]))
        except Unavailable:
            return ""
        if call is None or call.state != "asked":
            return ""
        said = in_words(call)
        short = said if len(said) <= MOST_SAID else f"{said[: MOST_SAID - 1]}…"
        return f"*{mrkdwn.escape(call.asked_name)} asks:* {mrkdwn.escape(short)}"

    async def _too_late(self, team: Team, body: Body, kept: Mapping[str, Any]) -> None:
        """Tell them, and nobody else, what to do instead; a press is told once."""
        call = str(kept["told"].get("call", ""))[:8]
        text = TOO_LATE.format(call=call) if call else NO_OPINION
        thread = kept["thread"] if kept["told"].get("in_thread") else None
        where = kept["channel"]
        letter = Letter(
            lane=f"{team.team_id}:{where}:{thread or ''}" if where else f"{team.team_id}:/{kept['user']}",
            team_id=team.team_id,
            channel=where,
            thread_ts=thread,
            payload={"text": text},
            kind=Kind.EPHEMERAL if kept["channel"] else Kind.POST,
            user=kept["user"],
        )
        press = f"why:{kept['user']}:{kept['channel']}:{pressed(body).get('action_ts')}"
        async with self._database.tenant(team.tenant_id) as session:
            if put := await do_put_once(session, letter, press):
                job = {"lane": letter.lane}
                await self._enqueue(
                    session, SEND_JOB, job, tenant=team.tenant_id, dedupe=put, priority=PRIORITY
                )


def wants_reason(deed: str, told: Mapping[str, Any]) -> bool:
    """Say whether a press asks back."""
    return deed == "deny" or (deed == "feedback" and told.get("good") is False)


def form(deed: str, sealed: str, about: str = "") -> dict[str, Any]:
    """Return the form; what was pressed, and where to answer it, goes along in it sealed.

    `about` says above the field what it is about.
    """
    title, submit, label = (_plain(each) for each in TITLES[deed])
    entry = {"type": "plain_text_input", "action_id": WHY, "multiline": True, "max_length": MOST_REASON}
    return {
        "type": "modal",
        "callback_id": f"{WHY}:{deed}",
        "title": title,
        "submit": submit,
        "close": _plain("Cancel"),
        "private_metadata": sealed,
        "blocks": [
            *parts.sections(about),
            {
                "type": "input",
                "block_id": WHY,
                "optional": True,
                "label": label,
                "hint": _plain(HINTS[deed]),
                "element": entry,
            },
        ],
    }


def _reason(view: Mapping[str, Any]) -> str:
    values = _part(_part(view, "state"), "values")
    return clean(_part(_part(values, WHY), WHY).get("value")).strip()


def _part(body: Body, name: str) -> Mapping[str, Any]:
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}
