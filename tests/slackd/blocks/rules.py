"""Rules between the fields of one block or element."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.slackd.schema import Problem, failed, missing

Part = dict[str, Any]
Rule = Callable[[Part, str], Iterator[Problem]]
MOST_COLUMNS = 20


def _section(block: Part, at: str) -> Iterator[Problem]:
    if "text" not in block and "fields" not in block:
        yield missing(at, "text")


def _card(block: Part, at: str) -> Iterator[Problem]:
    if not {"hero_image", "title", "actions", "body"} & block.keys():
        yield Problem(at, "missing_field", "one of hero_image, title, actions, body is needed")


def _container(block: Part, at: str) -> Iterator[Problem]:
    if "title" not in block and "rich_text_title" not in block:
        yield missing(at, "title")
    if block.get("is_collapsible") and "has_header_divider" in block:
        yield Problem(f"{at}/has_header_divider", "conflict", "not with is_collapsible")


def _select(element: Part, at: str) -> Iterator[Problem]:
    if ("options" in element) == ("option_groups" in element):
        yield Problem(at, "failed_constraint", "exactly one of options and option_groups is needed")


def _initial(element: Part, at: str) -> Iterator[Problem]:
    groups = element.get("option_groups") or [{"options": element.get("options", [])}]
    offered = [option for group in groups for option in group["options"]]
    chosen = element.get("initial_options") or [
        each for each in [element.get("initial_option")] if each is not None
    ]
    if any(each not in offered for each in chosen):
        yield Problem(at, "failed_constraint", "initial option is not among the options")
    values = [each.get("value") for each in offered if "value" in each]
    if len(values) != len(set(values)):
        yield Problem(at, "failed_constraint", "the same option value twice")


def _pattern(name: str, pattern: str) -> Rule:
    def check(element: Part, at: str) -> Iterator[Problem]:
        if name in element and not re.fullmatch(pattern, str(element[name])):
            yield failed(f"{at}/{name}", "pattern", pattern, f"must match {pattern}")

    return check


def _lengths(element: Part, at: str) -> Iterator[Problem]:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if least > most:
        yield Problem(f"{at}/min_length", "failed_constraint", "must not be above max_length")
    if not least <= len(element.get("initial_value", "x" * least)) <= most:
        yield Problem(f"{at}/initial_value", "failed_constraint", "must fit min_length and max_length")


def _number(element: Part, at: str) -> Iterator[Problem]:
    for name in {"min_value", "max_value", "initial_value"} & element.keys():
        if not re.fullmatch(r"-?\d+(\.\d+)?", element[name]):
            yield failed(f"{at}/{name}", "pattern", "number", "must be a number in words")


def _widths(block: Part, at: str) -> Iterator[Problem]:
    widths = {len(row) for row in block["rows"]}
    if len(widths) > 1:
        yield Problem(f"{at}/rows", "failed_constraint", "every row must have as many cells as the first")
    if widths and not 0 < max(widths) <= MOST_COLUMNS:
        yield failed(f"{at}/rows", "maxItems", MOST_COLUMNS, "must have 1 to 20 cells per row")


def _data_table(block: Part, at: str) -> Iterator[Problem]:
    yield from _widths(block, at)
    first = block["rows"][0] if block["rows"] else []
    for column, cell in enumerate(first):
        if cell["type"] == "rich_text":
            yield Problem(f"{at}/rows/0/{column}", "failed_constraint", "a header cell cannot be rich_text")
    if not 0 <= block.get("row_header_column_index", 0) < max(len(first), 1):
        yield Problem(f"{at}/row_header_column_index", "failed_constraint", "no such column")


def _pie(chart: Part, at: str) -> Iterator[Problem]:
    for number, segment in enumerate(chart["segments"]):
        if segment["value"] <= 0:
            yield Problem(f"{at}/segments/{number}/value", "failed_constraint", "must be above 0")
    yield from _unique([segment["label"] for segment in chart["segments"]], f"{at}/segments", "label")


def _drawn(chart: Part, at: str) -> Iterator[Problem]:
    categories = chart["axis_config"]["categories"]
    yield from _unique(categories, f"{at}/axis_config/categories", "category")
    yield from _unique([series["name"] for series in chart["series"]], f"{at}/series", "name")
    for number, category in enumerate(categories):
        if not 0 < len(category) <= 20:
            yield failed(
                f"{at}/axis_config/categories/{number}", "maxLength", 20, "must be 1 to 20 characters"
            )
    for number, series in enumerate(chart["series"]):
        if [point["label"] for point in series["data"]] != categories:
            where = f"{at}/series/{number}/data"
            yield Problem(where, "failed_constraint", "must have one point per category, in their order")


def _unique(values: list[str], at: str, what: str) -> Iterator[Problem]:
    if len(set(values)) != len(values):
        yield Problem(at, "failed_constraint", f"the same {what} twice")


def _icon(element: Part, at: str) -> Iterator[Problem]:
    if element["icon"] != "trash":
        yield failed(f"{at}/icon", "enum", ["trash"], "unsupported icon")


def _auth(block: Part, at: str) -> Iterator[Problem]:
    for name in {"auth_url", "disconnect_url"} & block.keys():
        if not block[name].startswith("https://"):
            yield failed(f"{at}/{name}", "pattern", "^https://", "must be an https address")


RULES: dict[str, tuple[Rule, ...]] = {
    "section": (_section,),
    "card": (_card,),
    "container": (_container,),
    "static_select": (_select, _initial),
    "multi_static_select": (_select, _initial),
    "checkboxes": (_initial,),
    "radio_buttons": (_initial,),
    "datepicker": (_pattern("initial_date", r"\d{4}-\d{2}-\d{2}"),),
    "timepicker": (_pattern("initial_time", r"([01]\d|2[0-3]):[0-5]\d"),),
    "datetimepicker": (_pattern("initial_date_time", r"\d{10}"),),
    "plain_text_input": (_lengths,),
    "number_input": (_number,),
    "table": (_widths,),
    "data_table": (_data_table,),
    "pie": (_pie,),
    "line": (_drawn,),
    "bar": (_drawn,),
    "area": (_drawn,),
    "icon_button": (_icon,),
    "auth_provider": (_auth,),
}
