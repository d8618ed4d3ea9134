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
    POOLS = "pools"
    CUSTOMERS = "customers"
    SERVICES = "services"
    TOPOLOGY = "topology"
    SPLITTERS = "splitters"
    INVOICES = "invoices"
    PAYMENTS = "payments"
    TICKETS = "tickets"
    SPEED_TESTS = "speedtests"
    ONTS = "onts"


class Order(StrEnum):
    """In which order a date is written."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


READ, DO = "How to read the file", "What to do with it"
Words = list[str] | None


def _option(*, flag: str, words: str, panel: str | None = None) -> Any:
    return typer.Option(flag, help=words, rich_help_panel=panel)


KindOf = Annotated[KindName, typer.Argument(help="What the file holds. A new ISP loads them in this order.")]
TheFile = Annotated[Path | None, typer.Argument(help="A CSV file with a header.", show_default=False)]
DryRun = Annotated[
    bool,
    _option(flag="--dry-run", words="Check everything and say what would change; write nothing.", panel=DO),
]
Errors = Annotated[
    Path | None, _option(flag="--errors", words="Write every error to this CSV file.", panel=DO)
]
CreatePlans = Annotated[
    bool,
    _option(
        flag="--create-plans", words="Services: create plans that the file gives no price for.", panel=DO
    ),
]
EmptyClears = Annotated[
    bool,
    _option(flag="--empty-clears", words="An empty cell empties what is there; else it leaves it.", panel=DO),
]
Map = Annotated[
    Words,
    _option(
        flag="--map", words='Which column is what: "Their header=our_field". May be repeated.', panel=READ
    ),
]
Ignore = Annotated[Words, _option(flag="--ignore", words="A column not to use. May be repeated.", panel=READ)]
Fixed = Annotated[
    Words,
    _option(flag="--set", words='The same for all rows: "our_field=value". May be repeated.', panel=READ),
]
Value = Annotated[
    Words,
    _option(flag="--value", words='What a word of theirs means: "status:Frozen=suspended".', panel=READ),
]
Dates = Annotated[
    Order | None,
    _option(flag="--dates", words="Order of day and month in dates such as 03/04/2026.", panel=READ),
]
Decimal = Annotated[
    str | None,
    _option(flag="--decimal", words="What stands before the cents: a point or a comma.", panel=READ),
]
CallingCode = Annotated[
    str | None,
    _option(
        flag="--calling-code", words="Of your country, such as 254: completes phone numbers.", panel=READ
    ),
]
Encoding = Annotated[
    str | None,
    _option(flag="--encoding", words="If it is not UTF-8: cp1252 is that of Excel on Windows.", panel=READ),
]
Delimiter = Annotated[
    str | None,
    _option(flag="--delimiter", words="comma, semicolon, tab or pipe, if it is not found out.", panel=READ),
]
Mapping = Annotated[
    Path | None, _option(flag="--mapping", words="Take what --save-mapping kept from this file.", panel=READ)
]
SaveMapping = Annotated[
    Path | None,
    _option(flag="--save-mapping", words="Keep the options of this part for the next time.", panel=READ),
]
Template = Annotated[
    bool, _option(flag="--template", words="Print a header and one row to begin with, and leave.")
]
Columns = Annotated[
    bool, _option(flag="--columns", words="Print every column with the names it is known by, and leave.")
]


def import_file(
    kind: KindOf,
    file: TheFile = None,
    tenant: TenantName = None,
    dry_run: DryRun = False,
    errors: Errors = None,
    create_plans: CreatePlans = False,
    empty_clears: EmptyClears = False,
    mapped: Map = None,
    ignored: Ignore = None,
    fixed: Fixed = None,
    value: Value = None,
    dates: Dates = None,
    decimal: Decimal = None,
    calling_code: CallingCode = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    mapping: Mapping = None,
    save_mapping: SaveMapping = None,
    template: Template = False,
    columns: Columns = False,
    as_json: AsJson = False,
) -> None:
    """Load an ISP's data from a CSV file: all of it, or on any error nothing.

    Columns are recognised by their headers, also by those of other systems. A row that is there already (by
    account number, invoice number, …) is brought up to date, only by the columns the file has.

    A new ISP loads devices, pools, customers, services, topology, splitters, invoices, payments, tickets,
    speedtests, onts.
    Begin with --dry-run.
    """
    options = {
        "map": mapped or [], "ignore": ignored or [], "set": fixed or [], "value": value or [],
        "dates": dates and dates.value, "decimal": decimal, "calling_code": calling_code,
        "encoding": encoding, "delimiter": delimiter,
    }  # fmt: skip
    does = {"create_plans": create_plans, "empty_clears": empty_clears, "dry_run": dry_run}
    show = "template" if template else "columns" if columns else None
    _begin(kind, file, show, (options, mapping, save_mapping), does, tenant, errors, as_json=as_json)


Options = tuple[dict[str, Any], Path | None, Path | None]


def _begin(
    kind: KindName, file: Path | None, show: str | None, told: Options, does: dict[str, bool],
    tenant: str | None, errors: Path | None, *, as_json: bool,
) -> None:  # fmt: skip
    from bot.cli import importing_said as said
    from bot.cli.importing_options import remembered
    from plugins.connectors.local.importing.kinds import KINDS

    chosen = KINDS[kind.value]
    if show:
        (said.template if show == "template" else said.columns)(chosen)
        return
    if file is None:
        fail(f"Which file? `backhaul import {kind} --template` prints one to begin with.", Exit.USAGE)
    run(_import(chosen, file, remembered(*told), does, tenant, errors, as_json=as_json))


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
