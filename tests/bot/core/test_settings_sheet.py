"""Settings as a form shows them, and what is wrong with what was typed."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal

import pytest
from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator

from bot.api import PluginInfo
from bot.contract.settings_sheet import Kind
from bot.core.settings_sheet import changes_of, check_version, find_faults, sheet_of, version_of
from bot.db.settings import Saved
from bot.errors import BadInput, Conflict
from bot.host.registry import Registry


class Tls(StrEnum):
    NONE = "none"
    TLS = "tls"


class Settings(BaseModel):
    host: str = Field("", max_length=20, description="Its name.")
    port: int = Field(587, ge=1, le=65_535)
    factor: float = 0.5
    tls: Tls = Tls.TLS
    during: Literal["ask", "refuse"] = "ask"
    tags: bool = True
    letter: str = Field("Dear\n{name}", max_length=500)
    roles: list[str] = Field(default_factory=lambda: ["admin"])
    owner: str
    password: SecretStr = SecretStr("")

    @field_validator("owner")
    @classmethod
    def _not_bob(cls, value: str) -> str:
        if value == "Bob":
            raise ValueError("it is not Bob")
        return value

    @model_validator(mode="after")
    def _fits(self) -> Settings:
        if self.tls is Tls.NONE and self.host:
            raise ValueError("a host needs tls")
        return self


REGISTRY = Registry({"mail": PluginInfo(name="mail", about="Mail.", settings=Settings)}, ())


def saved(body: dict[str, object], sealed: dict[str, str] | None = None) -> Saved:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    return Saved(section="mail", body=body, sealed=sealed or {}, changed_at=at)


def test_each_type_has_its_kind_of_field() -> None:
    kinds = {one.name: one.kind for one in sheet_of(REGISTRY, "mail", None).fields}
    assert kinds == {
        "host": Kind.TEXT,
        "port": Kind.WHOLE,
        "factor": Kind.DECIMAL,
        "tls": Kind.CHOICE,
        "during": Kind.CHOICE,
        "tags": Kind.YES_NO,
        "letter": Kind.LONG,
        "roles": Kind.JSON,
        "owner": Kind.TEXT,
        "password": Kind.SECRET,
    }


def test_fields_show_what_is_saved_what_holds_else_and_no_secret() -> None:
    sheet = sheet_of(REGISTRY, "mail", saved({"host": "mx", "tags": False}, {"password": "sealed-words"}))
    fields = {one.name: one for one in sheet.fields}
    assert (fields["host"].value, fields["host"].default, fields["host"].saved) == ("mx", "", True)
    assert (fields["tags"].value, fields["tags"].default) == ("false", "true")
    assert (fields["roles"].value, fields["tls"].choices) == ('["admin"]', ("none", "tls"))
    assert (fields["owner"].needed, fields["port"].needed) == (True, False)
    assert (fields["password"].saved, fields["password"].value) == (True, "")
    assert "sealed-words" not in str(sheet)


def test_version_changes_with_a_secret_too() -> None:
    versions = {version_of(one) for one in (None, saved({}, {"password": "a"}), saved({}, {"password": "b"}))}
    assert len(versions) == 3
    check_version("mail", saved({}), "")
    check_version("mail", saved({"port": 1}), version_of(saved({"port": 1})))
    with pytest.raises(Conflict, match="nothing of yours was saved"):
        check_version("mail", saved({"port": 2}), version_of(saved({"port": 1})))


def test_faults_stand_at_their_fields_and_never_tell_a_secret() -> None:
    typed = {"port": "99999", "tls": "maybe", "host": "x" * 30, "password": "hunter2", "owner": "Ann"}
    faults = find_faults(Settings, None, typed)
    assert set(faults) == {"port", "tls", "host"}
    assert faults["port"] == "It should be less than or equal to 65535."
    assert "hunter2" not in str(faults)


def test_what_does_not_fit_together_is_said_at_the_first_field() -> None:
    faults = find_faults(Settings, saved({"host": "mx", "owner": "Ann"}), {"tls": "none"})
    assert faults == {"tls": "A host needs tls."}
    assert find_faults(Settings, None, {"owner": "Bob", "host": "mx"}) == {"owner": "It is not Bob"}
    assert find_faults(Settings, saved({"host": "mx", "owner": "Ann", "tls": "none"}), {"tls": None}) == {}


def test_a_field_still_missing_is_no_fault() -> None:
    assert find_faults(Settings, None, {"host": "mx"}) == {}


def test_changes_say_from_what_to_what() -> None:
    there = saved({"host": "mx", "letter": "a " * 300}, {"password": "x"})
    typed = {"host": None, "port": "25", "password": "hunter2", "letter": "Hello"}
    told = [(one.what, one.before, one.after) for one in changes_of(REGISTRY, "mail", there, typed)]
    assert told[:3] == [
        ("host", "mx", "empty"),
        ("port", "587", "25"),
        ("password", "a value that is not shown", "another, a value that is not shown"),
    ]
    assert len(told[3][1]) == 200
    with pytest.raises(BadInput, match="`port`"):
        changes_of(REGISTRY, "mail", there, {"port": "many"})
