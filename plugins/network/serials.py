"""Serial numbers as they are printed on a box, whether anybody knows the box yet or not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from bot.api import Match, Ref
from plugins.network.entities import Ctx

SERIAL = re.compile(r"(?=(?:.*\d){2})(?=.*[A-Z])[A-Z0-9]{8,32}")
"""ITU-T G.984.3 has four letters and eight hexadecimal digits; radios have what their vendor likes,
but what is shorter than eight is a model."""
SPACED = re.compile(r"[\s:\-]+")


@dataclass(frozen=True, kw_only=True)
class Serial:
    """The serial number of an ONT or radio."""

    number: str


SerialRef = Annotated[Serial, Ref("serial")]


async def find_serials(_ctx: Ctx, text: str, _limit: int) -> Sequence[Match]:
    """Take what looks like a serial number for one; nothing else is."""
    number = SPACED.sub("", text).upper()
    if not SERIAL.fullmatch(number):
        return []
    return [Match(key=number, label=number, record=Serial(number=number), exact=True)]
