"""Replies and refusals as they are kept with a call, and back: the same key gets the same answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from bot import errors
from bot.contract.money import Money
from bot.contract.reply import ActionCall, Align, Button, Choice, Column, Evidence, Reply, Table, Tone
from bot.contract.wire import to_wire
from bot.errors import Ambiguous, DatabaseBusy, Unavailable, UserError

MOST_ROWS = 200
"""Table rows kept; `total` still says how many there were."""


def keep_reply(reply: Reply) -> dict[str, Any]:
    """Return JSON values from which `kept_reply` makes the reply again; `data` becomes plain values."""
    kept = {
        "text": reply.text,
        "data": to_wire(reply.data),
        "facts": {name: _cell(value) for name, value in reply.facts.items()},
        "table": _keep_table(reply.table),
        "tables": [_keep_table(table) for table in reply.tables],
        "buttons": [[b.label, b.action_id, to_wire(dict(b.args)), b.style, b.about] for b in reply.buttons],
        "choices": [[c.label, c.words, c.detail] for c in reply.choices],
        "evidence": [[e.source, _cell(e.at), e.link] for e in reply.evidence],
        "undo": [reply.undo.action_id, to_wire(dict(reply.undo.args))] if reply.undo else None,
        "undo_within": reply.undo_within.total_seconds() if reply.undo_within else None,
        "focus": dict(reply.focus),
        "tone": str(reply.tone),
        "understood": reply.understood,
        "private": reply.private,
    }
    return {name: value for name, value in kept.items() if value not in (None, "", [], {}, False)}


def kept_reply(kept: Mapping[str, Any], call_id: str) -> Reply:
    """Return the reply that was kept; raise the refusal if it was one."""
    if "error" in kept:
        raise kept_error(kept)
    undo, within = kept.get("undo"), kept.get("undo_within")
    return Reply(
        kept.get("text", ""),
        data=kept.get("data"),
        facts={name: _uncell(value) for name, value in kept.get("facts", {}).items()},
        table=_kept_table(kept.get("table")),
        tables=tuple(t for t in map(_kept_table, kept.get("tables", ())) if t),
        buttons=tuple(Button(*button) for button in kept.get("buttons", ())),
        choices=tuple(Choice(*choice) for choice in kept.get("choices", ())),
        evidence=tuple(
            Evidence(source=s, at=_uncell(at), link=link) for s, at, link in kept.get("evidence", ())
        ),
        undo=ActionCall(action_id=undo[0], args=undo[1]) if undo else None,
        undo_within=timedelta(seconds=within) if within else None,
        focus=kept.get("focus", {}),
        tone=Tone(kept.get("tone", "plain")),
        understood=kept.get("understood", ""),
        private=kept.get("private", False),
        call_id=call_id,
    )


def keep_error(error: UserError) -> dict[str, Any]:
    """Return JSON values for a refusal; once it is kept, it does not pass by itself."""
    choices = [[c.label, c.words, c.detail] for c in getattr(error, "choices", ())]
    kind = Unavailable if isinstance(error, DatabaseBusy) else type(error)
    return {"error": kind.__name__, "text": str(error), "choices": choices}


def kept_error(kept: Mapping[str, Any]) -> UserError:
    """Return the refusal that was kept."""
    kind = getattr(errors, str(kept["error"]), UserError)
    if not (isinstance(kind, type) and issubclass(kind, UserError)):
        kind = UserError
    if issubclass(kind, Ambiguous):
        return kind(kept["text"], [Choice(*choice) for choice in kept.get("choices", ())])
    return kind(kept["text"])


def without_undo(reply: Reply) -> Reply:
    """Return the reply without its undo, when the window is over."""
    return replace(reply, undo=None, undo_within=None)


def _keep_table(table: Table | None) -> dict[str, Any] | None:
    if table is None:
        return None
    total = table.total if table.total is not None or len(table.rows) <= MOST_ROWS else len(table.rows)
    return {
        "title": table.title,
        "columns": [[column.title, str(column.align)] for column in table.columns],
        "rows": [[_cell(value) for value in row] for row in table.rows[:MOST_ROWS]],
        "total": total,
    }


def _kept_table(kept: Mapping[str, Any] | None) -> Table | None:
    if not kept:
        return None
    return Table(
        columns=[Column(title, Align(align)) for title, align in kept["columns"]],
        rows=[[_uncell(value) for value in row] for row in kept["rows"]],
        title=kept["title"],
        total=kept["total"],
    )


def _cell(value: Any) -> Any:
    """Return a cell as JSON, tagged where JSON has no such kind."""
    match value:
        case None | bool() | int() | float() | str():
            return value if not isinstance(value, float) or value == value else None  # noqa: PLR0124 - not NaN
        case Money():
            return {"money": [value.minor, value.currency]}
        case datetime():
            return {"at": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case timedelta():
            return {"span": value.total_seconds()}
    return str(value)


def _uncell(value: Any) -> Any:
    match value:
        case {"money": [minor, currency]}:
            return Money(minor, currency)
        case {"at": at}:
            return datetime.fromisoformat(at)
        case {"day": day}:
            return date.fromisoformat(day)
        case {"span": seconds}:
            return timedelta(seconds=seconds)
    return value
