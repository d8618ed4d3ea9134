"""The settings of a plugin as a form: what each field takes, what is wrong with what was typed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from bot.contract.action import Change
from bot.contract.settings_sheet import Kind, SettingField, SettingsSheet
from bot.core.settings import HIDDEN, check_whole, model_of, parse_value, sections, to_json
from bot.core.validate import kinds_of, max_length, secret_fields
from bot.db.settings import Saved
from bot.errors import BadInput, Conflict
from bot.host.registry import Registry

LONG = 150
"""Characters from which on a text gets several lines."""
SHOWN = 200
"""Characters of a value in a preview."""
NOT_SHOWN = "a value that is not shown"
CHANGED = (
    "Somebody else changed the settings of {section} since you opened them, so nothing of yours was saved. "
    "Open them again, and look at what they are now."
)


def sections_of(registry: Registry, plugin: str) -> list[str]:
    """Return the sections of a plugin that have settings: its own first, then those of its connectors."""
    names = [name for name, model in sections(registry).items() if model.model_fields]
    return [name for name in names if name == plugin or name.startswith(f"{plugin}.")]


def version_of(saved: Saved | None) -> str:
    """Return what stands for what is saved: another one after any change, of a secret too."""
    said = [dict(saved.body), dict(saved.sealed)] if saved else []
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:12]


def check_version(section: str, saved: Saved | None, seen: str) -> None:
    """Raise Conflict when the section was changed since it was shown as `seen` (empty: it was not)."""
    if seen and seen != version_of(saved):
        raise Conflict(CHANGED.format(section=section))


def sheet_of(registry: Registry, section: str, saved: Saved | None) -> SettingsSheet:
    """Return a section as a form; NotFound when there is none."""
    model = model_of(registry, section)
    fields = tuple(_field(model, name, saved) for name in model.model_fields)
    return SettingsSheet(section=section, version=version_of(saved), fields=fields)


def _field(model: type[BaseModel], name: str, saved: Saved | None) -> SettingField:
    info = model.model_fields[name]
    if name in secret_fields(model):
        is_set = bool(saved and name in saved.sealed)
        return SettingField(
            name=name, kind=Kind.SECRET, about=info.description or "", saved=is_set, needed=info.is_required()
        )
    default = "" if info.is_required() else as_words(to_json(model, name, _default(info)))
    there = saved is not None and name in saved.body
    value = as_words(saved.body[name]) if saved is not None and there else default
    kind, choices = _kind(info)
    longest = max_length(info)
    if kind is Kind.TEXT and ((longest or 0) > LONG or len(value) > LONG or "\n" in value + default):
        kind = Kind.LONG
    return SettingField(
        name=name,
        kind=kind,
        about=info.description or "",
        value=value,
        default=default,
        saved=there,
        needed=info.is_required(),
        choices=choices,
        longest=longest,
    )


def _default(info: FieldInfo) -> Any:
    return info.get_default(call_default_factory=True, validated_data={})


def _kind(info: FieldInfo) -> tuple[Kind, tuple[str, ...]]:
    """Return how a setting is typed in, and what it may be where that is a choice."""
    kinds = [kind for kind in kinds_of(info.annotation) if kind is not type(None)]
    if len(kinds) != 1:
        return (Kind.TEXT if str in kinds else Kind.JSON), ()
    one = kinds[0]
    if get_origin(one) is Literal:
        return Kind.CHOICE, tuple(map(as_words, get_args(one)))
    if isinstance(one, type) and issubclass(one, Enum):
        return Kind.CHOICE, tuple(as_words(member.value) for member in one)
    plain = {str: Kind.TEXT, bool: Kind.YES_NO, int: Kind.WHOLE, float: Kind.DECIMAL}
    return plain.get(one, Kind.JSON), ()


def as_words(value: Any) -> str:
    """Return a JSON value as somebody would type it; nothing for none."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def find_faults(
    model: type[BaseModel], saved: Saved | None, changes: Mapping[str, str | None]
) -> dict[str, str]:
    """Return field -> what is wrong with it, as a sentence; of fields that do not fit together the first."""
    faults, body = dict[str, str](), dict(saved.body) if saved else {}
    sealed = dict(saved.sealed) if saved else {}
    for name, words in changes.items():
        body.pop(name, None)
        sealed.pop(name, None)
        if words is None:
            continue
        try:
            value = parse_value(model, name, words)
        except BadInput as error:
            faults[name] = _bare(str(error))
            continue
        if isinstance(value, SecretStr):
            sealed[name] = "set"
        else:
            body[name] = to_json(model, name, value)
    return faults or (_of_the_whole(model, body, sealed, list(changes)) if changes else {})


def _of_the_whole(
    model: type[BaseModel], body: Mapping[str, Any], sealed: Mapping[str, str], changed: list[str]
) -> dict[str, str]:
    """Return what is wrong with all fields together, at those that changed; some may be missing yet."""
    try:
        check_whole(model, body, sealed)
    except BadInput as error:
        try:
            model.model_validate({**body, **dict.fromkeys(sealed, HIDDEN)})
        except ValidationError as wrong:
            lines = [(str(line["loc"][0]), line["msg"]) for line in wrong.errors() if line["loc"]]
            if faults := {name: _plain(said) for name, said in lines if name in changed}:
                return faults
        return {changed[0]: _plain(str(error).partition(": ")[2])}
    return {}


def _plain(said: str) -> str:
    """Return what a validator says as a sentence."""
    words = re.sub(r"^\s*value error,\s*", "", said.strip(), flags=re.IGNORECASE)
    return f"{words[:1].upper()}{words[1:]}"


def _bare(said: str) -> str:
    """Return what is wrong without the name of the field, which stands beside it."""
    text = said.partition(": ")[2].strip() or said
    return re.sub(r"^(input|value)\b", "It", text[:1].lower() + text[1:])


def changes_of(
    registry: Registry, section: str, saved: Saved | None, changes: Mapping[str, str | None]
) -> list[Change]:
    """Return what would change, secrets hidden; BadInput names the first field that is wrong."""
    if faults := find_faults(model_of(registry, section), saved, changes):
        name, said = next(iter(faults.items()))
        raise BadInput(f"`{name}`: {said}")
    fields = {one.name: one for one in sheet_of(registry, section, saved).fields}
    return [_change(fields[name], words) for name, words in changes.items()]


def _change(field: SettingField, words: str | None) -> Change:
    if field.kind is Kind.SECRET:
        return Change(
            what=field.name,
            before=NOT_SHOWN if field.saved else "not set",
            after="not set" if words is None else f"another, {NOT_SHOWN}",
        )
    after = field.default if words is None else words
    return Change(what=field.name, before=_short(field.value), after=_short(after))


def _short(words: str) -> str:
    if not words:
        return "empty"
    line = " ".join(words.split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"
