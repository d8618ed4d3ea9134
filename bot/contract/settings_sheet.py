"""A plugin's settings as a form shows them: one field each, secrets never in clear."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a setting is typed in."""

    TEXT = "text"
    LONG = "long"
    WHOLE = "whole"
    DECIMAL = "decimal"
    YES_NO = "yes_no"
    CHOICE = "choice"
    SECRET = "secret"  # noqa: S105 - a kind of field
    JSON = "json"


@dataclass(frozen=True, kw_only=True)
class SettingField:
    """One setting: `value` and `default` as they are typed, both empty for a secret.

    `saved`: it was set by somebody, so it is not the default. `needed`: nothing works before it is set.
    """

    name: str
    kind: Kind
    about: str = ""
    value: str = ""
    default: str = ""
    saved: bool = False
    needed: bool = False
    choices: tuple[str, ...] = ()
    longest: int | None = None


@dataclass(frozen=True, kw_only=True)
class SettingsSheet:
    """One section of settings; `version` stands for what is saved now, secrets too."""

    section: str
    version: str
    fields: tuple[SettingField, ...] = ()
