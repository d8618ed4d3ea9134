"""`import`: an ISP's own customers, services, invoices and the rest, from CSV files."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.exits import Exit, fail, run
from bot.cli.options import AsJson, TenantName

if TYPE_CHECKING:
    from bot.app import App
    from bot.contract.people import Tenant
    from plugins.connectors.local.importing.nouns import Kind, Outcome, Progress, Reading
    from plugins.connectors.local.importing.run import Source


class KindName(StrEnum):
    """What a file holds."""

    DEVICES = "devices"
    CUSTOMERS = "customers"
    SERVICES = "services"
    TOPOLOGY = "topology"
    INVOICES = "invoices"
    PAYMENTS = "payments"
    TICKETS = "tickets"


class Order(StrEnum):
    """In which order a date is written."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


READ, DO = "How to read the file", "What to do with it"
Pairs = list[str] | None


def import_file(
    kind: Annotated[KindName, typer.Argument(help="What the file holds. A new ISP loads them in this "
    "order.")],
    file: Annotated[Path | None, typer.Argument(help="A CSV file with a header.", show_default=False)] = None,
    tenant: TenantName = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check everything and say what would change; write nothing.",
                           rich_help_panel=DO)
    ] = False,
    errors: Annotated[
        Path | None, typer.Option("--errors", help="Write every error to this CSV file.", rich_help_panel=DO)
    ] = None,
    create_plans: Annotated[
        bool, typer.Option("--create-plans", help="Services: create plans that the file gives no price for.",
                           rich_help_panel=DO)
    ] = False,
    empty_clears: Annotated[
        bool, typer.Option("--empty-clears", help="An empty cell empties what is there; else it leaves it.",
                           rich_help_panel=DO)
    ] = False,
    mapped: Annotated[
        Pairs, typer.Option("--map", help='Which column is what: "Their header=our_field". May be repeated.',
                            rich_help_panel=READ)
    ] = None,
    ignored: Annotated[
        Pairs, typer.Option("--ignore", help="A column not to use. May be repeated.", rich_help_panel=READ)
    ] = None,
    fixed: Annotated[
        Pairs, typer.Option("--set", help='The same for all rows: "our_field=value". May be repeated.',
                            rich_help_panel=READ)
    ] = None,
    value: Annotated[
        Pairs, typer.Option("--value", help='What a word of theirs means: "status:Frozen=suspended".',
                            rich_help_panel=READ)
    ] = None,
    dates: Annotated[
        Order | None, typer.Option("--dates", help="Order of day and month in dates such as 03/04/2026.",
                                   rich_help_panel=READ)
    ] = None,
    decimal: Annotated[
        str | None, typer.Option("--decimal", help="What stands before the cents: a point or a comma.",
                                 rich_help_panel=READ)
    ] = None,
    calling_code: Annotated[
        str | None, typer.Option("--calling-code", help="Of your country, such as 254: completes phone "
        "numbers.",
                                 rich_help_panel=READ)
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", help="If it is not UTF-8: cp1252 is that of Excel on Windows.",
                                 rich_help_panel=READ)
    ] = None,
    delimiter: Annotated[
        str | None, typer.Option("--delimiter", help="comma, semicolon, tab or pipe, if it is not found out.",
                                 rich_help_panel=READ)
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="Take --map, --ignore, --set, --value and the rest from "
        "here.",
                                  rich_help_panel=READ)
    ] = None,
    save_mapping: Annotated[
        Path | None, typer.Option("--save-mapping", help="Keep them in this file for the next time.",
                                  rich_help_panel=READ)
    ] = None,
    template: Annotated[
        bool, typer.Option("--template", help="Print a header and one row to begin with, and leave.")
    ] = False,
    columns: Annotated[
        bool, typer.Option("--columns", help="Print every column with the names it is known by, and leave.")
    ] = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Load an ISP's data from a CSV file: all of it, or on any error nothing.

    Columns are recognised by their headers, also by those of other systems. A row that is there already (by
    account number, invoice number, …) is brought up to date: only by the columns the file has. So a file can
    be loaded again. Try it with --dry-run first.

    A new ISP: devices, customers, services, topology, invoices, payments, tickets.
    """  # fmt: skip
    from bot.cli import importing_said as said
    from bot.cli.importing_options import remembered
    from plugins.connectors.local.importing.kinds import KINDS

    chosen = KINDS[kind.value]
    if template or columns:
        (said.template if template else said.columns)(chosen)
        return
    if file is None:
        fail(f"Which file? `backhaul import {kind} --template` prints one to begin with.", Exit.USAGE)
    options: dict[str, Any] = {
        "map": mapped or [], "ignore": ignored or [], "set": fixed or [], "value": value or [],
        "dates": dates.value if dates else None, "decimal": decimal, "calling_code": calling_code,
        "encoding": encoding, "delimiter": delimiter,
    }  # fmt: skip
    options = remembered(options, mapping, save_mapping)
    does = {"create_plans": create_plans, "empty_clears": empty_clears, "dry_run": dry_run}
    run(_import(chosen, file, options, does, tenant, errors, as_json=as_json))


async def _import(
    kind: Kind, file: Path, options: dict[str, Any], does: dict[str, bool], slug: str | None,
    errors: Path | None, *, as_json: bool,
) -> None:  # fmt: skip
    from bot.cli import importing_said as said
    from bot.cli.importing_options import reading_of, wish_of
    from bot.cli.opened import interactive, opened, the_tenant
    from plugins.connectors.local.importing.run import Source

    source = Source(kind, file, wish_of(options, does))
    if interactive() and not as_json:
        source.wish = said.ask_for_columns(source)
    source.mapped()
    async with opened(quiet=as_json) as main:
        tenant = await the_tenant(main, slug)
        await _check_local(main, tenant)
        reading = reading_of(kind, options, tenant)
        with said.bar(quiet=as_json) as progress:
            outcome = await _load(main, tenant, source, reading, progress)
        if outcome.written and not as_json:
            await _count(main, outcome)
    if errors is not None and outcome.faults:
        said.write_errors(errors, outcome.faults)
    said.report(kind, outcome, source, errors, as_json=as_json)
    if outcome.faults:
        raise typer.Exit(Exit.FAILED)


async def _check_local(main: App, tenant: Tenant) -> None:
    from bot.errors import Conflict

    if "local" not in (await main.around(tenant).view()).enabled:
        raise Conflict(
            f"{tenant.name} does not keep its data here: the plugin local is off. "
            f"`backhaul plugins enable local --tenant {tenant.slug}` turns it on."
        )


async def _load(main: App, tenant: Tenant, source: Source, reading: Reading, progress: Progress) -> Outcome:
    """Load within one transaction, with the row of the audit as its last statement."""
    from bot.cli.opened import operator
    from bot.core.journal import note
    from plugins.connectors.local.importing.nouns import Where
    from plugins.connectors.local.importing.run import run_import

    where = Where(
        now=main.clock(),
        zone=tenant.zone,
        currency=tenant.currency,
        by=operator(),
        clocks=await _clocks(main, tenant),
    )
    try:
        async with main.database.tenant(tenant.id) as session:
            outcome = await run_import(session, source, where, reading, progress)
            if outcome.written:
                counts = {
                    e.noun: {"new": e.new, "changed": e.changed, "same": e.same} for e in outcome.effects
                }
                await note(
                    session, event="imported", by=operator(), at=where.now,
                    text=f"imported {source.kind.name}: {_said(outcome)}",
                    facts={"kind": source.kind.name, "file": source.known.path.name, "sha256": outcome.sha256,
                           "rows": outcome.rows, "counts": counts},
                )  # fmt: skip
    finally:
        source.close()
    return outcome


def _said(outcome: Outcome) -> str:
    return "; ".join(
        f"{e.noun} {e.new:,} new, {e.changed:,} changed, {e.same:,} the same" for e in outcome.effects
    )


async def _clocks(main: App, tenant: Tenant) -> dict[str, tuple[int, int]]:
    """Return how many minutes the workspace gives itself to answer and to solve, by priority."""
    from bot.errors import BotError

    try:
        kept = (await main.around(tenant).settings("tickets")).model_dump()
    except (BotError, KeyError):
        return {}
    names = ("urgent", "high", "normal", "low")
    return {name: (kept[f"{name}_respond_minutes"], kept[f"{name}_resolve_minutes"]) for name in names}


async def _count(main: App, outcome: Outcome) -> None:
    """Tell the planner what the tables look like now; without the owner's role PostgreSQL does later."""
    from bot.db.bulk import analyze
    from bot.errors import ConfigError

    words = ("isp_words", "isp_word_rows", "isp_allocations")
    if sum(effect.new + effect.changed for effect in outcome.effects) >= MANY:
        try:
            await analyze(main.database, (*outcome.tables, *words))
        except (ConfigError, OSError):
            return


MANY = 2_000
"""Rows below which the planner's figures do not go out of date."""
