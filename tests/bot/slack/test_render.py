"""Every reply becomes messages Slack takes, and says all of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.contract.money import Money
from bot.contract.reply import ActionCall, Choice, Column, Evidence, File, Reply, Table, Tone, Waiting
from bot.slack.render import render
from tests.slackd.blocks import check_message

ZONE = ZoneInfo("Europe/Madrid")

texts = st.text(max_size=300) | st.sampled_from(
    ["<!channel> & <@U1>", "x" * 13_000, "@here", " ", "\x00", "**b** `c"]
)
cells = (
    texts
    | st.integers()
    | st.floats()
    | st.none()
    | st.booleans()
    | st.just(Money(125_050, "EUR"))
    | st.dates()
)
tables = st.integers(0, 24).flatmap(
    lambda width: st.builds(
        Table,
        columns=st.lists(st.builds(Column, texts), min_size=width, max_size=width),
        rows=st.lists(st.lists(cells, max_size=width).map(tuple), max_size=6),
        title=texts,
        total=st.none() | st.integers(0, 10_000),
    )
)
replies = st.builds(
    Reply,
    texts,
    facts=st.dictionaries(texts, cells, max_size=12),
    table=st.none() | tables,
    tables=st.lists(tables, max_size=2).map(tuple),
    file=st.none() | st.builds(File, name=texts, media_type=texts, text=texts, about=texts),
    choices=st.lists(st.builds(Choice, texts, texts, texts), max_size=8).map(tuple),
    evidence=st.lists(st.builds(Evidence, source=texts, link=texts), max_size=4).map(tuple),
    tone=st.sampled_from(Tone),
    understood=texts,
    waiting=st.none()
    | st.builds(
        Waiting, call_id=texts, action_id=texts, summary=texts, needs=texts, asked_by=texts, preview=texts
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(replies)
def test_slack_takes_every_message(reply: Reply) -> None:
    messages = render(reply, ZONE)
    assert messages
    for message in messages:
        assert check_message({**message, "unfurl_links": False, "unfurl_media": False}) == []


def test_two_thousand_rows_are_shown_in_part_and_it_is_said() -> None:
    table = Table(columns=[Column("n")], rows=[(n,) for n in range(2000)], title="All")
    messages = render(Reply("", table=table), ZONE)
    shown = sum(len(b["rows"]) - 1 for m in messages for b in m["blocks"] if b["type"] == "table")
    assert shown == 495
    assert "1,505 more rows are not shown" in str(messages)
    for message in messages:
        assert check_message({**message, "unfurl_links": False, "unfurl_media": False}) == []


def test_wide_table_repeats_its_first_column() -> None:
    table = Table(columns=[Column(f"c{n}") for n in range(30)], rows=[tuple(range(30))])
    blocks = [b for m in render(Reply("", table=table), ZONE) for b in m["blocks"] if b["type"] == "table"]
    assert [block["rows"][0][0]["text"] for block in blocks] == ["c0", "c0"]
    assert blocks[1]["rows"][0][-1]["text"] == "c29"


def test_a_rich_reply_reads_well() -> None:
    reply = Reply(
        "Ann owes **125.00**.",
        facts={"Balance": Money(12_500, "EUR"), "Since": date(2026, 3, 1)},
        choices=(Choice("Pay", "pay 100234"),),
        evidence=(Evidence(source="billing, local database", link="https://b.example/1"),),
        undo=ActionCall(action_id="x"),
        undo_within=timedelta(minutes=10),
        tone=Tone.GOOD,
        understood="customers show Ann",
        waiting=Waiting(
            call_id="abcdef1234",
            action_id="x",
            summary="Suspend Ann",
            needs="Another person must agree",
            asked_by="Ben",
            expires_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
        ),
    )
    [message] = render(reply, ZONE, picks=("Pay – now", "Cancel"))
    said = [str(block) for block in message["blocks"]]
    for part in (
        "customers show Ann",
        "✅ Ann owes *125.00*.",
        "*Balance*\\n125.00 EUR",
        "Suspend Ann",
        "13:00",
        "*2.* Cancel",
        "undo",
        "<https://b.example/1|billing, local database, just now>",
    ):
        assert any(part in each for each in said), part
    assert message["text"].startswith("✅ Ann owes")


def test_what_the_text_says_of_a_waiting_call_is_not_said_twice() -> None:
    waiting = Waiting(
        call_id="abcdef1234",
        action_id="x",
        summary="Suspend Ann",
        needs="a yes from Ben",
        asked_by="Ben",
        preview="active → suspended",
    )
    [message] = render(Reply("**Suspend Ann**\nactive → suspended\nShall I do it?", waiting=waiting), ZONE)
    for said in (str(message["blocks"]), message["text"]):
        assert (said.count("Suspend Ann"), said.count("suspended"), said.count("a yes from Ben")) == (1, 1, 1)
    assert message["text"].startswith("*Suspend Ann*")


def test_a_file_is_said_to_be_there():
    file = File(name="hit-nth-03.csv", media_type="text/csv", text="a,b", about="All 812 services")
    (message,) = render(Reply("812 customers.", file=file), ZONE)
    assert "All 812 services are in hit-nth-03.csv: `backhaul ask --csv FILE` writes it" in str(
        message["blocks"]
    )
