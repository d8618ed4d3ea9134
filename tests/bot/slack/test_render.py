"""Every reply becomes messages Slack takes, and says all of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.contract.chart import Chart, ChartKind, Curve, Mark
from bot.contract.money import Money
from bot.contract.reply import ActionCall, Button, Choice, Column, Evidence, File, Reply, Table, Tone, Waiting
from bot.core.cells import cell
from bot.slack import mrkdwn
from bot.slack.plainer import NOVEL, without
from bot.slack.render import Rendered, compose, render
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
rows = st.lists(st.lists(cells, max_size=24).map(tuple), max_size=6)
tables = st.integers(0, 24).flatmap(
    lambda width: st.builds(
        Table,
        columns=st.lists(st.builds(Column, texts), min_size=width, max_size=width),
        rows=st.builds(lambda found, often: found * often, rows, st.sampled_from([1, 1, 9, 90])),
        title=texts,
        total=st.none() | st.integers(0, 10_000),
    )
)
numbers = st.none() | st.floats() | st.integers(-9, 9**20) | st.just(Money(125_050, "EUR"))
charts = st.integers(1, 30).flatmap(
    lambda many: st.builds(
        Chart,
        title=texts,
        axis=st.lists(texts, min_size=many, max_size=many)
        | st.just([date(2026, 3, 1) + timedelta(days=n) for n in range(many)]),
        curves=st.lists(
            st.builds(Curve, texts, st.lists(numbers, min_size=many, max_size=many)), min_size=1, max_size=4
        ),
        says=texts,
        kind=st.sampled_from(ChartKind),
        unit=texts,
        marks=st.lists(st.builds(Mark, texts, st.floats()), max_size=2),
    )
)
ids = st.uuids().map(str)
replies = st.builds(
    Reply,
    texts,
    facts=st.dictionaries(texts, cells, max_size=12),
    table=st.none() | tables,
    tables=st.lists(tables, max_size=2).map(tuple),
    chart=st.none() | charts,
    file=st.none() | st.builds(File, name=texts, media_type=texts, text=texts, about=texts),
    buttons=st.lists(
        st.builds(Button, texts, texts, style=st.sampled_from(["", "primary", "danger"])), max_size=12
    ).map(tuple),
    choices=st.lists(st.builds(Choice, texts, texts, texts), max_size=8).map(tuple),
    evidence=st.lists(st.builds(Evidence, source=texts, link=texts), max_size=4).map(tuple),
    undo=st.none() | st.just(ActionCall(action_id="x")),
    undo_within=st.none() | st.just(timedelta(minutes=10)),
    call_id=st.none() | ids,
    tone=st.sampled_from(Tone),
    understood=texts,
    waiting=st.none()
    | st.builds(
        Waiting, call_id=ids, action_id=texts, summary=texts, needs=texts, asked_by=texts, preview=texts
    ),
)


UNSAID = {"type", "value", "action_id", "block_id", "style"}


def check(messages: list[dict[str, Any]]) -> None:
    """Fail on what Slack would refuse, and on what a careful reader minds."""
    assert 0 < len(messages) <= 5
    for message in messages:
        sent = {name: message[name] for name in ("text", "blocks")}
        assert check_message({**sent, "unfurl_links": False, "unfurl_media": False}) == []


def said_by(made: Rendered) -> str:
    """Return all that messages and files say, without markup and gaps."""
    parts = [str(one) for message in made.messages for one in strings(message["blocks"])]
    parts += [upload.content.decode() for upload in made.files]
    return bare(" ".join(parts))


def strings(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from strings(value) if key not in UNSAID else ()
    elif isinstance(part, list):
        for each in part:
            yield from strings(each)


def bare(text: str) -> str:
    """Keep only what nobody marks up or wraps."""
    return "".join(one for one in text if one.isalnum())


def press(button: Button) -> str | None:
    return "sealed" if button.action_id else None


@settings(
    max_examples=25,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(replies)
def test_slack_takes_every_message_and_nothing_is_left_out(reply: Reply) -> None:
    made = compose(reply, ZONE, press=press, judged="the-arrival")
    check(made.messages)
    told = said_by(made)
    meant = [each for pair in reply.facts.items() for each in pair]
    for table in (*((reply.table,) if reply.table else ()), *reply.tables):
        meant += [value for row in table.rows for value in row[: len(table.columns)]]
    meant = [each for each in meant if not isinstance(each, float)]  # a file has all their digits
    lost = {
        bare(mrkdwn.cell(cell(each, ZONE)))
        for each in meant
        if bare(mrkdwn.cell(cell(each, ZONE))) not in told
    }
    assert not [each[:40] for each in lost]
    for payload in (each.payload for each in made.files):
        assert payload["name"] and len(payload.get("alt", "")) <= 1_000
        check([{"text": payload["instead"]["text"], "blocks": []}])


@settings(
    max_examples=12,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(replies, st.sets(st.sampled_from(sorted(NOVEL))))
def test_without_new_blocks_it_still_says_it(reply: Reply, lacks: set[str]) -> None:
    made = compose(reply, ZONE, press=press, judged="the-arrival")
    plainer = [without(message, lacks)[0] for message in made.messages]
    check([message for message in plainer if message["blocks"]] or made.messages)
    assert not any(each["type"] in lacks for message in plainer for each in message["blocks"])
    after = said_by(replace(made, messages=plainer))
    found = [b for m in made.messages for b in m["blocks"] if b["type"] == "data_table"]
    shown = {bare(one["text"]) for block in found for row in block["rows"] for one in row}
    assert not [each[:40] for each in shown if each not in after]


def test_two_thousand_rows_are_shown_in_part_and_all_are_in_a_file() -> None:
    table = Table(columns=[Column("n")], rows=[(n,) for n in range(2000)], title="All ports")
    made = compose(Reply("", table=table), ZONE)
    [block] = [b for m in made.messages for b in m["blocks"] if b["type"] == "data_table"][:1]
    assert len(block["rows"]) == 201
    assert "All 2,000 rows are in all-ports.csv, in full." in str(made.messages)
    [upload] = made.files
    assert upload.content.decode("utf-8-sig").splitlines() == ["n", *map(str, range(2000))]
    check(made.messages)


def test_amounts_sort_as_numbers_and_a_heading_is_said_once() -> None:
    table = Table(columns=[Column("Owes")], rows=[(Money(125_050, "EUR"),)], title="By age")
    [message] = render(Reply("", table=table), ZONE)
    assert message["blocks"][-1]["rows"][1][0] == {
        "type": "raw_number",
        "value": 1250.5,
        "text": "1,250.50 EUR",
    }
    assert str(message["blocks"]).count("By age") == 1


def test_a_wide_table_repeats_its_first_column() -> None:
    table = Table(columns=[Column(f"c{n}") for n in range(30)], rows=[tuple(range(30))])
    found = [
        b for m in render(Reply("", table=table), ZONE) for b in m["blocks"] if b["type"] == "data_table"
    ]
    assert [block["rows"][0][0]["text"] for block in found] == ["c0", "c0"]
    assert found[1]["rows"][0][-1]["text"] == "c29"


def test_a_long_answer_becomes_a_file() -> None:
    lines = [f"Line {n} of the runbook says what to do." for n in range(3_000)]
    made = compose(Reply("\n".join(lines), tone=Tone.GOOD), ZONE)
    [message] = made.messages
    assert "✅ Line 0 of the runbook" in str(message["blocks"])
    assert "That is not all: answer.txt says the whole." in str(message["blocks"])
    assert made.files[0].content.decode().splitlines() == lines


def test_a_small_chart_is_slacks_own_and_a_large_one_a_picture() -> None:
    days = [date(2026, 3, 1) + timedelta(days=n) for n in range(7)]
    chart = Chart(title="Tickets", axis=days, curves=[Curve("open", list(range(7)))], says="6 on Saturday")
    made = compose(Reply("", chart=chart), ZONE)
    [block] = [b for b in made.messages[0]["blocks"] if b["type"] == "data_visualization"]
    assert [each["value"] for each in block["chart"]["series"][0]["data"]] == list(range(7))
    assert made.messages[0]["alts"] == {"Tickets": "Tickets: 6 on Saturday"} and not made.files
    long = replace(chart, axis=[*days, *days, *days], curves=[Curve("open", list(range(21)))])
    made = compose(Reply("", chart=long), ZONE)
    assert made.files[0].payload["alt"] == "Tickets: 6 on Saturday"


def test_an_opinion_is_asked_of_answers_only() -> None:
    answer = Reply("312 customers.", facts={"customers": 312})
    for reply, wanted in (
        (answer, True),
        (replace(answer, error="NotAllowed", tone=Tone.WARN), False),
        (Reply("Hello."), False),
        (replace(answer, tone=Tone.ASK), False),
    ):
        made = compose(reply, ZONE, judged="the-arrival")
        assert ("feedback:good" in str(made.messages)) is wanted


def test_a_button_that_harms_is_asked_once_more() -> None:
    reply = Reply(
        "Ann",
        buttons=(
            Button("Suspend", "x", {"customer": "100234"}, "danger", about="Ann Lee (100234)"),
            Button("Call", "y"),
            Button("No", ""),
            Button("Void it", "z", {"credit_note": "CN-7", "reason": "twice"}, "danger"),
        ),
    )
    [message] = compose(reply, ZONE, press=press).messages
    suspend, call, void = message["blocks"][-1]["elements"]
    assert (suspend["action_id"], suspend["style"], suspend["value"]) == ("do:1", "danger", "sealed")
    assert suspend["confirm"]["style"] == "danger"
    assert suspend["confirm"]["text"]["text"] == "Suspend: Ann Lee (100234)."
    assert void["confirm"]["text"]["text"] == "Void it: credit note CN-7, reason twice."
    assert call["action_id"] == "do:2" and "confirm" not in call


def test_a_few_short_choices_are_shown_once_as_buttons() -> None:
    reply = Reply("Which one?", choices=(Choice("Ann Lee", "card 1"), Choice("Ann Li", "card 2", "Nairobi")))
    [message] = compose(reply, ZONE, picks=("Ann Lee", "Ann Li · Nairobi")).messages
    _, actions, hint = message["blocks"]
    assert [each["text"]["text"] for each in actions["elements"]] == ["1. Ann Lee", "2. Ann Li · Nairobi"]
    assert str(message["blocks"]).count("Ann Lee") == 1
    assert hint["elements"][0]["text"] == "Press one, or answer with its number."


def test_long_choices_are_listed_with_the_number_on_the_button() -> None:
    long = "Ann Lee of the long street by the harbour, " * 3
    reply = Reply("Which one?", choices=(Choice(long, "card 1"), Choice("Ann Li", "card 2")))
    [message] = compose(reply, ZONE, by_number=False).messages
    _, listed, actions = message["blocks"]
    assert "*2.* Ann Li" in listed["text"]["text"] and long in listed["text"]["text"]
    assert [each["text"]["text"] for each in actions["elements"]] == ["1", "2"]
    assert [each["accessibility_label"] for each in actions["elements"]] == [long[:70], "Ann Li"]


def test_an_action_is_a_button_and_stands_in_no_list_beside_it() -> None:
    reply = Reply("Done.", buttons=(Button("Statement", "x"), Button("Hidden", "")))
    [message] = compose(reply, ZONE, picks=("Statement", "Hidden"), press=press).messages
    assert str(message["blocks"]).count("Statement") == 1 and "Statement" not in message["text"]
    assert "*2.* Hidden" in str(message["blocks"]), "what is no button is chosen by its number, which stays"


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


def test_the_title_of_a_chart_is_said_once() -> None:
    drawn = Chart(title="Debt", axis=("now", "late"), curves=(Curve("Owed", (3, 1)),), says="Most is new.")
    for chart, told in (
        (drawn, "Most is new."),
        (replace(drawn, title="D" * 60), f"*{'D' * 60}*\nMost is new."),
    ):
        [message] = render(Reply("", chart=chart), ZONE)
        [said] = [each["text"]["text"] for each in message["blocks"] if each["type"] == "section"]
        assert said == told


def test_bad_news_is_no_failure() -> None:
    found = Reply(text="3 outages", tone=Tone.BAD, facts={"Sites": 3})
    failed = (replace(found, error="NotFound"), replace(found, facts={}))
    assert [render(each, ZONE)[0]["text"][:2] for each in (found, *failed)] == ["🔴 ", "❌ ", "❌ "]


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


def test_a_file_is_brought_and_one_too_long_is_said_to_be_there() -> None:
    file = File(name="hit-nth-03.csv", media_type="text/csv", text="a,b", about="All 812 services")
    made = compose(Reply("812 customers.", file=file), ZONE)
    assert made.files[0].content == b"a,b"
    assert made.files[0].payload["text"] == "All 812 services are in hit-nth-03.csv."
    assert "files:write" in made.files[0].payload["instead"]["text"]
    made = compose(Reply("812 customers.", file=replace(file, text="")), ZONE)
    assert "are in hit-nth-03.csv: `backhaul ask --csv FILE` writes it" in str(made.messages)
    assert not made.files


def test_a_table_without_a_title_says_how_long_it_is_not_its_columns_twice() -> None:
    table = Table(columns=[Column("Device"), Column("Site")], rows=[("olt-1", "CST")])
    [block] = [
        b for m in render(Reply("", table=table), ZONE) for b in m["blocks"] if b["type"] == "data_table"
    ]
    assert block["caption"] == "1 row"
