"""A reply as plain JSON values, for scripts, REST and models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from pydantic_core import to_jsonable_python

from bot.contract.reply import Reply


def to_wire(value: Any) -> Any:
    """Return JSON values: records become objects, money {minor, currency}, times ISO 8601.

    Of a Reply, empty parts are left out. Secrets become stars, bytes base64.
    """
    if isinstance(value, Reply):
        whole = {f.name: to_wire(getattr(value, f.name)) for f in fields(value)}
        return {name: part for name, part in whole.items() if part not in (None, "", [], {}, False)}
    return to_jsonable_python(value, fallback=_plain, inf_nan_mode="null", bytes_mode="base64")


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else str(value)
