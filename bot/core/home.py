"""What somebody's Home tab tells them: what waits for their yes, their work, and what they might ask."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.contract.action import Action
from bot.contract.panel import Panel
from bot.contract.people import User
from bot.contract.reply import Button, Reply, Tone, Waiting
from bot.core.desk import Desk
from bot.core.help import examples, suggest
from bot.core.question import Question
from bot.errors import UserError
from bot.host.registry import Owned, View
from bot.trouble import incident

QUESTIONS = 5
WAITS = "admin_waiting"
"""The action that lists what waits, as the tab does."""
BROKE = "Something went wrong here. It is logged as incident {number}."
NO_ROLE = "You hold no permission here yet. Ask an admin to give you a role."


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one panel told, or in a sentence why it tells nothing; `whole` and `words` list all rows."""

    title: str
    reply: Reply
    whole: Button | None = None
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Home:
    """One person's tab at one moment; `closed` says why there is nothing on it.

    `to_decide` waits for their yes, `asked` is theirs and waits for others.
    """

    user: User
    at: datetime
    closed: str = ""
    to_decide: Sequence[Waiting] = ()
    asked: Sequence[Waiting] = ()
    trouble: str = ""
    parts: Sequence[Part] = ()
    questions: Sequence[str] = ()


async def look(desk: Desk, question: Question) -> Home:
    """Return the asker's tab, by their rights of this moment; each part of it fails alone."""
    user, place = question.user, question.place
    here = await desk.gate.here(user, place)
    at, view = desk.around.now(), here.narrow(desk.view)
    closed = here.closed or ("" if desk.view.actions_for(user) else NO_ROLE)
    if closed:
        return Home(user=user, at=at, closed=closed)
    panels = sorted(desk.view.all(Panel), key=lambda each: each.item.order)
    mine = [each for each in panels if user.may(each.item.permission) and here.shows(each)]
    usable = {owned.id for owned in view.actions_for(user)}
    (waiting, trouble), parts = await asyncio.gather(
        _waiting(desk, question),
        asyncio.gather(*(_part(desk, question, each, usable) for each in mine)),
    )
    return Home(
        user=user,
        at=at,
        to_decide=[each for each in waiting if each.may_agree],
        asked=[each for each in waiting if not each.may_agree],
        trouble=trouble,
        parts=[each for each in parts if each is not None],
        questions=await _questions(desk, question, view.only(_not_shown(mine))),
    )


async def _waiting(desk: Desk, question: Question) -> tuple[Sequence[Waiting], str]:
    """Return what waits, or in a sentence why that is not known."""
    try:
        return await desk.gate.waiting(question.user, place=question.place), ""
    except UserError as error:
        return (), str(error)
    except Exception as error:  # noqa: BLE001 - the other parts are worth showing
        return (), BROKE.format(number=incident("home_failed", error, user=question.user.id))


async def _part(
    desk: Desk, question: Question, panel: Owned[Panel], usable: Collection[str]
) -> Part | None:  # fmt: skip - as wide as it is
    title, whole = panel.item.title, panel.item.whole
    try:
        reply = await desk.gate.look(question.user, panel, place=question.place)
    except UserError as error:
        reply = Reply(str(error), tone=Tone.WARN, error=type(error).__name__)
    except Exception as error:  # noqa: BLE001 - whatever a plugin throws, the other parts are shown
        number = incident("home_part_failed", error, panel=panel.id, user=question.user.id)
        reply = Reply(BROKE.format(number=number), tone=Tone.WARN, error="Broken")
    if reply is None:
        return None
    buttons = tuple(each for each in reply.buttons if each.action_id in usable)
    button = Button("Show all", whole) if whole in usable else None
    words = next(iter(examples([desk.view.action(whole)], {})), "") if button else ""
    return Part(title=title, reply=replace(reply, buttons=buttons), whole=button, words=words)


def _not_shown(panels: Sequence[Owned[Panel]]) -> Callable[[Owned[Action]], bool]:
    """Return what says of an action whether the tab answers it already."""
    shown = {WAITS, *(each.item.whole for each in panels)}
    return lambda owned: owned.id not in shown


async def _questions(desk: Desk, question: Question, view: View) -> Sequence[str]:
    used: Sequence[str] = ()
    if desk.habits is not None:
        used = await desk.habits.used(desk.database, question.tenant, question.user, desk.around.now())
    return suggest(view, question.user, count=QUESTIONS, used=used)
