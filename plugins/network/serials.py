"""Serial numbers and models as they are printed on a box, whether anybody knows the box yet or not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from bot.api import Match, Ref
from plugins.network.entities import Ctx
from plugins.network.port import CpeQuery, Network

SERIAL = re.compile(r"(?=(?:.*\d){2})(?=.*[A-Z])[A-Z0-9]{8,32}")
"""ITU-T G.984.3 has four letters and eight hexadecimal digits; radios have what their vendor likes,
but what is shorter than eight is a model."""
GROUP = 4
"""Letters in a group of a serial number that is written with spaces."""
SPACED = re.compile(r"[\s:\-]+")


@dataclass(frozen=True, kw_only=True)
class Serial:
    """The serial number of an ONT or radio."""

    number: str


SerialRef = Annotated[Serial, Ref("serial")]


async def find_serials(_ctx: Ctx, text: str, _limit: int) -> Sequence[Match]:
    """Take what looks like a serial number for one; nothing else is."""
    number = SPACED.sub("", text).upper()
    if any(part.isalpha() and len(part) != GROUP for part in text.split()[0 if " " in text.strip() else 1 :]):
        return []  # words around it: "is HWTC1A2B3C4D online"
    if not SERIAL.fullmatch(number):
        return []
    return [Match(key=number, label=number, record=Serial(number=number), exact=True)]


MODEL = re.compile(r"[A-Z]{1,4}-?\d{3,5}[A-Z]{0,3}\d{0,2}[A-Z]?", re.IGNORECASE)
"""How vendors call ONTs and radios: F670L, HG8145V5, EG8145X6, XC220-G3."""
THINGS = re.compile(r"\b(?:onts?|onus?|cpes?|modems?|routers?|radios?|box(?:es)?|models?)\b", re.IGNORECASE)
"""What people say beside a model."""
LONGEST = 40


@dataclass(frozen=True, kw_only=True)
class Model:
    """What a vendor calls an ONT or radio, or a part of it."""

    name: str


ModelRef = Annotated[Model, Ref("model")]


def with_model(model: Model | None) -> str:
    """Return ` of model F670L`; empty for any."""
    return f" of model {model.name}" if model else ""


async def find_models(ctx: Ctx, text: str, limit: int) -> Sequence[Match]:
    """Find what is called as models are, or as one that is in stock."""
    name = " ".join(THINGS.sub(" ", text).split())[:LONGEST]
    if MODEL.fullmatch(name):
        return [Match(key=name, label=name, record=Model(name=name), exact=True)]
    if not any(sign.isdigit() for sign in name) or SERIAL.fullmatch(name.upper()):
        return []
    known = await ctx.port(Network).cpe_counts(ctx.scope, CpeQuery(state="in stock", model=name))
    found = sorted({one.model for one in known})[:limit]
    return [
        Match(key=each, label=each, record=Model(name=each), exact=each.lower() == name.lower())
        for each in found
    ]
