"""Every form of every action is one that Slack takes, and what it holds comes back as it was."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import plugins
from bot.contract.action import Action
from bot.contract.entity import Match
from bot.core.form import Field, Form, make_form
from bot.errors import NotSupported
from bot.host.discovery import find_plugins
from bot.host.loader import load_plugins
from bot.host.registry import Owned
from bot.slack.forms.draw import draw, entered, inputs_of, note_view, tell_choice, wants_telling
from bot.slack.forms.elements import options
from bot.understand.arguments import Kind
from tests.slackd.blocks import check_blocks, check_view

NO_FORM = {"admin_set_setting", "admin_save_settings", "tickets_attach"}
"""One takes a secret, one is a form of its own, one takes files."""
SHOWN = [kind for kind in Kind if kind not in {Kind.SECRET, Kind.FILES, Kind.OTHER}]
TEXT = st.text(max_size=200)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,40}", fullmatch=True)
NUMBERS = st.none() | st.integers(-(10**12), 10**12)
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), TEXT, st.text(min_size=2_900, max_size=3_200), st.lists(TEXT)
)


@cache
def every_action() -> tuple[Owned[Action], ...]:
    registry = load_plugins(find_plugins(plugins), ()).registry
    return registry.view(frozenset(registry.plugins)).all(Action)


def test_every_action_has_a_form_or_says_why_not() -> None:
    refused = {}
    for owned in every_action():
        try:
            form = make_form(owned, {}, "KES")
        except NotSupported as error:
            refused[owned.id] = str(error)
            continue
        view = draw(form, "x" * 3_000, note="Look at it.", more=[tell_choice()])
        assert check_view(view) == [], owned.id
        assert len(inputs_of(view)) == len(form.fields) + 1
    assert set(refused) == NO_FORM
    assert all(
        "Say it in words" in said or "in a terminal" in said or "form of its own" in said
        for said in refused.values()
    )


@st.composite
def fields(draws: st.DrawFn) -> Field:
    kind = draws(st.sampled_from(SHOWN))
    values = tuple(draws(st.lists(TEXT, max_size=100))) if draws(st.booleans()) else ("a", "b")
    value = draws(VALUES)
    if kind is Kind.DAY:
        value = draws(st.none() | st.dates().map(str))
    if kind is Kind.INSTANT:
        value = draws(st.none() | st.datetimes(timezones=st.timezones()).map(lambda at: at.isoformat()))
    low = draws(NUMBERS)
    return Field(
        name=draws(NAMES),
        title=draws(TEXT),
        kind=kind,
        of=draws(st.sampled_from([Kind.TEXT, Kind.CHOICE])),
        required=draws(st.booleans()),
        hint=draws(st.text(max_size=2_500)),
        entity=draws(st.sampled_from(["", "customer"])) if kind is Kind.MANY else "customer",
        values=values,
        value=value,
        label=draws(TEXT),
        note=draws(TEXT),
        long=draws(st.booleans()),
        least=draws(st.none() | st.integers(0, 5_000)),
        most=draws(st.none() | st.integers(1, 9_000)),
        low=low,
        high=None if low is None else low + draws(st.integers(0, 9)),
    )


@given(st.lists(fields(), max_size=6, unique_by=lambda one: one.name), TEXT, st.text(max_size=5_000), TEXT)
def test_slack_takes_a_form_whatever_a_plugin_calls_its_things(
    made: list[Field], title: str, about: str, note: str
) -> None:
    form = Form(
        action_id="x_y",
        title=title,
        about=about,
        version="1",
        fields=made,
        left_out=[note] if note else [],
        currency="KES",
    )
    assert check_view(draw(form, "sealed", note=note)) == []


@given(TEXT, st.lists(st.text(max_size=9_000), min_size=1, max_size=3))
def test_slack_takes_what_is_said_instead_of_a_form(title: str, paragraphs: list[str]) -> None:
    assert check_view(note_view(title, *paragraphs)) == []


@given(st.lists(st.builds(Match, key=TEXT, label=TEXT, detail=TEXT, record=st.none()), max_size=120))
def test_slack_takes_what_a_menu_offers(found: list[Match]) -> None:
    offered = options(found)
    assert {each["value"] for each in offered} <= {one.key for one in found}
    if offered:
        menu: Any = {"type": "static_select", "action_id": "menu", "options": offered}
        assert check_blocks([{"type": "actions", "elements": [menu]}]) == []


@pytest.mark.parametrize("count", [1, 100, 101, 350])
def test_all_choices_are_offered(count: int) -> None:
    values = tuple(f"v_{at}" for at in range(count))
    field = Field(name="way", title="Way", kind=Kind.CHOICE, values=values, value=values[-1])
    form = Form(action_id="x_y", title="X", about="X.", version="1", fields=[field])
    view = draw(form, "")
    assert check_view(view) == []
    menu = view["blocks"][-1]["element"]
    groups = menu.get("option_groups", [menu])
    assert [each["value"] for group in groups for each in group["options"]] == list(values)
    assert menu["initial_option"]["value"] == values[-1]


def test_a_choice_slack_cannot_keep_is_typed() -> None:
    field = Field(name="way", title="Way", kind=Kind.CHOICE, values=("x" * 151,))
    view = draw(Form(action_id="x_y", title="X", about="X.", version="1", fields=[field]), "")
    assert view["blocks"][-1]["element"]["type"] == "plain_text_input"


def test_what_the_title_says_is_not_said_twice() -> None:
    field = Field(name="note", title="Note", kind=Kind.TEXT)
    form = Form(action_id="x_y", title="Open it", about="Open it. Slowly.", version="1", fields=[field])
    assert draw(form, "")["blocks"][0]["text"]["text"] == "Slowly."
    other = Form(action_id="x_y", title="List all", about="List all, and more.", version="1", fields=[field])
    assert draw(other, "")["blocks"][0]["text"]["text"] == "List all, and more."


def test_a_text_that_does_not_fit_says_so() -> None:
    field = Field(name="note", title="Note", kind=Kind.TEXT, value="x" * 3_001, long=True)
    block = draw(Form(action_id="x_y", title="X", about="X.", version="1", fields=[field]), "")["blocks"][-1]
    assert "Only the first 3,000 characters fit here." in block["hint"]["text"]
    assert len(block["element"]["initial_value"]) == 3_000


def test_what_was_entered_is_read_by_its_kind() -> None:
    option = {"text": {"type": "plain_text", "text": "Amina"}, "value": "100234"}
    values = {
        "f:customer": {"entity:customer": {"type": "external_select", "selected_option": option}},
        "f:names": {"value": {"type": "multi_static_select", "selected_options": [option, option]}},
        "f:at": {"value": {"type": "datetimepicker", "selected_date_time": 1_780_000_000}},
        "f:day": {"value": {"type": "datepicker", "selected_date": "2026-11-30"}},
        "f:hour": {"value": {"type": "timepicker", "selected_time": "14:00"}},
        "f:none": {"value": {"type": "static_select", "selected_option": None}},
        "f:blank": {"value": {"type": "plain_text_input", "value": None}},
        "f:note": {"value": {"type": "plain_text_input", "value": "a\x00b"}},
        "x:tell": {"value": {"type": "checkboxes", "selected_options": [{"value": "yes"}]}},
        "why": {"why": {"type": "plain_text_input", "value": "no field of a form"}},
        "f:broken": "x",
    }
    view = {"state": {"values": values}}
    assert entered(view) == {
        "customer": "100234",
        "names": ["100234", "100234"],
        "at": 1_780_000_000,
        "day": "2026-11-30",
        "hour": "14:00",
        "note": "ab",
    }
    assert wants_telling(view)
    assert not wants_telling({"state": None})
    assert entered({}) == {}
