"""A form as a modal, and what was entered in it; whatever a plugin calls its things, Slack takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.core.form import Field, Form
from bot.slack import mrkdwn
from bot.slack.event import clean
from bot.slack.forms.elements import MOST_ENTERED, VALUE, cut, element, label, option, too_long
from bot.slack.parts import Block, plain, section
from bot.understand.arguments import Kind

FORM, FIELD = "form", "f:"
TELL = "x:tell"
"""Block of the choice to say what became of it in the thread of a message."""
MOST_TITLE, MOST_LABEL, MOST_HINT, MOST_SAID = 24, 150, 400, 600
View = dict[str, Any]


def draw(form: Form, metadata: str, *, note: str = "", more: Sequence[Block] = ()) -> View:
    """Return the modal; `note` stands at its head, `more` are further inputs at its end."""
    blocks: list[Block] = [section(said) for said in (mrkdwn.escape(note), _about(form)) if said]
    blocks += [_input(each, form.currency) for each in form.fields]
    blocks += more
    if form.left_out:
        text = "Not in this form: " + "; ".join(map(mrkdwn.escape, form.left_out)) + "."
        blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": cut(text, MOST_SAID)}]})
    return {
        "type": "modal",
        "callback_id": f"{FORM}:fill",
        "title": label(form.title, MOST_TITLE),
        "submit": plain("Send"),
        "close": plain("Cancel"),
        "private_metadata": metadata,
        "blocks": blocks,
    }


def note_view(title: str, *paragraphs: str) -> View:
    """Return a modal that only says something, in Markdown."""
    said = [cut(mrkdwn.to_mrkdwn(each).strip(), MOST_ENTERED - 100) for each in paragraphs]
    blocks = [section(each) for each in said if each] or [section("…")]
    return {"type": "modal", "title": label(title, MOST_TITLE), "close": plain("Close"), "blocks": blocks}


def tell_choice() -> Block:
    """Return the choice whether the people in the thread of a message hear of it."""
    box = {"type": "checkboxes", "action_id": VALUE, "options": [option("Say so in its thread", "yes")]}
    return {
        "type": "input",
        "block_id": TELL,
        "optional": True,
        "label": plain("The message"),
        "hint": plain("They read its number only, and that it was you."),
        "element": box,
    }


def entered(view: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands in the fields of a modal, by name; empty ones are left out."""
    found: dict[str, Any] = {}
    for block_id, told in _state(view).items():
        if str(block_id).startswith(FIELD) and isinstance(told, Mapping):
            value = next((_value(each) for each in told.values() if isinstance(each, Mapping)), None)
            if value not in (None, "", []):
                found[str(block_id).removeprefix(FIELD)] = value
    return found


def wants_telling(view: Mapping[str, Any]) -> bool:
    """Say whether the choice of `tell_choice` was made."""
    told = _state(view).get(TELL)
    return isinstance(told, Mapping) and any(_value(each) for each in told.values())


def block_of(name: str) -> str:
    """Return the block of a field."""
    return f"{FIELD}{name}"


def inputs_of(view: Mapping[str, Any]) -> list[str]:
    """Return the blocks of a modal at which an error can be shown."""
    blocks = view.get("blocks") or []
    return [str(each["block_id"]) for each in blocks if each.get("type") == "input" and each.get("block_id")]


def _about(form: Form) -> str:
    """Return what it does, as far as its title does not say it already."""
    said = " ".join(form.about.split())
    if len(form.title) <= MOST_TITLE and form.fields:
        said = said.removeprefix(f"{form.title}.").strip()
    return mrkdwn.escape(cut(said, MOST_SAID))


def _input(field: Field, currency: str) -> Block:
    title = f"{field.title} ({currency})" if field.kind is Kind.MONEY and currency else field.title
    hint = " ".join(each for each in (field.hint, field.note, too_long(field)) if each)
    made = {
        "type": "input",
        "block_id": block_of(field.name),
        "label": label(title, MOST_LABEL),
        "optional": not field.required,
        "element": element(field),
    }
    return {**made, "hint": label(hint, MOST_HINT)} if hint.strip() else made


def _state(view: Mapping[str, Any]) -> Mapping[str, Any]:
    state = view.get("state")
    values = state.get("values") if isinstance(state, Mapping) else None
    return values if isinstance(values, Mapping) else {}


def _value(told: Mapping[str, Any]) -> Any:
    """Return what one element holds: a text, a list of texts, or seconds since 1970."""
    if "selected_options" in told:
        chosen = told["selected_options"] or []
        return [clean(each.get("value")) for each in chosen if isinstance(each, Mapping)]
    if "selected_option" in told:
        option = told["selected_option"]
        return clean(option.get("value")) if isinstance(option, Mapping) else None
    seconds = told.get("selected_date_time")
    if isinstance(seconds, int) and not isinstance(seconds, bool):
        return seconds
    return clean(told.get("value") or told.get("selected_date") or told.get("selected_time"))
