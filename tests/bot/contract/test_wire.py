"""Replies as JSON values."""

import json
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from pydantic import SecretStr

from bot.api import Column, Evidence, Money, Reply, Table, Tone
from bot.contract.wire import to_wire


def test_a_reply_loses_nothing_but_its_empty_parts() -> None:
    reply = Reply(
        "Hi",
        data=(Money(5, "KES"), date(2026, 1, 2), timedelta(minutes=1), float("nan")),
        facts={"Since": datetime(2026, 1, 2, tzinfo=UTC)},
        table=Table(columns=[Column("A")], rows=[[1, None]]),
        evidence=(Evidence(source="billing"),),
        tone=Tone.GOOD,
        focus=MappingProxyType({"customer": "100234"}),
    )
    wire = to_wire(reply)
    assert json.loads(json.dumps(wire)) == {
        "text": "Hi",
        "data": [{"minor": 5, "currency": "KES"}, "2026-01-02", "PT1M", None],
        "facts": {"Since": "2026-01-02T00:00:00Z"},
        "table": {
            "columns": [{"title": "A", "align": "left"}],
            "rows": [[1, None]],
            "title": "",
            "total": None,
        },
        "evidence": [{"source": "billing", "at": None, "link": ""}],
        "tone": "good",
        "focus": {"customer": "100234"},
    }


def test_secrets_do_not_leave() -> None:
    assert "hunter2" not in json.dumps(to_wire(Reply("x", data={"key": SecretStr("hunter2")})))
