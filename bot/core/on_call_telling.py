"""Telling whoever is on call that a call waits for their yes, and nothing more once it is decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.contract.people import User
from bot.contract.reply import Choice, Reply, Tone
from bot.core.gate_reply import keep_reply
from bot.core.gate_rows import in_words, moment
from bot.core.gate_setup import Setup
from bot.core.on_call import Watch, missing
from bot.db import nudges
from bot.db.calls import Call
from bot.db.decisions import Decision
from bot.db.session import Session

SHOWN_ID = 8


KEY = "on_call:"


def _key(call: Call) -> str:
    return f"{KEY}{call.id}"


async def tell_on_call(
    setup: Setup,
    session: Session,
    call: Call,
    yes: Sequence[Decision],
    watch: Watch,
    fits: Callable[[User], bool],
) -> int:
    """Tell those on call whose yes would do, each once; return how many had not been told.

    Who was relieved before the word reached them hears nothing of it.
    """
    teams = sorted(team for team in missing(call, yes) if team in watch.found)
    told, meant = 0, set[str]()
    for team in teams:
        people = [one.id for one in watch.found[team].people if one.id != call.asked_by and fits(one)]
        meant.update(people)
        if people:
            said = keep_reply(_words(setup, call, team))
            told += await nudges.do_put(session, people, _key(call), said)
    if not any(watch.found[team].silent for team in teams):
        await nudges.do_drop(session, _key(call), spare=sorted(meant))
    return told


async def untell(session: Session, call: Call) -> None:
    """Say nothing more of a call that waits no longer."""
    if call.on_call:
        await nudges.do_drop(session, _key(call))


async def untell_all(session: Session) -> None:
    """Say nothing more of any call: those who were on call for it are so no longer, their roster is off."""
    await nudges.do_drop(session, KEY)


def _words(setup: Setup, call: Call, team: str) -> Reply:
    start = call.id[:SHOWN_ID]
    until = f", until {moment(setup, call.expires_at)}" if call.expires_at else ""
    return Reply(
        f"You are on call for {team}, so a call of {call.asked_name} waits for your yes{until}: "
        f"{in_words(call)}.",
        choices=(Choice("Agree", f"approve {start}"), Choice("Refuse", f"deny {start}")),
        tone=Tone.ASK,
    )
