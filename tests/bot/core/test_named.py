"""What a reply names, and of which thing each row of a list is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.contract.reply import Column, Reply, Table
from bot.core.named import MOST, keys_in, named_by

KINDS = ("customer", "ticket", "outage")


def kind_of(key: str) -> str:
    return "ticket" if key.startswith("TCK") else ""


def table(columns: Sequence[str], *rows: Sequence[object]) -> Table:
    return Table(columns=[Column(c) for c in columns], rows=rows)


def test_things_in_any_column_are_named_and_each_once() -> None:
    rows = (("TCK-1", "Slow", "100234"), ("TCK-2", "Dark", "100234"))
    reply = Reply("", table=table(("Ticket", "Subject", "Account"), *rows))
    assert named_by(reply, KINDS, kind_of) == {"ticket": ("TCK-1", "TCK-2"), "customer": ("100234",)}


def test_of_many_a_few_are_enough() -> None:
    rows = [(f"TCK-{n}", "Slow") for n in range(9)]
    found = named_by(Reply("", table=table(("Ticket", "Subject"), *rows)), KINDS, kind_of)
    assert found == {"ticket": tuple(f"TCK-{n}" for n in range(MOST))}


def test_what_stands_for_nothing_names_nothing() -> None:
    rows = (("TCK-1", "–"), ("TCK-2", "-"), ("TCK-3", ""))
    found = named_by(Reply("", table=table(("Ticket", "Account"), *rows)), KINDS, kind_of)
    assert found == {"ticket": ("TCK-1", "TCK-2", "TCK-3")}


@pytest.mark.parametrize(
    ("columns", "rows", "keys"),
    [
        (("When", "Account"), (("now", "1001"), ("then", "1001")), ["1001", "1001"]),
        (("Customer",), (("Amina Bello (1001)",), ("Brian (1002)",)), ["1001", "1002"]),
        (("Customer",), (("Amina Bello (1001)",), ("Brian",)), []),  # one row does not say
        (("Account",), (("1001",), (None,)), []),
        (("Ticket",), (("TCK-1",),), []),
    ],
)
def test_of_which_customer_each_row_is(
    columns: Sequence[str], rows: Sequence[Sequence[object]], keys: list[str]
) -> None:
    assert keys_in(table(columns, *rows), "customer") == keys
