"""The element of one field of a form, within Slack's limits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.contract.entity import Match
from bot.core.form import Field
from bot.slack import mrkdwn
from bot.slack.parts import Block, plain
from bot.understand.arguments import Kind

ENTITY, VALUE = "entity", "value"
MOST_OPTION, MOST_VALUE, MOST_OPTIONS = 75, 150, 100
MOST_ENTERED = 3_000
EARLIEST = 1_000_000_000
"""Seconds since 1970 that have as many digits as Slack wants."""
YES_NO = (("Yes", "yes"), ("No", "no"))
PLACEHOLDERS = {Kind.MONEY: "1,250.50", Kind.LENGTH: "2 hours", Kind.MANY: "One a line"}
HOUR = re.compile(r"\d\d:\d\d")


def element(field: Field) -> Block:  # noqa: PLR0911 - one per kind
    """Return what somebody fills a field in with."""
    value = field.value
    match field.kind:
        case Kind.WHOLE | Kind.NUMBER:
            return _number(field)
        case Kind.DAY:
            return _picker("datepicker", "initial_date", str(value) if value else None)
        case Kind.HOUR:
            hour = HOUR.match(str(value or ""))
            return _picker("timepicker", "initial_time", hour[0] if hour else None)
        case Kind.INSTANT:
            return _picker("datetimepicker", "initial_date_time", _seconds(value))
        case Kind.YES_NO:
            chosen = None if value is None else "yes" if value is True else "no"
            return _choice("radio_buttons", [option(*each) for each in YES_NO], chosen)
        case Kind.CHOICE if offered := _offered(field):
            return _choice("static_select", offered, value)
        case Kind.ENTITY:
            return _menu(field)
        case Kind.MANY if field.entity or (field.of is Kind.CHOICE and _offered(field)):
            return _several(field)
    return _text(field)


def _picker(kind: str, initial: str, value: Any) -> Block:
    made: Block = {"type": kind, "action_id": VALUE}
    return {**made, initial: value} if value is not None else made


def _text(field: Field) -> Block:
    most = min(field.most or MOST_ENTERED, MOST_ENTERED)
    made: Block = {
        "type": "plain_text_input",
        "action_id": VALUE,
        "multiline": field.long or field.kind is Kind.MANY or "\n" in str(field.value or ""),
        "max_length": max(most, 1),
    }
    said = _first(field)[:most]
    if field.kind is Kind.TEXT and 0 < (field.least or 0) <= most and not 0 < len(said) < (field.least or 0):
        made["min_length"] = field.least  # where the text there is too short, it is told when it is sent
    if said:
        made["initial_value"] = said
    placeholder = PLACEHOLDERS.get(field.kind)
    return {**made, "placeholder": plain(placeholder)} if placeholder else made


def _first(field: Field) -> str:
    """Return the text that stands in a field at first."""
    value = field.value
    text = (
        "\n".join(map(str, value)) if isinstance(value, list | tuple) else "" if value is None else str(value)
    )
    return mrkdwn.CONTROL.sub("", text)


def too_long(field: Field) -> str:
    """Say so where a text does not fit into its field as it is."""
    most = min(field.most or MOST_ENTERED, MOST_ENTERED)
    is_text = field.kind in {Kind.TEXT, Kind.MANY}
    return f"Only the first {most:,} characters fit here." if is_text and len(_first(field)) > most else ""


def _number(field: Field) -> Block:
    whole = field.kind is Kind.WHOLE
    made: Block = {"type": "number_input", "action_id": VALUE, "is_decimal_allowed": not whole}
    bounds = {"min_value": field.low, "max_value": field.high}
    made |= {name: _figure(bound, whole=whole) for name, bound in bounds.items() if bound is not None}
    first, kinds = _first(field), r"-?\d{1,15}" if whole else r"-?\d{1,15}(?:\.\d{1,9})?"
    if re.fullmatch(kinds, first) and _within(field, float(first)):
        made["initial_value"] = first
    return made


def _within(field: Field, value: float) -> bool:
    above = field.low is None or value >= field.low
    return above and (field.high is None or value <= field.high)


def _figure(bound: float, *, whole: bool) -> str:
    return str(int(bound)) if whole or bound == int(bound) else f"{bound:f}".rstrip("0")


def _seconds(value: Any) -> int | None:
    if not isinstance(value, str):
        return None
    seconds = int(datetime.fromisoformat(value).timestamp())
    return seconds if EARLIEST <= seconds < EARLIEST * 10 else None


def _offered(field: Field) -> list[Block]:
    """Return the choices; one that is longer than Slack keeps cannot be offered."""
    return [option(_spoken(one), one) for one in dict.fromkeys(field.values) if _fits(one)]


def _fits(value: str) -> bool:
    return 0 < len(value) <= MOST_VALUE


def _spoken(value: str) -> str:
    said = value.replace("_", " ")
    return said[:1].upper() + said[1:]


def _choice(kind: str, made: list[Block], chosen: Any) -> Block:
    """Return a menu; more options than fit into one list stand in groups."""
    element: Block = {"type": kind, "action_id": VALUE, **_listed(made)}
    initial = [each for each in made if each["value"] == chosen]
    return {**element, "initial_option": initial[0]} if initial else element


def _listed(made: list[Block]) -> Block:
    if len(made) <= MOST_OPTIONS:
        return {"options": made}
    starts = range(0, min(len(made), MOST_OPTIONS**2), MOST_OPTIONS)
    groups = [made[start : start + MOST_OPTIONS] for start in starts]
    names = [f"{at * MOST_OPTIONS + 1} to {at * MOST_OPTIONS + len(each)}" for at, each in enumerate(groups)]
    return {
        "option_groups": [
            {"label": plain(name), "options": each} for name, each in zip(names, groups, strict=True)
        ]
    }


def _menu(field: Field) -> Block:
    made = _searched("external_select", field)
    if isinstance(field.value, str) and _fits(field.value):
        match = Match(key=field.value, label=field.label or field.value, record=None)
        made["initial_option"] = _thing(field.value, _called(match))
    return made


def _searched(kind: str, field: Field) -> Block:
    return {
        "type": kind,
        "action_id": f"{ENTITY}:{field.name}",
        "min_query_length": 1,
        "placeholder": plain("Search by name or number"),
    }


def _several(field: Field) -> Block:
    given = [str(one) for one in field.value] if isinstance(field.value, list) else []
    if field.entity:
        made = _searched("multi_external_select", field)
        initial = [_thing(one, one) for one in dict.fromkeys(given) if _fits(one)]
    else:
        offered = _offered(field)
        made = {"type": "multi_static_select", "action_id": VALUE, **_listed(offered)}
        initial = [each for each in offered if each["value"] in given]
    return {**made, "initial_options": initial[:MOST_OPTIONS]} if initial else made


def option(said: str, value: str) -> Block:
    """Return an option; a value that Slack cannot keep is nobody's."""
    return {"text": label(said, MOST_OPTION), "value": value}


def options(found: Sequence[Match]) -> list[Block]:
    """Return things as options; one whose key is longer than Slack keeps cannot be chosen."""
    fitting = {one.key: one for one in found if _fits(one.key)}
    return [_thing(one.key, _called(one), one.detail) for one in list(fitting.values())[:MOST_OPTIONS]]


def _called(match: Match) -> str:
    """Return a name that tells things of one name apart, also when it is cut."""
    if match.key in match.label:
        return match.label
    room = MOST_OPTION - len(match.key) - 3
    return f"{cut(match.label, room)} ({match.key})" if room > 0 else match.key


def _thing(key: str, said: str, detail: str = "") -> Block:
    made = option(said, key)
    about = cut(mrkdwn.cell(detail).replace("\n", " ").strip(), MOST_OPTION)
    return {**made, "description": plain(about)} if about else made


def label(text: str, most: int) -> Block:
    """Return plain text on one line, never empty, within what fits."""
    return plain(cut(" ".join(mrkdwn.cell(text).split()), most) or "…")


def cut(text: str, most: int) -> str:
    """Return the beginning of a text that is longer than fits."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
