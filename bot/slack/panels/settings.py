"""Panel: the settings of a plugin as a form; secrets are never shown, and kept unless typed anew."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress

from bot.contract.settings_sheet import Kind, SettingField, SettingsSheet
from bot.slack.panels.blocks import (
    MOST_TYPED,
    chosen,
    entry,
    esc,
    line,
    number,
    row,
    small,
    ticked,
    to,
    typed,
)
from bot.slack.panels.screen import Faults, Page, Screen, Visit, Wish, fresh
from bot.slack.parts import Block

FIELD, SECRET, FORGET = "field_", "secret_", "forget_"
MOST_FIELDS, MARK = 80, 6
"""Fields of one form, and letters that stand for the value of one."""
KEPT = "It is set, and not shown. It is kept unless you type a new one."
NOT_SET = "It is not set. Slack shows it while you type."
TOO_LONG = "*{name}* is too long to be shown here; `backhaul plugins settings {section}` changes it."
CHANGED = (
    ":warning: Somebody else changed these settings while you had them open. Below is what you typed, where "
    "it differs from what is saved now; secrets you have to type again."
)
NOTHING = "Nothing is changed. Change something, or close the form."


async def settings(visit: Visit) -> Page:
    """Show the form of a section."""
    sheet = await visit.office.sheet(visit.question, visit.named("section"))
    return form(sheet)


def form(sheet: SettingsSheet, mine: Mapping[str, str] | None = None, note: str = "") -> Page:
    """Return the form; `mine` is what they typed before, by name."""
    mark = fresh()
    blocks: list[Block] = [line(note)] if note else []
    for one in sheet.fields[:MOST_FIELDS]:
        blocks += _inputs(sheet.section, one, (mine or {}).get(one.name, one.value), mark)
    name = sheet.section.partition(".")[0]
    blocks += row(to("plugin", "Back", name))
    return Page(
        title=f"Set up {sheet.section}",
        blocks=blocks,
        submit="Go on" if any(block["type"] == "input" for block in blocks) else "",
        sends="settings-send",
        state={"section": sheet.section, "seen": sheet.version, "name": name, "was": marks(sheet.fields)},
    )


def _inputs(section: str, one: SettingField, value: str, mark: str) -> list[Block]:
    """Return the inputs of one setting."""
    name = one.name.replace("_", " ")
    label = f"{name[:1].upper()}{name[1:]}{' (needed)' if one.needed else ''}"
    if one.kind is Kind.SECRET:
        hint = f"{one.about} {KEPT if one.saved else NOT_SET}".strip()
        made = [entry(f"{SECRET}{one.name}", mark, label, typed(longest=one.longest), hint)]
        if one.saved:
            made.append(
                entry(f"{FORGET}{one.name}", mark, f"{label}: forget it", ticked("Forget what is set"))
            )
        return made
    if len(value) > MOST_TYPED:
        return list(small(TOO_LONG.format(name=esc(one.name), section=esc(section))))
    return [entry(f"{FIELD}{one.name}", mark, label, _element(one, value), _hint(one))]


def _hint(one: SettingField) -> str:
    default = " ".join(one.default.split())
    if one.kind is Kind.JSON:
        return f"{one.about} As JSON, such as {default or '[]'}.".strip()
    if one.saved and one.default and one.value != one.default:
        return f"{one.about} Without a setting: {default}".strip()
    return one.about


def _element(one: SettingField, value: str) -> Block:
    if one.kind is Kind.CHOICE:
        return chosen([(each, each) for each in one.choices], value)
    if one.kind is Kind.YES_NO:
        return chosen([("true", "yes"), ("false", "no")], value)
    if one.kind in {Kind.WHOLE, Kind.DECIMAL}:
        return number(value, decimal=one.kind is Kind.DECIMAL)
    return typed(value, longest=one.longest, long=one.kind in {Kind.LONG, Kind.JSON})


async def settings_send(visit: Visit) -> Page | Wish | Faults:
    """Ask for the changes; wrong ones are said at their fields."""
    section, seen = str(visit.state.get("section", "")), str(visit.state.get("seen", ""))
    sheet = await visit.office.sheet(visit.question, section)
    changes = changed(visit, sheet.fields, str(visit.state.get("was", "")))
    if sheet.version != seen:
        return form(sheet, {name: words or "" for name, words in changes.items()}, note=CHANGED)
    if not changes:
        return Faults(first=NOTHING)
    if faults := await visit.office.faults(visit.question, section, changes):
        kinds = {one.name: one.kind for one in sheet.fields}
        prefix = {name: SECRET if kinds.get(name) is Kind.SECRET else FIELD for name in faults}
        return Faults(at={f"{prefix[name]}{name}": said for name, said in faults.items()})
    return Wish(
        action_id="admin_save_settings",
        args={"plugin": section, "values": json.dumps(changes), "seen": seen},
        label="Save",
        back={"screen": "plugin", "name": section.partition(".")[0], "tried": 1},
    )


def marks(fields: Sequence[SettingField]) -> str:
    """Return what stands for the values a form showed, in their order: what else is sent was changed."""
    return "".join(_mark(one, one.value) for one in fields)


def _mark(one: SettingField, words: str) -> str:
    bare = " ".join(words.split())  # Slack takes away line breaks at the ends
    with suppress(ValueError):
        bare = str(float(bare)) if one.kind is Kind.DECIMAL else bare
    return hashlib.sha256(bare.encode()).hexdigest()[:MARK]


def changed(visit: Visit, fields: Sequence[SettingField], was: str) -> dict[str, str | None]:
    """Return what was changed in the form that showed `was`; None goes back to the default."""
    found: dict[str, str | None] = {}
    for at, one in enumerate(fields):
        if one.kind is Kind.SECRET:
            raw = visit.filled.get(f"{SECRET}{one.name}", "")
            if isinstance(raw, str) and raw:
                found[one.name] = raw
            elif visit.many(f"{FORGET}{one.name}") == ("yes",) and one.saved:
                found[one.name] = None
        elif f"{FIELD}{one.name}" in visit.filled:
            raw = visit.filled[f"{FIELD}{one.name}"]
            words = raw if isinstance(raw, str) else ""
            if _mark(one, words) == was[at * MARK : (at + 1) * MARK]:
                continue
            found[one.name] = _empty(one) if not words.strip() else words
    return found


def _empty(one: SettingField) -> str | None:
    """Return what an empty field means: nothing, where a text may be that; else the default."""
    return "" if one.kind in {Kind.TEXT, Kind.LONG} and one.default else None


SCREENS: Mapping[str, Screen] = {"settings": settings, "settings-send": settings_send}
