"""Forms at a tenant's desk: drawn with what was understood, searched, checked, and sent through the gate."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.contract.action import Action
from bot.contract.entity import Match
from bot.contract.money import Money
from bot.contract.reply import ActionCall, Reply
from bot.core.answer import press, said
from bot.core.caller import Caller
from bot.core.command import parse
from bot.core.desk import Desk
from bot.core.form import Field, Filled, Form, make_form, version_of
from bot.core.ideas import pairs
from bot.core.policy import check_permission, deed, doing
from bot.core.question import Question
from bot.core.validate import CONTROL, find_problems
from bot.errors import BadInput, Conflict, NotFound, UserError
from bot.host.registry import Owned
from bot.understand.arguments import Argument, Kind, arguments_of
from bot.understand.understanding import Ask, Verdict
from bot.understand.values import read_value

TICKET = "tickets_create"
NEW = re.compile(r"new\s+(?P<what>[a-z][a-z_ ]{1,40})", re.IGNORECASE)
MAKES = ("create", "add", "open", "new", "record", "plan", "start")
"""Names of actions that make a new thing, surest first."""
NAMES_TRIED, OFFERED = 6, 25
SENTENCE, MEANING = re.compile(r"(?<=[.!?])\s+"), 3
"""Where a sentence ends, and how many words one has that says something."""
MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
PHONE = re.compile(r"(?<!\w)\+?\d[\d ()-]{6,16}\d(?!\w)")
LONGEST_SUBJECT, LONGEST_BODY = 80, 2_500
"""Characters that are taken over from a message; a field of a form holds three thousand."""
OFF = (
    "“{what}” is not there any more: its plugin was turned off, so nothing was done. An admin can turn it on."
)
NO_AMOUNT = "The amount has to be more than 0, and this is {value}."
CHANGED = (
    "“{what}” has changed since this form was opened, so nothing was done. Look it over and send it again."
)


async def open_form(desk: Desk, question: Question, action_id: str, args: Mapping[str, Any]) -> Form:
    """Return the form of an action with what is known already; a UserError says why there is none."""
    caller, owned = await _usable(desk, question, action_id)
    form = make_form(owned, args, question.tenant.currency)
    return replace(form, fields=await asyncio.gather(*(_named(caller, one) for one in form.fields)))


async def form_for(desk: Desk, question: Question, words: str) -> Form:
    """Return the form that words ask for: a command, `new ticket`, or a change in free words."""
    caller = await _arrived(desk, question)
    if not words.strip():
        raise BadInput("Say which form you need, such as `form tickets create` or `new ticket`.")
    if (made := NEW.fullmatch(words.strip())) and (owned := _makes(caller, made["what"].lower())):
        return await open_form(desk, question, owned.id, {})
    command = parse(words, caller.view, caller.user, caller.clock, question.tenant.currency)
    if command is not None:
        return await open_form(desk, question, command.owned.id, command.args)
    ask = Ask(
        words=words,
        user=caller.user,
        clock=caller.clock,
        resolve=caller.find,
        currency=question.tenant.currency,
    )
    meant = await desk.understander.understand(ask)
    if meant.guesses and meant.verdict in {Verdict.CLEAR, Verdict.MISSING, Verdict.FORBIDDEN}:
        return await open_form(desk, question, meant.action_id, meant.best.args)
    raise NotFound(
        f"I know nothing to do called “{words[:60]}”. Say the command, such as `form tickets create`, "
        "or `help` for what there is."
    )


async def form_of_message(desk: Desk, question: Question, origin: str) -> Form:
    """Return the form of a ticket about a message: its words inform, and command nothing.

    `origin` says whose message it is and where it stands.
    """
    caller, owned = await _usable(desk, question, TICKET)
    text = CONTROL.sub("", question.words).strip()
    names = {one.name for one in arguments_of(owned.item)}
    body = f"{text[:LONGEST_BODY]}{'…' if len(text) > LONGEST_BODY else ''}\n\n{origin}"
    args = {"subject": subject_of(text), "body": body.strip(), "customer": await _customer_in(caller, text)}
    known = {name: value for name, value in args.items() if value and name in names}
    return await open_form(desk, question, TICKET, known)


def subject_of(text: str) -> str:
    """Return the first sentence of a message, cut at a word; a greeting takes the next one along."""
    line = next((" ".join(one.split()) for one in text.splitlines() if one.strip()), "")
    said = ""
    for sentence in SENTENCE.split(line):
        said = f"{said} {sentence}".strip()
        if len(said.split()) >= MEANING:
            break
    said = said.rstrip(".")
    if len(said) <= LONGEST_SUBJECT:
        return said
    room = said[:LONGEST_SUBJECT]
    words = room.rpartition(" ")[0].rstrip(" ,;:-–") if " " in room else ""
    return f"{words or room[: LONGEST_SUBJECT - 1]}…"


async def find_things(
    desk: Desk, question: Question, action_id: str, field: str, typed: str
) -> Sequence[Match]:
    """Return the things a field may name, as far as this person may see them in this place."""
    caller, owned = await _usable(desk, question, action_id)
    argument = next((one for one in arguments_of(owned.item) if one.name == field and one.entity), None)
    if argument is None or not typed.strip():
        return ()
    return await caller.find(argument.entity, typed.strip(), OFFERED)


async def find_form_problems(desk: Desk, question: Question, filled: Filled) -> Mapping[str, str]:
    """Return what does not fit, by field; a UserError when it cannot be sent at all any more.

    Conflict when the action has changed meanwhile: then a form has to be drawn anew.
    """
    _caller, owned = await _usable(desk, question, filled.action_id)
    _check_version(owned, filled)
    return _read(desk, question, owned, filled)[1]


async def send_form(desk: Desk, question: Question, filled: Filled) -> Reply:
    """Make the call a form stands for, through the gate as words do; what is wrong is said with its input."""
    try:
        _caller, owned = await _usable(desk, question, filled.action_id)
        _check_version(owned, filled)
        args, problems = _read(desk, question, owned, filled)
        if problems:
            raise BadInput(" ".join(problems.values()))
    except UserError as error:
        return replace(said(error), facts=entered(filled))
    reply = await press(desk, question, owned.id, args)
    if not reply.error:
        return reply
    again = ActionCall(action_id=owned.id, args=args)
    return replace(reply, facts={**reply.facts, **entered(filled)}, form=again)


def entered(filled: Filled) -> Mapping[str, str]:
    """Return what somebody entered, for them to read: nothing they wrote is lost."""
    told = {**filled.kept, **filled.values}
    texts = {name: ", ".join(map(str, one)) if isinstance(one, list) else one for name, one in told.items()}
    return {
        name.replace("_", " ").capitalize(): _instant(one) if isinstance(one, int) else str(one)
        for name, one in texts.items()
        if one not in (None, "")
    }


def args_of(desk: Desk, question: Question, filled: Filled) -> Mapping[str, Any]:
    """Return what of a form fits the action as it is now, to draw the form anew with it."""
    owned = desk.view.action(filled.action_id)
    args, problems = _read(desk, question, owned, filled)
    return {name: value for name, value in args.items() if name not in problems}


def _instant(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


async def _arrived(desk: Desk, question: Question) -> Caller:
    caller = Caller(desk, question)
    await caller.arrive()
    return caller


async def _usable(desk: Desk, question: Question, action_id: str) -> tuple[Caller, Owned[Action]]:
    """Return an action that this person may use in this place; else the UserError that says why not."""
    caller = await _arrived(desk, question)
    try:
        owned = desk.view.action(action_id)
    except NotFound:
        raise NotFound(OFF.format(what=action_id.replace("_", " "))) from None
    check_permission(caller.user, owned.item.permission, doing(owned.item), desk.plugins)
    caller.here.check(owned)
    return caller, owned


def _check_version(owned: Owned[Action], filled: Filled) -> None:
    if version_of(owned.item) != filled.version:
        raise Conflict(CHANGED.format(what=deed(owned.item)))


def _makes(caller: Caller, what: str) -> Owned[Action] | None:
    """Return the action that makes a new thing of this name: `ticket` is `tickets create`."""
    plugins = {what.strip().replace(" ", "_"), f"{what.strip().replace(' ', '_')}s"}
    mine = {o.item.name: o for o in caller.view.actions_for(caller.user) if o.plugin in plugins}
    return next((mine[name] for name in MAKES if name in mine), None)


async def _named(caller: Caller, field: Field) -> Field:
    """Return a field with the one thing that was named for it; of several, or none, it says so."""
    if field.kind is not Kind.ENTITY or field.value is None:
        return field
    words = str(field.value)
    try:
        found = await caller.find(field.entity, words)
    except UserError:
        found = ()
    keyed = [one for one in found if one.key.casefold() == words.casefold()]
    one = next(iter(keyed or [match for match in found if match.exact]), None)
    if one is not None and (keyed or sum(match.exact for match in found) == 1):
        return replace(field, value=one.key, label=one.label)
    why = f"“{words[:60]}” may be several: choose one." if found else f"I found none for “{words[:60]}”."
    return replace(field, value=None, note=why)


async def _customer_in(caller: Caller, text: str) -> str | None:
    """Return the customer a text names, if it names exactly one beyond doubt."""
    ask = Ask(words=text[:LONGEST_BODY], user=caller.user, clock=caller.clock, resolve=caller.find)
    names = [*MAIL.findall(text), *PHONE.findall(text), *caller.desk.understander.names(ask), *pairs(text)]
    keys: set[str] = set()
    for name in list(dict.fromkeys(names))[:NAMES_TRIED]:
        try:
            found = await caller.find("customer", name)
        except UserError:  # not for this person, or its system is away
            return None
        exact = {match.key for match in found if match.exact}
        keys |= exact
    return next(iter(keys)) if len(keys) == 1 else None


def _read(
    desk: Desk, question: Question, owned: Owned[Action], filled: Filled
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the arguments as JSON, and what is wrong with them by field."""
    caller = Caller(desk, question)
    args, problems = dict(filled.kept), dict[str, str]()
    for argument in arguments_of(owned.item):
        entered_value = filled.values.get(argument.name)
        if entered_value in (None, "", []):
            continue
        try:
            args[argument.name] = value = _value(caller, argument, entered_value)
        except BadInput as error:
            problems[argument.name] = str(error)
            continue
        is_amount = argument.name == owned.item.amount
        if is_amount and Money.parse(value, question.tenant.currency).minor <= 0:
            problems[argument.name] = NO_AMOUNT.format(value=value)
    tenant, now = question.tenant, desk.around.now()
    found = find_problems(owned.item.args, args, tenant=tenant, now=now)
    titles = {one.name: one.title for one in arguments_of(owned.item)}
    every = {**found, **problems}
    return args, {name: _plain(text, name, titles.get(name, name)) for name, text in every.items()}


def _plain(text: str, name: str, title: str) -> str:
    """Return a sentence about an argument with the name the form shows for it."""
    return text.replace(f"`{name}`:", "").replace(f"`{name}`", f"The {title}").strip()


def _value(caller: Caller, argument: Argument, value: Any) -> Any:
    """Return what was entered as JSON; BadInput says what would fit."""
    kind, currency = argument.kind, caller.question.tenant.currency
    if kind is Kind.INSTANT and isinstance(value, int):
        return datetime.fromtimestamp(value, caller.clock.zone).isoformat()
    if kind is Kind.MANY:
        parts = value if isinstance(value, list) else re.split(r"[,\n]", str(value))
        return [part.strip() for part in map(str, parts) if part.strip()]
    words = str(value).strip()
    if kind is Kind.MONEY or (kind is Kind.LENGTH and not words.startswith("P")):
        return read_value(argument, words, caller.clock, currency)
    if kind is Kind.YES_NO:
        return words == "yes"
    return str(value) if kind is Kind.TEXT else words
