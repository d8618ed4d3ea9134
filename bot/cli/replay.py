"""`replay`: what this bot makes of a recorded payload of Slack's, without Slack."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer

from bot.cli.exits import Exit, fail
from bot.cli.exits import run as run_work
from bot.cli.options import TenantName

if TYPE_CHECKING:
    from bot.app import App
    from bot.contract.people import Tenant
    from bot.contract.reply import Reply
    from bot.slack.event import Heard
    from bot.slack.replay import Replayed

MOST_BYTES = 1 << 20


def replay(
    file: Annotated[Path, typer.Argument(help="A payload, recorded into the folder BACKHAUL_SLACK_RECORD.")],
    say: Annotated[str | None, typer.Option(help="Words instead of those in it, which are scrubbed.")] = None,
    as_user: Annotated[
        str | None, typer.Option("--as", help="Answer as this user (e-mail), not as whoever it came from.")
    ] = None,
    tenant: TenantName = None,
) -> None:
    """Show what a recorded Slack payload would be heard as, and answered: a dry run, nothing is sent.

    Reads run with the person's rights; a change is worked out and shown, and not done. Slack is not asked.
    """
    try:
        with file.open("rb") as opened:
            body = json.loads(opened.read(MOST_BYTES))
    except (OSError, ValueError) as error:
        fail(f"{file} is no recorded payload: {error}", Exit.USAGE)
    if not isinstance(body, dict):
        fail(f"{file} is no recorded payload: a JSON object is wanted.", Exit.USAGE)
    run_work(_replay(body, say, as_user, tenant))


async def _replay(body: Mapping[str, Any], say: str | None, who: str | None, slug: str | None) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.core.journal import note
    from bot.core.listed import picks
    from bot.serve import Process
    from bot.slack.replay import replay as hear
    from bot.terminal.render import CONTROL, render

    # A room without a token and with no Slack at its address: nothing in it could send, were it to try.
    nowhere = {"slack_bot_token": None, "slack_app_token": None, "slack_api_url": "http://127.0.0.1:9/"}
    async with opened(more=nowhere) as main:
        home = await the_tenant(main, slug)
        found = hear(Process(main).make_slack().routes, body, tenant_id=home.id, said=say)
        for name, told in _lines(found):
            out.print(f"{name:10} {CONTROL.sub('', told)}", markup=False, soft_wrap=True)
        if found.heard is None:
            return
        async with main.database.tenant(home.id) as session:
            text = f"replayed a Slack payload ({found.kind}) as a dry run"
            await note(session, event="slack.replayed", by=operator(), text=text)
        reply = await _answer(main, home, found, found.heard, who)
        out.print("Answer     (a dry run: nothing is done, nothing is sent)")
        render(reply, out, home.zone, picks(reply))


def _lines(found: Replayed) -> list[tuple[str, str]]:
    """Return what is said of how it would be heard."""
    lines = [("Kind", found.kind), ("Handlers", ", ".join(found.ways) or "none")]
    if found.heard is None:
        return [*lines, ("Heard", f"nothing: {found.why_not}")]
    heard = found.heard
    thread = f", thread {heard.thread}" if heard.thread else ""
    return [
        *lines,
        ("Heard", f"{heard.deed} of {heard.user} in {heard.channel or 'no channel'}{thread}"),
        *([("Words", heard.text)] if heard.text else []),
        *([("Told", json.dumps(dict(heard.told), ensure_ascii=False))] if heard.told else []),
        ("Answered", "to them alone" if heard.only_them or heard.direct else "in the thread"),
        ("Lane", heard.lane(found.team_id)),
        ("Key", found.key),
    ]


async def _answer(main: App, tenant: Tenant, found: Replayed, heard: Heard, who: str | None) -> Reply:
    """Return what the core would say, by a gate that changes nothing; what is wrong is said in the reply."""
    from bot.core.answer import said
    from bot.errors import UserError

    try:
        return await _asked(main, tenant, found, heard, who)
    except UserError as error:
        return said(error)


async def _asked(main: App, tenant: Tenant, found: Replayed, heard: Heard, who: str | None) -> Reply:
    from bot.contract.reply import Reply
    from bot.core import identity
    from bot.core.answer import answer, decide, press, undo
    from bot.core.question import Question
    from bot.core.trial_gate import DryGate
    from bot.slack.commands import COMMAND
    from bot.slack.event import WORDS
    from bot.slack.place import SURFACE, get_place
    from bot.slack.sealed import Seals
    from bot.slack.teams import Team
    from bot.slack.words import plain

    account = f"{found.team_id}:{heard.user}"
    user = (
        await main.person(tenant, who)
        if who is not None
        else await identity.find_linked(main.database, main.registry, tenant, SURFACE, account)
    )
    seat, person = await main.seat(tenant, user)
    around, plugins = main.around(tenant), main.registry.plugins
    gate = DryGate(database=main.database, view=seat.view, around=around, plugins=plugins)
    desk = replace(seat, gate=gate)
    async with main.database.tenant(tenant.id) as session:
        place = await get_place(session, heard.channel, heard.kind, seen=True)  # nobody else reads it here
    words, thread = plain(heard.text, found.bot_user_id, {}) or "help", f"replay:{uuid4()}"
    question = Question(tenant=tenant, user=person, words=words, thread=thread, surface=SURFACE, place=place)
    call, version = str(heard.told.get("call", "")), str(heard.told.get("version", ""))
    match heard.deed:
        case _ if heard.deed in {WORDS, COMMAND}:
            return await answer(desk, question)
        case "do":
            home = Team(team_id=found.team_id, tenant_id=tenant.id, bot_user_id="", bot_id="", token="")
            made = Seals(main.cipher).open(home, str(heard.told["sealed"]))
            return await press(desk, question, made.action_id, made.args)
        case "approve" | "deny" | "cancel":
            return await decide(desk, question, call, yes=heard.deed == "approve", version=version)
        case "undo":
            return await undo(desk, question, call)
    return Reply(f"“{heard.deed}” is Slack's own business, which a dry run leaves alone.")
