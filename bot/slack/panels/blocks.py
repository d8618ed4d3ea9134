"""The blocks of panels: lines with a button, inputs, menus and pages; data never becomes markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.slack import mrkdwn
from bot.slack.parts import Block, button, context, plain, section, sections

PANEL = "panel"
"""First part of the action_id and callback_id of everything in panels."""
MOST_OPTIONS, MOST_OPTION, MOST_VALUE = 100, 75, 150
MOST_TYPED = 3_000
MOST_LABEL, MOST_HINT = 100, 500
esc = mrkdwn.escape
Options = Sequence[tuple[str, str]]
"""(value, label)."""


def pressed_id(screen: str, at: int | str = "") -> str:
    """Return the action_id of what leads to a screen; `at` tells several in one block apart."""
    return f"{PANEL}:{screen}:{at}" if at != "" else f"{PANEL}:{screen}"


def to(screen: str, said: str, value: str = "", at: int | str = "", style: str = "") -> Block:
    """Return the button that leads to a screen."""
    return button(pressed_id(screen, at), said, value or "-", style)


def line(text: str, press: Block | None = None) -> Block:
    """Return one line of mrkdwn, cut if it must be, with a button beside it."""
    made = section(text if len(text) <= MOST_TYPED - 100 else f"{text[: MOST_TYPED - 101]}…")
    return {**made, "accessory": press} if press else made


def row(*presses: Block | None) -> Iterator[Block]:
    """Yield buttons beside each other; none for none."""
    if found := [one for one in presses if one]:
        yield {"type": "actions", "elements": found}


def small(text: str) -> Iterator[Block]:
    """Yield small print."""
    return context(text)


def text(said: str) -> Iterator[Block]:
    """Yield mrkdwn of any length."""
    return sections(said)


def divider() -> Block:
    """Return a line across."""
    return {"type": "divider"}


def paging(screen: str, number: int, total: int, each: int) -> Iterator[Block]:
    """Yield buttons to the pages before and after, where there are several."""
    pages = max(1, -(-total // each))
    if pages == 1:
        return
    before = to(screen, "‹ Before", str(number - 1), "before") if number > 0 else None
    after = to(screen, "Next ›", str(number + 1), "after") if number + 1 < pages else None
    yield from row(before, after)
    yield from small(f"Page {number + 1} of {pages}, {total} in all.")


def options(found: Iterable[tuple[str, str]]) -> list[Block]:
    """Return the options of a menu; values Slack would not take are left out."""
    fitting = [(value, label) for value, label in found if 0 < len(value) <= MOST_VALUE][:MOST_OPTIONS]
    return [{"text": plain(_cut(label or value, MOST_OPTION)), "value": value} for value, label in fitting]


def entry(name: str, mark: str, label: str, element: Block, hint: str = "", *, needed: bool = False) -> Block:
    """Return an input; its block is named after the field and this drawing."""
    made = {
        "type": "input",
        "block_id": f"{name}~{mark}",
        "label": plain(_cut(label, MOST_LABEL)),
        "element": {"action_id": name, **element},
        "optional": not needed,
    }
    return {**made, "hint": plain(_cut(hint, MOST_HINT))} if hint else made


def typed(value: str = "", *, longest: int | None = None, long: bool = False, empty: str = "") -> Block:
    """Return a field for text."""
    made: Block = {
        "type": "plain_text_input",
        "multiline": long,
        "max_length": min(longest or MOST_TYPED, MOST_TYPED),
    }
    if value:
        made["initial_value"] = mrkdwn.CONTROL.sub("", value)
    return {**made, "placeholder": plain(_cut(empty, MOST_VALUE))} if empty else made


def number(value: str = "", *, decimal: bool = False) -> Block:
    """Return a field for a number."""
    made: Block = {"type": "number_input", "is_decimal_allowed": decimal}
    return {**made, "initial_value": value} if value else made


def chosen(found: Options, value: str = "", empty: str = "Choose") -> Block:
    """Return a menu with one of these chosen, if it is among them."""
    offered = options(found)
    made: Block = {"type": "static_select", "options": offered, "placeholder": plain(empty)}
    return _with_initial(made, [one for one in offered if one["value"] == value][:1], many=False)


def several(found: Options, values: Sequence[str] = (), empty: str = "Choose") -> Block:
    """Return a menu of which any number may be chosen."""
    offered = options(found)
    made: Block = {"type": "multi_static_select", "options": offered, "placeholder": plain(empty)}
    return _with_initial(made, [one for one in offered if one["value"] in values], many=True)


def ticked(label: str, *, on: bool = False) -> Block:
    """Return one box to tick; its value is `yes`."""
    box = {"text": plain(_cut(label, MOST_OPTION)), "value": "yes"}
    made: Block = {"type": "checkboxes", "options": [box]}
    return {**made, "initial_options": [box]} if on else made


def looked_up(source: str, name: str, empty: str, value: tuple[str, str] | None = None) -> Block:
    """Return a menu that asks the bot for what fits the letters typed."""
    made: Block = {
        "type": "external_select",
        "action_id": pressed_id(source, name),
        "placeholder": plain(empty),
        "min_query_length": 1,
    }
    return _with_initial(made, options([value])[:1] if value else [], many=False)


def channel_menu() -> Block:
    """Return Slack's own menu of channels."""
    return {
        "type": "conversations_select",
        "placeholder": plain("Choose a channel"),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }


def _with_initial(made: Block, found: list[Block], *, many: bool) -> Block:
    if not found:
        return made
    return {**made, "initial_options": found} if many else {**made, "initial_option": found[0]}


def _cut(text: str, most: int) -> str:
    shown = mrkdwn.cell(" ".join(text.split())).strip() or "…"
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def values_of(view: Any) -> dict[str, str | tuple[str, ...]]:
    """Return what stands in a view's inputs, by the name of the field."""
    state = view.get("state") if isinstance(view, dict) else None
    found: dict[str, str | tuple[str, ...]] = {}
    blocks = state.get("values") if isinstance(state, dict) else None
    for block_id, elements in (blocks or {}).items():
        for element in elements.values() if isinstance(elements, dict) else ():
            found[str(block_id).partition("~")[0]] = _value(element)
    return found


def _value(element: Any) -> str | tuple[str, ...]:
    if not isinstance(element, dict):
        return ""
    if isinstance(several := element.get("selected_options"), list):
        return tuple(str(one.get("value", "")) for one in several if isinstance(one, dict))
    if isinstance(one := element.get("selected_option"), dict):
        return str(one.get("value", ""))
    plain_value = element.get("value") or element.get("selected_conversation") or ""
    return plain_value if isinstance(plain_value, str) else ""
