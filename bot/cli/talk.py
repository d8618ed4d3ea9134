"""Talking to the bot: `demo`, `chat` and `ask`."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.exits import Exit, code_named, fail, run
from bot.cli.options import TenantName
from bot.cli.personas import InDemo, persona, seated

if TYPE_CHECKING:
    from bot.app import App
    from bot.contract.people import Tenant, User
    from bot.contract.reply import Reply


@dataclass(frozen=True)
class Written:
    """Where parts of a reply are written to."""

    picture: Path | None
    rows: Path | None


@dataclass(frozen=True)
class Said:
    """What is asked, and the files handed in with it."""

    words: str
    files: tuple[Path, ...] = ()


As = Annotated[str | None, typer.Option("--as", help="Who is asking: an e-mail address of a user.")]
QUESTION = "show me customer 100234"
"""What the demo answers when nobody sits at the terminal; it knows this customer at every size."""

STALE = timedelta(days=2)
"""An outage in progress for longer than this is no longer believable."""


def demo(
    person: Annotated[str, typer.Option("--as", help="support, billing, noc, field or admin.")] = "support",
    size: Annotated[
        int | None,
        typer.Option(
            min=200,
            max=1_000_000,
            help="Customers of the simulated ISP. Default: as many as it has, at first 12,000.",
        ),
    ] = None,
    tenant: Annotated[str, typer.Option(help="savanna, or lakeside: the small second ISP.")] = "savanna",
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Draw the simulated ISPs anew; what was done in them is lost.")
    ] = False,
    slack: Annotated[
        bool, typer.Option("--slack", help="Talk in a Slack emulated on this machine, in the browser.")
    ] = False,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the emulated Slack; 0 is any free one.")
    ] = 8123,
) -> None:
    """Chat with the bot of a simulated ISP, on the embedded database; nothing to configure.

    Without a terminal it answers a pipe, or one question. A world older than two days is drawn anew.
    """
    if slack:
        run(_demo_slack(person, size, tenant, port, fresh=fresh))
    else:
        run(_demo(person, size, tenant, fresh=fresh))


async def _demo_slack(person: str, size: int | None, slug: str, port: int, *, fresh: bool) -> None:
    from bot.cli.demo_slack import serve_slack

    if slug != "savanna":
        fail("The demo's Slack is the workspace of savanna; leave --tenant away.", Exit.USAGE)
    email = persona(slug, person)
    await serve_slack(email, port=port, size=size, stale_after=timedelta() if fresh else STALE)


async def load_world(
    app: App, step: Callable[[str], None], *, size: int | None, stale_after: timedelta
) -> None:
    """Draw the simulated ISPs, unless they are there; `stale_after` none: anew whatever is there."""
    from bot.demo import SIZE, get_truth, load_demo

    there = await get_truth(app.database) if size is None else None
    await load_demo(
        app.database,
        app.around,
        size=size or (there.size if there else SIZE),
        progress=step,
        truth_path=app.config.home / "truth.json",
        replace_other=not stale_after,
        stale_after=stale_after,
    )


async def _demo(person: str, size: int | None, slug: str, *, fresh: bool) -> None:
    from bot.cli.opened import interactive, opened, steps
    from bot.demo import SUGGESTIONS_OF

    email = persona(slug, person)
    async with opened(migrate=True, demo=True) as app:
        with steps() as step:
            await load_world(app, step, size=size, stale_after=timedelta() if fresh else STALE)
        tenant = await app.tenant(slug)
        user = await app.person(tenant, email)
        if interactive():
            async with _working(app):
                await _chat(app, tenant, user, person, SUGGESTIONS_OF[slug][person])
        else:
            from bot.cli.handing import piped

            for words in piped() or [QUESTION]:
                reply = await _answered(app, tenant, user, Said(words), as_json=False)
            _leave_as(reply)  # how the last one ended counts


@asynccontextmanager
async def _working(app: App) -> AsyncIterator[None]:
    """Do meanwhile what a service would: send what waits, remind of what is due."""
    from bot.serve import Process

    process = Process(app, ("worker", "scheduler"))
    await process.start(lambda _step: None)
    try:
        yield
    finally:
        await process.stop()


def chat(person: As = None, tenant: TenantName = None) -> None:
    """Chat in this terminal, as yourself or (for the operator of this machine) --as somebody."""
    run(_open_chat(person, tenant))


async def _open_chat(person: str | None, slug: str | None) -> None:
    from bot.cli.opened import opened, the_tenant

    async with opened() as app:
        tenant = await the_tenant(app, slug)
        user = await app.person(tenant, person)
        await _chat(app, tenant, user, ", ".join(sorted(user.roles)) or "no role", ())


def ask(
    words: Annotated[
        list[str] | None, typer.Argument(help="The question, or an exact command.", show_default=False)
    ] = None,
    person: As = None,
    tenant: TenantName = None,
    demo: InDemo = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole reply as JSON.")] = False,
    picture: Annotated[
        Path | None, typer.Option("--chart", metavar="FILE.png", help="Also write the reply's chart there.")
    ] = None,
    rows: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE.csv", help="Also write the reply's list there, whole."),
    ] = None,
    files: Annotated[
        list[Path] | None,
        typer.Option(
            "--file", metavar="FILE", help="Hand in a photo or document with it; several if you repeat it."
        ),
    ] = None,
) -> None:
    """Ask one question and print the answer. Read the words from a pipe with `-`.

    Exit 0 when it was answered or done, be it bad news; 2 when it was not understood, or asks back; 3 when a
    system does not answer; 4 when it is not allowed; 5 when something named is not there; 6 when it waits
    for a yes, yours or another person's, and nothing was done yet; else 1.
    """
    if not words and not files:
        fail("Say what you want to know or do, or hand in a --file.", Exit.USAGE)
    text = sys.stdin.read() if words == ["-"] else " ".join(words or ())
    said = Said(text, tuple(files or ()))
    if demo:
        tenant, person = seated(tenant, person)
    run(_open_ask(said, person, tenant, demo=demo, as_json=as_json, written=Written(picture, rows)))


async def _open_ask(
    said: Said, person: str | None, slug: str | None, *, demo: bool, as_json: bool, written: Written
) -> None:
    from bot.cli.opened import opened, out, the_tenant

    async with opened(quiet=as_json, demo=demo) as app:
        tenant = await the_tenant(app, slug)
        if person is None and (linked := await app.link(tenant, said.words)) is not None:
            out.print(linked)
            return
        await _ask(app, tenant, await app.person(tenant, person), said, as_json=as_json, written=written)


async def _ask(app: App, tenant: Tenant, user: User, said: Said, *, as_json: bool, written: Written) -> None:
    reply = await _answered(app, tenant, user, said, as_json=as_json)
    if written.picture:
        await _write_chart(reply, written.picture, tenant)
    if written.rows:
        _write_file(reply, written.rows)
    _leave_as(reply)


async def _answered(app: App, tenant: Tenant, user: User, said: Said, *, as_json: bool) -> Reply:
    """Print the answer to one question."""
    from bot.cli.handing import read_files
    from bot.cli.opened import out
    from bot.contract.wire import to_wire
    from bot.core.listed import picks
    from bot.terminal.render import render

    reply = await app.answer(tenant, user, said.words, thread=f"ask-{user.id}", files=read_files(said.files))
    if as_json:
        typer.echo(json.dumps(to_wire(reply), ensure_ascii=False, indent=2))
    else:
        render(reply, out, tenant.zone, picks(reply))
    return reply


async def _write_chart(reply: Reply, file: Path, tenant: Tenant) -> None:
    from bot.charts.picture import to_png

    if reply.chart is None:
        fail("This answer has no chart, so no picture was written.", Exit.NOT_FOUND)
    try:
        file.write_bytes(await to_png(reply.chart, tenant.zone))
    except OSError as error:
        fail(f"I can not write {file}: {error.strerror}.", Exit.FAILED)


def _write_file(reply: Reply, file: Path) -> None:
    if reply.error:  # it was said already, and the exit code tells
        return
    if reply.file is None or reply.file.content:
        fail("This answer has no list, so no file was written.", Exit.NOT_FOUND)
    try:
        file.write_text(reply.file.text, encoding="utf-8", newline="")
    except OSError as error:
        fail(f"I can not write {file}: {error.strerror}.", Exit.FAILED)


def _leave_as(reply: Reply) -> None:
    """Leave with a code that says whether the question was answered, and if not why."""
    from bot.contract.reply import Tone

    if reply.error:
        raise typer.Exit(code_named(reply.error))
    if reply.waiting:
        raise typer.Exit(Exit.WAITING)
    if reply.tone is Tone.ASK:  # it asks back
        raise typer.Exit(Exit.USAGE)


def _news(waiting: int) -> str:
    """Return the line that says how many calls wait; empty for none."""
    calls = "1 call waits" if waiting == 1 else f"{waiting} calls wait"
    return f"{calls} for a yes; say waiting." if waiting else ""


async def _chat(app: App, tenant: Tenant, user: User, role: str, suggestions: Sequence[str]) -> None:
    from bot.cli.handing import Line
    from bot.cli.opened import out
    from bot.core.listed import picks
    from bot.terminal.chat import Chat
    from bot.understand.understander import PATIENCE

    app.understanders.patience = PATIENCE
    line = Line(lambda typed, files: app.answer(tenant, user, typed, thread=thread, files=files))
    thread = f"terminal-{user.id}"
    words = await app.commands(tenant, user)
    talk = Chat(
        ask=line.say,
        picks=picks,
        person=user.name,
        role=role,
        place=tenant.name,
        zone=tenant.zone,
        suggestions=suggestions or await app.suggestions(tenant, user),
        commands=words,
        history=app.config.home / "history",
        news=_news(len(await (await app.gate(tenant)).waiting(user))),
    )
    warming = asyncio.create_task(app.warm(tenant))
    try:
        await talk.run(out)
    finally:
        warming.cancel()
        await asyncio.gather(warming, return_exceptions=True)
