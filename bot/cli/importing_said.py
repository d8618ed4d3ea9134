"""What `import` says: its progress, what it would change, what is wrong, and templates to begin with."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import typer
from rich.markup import escape

from bot.cli.exits import Exit, fail
from bot.cli.opened import err, out
from bot.contract.spoken import plural
from bot.contract.wire import to_wire
from plugins.connectors.local.importing.kinds import template as template_of
from plugins.connectors.local.importing.mapping import missing, suggestion
from plugins.connectors.local.importing.nouns import Effect, Fault, Kind, Outcome, Progress, Wish
from plugins.connectors.local.importing.run import Source

SHOWN = 20
"""Errors that are shown; all of them go into the file that --errors names."""
LONGEST = 60
SLOW = 1.0


def template(kind: Kind) -> None:
    """Print a file to begin with."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerows(template_of(kind))


def columns(kind: Kind) -> None:
    """Print every column: what it is for, and what other systems may call it."""
    out.print(
        f"{kind.name.capitalize()}: {kind.about} Known again by {' or '.join(kind.keys)}.\n", markup=False
    )
    for field in kind.fields:
        need = " (needed)" if field.required else ""
        out.print(f"[bold]{field.name}[/bold]{need}  {escape(field.about)}")
        if field.words:
            out.print(f"    one of {', '.join(field.words)}", markup=False)
        if field.names:
            out.print(f"    also: {', '.join(field.names)}", style="dim", markup=False)


def ask_for_columns(source: Source) -> Wish:
    """Ask who sits there which columns are the ones that are needed and were not recognised."""
    wish = source.wish
    mapped = source.mapped(whole=False)
    for field in missing(source.kind, mapped):
        near = suggestion(source.kind, field, mapped)
        free = [column.header for column in mapped.columns if column.field is None]
        if not free:
            break
        err.print(f"Columns not used yet: {', '.join(free)}", markup=False)
        said = typer.prompt(
            f"Which is the {field.name} ({field.about.rstrip('.').lower()})", default=near, err=True
        )
        wish = replace(wish, mapped={**wish.mapped, str(said).strip(): field.name})
    return wish


@contextmanager
def bar(*, quiet: bool) -> Iterator[Progress]:
    """Show a bar with rows a second at a terminal; else a line for each step that takes long."""
    if quiet:
        yield lambda _step, _done, _total: None
        return
    if not err.is_terminal:
        with _lines() as lines:
            yield lines
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    shown = (TextColumn("  "
    "{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[rate]}"),
             TimeElapsedColumn())  # fmt: skip
    with Progress(*shown, console=err, transient=True) as progress:
        task, begun = progress.add_task("Reading", total=None, rate=""), [("", monotonic())]

        def told(step: str, done: int, total: int) -> None:
            if step != begun[0][0]:
                begun[0] = (step, monotonic())
            took = max(monotonic() - begun[0][1], 0.001)
            rate = f"{done / took:,.0f} rows/s" if done and took > SLOW / 10 else ""
            progress.update(task, description=step, completed=done, total=total or None, rate=rate)

        yield told


@contextmanager
def _lines() -> Iterator[Progress]:
    state: dict[str, Any] = {"step": "", "at": monotonic(), "done": 0}

    def end() -> None:
        took = monotonic() - state["at"]
        if state["step"] and took >= SLOW:
            rate = f", {state['done'] / took:,.0f} rows/s" if state["done"] else ""
            err.print(f"  {state['step']} ({took:.1f} s{rate})", style="dim", markup=False)

    def told(step: str, done: int, _total: int) -> None:
        if step != state["step"]:
            end()
            state.update(step=step, at=monotonic())
        state["done"] = done

    try:
        yield told
    finally:
        end()


def write_errors(path: Path, faults: Sequence[Fault]) -> None:
    """Write all errors as CSV; a cell of theirs that looks like a formula stays text in a spreadsheet."""
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("row", "column", "error"))
            writer.writerows((fault.row, _harmless(fault.column), _harmless(fault.text)) for fault in faults)
    except OSError as error:
        fail(f"{path} cannot be written: {(error.strerror or 'an error').lower()}.", Exit.USAGE)


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def report(kind: Kind, outcome: Outcome, source: Source, errors: Path | None, *, as_json: bool) -> None:
    """Say what came of it."""
    if as_json:
        typer.echo(json.dumps(to_wire(outcome), ensure_ascii=False, indent=2))
        return
    for note in outcome.notes:
        err.print(note, style="yellow", markup=False)
    if outcome.faults:
        _faults(outcome, source, errors)
        return
    if not outcome.rows:
        out.print(f"The file has a header and no {kind.name}. Nothing to do.", markup=False)
        return
    for effect in outcome.effects:
        _effect(effect, dry=not outcome.written)
    if not outcome.written:
        out.print("Nothing was written: this was a dry run.")


def _effect(effect: Effect, *, dry: bool) -> None:
    if not (effect.new or effect.changed or effect.same):
        return
    said = f"{effect.noun}: {effect.new:,} new, {effect.changed:,} changed, {effect.same:,} the same"
    out.print(said[:1].upper() + said[1:] + ".", markup=False)
    if effect.names:
        more = ", …" if effect.new > len(effect.names) else ""
        out.print(f"  new: {', '.join(effect.names)}{more}", markup=False)
    if dry:
        for changed in effect.examples:
            parts = ", ".join(f"{name} {_shown(old)} → {_shown(new)}" for name, old, new in changed.fields)
            out.print(f"  row {changed.row}, {changed.key}: {parts}", markup=False)
        if effect.changed > len(effect.examples):
            out.print(f"  … and {effect.changed - len(effect.examples):,} more", markup=False)


def _shown(value: Any) -> str:
    text = (
        "nothing"
        if value is None
        else value
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False)
    )
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _faults(outcome: Outcome, source: Source, errors: Path | None) -> None:
    rows = len({fault.row for fault in outcome.faults})
    for fault in outcome.faults[:SHOWN]:
        column = f", {fault.column}" if fault.column else ""
        err.print(f"Row {fault.row}{column}: {fault.text}", markup=False)
    left = len(outcome.faults) - SHOWN
    if left > 0:
        where = f"They are in {errors}." if errors else "--errors FILE.csv writes all of them to a file."
        err.print(f"… and {left:,} more. {where}", markup=False)
    if errors and left <= 0:
        err.print(f"They are also in {errors}.", markup=False)
    err.print(
        f"{plural(len(outcome.faults), 'error')} in {plural(rows, 'row')} of {source.known.path.name}. "
        "Nothing was written.", style="red", markup=False,
    )  # fmt: skip
