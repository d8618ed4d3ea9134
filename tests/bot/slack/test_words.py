"""Slack's escapes in, Slack's dialect out."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.slack.mrkdwn import escape, to_mrkdwn
from bot.slack.split import pieces
from bot.slack.words import mentioned, plain


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("<@UBOT> who is 100234", "who is 100234"),
        ("ask <@UBOT>: status", "ask : status"),
        ("assign TCK-1 to <@U2>", "assign TCK-1 to sam@acme.example"),
        ("assign to <@U3|jo>", "assign to jo"),
        ("assign to <@U4>", "assign to U4"),
        ("in <#C1|noc> and <#C2>", "in #noc and #C2"),
        ("mail <mailto:a@b.c|a@b.c>", "mail a@b.c"),
        ("call <tel:+254700|+254 700>", "call +254 700 (tel:+254700)"),
        ("see <http://acme.com|acme.com>", "see acme.com"),
        ("see <https://acme.com/x>", "see https://acme.com/x"),
        ("see <https://acme.com/x|the page>", "see the page (https://acme.com/x)"),
        ("<!here> <!subteam^S1|@noc> <!date^1^x|noon>", "@here @noc noon"),
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("non\u00a0breaking\u200b", "non breaking"),
    ],
)
def test_plain(said: str, meant: str) -> None:
    assert plain(said, "UBOT", {"U2": "sam@acme.example"}) == meant


def test_mentioned_people_without_the_bot() -> None:
    assert mentioned("<@UBOT> <@U2> <@U3|x>", "UBOT") == {"U2", "U3"}


@pytest.mark.parametrize(
    ("markdown", "slack"),
    [
        ("**bold** and *it* and ~~no~~", "*bold* and _it_ and ~no~"),
        ("# Head **x**", "*Head x*"),
        ("- one\n  - two", "• one\n  • two"),
        ("`a < **b**`", "`a &lt; **b**`"),
        ("```py\n<@U1> **x**\n```", "```\n&lt;@U1&gt; **x**\n```"),
        ("[page](https://a.b/c)", "page (<https://a.b/c>)"),
        ("[https://a.b](https://a.b)", "<https://a.b>"),
        ("[x](javascript:alert)", "x (javascript:alert)"),
        ("> quoted <!channel>", "> quoted &lt;!channel&gt;"),
        ("snake_case 2*3*4", "snake_case 2*3*4"),
    ],
)
def test_mrkdwn(markdown: str, slack: str) -> None:
    assert to_mrkdwn(markdown) == slack


LIVE = re.compile(r"<[!@#]|@(channel|here|everyone)\b")


@example("@here__0__")
@given(st.text(max_size=200) | st.from_regex(r"(<[!@#][a-zA-Z|^]{0,9}>|@here|@channel|[a*_~`\[\]() ]){1,20}"))
def test_nothing_comes_alive(text: str) -> None:
    assert not LIVE.search(to_mrkdwn(text))
    assert not LIVE.search(escape(text))
    assert not re.search(r"<(?!https?://|mailto:)", to_mrkdwn(text))


@given(st.text(max_size=3000), st.integers(60, 400))
def test_pieces_fit_and_lose_only_white_space(text: str, most: int) -> None:
    found = pieces(text, most)
    assert all(len(piece) <= most for piece in found)
    bare = re.sub(r"[\s`]", "", text)
    assert re.sub(r"[\s`]", "", "".join(found)) == bare
