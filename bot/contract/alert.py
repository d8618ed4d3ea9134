"""Noticing things: series and alert sources feed, detectors find, recommenders advise, digests sum up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.contract.context import Context
from bot.contract.reply import Button, Reply


class Severity(StrEnum):
    """How loudly to say it."""

    NOTE = "note"
    WARN = "warn"
    PAGE = "page"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something odd. The same `key` means the same problem, so it is told once."""

    key: str
    title: str
    severity: Severity = Severity.WARN
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Series:
    """Numbers over time worth watching: `read(ctx, since, until)` yields (aware instant, value)."""

    name: str
    title: str
    unit: str
    step: timedelta
    read: Callable[[Context[Any], datetime, datetime], Awaitable[Sequence[tuple[datetime, float]]]]


@dataclass(frozen=True, kw_only=True)
class Detector:
    """Looks for anomalies on a rhythm."""

    name: str
    about: str
    every: timedelta
    run: Callable[[Context[Any]], Awaitable[Sequence[Finding]]]


@dataclass(frozen=True, kw_only=True)
class Recommendation:
    """What to do about a finding; the button goes through the gate like any other."""

    text: str
    button: Button | None = None


@dataclass(frozen=True, kw_only=True)
class Recommender:
    """Turns any plugin's finding into advice, or passes with None."""

    name: str
    run: Callable[[Context[Any], Finding], Awaitable[Recommendation | None]]


@dataclass(frozen=True, kw_only=True)
class DigestSection:
    """A paragraph of the daily digest; return None to stay silent."""

    name: str
    title: str
    run: Callable[[Context[Any]], Awaitable[Reply | None]]


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One alert from outside, normalised. The same `key` means the same problem."""

    key: str
    title: str
    severity: Severity
    firing: bool
    at: datetime
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class AlertSource:
    """An inbound webhook: `parse(headers, body)` turns one verified delivery into alerts."""

    name: str
    about: str
    parse: Callable[[Mapping[str, str], bytes], Sequence[Alert]]
