"""Replies on a screen of 80 columns and in a pipe."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from bot.api import ActionCall, Align, Column, Evidence, Money, Reply, Table, Tone
from bot.contract.reply import Waiting
from bot.core.cells import age, cell, span
from bot.terminal.render import render

NAIROBI = ZoneInfo("Africa/Nairobi")


def shown(reply: Reply, *, width: int = 80, terminal: bool = False, picks: tuple[str, ...] = ()) -> str:
    page = StringIO()
    render(reply, Console(file=page, width=width, force_terminal=terminal, color_system=None), NAIROBI, picks)
    return page.getvalue()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        ("", "–"),
        (True, "yes"),
        (0, "0"),
        (1234567, "1,234,567"),
        (-21.5, "-21.5"),
        (Money(125050, "KES"), "1,250.50 KES"),
        (date(2024, 11, 3), "3 Nov 2024"),
        (datetime(2024, 1, 2, 22, 30, tzinfo=UTC), "3 Jan 2024 01:30"),
        (timedelta(hours=2, minutes=10), "2 h 10 min"),
        (timedelta(seconds=-90), "-1 min"),
        (Tone.BAD, "bad"),
        ({"north": 2, "coast": None}, "north 2, coast –"),
        (["a", 3], "a, 3"),
        ([], "–"),
    ],
)
def test_cell(value: object, text: str) -> None:
    assert cell(value, NAIROBI) == text


def test_a_day_of_this_year_needs_no_year() -> None:
    today = datetime.now(NAIROBI).date()
    assert cell(today, NAIROBI) == f"{today:%d %b}"


def test_span_says_the_two_largest_units() -> None:
    assert [span(timedelta(days=3, hours=4)), span(timedelta(days=3)), span(timedelta(seconds=45))] == [
        "3 d 4 h",
        "3 d",
        "45 s",
    ]


def test_age() -> None:
    now = datetime.now(UTC)
    assert age(None, NAIROBI) == age(now, NAIROBI) == "just now"
    assert age(now - timedelta(minutes=14), NAIROBI) == "14 min ago"


def test_a_pipe_gets_no_trailing_blanks_and_no_escape_codes() -> None:
    reply = Reply("Hello", facts={"Plan": "FTTH 50"}, evidence=(Evidence(source="billing, local database"),))
    page = shown(reply)
    assert page == "Hello\n  Plan  FTTH 50\nbilling, local database, just now\n"


@pytest.mark.parametrize("terminal", [True, False])
def test_data_cannot_drive_the_terminal(terminal: bool) -> None:
    nasty = "\x1b[2J\x1b]0;pwned\x07evil\u202egnp"
    table = Table(columns=[Column(nasty)], rows=[[nasty]], title=nasty)
    page = shown(
        Reply(nasty, facts={nasty: nasty}, table=table, evidence=(Evidence(source=nasty),)),
        terminal=terminal,
        picks=(nasty,),
    )
    assert not set(page) & {"\x1b", "\x07", "\u202e"}


def test_nothing_vanishes_from_words_and_a_link_shows_where_it_leads() -> None:
    page = shown(
        Reply(
            "**TCK-1** <b>x</b> <!channel> `<a>` &lt; [pay](https://evil.example/a?b&c) ![](http://i)\n\n[x]: http://y"
        )
    )
    assert (
        page.split("\n")[0] == "TCK-1 <b>x</b> <!channel> <a> &lt; pay (https://evil.example/a?b&c) http://i"
    )
    assert "[x]: http://y" in page


def test_square_brackets_are_text_not_markup() -> None:
    table = Table(columns=[Column("[red]x")], rows=[["[bold]y[/bold]"]])
    page = shown(Reply("plain", table=table, facts={"[a]": "[/b]"}))
    assert "[red]x" in page
    assert "[bold]y[/bold]" in page
    assert "[/b]" in page


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_table_fits_the_width(width: int) -> None:
    rows = [[f"customer with a rather long name {n}", Money(n * 100, "KES")] for n in range(30)]
    table = Table(columns=[Column("Who"), Column("Owes", Align.RIGHT)], rows=rows, total=900)
    page = shown(Reply("Overdue", table=table), width=width)
    assert max(map(len, page.splitlines())) <= width
    assert "the first 30 of 900" in " ".join(page.split())


def test_waiting_undo_and_picks() -> None:
    waiting = Waiting(
        call_id="3f2a99aa-0000",
        action_id="customers_suspend",
        summary="suspend Amina Bello",
        needs="Say yes to confirm",
        asked_by="Sam",
        preview="Stops 1 service",
    )
    page = shown(Reply("", waiting=waiting), picks=("yes", "no"))
    assert "Waiting: suspend Amina Bello" in page
    assert "Stops 1 service" in page
    assert "No. 3f2a99aa" in page
    again = shown(Reply("Say yes to confirm.", waiting=replace(waiting, expires_at=datetime.now(UTC))))
    assert again.count("Say yes") == 1 and "Until " in again
    assert "  1  yes" in page
    undoable = Reply("Done", undo=ActionCall(action_id="x_y"), undo_within=timedelta(minutes=10))
    assert "within 10 min: undo" in shown(undoable)


def test_a_crowded_table_keeps_the_numbers_of_things_whole() -> None:
    titles = ("Ticket", "Subject", "Customer", "Priority", "Status", "With", "Phone")
    row = ("TCK-17643", "Lightning damaged the router", "Geoffrey Namachanja", "normal", "in progress")
    columns = [*(Column(title) for title in titles), Column("SLA", Align.RIGHT)]
    rows = [(*row, "cynthia.rotich", "+254700121541", "breached 49 d 20 h ago")]
    page = shown(Reply("", table=Table(columns=columns, rows=rows)))
    assert "TCK-17643" in page
    assert "+254700121541" in page


def test_a_long_choice_goes_on_below_itself() -> None:
    page = shown(Reply("Which?"), picks=("Amina Bello (100234) · " + "Waiyaki Way " * 8,))
    assert page.splitlines()[1].startswith("  1  Amina")
    assert page.splitlines()[2].startswith("     Waiyaki")
