"""Markdown as it is stored: valid Block Kit whatever is written."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.slackd.blocks import check_blocks
from tests.slackd.blocks.check import ONE_TABLE
from tests.slackd.richtext import from_markdown

PIECES = st.sampled_from(
    [
        *(
            "**",
            "*",
            "_",
            "`",
            "~~",
            "# ",
            "- ",
            "1. ",
            "> ",
            "\n",
            "\n\n",
            "```\n",
            "|",
            "| a | b |\n|--|--|\n",
        ),
        *(
            "[x](https://x.example)",
            "![p](https://x.example/p.png)",
            "<@U1>",
            "<!here>",
            "<#C1|noc>",
            "<",
            ">",
        ),
        *(
            "&lt;",
            "---\n",
            "  ",
            "word",
            "<https://x.example|label>",
            "\u2022 ",
            "\N{SNOWMAN}",
            "<!subteam^S1>",
        ),
    ]
)


def elements(part: Any, kind: str) -> list[dict[str, Any]]:
    if isinstance(part, list):
        return [found for each in part for found in elements(each, kind)]
    if not isinstance(part, dict):
        return []
    own = [part] if part.get("type") == kind else []
    return own + [found for each in part.values() for found in elements(each, kind)]


def test_marks_become_styles_and_names_become_mentions() -> None:
    blocks = from_markdown(
        "**Nyali** is *down* ~~now~~: `olt-1`, <@U1> in <#C1|noc> <https://x.example|link>"
    )
    texts = {each["text"]: each.get("style") for each in elements(blocks, "text")}
    assert texts["Nyali"] == {"bold": True}
    assert texts["down"] == {"italic": True}
    assert texts["now"] == {"strike": True}
    assert texts["olt-1"] == {"code": True}
    assert elements(blocks, "user") == [{"type": "user", "user_id": "U1"}]
    assert elements(blocks, "link") == [{"type": "link", "url": "https://x.example", "text": "link"}]


def test_slack_marks_are_not_markdown() -> None:
    [text] = elements(from_markdown("*bold in Slack*"), "text")
    assert text["style"] == {"italic": True}


def test_lists_nest_and_tables_stand_alone() -> None:
    blocks = from_markdown("- a\n  1. b\n- c\n\n| h |\n|---|\n| v |\n\n---")
    lists = elements(blocks, "rich_text_list")
    assert [(each["style"], each["indent"]) for each in lists] == [
        ("bullet", 0),
        ("ordered", 1),
        ("bullet", 0),
    ]
    assert [each["type"] for each in blocks] == ["rich_text", "table", "divider"]


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_whatever_is_written_makes_valid_blocks(text: str) -> None:
    problems = check_blocks(from_markdown(text), "message")
    assert [each for each in problems if each.code != ONE_TABLE] == []
