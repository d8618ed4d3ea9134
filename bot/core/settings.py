"""The settings of plugins: read with validation, written from text, secrets sealed at rest."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from bot.contract.people import Tenant
from bot.contract.plugin import NoSettings
from bot.contract.port import Connector
from bot.core.journal import note
from bot.core.validate import secret_fields
from bot.db import settings
from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.db.settings import Saved
from bot.errors import BadInput, BotError, NotFound, Unavailable
from bot.host.registry import Owned, Registry

HIDDEN = "••••"
"""What is shown for a secret that is set."""


def section_of(registry: Registry, owned: Owned[Connector]) -> str:
    """Return where a connector's settings are kept: its own section, or its plugin's."""
    own = owned.item.settings
    if own is NoSettings or own is registry.plugins[owned.plugin].settings:
        return owned.plugin
    return f"{owned.plugin}.{owned.item.name}"


def sections(registry: Registry) -> dict[str, type[BaseModel]]:
    """Return every section of settings there is, with its model."""
    found = {name: info.settings for name, info in registry.plugins.items()}
    everything = registry.view(frozenset(registry.plugins))
    for owned in everything.all(Connector):
        found.setdefault(section_of(registry, owned), owned.item.settings)
    return found


def model_of(registry: Registry, section: str) -> type[BaseModel]:
    """Return the model of a section, or raise NotFound."""
    try:
        return sections(registry)[section]
    except KeyError:
        raise NotFound(
            f"There are no settings “{section}”. There are: {', '.join(sorted(sections(registry)))}."
        ) from None


def row_of(tenant: Tenant, section: str, field: str) -> str:
    """Return what a sealed value is bound to: moved to another row, it does not open."""
    return f"{tenant.id}|plugin_settings|{field}|{section}"


def read_settings(
    registry: Registry, cipher: Cipher, tenant: Tenant, section: str, saved: Saved | None
) -> BaseModel:
    """Return a section's settings with secrets open; Unavailable says which setting to mend."""
    model = model_of(registry, section)
    values: dict[str, Any] = dict(saved.body) if saved else {}
    try:
        for field, sealed in (saved.sealed if saved else {}).items():
            values[field] = cipher.open(sealed, row=row_of(tenant, section, field))
    except BotError:
        raise Unavailable(
            f"A secret of {section} cannot be opened with the keys this bot has. An admin has to set it "
            f"again, or give the bot the key it was sealed with (BACKHAUL_KEY)."
        ) from None
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise Unavailable(
            f"{section} is not set up: {said(error)}. An admin can set it: "
            f"`backhaul plugins settings {section} {first(error)}=…`."
        ) from None


def said(error: ValidationError) -> str:
    """Return what is wrong, field by field, without the values (they may be secrets)."""
    return "; ".join(f"{where(line['loc'])} {lower(line['msg'])}" for line in error.errors())


def first(error: ValidationError) -> str:
    """Return the first field that is wrong."""
    return where(error.errors()[0]["loc"]) or "key"


def where(location: tuple[int | str, ...]) -> str:
    """Return a place in a model as people write it."""
    return ".".join(str(part) for part in location)


def lower(text: str) -> str:
    """Return the text so that it goes on a sentence."""
    return text[:1].lower() + text[1:]


def parse_value(model: type[BaseModel], field: str, words: str) -> Any:
    """Return a field's value from what a person typed: a word, or JSON for lists and the like."""
    if field not in model.model_fields:
        known = ", ".join(sorted(model.model_fields)) or "none at all"
        raise BadInput(f"There is no setting “{field}”. There are: {known}.")
    adapter = adapter_of(model, field)
    for candidate in (words, *_as_json(words)):
        try:
            return adapter.validate_python(candidate)
        except ValidationError as error:
            wrong = error
    raise BadInput(f"“{field}” does not take that: {said(wrong)}.")


def _as_json(words: str) -> list[Any]:
    try:
        return [json.loads(words)]
    except ValueError:
        return []


def show_settings(model: type[BaseModel], saved: Saved | None) -> dict[str, Any]:
    """Return every setting as it may be shown: secrets hidden, defaults where nothing was saved."""
    secret = secret_fields(model)
    body = saved.body if saved else {}
    sealed = saved.sealed if saved else {}
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        if name in secret:
            found[name] = HIDDEN if name in sealed else "not set"
        elif name in body:
            found[name] = body[name]
        else:
            found[name] = "not set" if field.is_required() else field.get_default(call_default_factory=True)
    return found


async def change_settings(  # noqa: PLR0913 - what is set, where, by whom
    database: Database,
    registry: Registry,
    cipher: Cipher,
    tenant: Tenant,
    section: str,
    changes: Mapping[str, str | None],
    *,
    by: str,
    check: Callable[[Saved | None], None] | None = None,
) -> dict[str, Any]:
    """Set fields from text (None: back to the default) and return the section as it may be shown.

    `check` is given what is saved, which nobody changes meanwhile; what it raises keeps it as it is.

    The section must be valid afterwards as far as it is filled in: fields still missing are told by
    `read_settings`, so that a plugin can be set up field by field.
    """
    model = model_of(registry, section)
    secret = secret_fields(model)
    async with database.tenant(tenant.id) as session:
        saved = await settings.lock_settings(session, section)
        if check is not None:
            check(saved)
        body = dict(saved.body) if saved else {}
        sealed = dict(saved.sealed) if saved else {}
        for field, words in changes.items():
            value = None if words is None else parse_value(model, field, words)
            body.pop(field, None)
            sealed.pop(field, None)
            if value is not None and field in secret:
                sealed[field] = cipher.seal(value.get_secret_value(), row=row_of(tenant, section, field))
            elif words is not None:
                body[field] = to_json(model, field, value)
        check_whole(model, body, sealed)
        await settings.do_save_settings(session, section, body=body, sealed=sealed, by=by)
        saved = await settings.lock_settings(session, section)
        facts = {"section": section, "fields": sorted(changes)}
        text = f"changed {', '.join(sorted(changes))} of {section}"
        await note(session, event="settings.changed", by=by, text=text, facts=facts)
    return show_settings(model, saved)


def to_json(model: type[BaseModel], field: str, value: Any) -> Any:
    """Return a field's value as JSON keeps it."""
    return adapter_of(model, field).dump_python(value, mode="json")


def adapter_of(model: type[BaseModel], field: str) -> TypeAdapter[Any]:
    """Return what validates one field on its own, its constraints included."""
    info = model.model_fields[field]
    hint: Any = Annotated[info.annotation, info]
    return TypeAdapter(hint)


def check_value(model: type[BaseModel], section: str, field: str, value: Any) -> Any:
    """Return a JSON value as the section keeps it; BadInput when the field is unknown or does not take it."""
    if field not in model.model_fields:
        raise BadInput(f"settings.{section}: there is no setting “{field}”.")
    try:
        return to_json(model, field, adapter_of(model, field).validate_python(value))
    except ValidationError as error:
        raise BadInput(f"settings.{section}.{field} does not take that: {said(error)}.") from None


def check_whole(model: type[BaseModel], body: Mapping[str, Any], sealed: Mapping[str, str]) -> None:
    """Raise BadInput when the section is wrong for another reason than that something is missing."""
    try:
        model.model_validate({**body, **dict.fromkeys(sealed, HIDDEN)})
    except ValidationError as error:
        lines = [line for line in error.errors() if line["type"] != "missing"]
        if any(line["loc"] and line["loc"][0] not in sealed for line in lines) or any(
            not line["loc"] for line in lines
        ):
            raise BadInput(f"These settings do not fit together: {said(error)}.") from None


async def reseal(database: Database, cipher: Cipher, tenant: Tenant) -> int:
    """Seal a tenant's secrets anew that were sealed with an older key; return how many."""
    done = 0
    async with database.tenant(tenant.id) as session:
        for saved in await settings.find_settings(session):
            locked = await settings.lock_settings(session, saved.section)
            old = {f: v for f, v in locked.sealed.items() if cipher.stale(v)} if locked else {}
            if locked is None or not old:
                continue
            sealed = dict(locked.sealed)
            for field, value in old.items():
                row = row_of(tenant, saved.section, field)
                sealed[field] = cipher.seal(cipher.open(value, row=row), row=row)
            await settings.do_save_settings(
                session, saved.section, body=locked.body, sealed=sealed, by="rotation"
            )
            done += len(old)
    return done
