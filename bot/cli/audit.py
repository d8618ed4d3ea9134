"""The audit: `audit verify`, `audit search` and `audit erase`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.exits import Exit, fail, run
from bot.cli.options import AsJson, TenantName
from bot.contract.spoken import plural

app = typer.Typer(no_args_is_help=True, help="The hash-chained record of every call.")


@app.command()
def verify(
    tenant: TenantName = None,
    heads: Annotated[
        Path | None, typer.Option(help="A file that keeps chain ends elsewhere: compared, then added to.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Walk the whole chain of every tenant (or one) and name every change, gap and cut. Exit 1 if any."""
    run(_verify(tenant, heads, as_json=as_json))


async def _verify(slug: str | None, file: Path | None, *, as_json: bool) -> None:
    from bot.cli.heads import add_head, read_heads
    from bot.cli.opened import opened, out, show
    from bot.core.audit import verify as walk

    broken = False
    async with opened(quiet=as_json) as main:
        chosen = [await main.tenant(slug)] if slug else await main.tenants()
        verdicts = []
        for tenant in chosen:
            verdict = await walk(main.database, tenant.id, read_heads(file, tenant.id))
            broken |= not verdict.whole
            verdicts.append((tenant, verdict))
            if file is not None and verdict.whole and verdict.head is not None:
                add_head(file, tenant.id, verdict.head)
    if as_json:
        records = [
            {"tenant": t.slug, "rows": v.rows, "erased": v.erased, "problems": v.problems}
            for t, v in verdicts
        ]
        show(records, [], [], as_json=True)
    else:
        for tenant, verdict in verdicts:
            state = "whole" if verdict.whole else "BROKEN"
            erased = f"; erased beside {plural(verdict.erased, 'row')}" if verdict.erased else ""
            out.print(f"{tenant.slug}: {plural(verdict.rows, 'row')}, {state}{erased}")
            for problem in verdict.problems:
                out.print(f"  {problem.text}")
    if broken:
        raise typer.Exit(Exit.FAILED)


@app.command()
def search(
    words: Annotated[str, typer.Argument(help="Words in what was done.")] = "",
    user: Annotated[str | None, typer.Option(help="Who did it: e-mail or id.")] = None,
    action: Annotated[str | None, typer.Option(help="Such as customers_suspend, or customers.")] = None,
    entity: Annotated[str | None, typer.Option(help="Such as customer:100234.")] = None,
    since: Annotated[str | None, typer.Option(help="Day or instant, ISO 8601.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 30,
    tenant: TenantName = None,
    as_json: AsJson = False,
) -> None:
    """Find who did what to whom, newest first."""
    after = None
    if since:
        try:
            after = datetime.fromisoformat(since)
        except ValueError:
            fail(
                f"“{since}” is no day such as 2026-11-22, nor an instant such as 2026-11-22T14:05+03:00.",
                Exit.USAGE,
            )
    run(_search(words, (user, action, entity), after, limit, tenant, as_json=as_json))


Narrow = tuple[str | None, str | None, str | None]


async def _search(
    words: str, narrow: Narrow, since: datetime | None, limit: int, slug: str | None, *, as_json: bool
) -> None:
    from bot.cli.opened import opened, show, the_tenant
    from bot.core.audit import search as find

    user, action, entity = narrow
    async with opened(quiet=as_json) as main:
        tenant = await the_tenant(main, slug)
        if since is not None and since.tzinfo is None:
            since = since.replace(tzinfo=tenant.zone)
        if user and "@" in user:
            user = (await main.person(tenant, user)).id
        found = await find(
            main.database,
            tenant.id,
            user=user,
            action=action,
            things=[entity] if entity else (),
            text=words or None,
            since=since,
            limit=limit,
        )
    rows = [
        [r.at.astimezone(tenant.zone).strftime("%Y-%m-%d %H:%M"), r.by, r.event, r.action_id, r.text]
        for r in found
    ]
    show(found, ["When", "Who", "Event", "Action", "What"], rows, as_json=as_json)


@app.command()
def erase(
    entity: Annotated[
        str, typer.Argument(help="Such as customer:100234, or person:sam@acme.example of your own staff.")
    ],
    reason: Annotated[str, typer.Option(help="Why, without naming the person: it is kept.")],
    tenant: TenantName = None,
) -> None:
    """Erase what audit and past calls keep about somebody: words, arguments, previews; and all recordings.

    Who did what when stays; what was erased can be taken back no more. Of staff, who have to be deactivated
    first, name, address and accounts go everywhere but from the audit's chain, which says who did what.
    """
    run(_erase(entity, reason, tenant))


async def _erase(entity: str, reason: str, slug: str | None) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.core.erasure import erase as do_erase
    from bot.core.erasure_people import KIND, erase_person
    from bot.core.people import get_person_by_words
    from bot.slack.record import drop_recorded

    async with opened() as main:
        tenant = await the_tenant(main, slug)
        kind, _, key = entity.partition(":")
        if kind == KIND:
            person = await get_person_by_words(main.database, tenant, key)
            done = await erase_person(main.database, tenant, person.id, by=operator(), reason=reason)
        else:
            done = await do_erase(main.database, tenant, entity, by=operator(), reason=reason)
        folder = main.config.slack_record
    # Whom a recorded payload names is not to be made out, so none stays.
    if gone := drop_recorded(folder, before=datetime.now(UTC)) if folder else 0:
        out.print(f"Deleted {plural(gone, 'recorded payload')} of Slack.")
    if kind == KIND and not done.open:
        out.print("Their name, address and accounts are gone; the audit's chain still says who did what.")
    elif done.rows or done.calls:
        what = f"beside {plural(done.rows, 'row')} of the audit and in {plural(done.calls, 'call')}"
        out.print(f"Erased what was kept about {entity} {what}. The chain stays whole and says so.")
    elif not done.open:
        out.print(f"Nothing is kept about {entity}, or it was erased before.")
    if done.open:
        left = plural(done.open, "call about it has", "calls about it have")
        out.print(f"{left} not ended yet and was left alone: decide or cancel, then erase again.")
