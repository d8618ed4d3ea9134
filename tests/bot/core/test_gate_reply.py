"""Replies that are kept and given again."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.contract.money import Money
from bot.contract.reply import ActionCall, Align, Button, Choice, Column, Evidence, Reply, Table, Tone
from bot.core.gate_reply import keep_error, keep_reply, kept_reply
from bot.errors import Ambiguous, Conflict, NotAllowed, UserError

AT = datetime(2026, 1, 2, 3, tzinfo=UTC)


def test_a_reply_comes_back_as_it_was() -> None:
    reply = Reply(
        "Hi",
        facts={
            "Owed": Money(5, "KES"),
            "Since": AT,
            "Day": date(2026, 1, 2),
            "For": timedelta(hours=1),
            "n": 1,
        },
        table=Table(
            columns=[Column("A"), Column("B", Align.RIGHT)],
            rows=[["x", Money(1, "EUR")], [None, AT]],
            title="T",
        ),
        tables=(Table(columns=[], rows=[]),),
        buttons=(Button("Go", "a_b", {"x": 1}, "danger"),),
        choices=(Choice("l", "w", "d"),),
        evidence=(Evidence(source="s", at=AT, link="l"),),
        undo=ActionCall(action_id="a_b", args={"m": 1}),
        undo_within=timedelta(minutes=5),
        focus={"customer": "1"},
        tone=Tone.GOOD,
        understood="u",
        private=True,
        call_id="c",
    )
    assert kept_reply(json.loads(json.dumps(keep_reply(reply))), "c") == reply


def test_long_tables_keep_their_total() -> None:
    kept = keep_reply(Reply("x", table=Table(columns=[Column("A")], rows=[[n] for n in range(500)])))
    table = kept_reply(kept, "c").table
    assert table and len(table.rows) == 200 and table.total == 500


@pytest.mark.parametrize("error", [Conflict("c"), NotAllowed("n"), Ambiguous("which?", [Choice("l", "w")])])
def test_a_refusal_comes_back_as_it_was(error: UserError) -> None:
    with pytest.raises(type(error), match=str(error).replace("?", ".")) as raised:
        kept_reply(json.loads(json.dumps(keep_error(error))), "c")
    assert getattr(raised.value, "choices", ()) == getattr(error, "choices", ())


def test_an_unknown_kind_of_refusal_is_still_said() -> None:
    for kind in ("Nonsense", "LeaseLost", "annotations"):
        with pytest.raises(UserError, match="hm"):
            kept_reply({"error": kind, "text": "hm"}, "c")
