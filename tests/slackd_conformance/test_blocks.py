"""Block Kit: what Slack takes at the very limit, and refuses one beyond it, with the pointer (M5, M6)."""

from __future__ import annotations

import random
from typing import Any

import pytest
from slack_sdk.models import blocks as models
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Slackd
from tests.slackd.blocks import check_blocks, check_message, check_view
from tests.slackd.errors import SlackError
from tests.slackd.schema import Schema

Part = dict[str, Any]


def plain(text: str = "x") -> Part:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Part:
    return {"type": "mrkdwn", "text": text}


def button(**more: Any) -> Part:
    return {"type": "button", "text": plain(), "action_id": "a", **more}


def option(name: str = "v", **more: Any) -> Part:
    return {"text": plain(), "value": name, **more}


def menu(count: int, kind: str = "static_select", **more: Any) -> Part:
    return {"type": kind, "action_id": "m", "options": [option(str(n)) for n in range(count)], **more}


def cells(width: int, height: int, text: str = "x") -> list[list[Part]]:
    return [[{"type": "raw_text", "text": text} for _ in range(width)] for _ in range(height)]


def data_table(width: int = 1, height: int = 2, text: str = "x", **more: Any) -> Part:
    return {"type": "data_table", "caption": "c", "rows": cells(width, height, text), **more}


def chart(kind: str = "bar", series: int = 1, points: int = 1, **more: Any) -> Part:
    labels = [f"p{n}" for n in range(points)]
    data = [{"label": each, "value": 1} for each in labels]
    drawn = {
        "type": kind,
        "series": [{"name": f"s{n}", "data": data} for n in range(series)],
        "axis_config": {"categories": labels},
    }
    return {"type": "data_visualization", "title": "t", "chart": drawn, **more}


def pie(*values: float) -> Part:
    segments = [{"label": f"p{n}", "value": value} for n, value in enumerate(values)]
    return {"type": "data_visualization", "title": "t", "chart": {"type": "pie", "segments": segments}}


def section(**more: Any) -> Part:
    return {"type": "section", "text": plain(), **more}


def actions(*elements: Part, **more: Any) -> Part:
    return {"type": "actions", "elements": list(elements), **more}


def card(**more: Any) -> Part:
    return {"type": "card", "title": mrkdwn(), **more}


def container(**more: Any) -> Part:
    return {"type": "container", "title": plain(), "child_blocks": [{"type": "divider"}], **more}


def task(status: str = "complete") -> Part:
    return {"type": "task_card", "task_id": "1", "title": "t", "status": status}


def field(element: Part, **more: Any) -> Part:
    return {"type": "input", "label": plain(), "element": {"action_id": "a", **element}, **more}


DIVIDER: Part = {"type": "divider"}
IMAGE: Part = {"type": "image", "alt_text": "a", "image_url": "https://x.example/a.png"}
TEXT_INPUT: Part = {"type": "plain_text_input"}
FEEDBACK: Part = {
    "type": "feedback_buttons",
    "action_id": "f",
    "positive_button": {"text": plain(), "value": "1"},
    "negative_button": {"text": plain(), "value": "0"},
}

SOUND: dict[str, list[Part]] = {
    "fifty": [DIVIDER] * 50,
    "section": [section(text=mrkdwn("x" * 3000), accessory=button(), expand=True)],
    "fields": [{"type": "section", "fields": [mrkdwn("x" * 2000)] * 10}],
    "header": [{"type": "header", "text": plain("x" * 150)}],
    "context": [{"type": "context", "elements": [mrkdwn(), IMAGE] * 5}],
    "actions": [actions(*(button(action_id=str(n)) for n in range(25)))],
    "button": [actions(button(text=plain("x" * 75), value="v" * 2000, url="https://x.example"))],
    "prompt": [actions(button(agent_prompt="p" * 4000, visible_to_user_ids=["U1"] * 10))],
    "menu": [actions(menu(100, initial_option=option("99")))],
    "overflow": [actions(menu(5, "overflow"))],
    "radio": [actions(menu(10, "radio_buttons"))],
    "suggested": [actions({"type": "external_select", "action_id": "e", "min_query_length": 0})],
    "feedback": [{"type": "context_actions", "elements": [FEEDBACK]}],
    "markdown": [{"type": "markdown", "text": "x" * 6000}] * 2,
    "table": [{"type": "table", "rows": cells(20, 25), "column_settings": [{"align": "right"}]}],
    "data_table": [data_table(20, 201, page_size=100, row_header_column_index=19)],
    "charts": [chart(kind, 12, 20) for kind in ("line", "area")],
    "pie": [pie(*range(1, 13))],
    "card": [card(hero_image=IMAGE, body=mrkdwn("x" * 200), actions=[button()])],
    "carousel": [{"type": "carousel", "elements": [card()] * 10}],
    "container": [container(child_blocks=[section()] * 10, width="wide", is_collapsible=True)],
    "plan": [{"type": "plan", "title": "t", "tasks": [task("pending"), task("error")]}],
    "task": [task("in_progress")],
    "alert": [{"type": "alert", "text": mrkdwn(), "level": "warning"}],
    "input": [field(TEXT_INPUT, dispatch_action=True, hint=plain("x" * 2000))],
    "image": [{**IMAGE, "title": plain("x" * 2000)}],
    "file image": [{"type": "image", "alt_text": "a", "slack_file": {"id": "F1"}}],
}

WRONG: dict[str, tuple[list[Part], str]] = {
    "no type": ([{"text": plain()}], "/blocks/0"),
    "unknown type": ([{"type": "call"}], "/blocks/0/type"),
    "fifty-one": ([DIVIDER] * 51, "/blocks"),
    "empty section": ([{"type": "section"}], "/blocks/0"),
    "long section": ([section(text=mrkdwn("x" * 3001))], "/blocks/0/text/text"),
    "empty text": ([section(text=plain(""))], "/blocks/0/text/text"),
    "eleven fields": ([{"type": "section", "fields": [plain()] * 11}], "/blocks/0/fields"),
    "long field": ([{"type": "section", "fields": [plain("x" * 2001)]}], "/blocks/0/fields/0/text"),
    "unknown field": ([section(colour="red")], "/blocks/0/colour"),
    "header in mrkdwn": ([{"type": "header", "text": mrkdwn()}], "/blocks/0/text/type"),
    "long header": ([{"type": "header", "text": plain("x" * 151)}], "/blocks/0/text/text"),
    "button in context": ([{"type": "context", "elements": [button()]}], "/blocks/0/elements/0/type"),
    "eleven in context": ([{"type": "context", "elements": [plain()] * 11}], "/blocks/0/elements"),
    "no actions": ([actions()], "/blocks/0/elements"),
    "twenty-six": ([actions(*(button(action_id=str(n)) for n in range(26)))], "/blocks/0/elements"),
    "action_id twice": ([actions(button(), button())], "/blocks/0"),
    "block_id twice": ([section(block_id="b"), section(block_id="b")], "/blocks"),
    "long block_id": ([section(block_id="b" * 256)], "/blocks/0/block_id"),
    "long label": ([actions(button(text=plain("x" * 76)))], "/blocks/0/elements/0/text/text"),
    "long value": ([actions(button(value="v" * 2001))], "/blocks/0/elements/0/value"),
    "strange style": ([actions(button(style="green"))], "/blocks/0/elements/0/style"),
    "long confirm": (
        [actions(button(confirm={"text": plain("x" * 301)}))],
        "/blocks/0/elements/0/confirm/text/text",
    ),
    "empty confirm": (
        [actions(button(confirm={"text": plain(), "confirm": plain("")}))],
        "/blocks/0/elements/0/confirm/confirm/text",
    ),
    "hundred and one": ([actions(menu(101))], "/blocks/0/elements/0/options"),
    "no options": ([actions(menu(0))], "/blocks/0/elements/0/options"),
    "neither options nor groups": (
        [actions({"type": "static_select", "action_id": "a"})],
        "/blocks/0/elements/0",
    ),
    "eleven boxes": ([actions(menu(11, "checkboxes"))], "/blocks/0/elements/0/options"),
    "six in overflow": ([actions(menu(6, "overflow"))], "/blocks/0/elements/0/options"),
    "long option": (
        [actions(menu(0, options=[option(text=plain("x" * 76))]))],
        "/blocks/0/elements/0/options/0/text/text",
    ),
    "long option value": (
        [actions(menu(0, options=[option("v" * 151)]))],
        "/blocks/0/elements/0/options/0/value",
    ),
    "strange initial": ([actions(menu(1, initial_option=option("9")))], "/blocks/0/elements/0"),
    "initial date": (
        [actions({"type": "datepicker", "initial_date": "1.2.2027"})],
        "/blocks/0/elements/0/initial_date",
    ),
    "six feedbacks": (
        [{"type": "context_actions", "elements": [{**FEEDBACK, "action_id": str(n)} for n in range(6)]}],
        "/blocks/0/elements",
    ),
    "strange icon": (
        [{"type": "context_actions", "elements": [{"type": "icon_button", "icon": "bin", "text": plain()}]}],
        "/blocks/0/elements/0/icon",
    ),
    "markdown together": ([{"type": "markdown", "text": "x" * 6001}] * 2, "/blocks"),
    "two tables": ([{"type": "table", "rows": cells(1, 1)}, data_table()], "/blocks"),
    "101 rows": ([{"type": "table", "rows": cells(1, 101)}], "/blocks/0/rows"),
    "21 columns": ([{"type": "table", "rows": cells(21, 1)}], "/blocks/0/rows"),
    "empty cell": ([{"type": "table", "rows": cells(1, 1, "")}], "/blocks/0/rows/0/0/text"),
    "wordy table": ([{"type": "table", "rows": cells(1, 11, "x" * 1000)}], "/blocks/0/rows"),
    "only a header": ([data_table(1, 1)], "/blocks/0/rows"),
    "202 rows": ([data_table(1, 202)], "/blocks/0/rows"),
    "uneven rows": ([data_table(rows=[*cells(1, 1), *cells(2, 1)])], "/blocks/0/rows"),
    "20,000 and more": ([data_table(1, 21, "x" * 1000)], "/blocks/0/rows"),
    "no caption": ([{"type": "data_table", "rows": cells(1, 2)}], "/blocks/0"),
    "rich header": (
        [data_table(rows=[[{"type": "rich_text", "elements": []}], *cells(1, 1)])],
        "/blocks/0/rows/0/0",
    ),
    "page of 101": ([data_table(page_size=101)], "/blocks/0/page_size"),
    "no such column": ([data_table(row_header_column_index=1)], "/blocks/0/row_header_column_index"),
    "three charts": ([chart()] * 3, "/blocks"),
    "thirteen series": ([chart("line", 13)], "/blocks/0/chart/series"),
    "21 points": ([chart("line", 1, 21)], "/blocks/0/chart/axis_config/categories"),
    "long title": ([chart(title="t" * 51)], "/blocks/0/title"),
    "donut": ([chart("donut")], "/blocks/0/chart/type"),
    "nothing in a pie": ([pie(0)], "/blocks/0/chart/segments/0/value"),
    "thirteen pieces": ([pie(*[1] * 13)], "/blocks/0/chart/segments"),
    "empty card": ([{"type": "card", "subtitle": mrkdwn()}], "/blocks/0"),
    "long card": ([card(body=mrkdwn("x" * 201))], "/blocks/0/body/text"),
    "eleven cards": ([{"type": "carousel", "elements": [card()] * 11}], "/blocks/0/elements"),
    "card in a container": ([container(child_blocks=[card()])], "/blocks/0/child_blocks/0/type"),
    "eleven in a container": ([container(child_blocks=[DIVIDER] * 11)], "/blocks/0/child_blocks"),
    "nameless container": ([{"type": "container", "child_blocks": [DIVIDER]}], "/blocks/0"),
    "divided container": (
        [container(is_collapsible=True, has_header_divider=True)],
        "/blocks/0/has_header_divider",
    ),
    "pending alone": ([task("pending")], "/blocks/0/status"),
    "strange task": ([{"type": "plan", "title": "t", "tasks": [DIVIDER]}], "/blocks/0/tasks/0/type"),
    "image of nothing": ([{"type": "image", "alt_text": "a"}], "/blocks/0"),
    "image of two": ([{**IMAGE, "slack_file": {"id": "F"}}], "/blocks/0/slack_file"),
    "long input": ([field({**TEXT_INPUT, "max_length": 3001})], "/blocks/0/element/max_length"),
    "file in a message": ([field({"type": "file_input"})], "/blocks/0/element/type"),
}


@pytest.mark.parametrize("name", SOUND)
def test_sound_blocks_are_taken(name: str) -> None:
    assert check_blocks(SOUND[name]) == []


@pytest.mark.parametrize("name", WRONG)
def test_wrong_blocks_are_refused_where_they_are_wrong(name: str) -> None:
    blocks, pointer = WRONG[name]
    assert pointer in {problem.pointer for problem in check_blocks(blocks)}


def test_a_chart_has_a_point_for_every_category() -> None:
    broken = chart(points=3)
    broken["chart"]["axis_config"]["categories"].append("p3")
    assert [each.pointer for each in check_blocks([broken])] == ["/blocks/0/chart/series/0/data"]


@pytest.mark.parametrize("kind", ["markdown", "task", "plan", "data_table", "charts", "table", "feedback"])
def test_some_blocks_are_for_messages_only(kind: str) -> None:
    assert check_blocks(SOUND[kind], "message") == []
    assert any("not available" in each.message for each in check_blocks(SOUND[kind], "modal"))
    assert any("not available" in each.message for each in check_blocks(SOUND[kind], "home"))


def modal(*blocks: Part, **more: Any) -> Part:
    return {"type": "modal", "title": plain(), "blocks": list(blocks), **more}


def test_a_modal_with_an_input_needs_a_submit_button() -> None:
    asked = modal(field(TEXT_INPUT))
    assert [each.pointer for each in check_view(asked)] == ["/submit"]
    assert check_view(asked | {"submit": plain("Send")}) == []


@pytest.mark.parametrize(
    ("view", "pointer"),
    [
        (modal(title=plain("x" * 25)), "/title/text"),
        (modal(submit=plain("x" * 25)), "/submit/text"),
        (modal(private_metadata="x" * 3001), "/private_metadata"),
        (modal(callback_id="x" * 256), "/callback_id"),
        (modal(*[DIVIDER] * 101), "/blocks"),
        ({"type": "home", "blocks": [], "title": plain()}, "/title"),
        ({"type": "workflow_step", "blocks": []}, "/type"),
        (modal(field({**TEXT_INPUT, "focus_on_load": True}), field({"type": "email_text_input", "focus_on_load": True}), submit=plain()), ""),
    ],
)  # fmt: skip
def test_a_wrong_view_is_refused_where_it_is_wrong(view: Part, pointer: str) -> None:
    assert pointer in {each.pointer for each in check_view(view)}


def test_what_the_sdk_builds_is_taken() -> None:
    built = [
        models.SectionBlock(text="hello", fields=["a", "b"]),
        models.ActionsBlock(elements=[models.ButtonElement(text="Go", action_id="go", style="primary")]),
        models.HeaderBlock(text="h"),
        models.ContextBlock(elements=[models.MarkdownTextObject(text="c")]),
        models.MarkdownBlock(text="# m"),
        models.ImageBlock(image_url="https://x.example/a.png", alt_text="a"),
        models.InputBlock(label="l", element=models.PlainTextInputElement(action_id="p")),
    ]
    assert check_blocks([each.to_dict() for each in built]) == []


def test_what_the_sdk_lets_through_is_refused() -> None:
    """The SDK's models take these; Slack does not (facts 3.4)."""
    duplicates = models.ActionsBlock(
        elements=[
            models.ButtonElement(text="a", action_id="a"),
            models.ButtonElement(text="b", action_id="a"),
        ]
    )
    empty = models.ActionsBlock(elements=[])
    assert check_blocks([duplicates.to_dict()])
    assert check_blocks([empty.to_dict()])


def test_thousands_of_messages_are_soon_checked() -> None:
    """Any order of sound blocks is sound, unless it is over a limit of the whole message."""
    lot = random.Random(7)
    single = [
        blocks[0] for name, blocks in SOUND.items() if name not in {"fifty", "table", "data_table", "charts"}
    ]
    for _ in range(300):
        blocks = [{**lot.choice(single), "block_id": str(n)} for n in range(lot.randint(1, 10))]
        written = sum(len(b["text"]) for b in blocks if b["type"] == "markdown")
        drawn = sum(b["type"] == "data_visualization" for b in blocks)
        assert (check_blocks(blocks) == []) is (written <= 12_000 and drawn <= 2)


@pytest.mark.parametrize(
    ("text", "minded"),
    [
        ("<!channel> hi", "live mention <!channel>"),
        ("by <@U1>", "live mention <@U1>"),
        ("a < b", "not escaped: < b"),
        ("AT&T", "not escaped: &"),
        ("[x](https://x.example)", "a Markdown link in mrkdwn: [x](https://x.example)"),
        ("a &lt; b &amp; <https://x.example|x> <!date^1^{date}|d>", None),
    ],
)
def test_a_strict_reader_minds_words_that_could_become_live(text: str, minded: str | None) -> None:
    message = {"text": text, "unfurl_links": False, "unfurl_media": False}
    assert check_message(message) == ([minded] if minded else [])


def test_two_tables_are_refused_as_attachments() -> None:
    with pytest.raises(SlackError) as caught:
        check_message({"text": "x", "blocks": [data_table(), data_table()]})
    assert (caught.value.code, caught.value.messages) == ("invalid_attachments", ("only_one_table_allowed",))


def test_a_keyword_nobody_checks_is_an_error() -> None:
    with pytest.raises(ValueError, match="propertyNames"):
        Schema({"type": "object", "propertyNames": {"type": "string"}})


async def test_blocks_validate_points_at_what_is_wrong() -> None:
    async with Slackd() as slack:
        web = AsyncWebClient(base_url=slack.api_url)
        assert (await web.blocks_validate(blocks=[section()]))["ok"]
        assert (await web.blocks_validate(view=modal()))["ok"]
        assert (await web.blocks_validate(message={"text": "x", "blocks": [DIVIDER]}))["ok"]
        with slack.expect("invalid_blocks", "invalid_message", "invalid_view", "invalid_arguments"):
            told = await _refused(web.blocks_validate(blocks=[section(text=plain("x" * 3001))]))
            assert told["errors"][0] == {
                "pointer": "/0/text/text",
                "code": "failed_constraint",
                "message": "must be no more than 3000 characters",
                "constraint": {"type": "maxLength", "expected": 3000},
            }
            told = await _refused(web.blocks_validate(message={"blocks": [{"type": "header"}]}))
            assert told["errors"][0]["pointer"] == "/blocks/0"
            assert told["errors"][0]["field"] == "text"
            told = await _refused(web.blocks_validate(view={"type": "modal"}))
            assert {each["field"] for each in told["errors"]} == {"title", "blocks"}
            assert (await _refused(web.blocks_validate()))["error"] == "invalid_arguments"


async def _refused(call: Any) -> Any:
    from slack_sdk.errors import SlackApiError

    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response.data
