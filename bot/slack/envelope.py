"""The shapes Slack sends; whatever else arrives, even signed, goes no further."""

from __future__ import annotations

import json
from typing import Any, NoReturn, Self
from urllib.parse import parse_qs

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

MOST_TEXT = 50_000
MOST_FIELDS = 60


class Loose(BaseModel):
    """The fields the bot relies on have their types; unknown ones pass."""

    model_config = ConfigDict(extra="allow", strict=True)


class Event(Loose):
    """The event inside an `event_callback`."""

    type: str = Field(max_length=80)
    subtype: str | None = Field(None, max_length=80)
    user: str | dict[str, Any] | None = None
    channel: str | dict[str, Any] | None = None
    channel_type: str | None = None
    text: str | None = Field(None, max_length=MOST_TEXT)
    ts: str | None = None
    thread_ts: str | None = None
    event_ts: str | None = None
    bot_id: str | None = None
    bot_profile: dict[str, Any] | None = None
    item: dict[str, Any] | None = None
    team: str | dict[str, Any] | None = None


class Authorization(Loose):
    """For which installation an event was delivered."""

    team_id: str | None = None
    enterprise_id: str | None = None
    user_id: str | None = None
    is_bot: bool | None = None
    is_enterprise_install: bool | None = None


class EventCallback(Loose):
    """The Events API envelope."""

    type: str = Field(pattern="^event_callback$")
    team_id: str | None = Field(None, pattern=r"^[TE][A-Z0-9]{1,40}$")
    enterprise_id: str | None = None
    event: Event
    event_id: str = Field(pattern=r"^[\x21-\x7e]{1,60}$")
    event_time: int
    authorizations: list[Authorization] = Field(default=[], max_length=20)
    is_ext_shared_channel: bool | None = None


class Named(Loose):
    """A user, team, channel or organisation by its id."""

    id: str = Field(max_length=60)
    team_id: str | None = None
    enterprise_id: str | None = None


class Pressed(Loose):
    """One element a person used."""

    action_id: str = Field(max_length=255)
    block_id: str | None = None
    type: str
    value: str | None = Field(None, max_length=2000)
    action_ts: str | None = None


class Interaction(Loose):
    """A click, a shortcut or a form."""

    type: str = Field(max_length=80)
    user: Named
    team: Named | None = None
    enterprise: Named | None = None
    channel: Named | None = None
    actions: list[Pressed] | None = None
    container: dict[str, Any] | None = None
    message: dict[str, Any] | None = None
    view: dict[str, Any] | None = None
    trigger_id: str | None = None
    response_url: str | None = None

    @model_validator(mode="after")
    def _clicks_have_elements(self) -> Self:
        if self.type == "block_actions" and not self.actions:
            raise ValueError("no actions")
        return self


class MalformedError(ValueError):
    """Not a payload of Slack's; `status` is the HTTP answer."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def read_http(content_type: str, raw: bytes) -> tuple[str, dict[str, Any]]:
    """Return the body as text and what it says; MalformedError when it is none of Slack's shapes."""
    try:
        body = raw.decode("utf-8")
        if content_type == "application/json":
            return body, _read_json(body)
        if content_type == "application/x-www-form-urlencoded":
            return body, _read_form(body)
    except (ValueError, RecursionError) as error:
        raise MalformedError(400, type(error).__name__) from None
    raise MalformedError(415, "content type")


def check_shape(body: dict[str, Any]) -> None:
    """Raise MalformedError unless an event or an interaction has the fields the bot relies on."""
    try:
        if body.get("type") == "event_callback":
            EventCallback.model_validate(body)
        elif "command" not in body:
            Interaction.model_validate(body)
    except (ValidationError, RecursionError) as error:
        raise MalformedError(400, type(error).__name__) from None


def _read_json(body: str) -> dict[str, Any]:
    found = json.loads(body, parse_constant=_no_constant)
    if not isinstance(found, dict):
        raise ValueError("not an object")  # noqa: TRY004 - one kind of error for whatever is not Slack's
    if found.get("type") == "url_verification" and isinstance(found.get("challenge"), str):
        return found
    EventCallback.model_validate(found)
    return found


def _read_form(body: str) -> dict[str, Any]:
    fields = parse_qs(body, strict_parsing=True, max_num_fields=MOST_FIELDS)
    if "payload" in fields:
        found = json.loads(fields["payload"][0], parse_constant=_no_constant)
        Interaction.model_validate(found)
        return dict(found)
    if fields.get("command") and fields.get("team_id"):
        return {name: values[0] for name, values in fields.items()}
    raise ValueError("neither payload nor command")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
