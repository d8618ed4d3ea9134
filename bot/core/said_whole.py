"""What a message leaves to the thread, said whole: the PON of the device that was shown, her visit."""

from __future__ import annotations

import re
from collections.abc import Mapping

PORT = re.compile(
    r"\b(?P<port>(?:pon|port|sector)\s+(?:\d{1,2}/\d{1,2}(?:/\d{1,2})?|(?<=sector )[a-f]))\b"
    r"(?!\s+(?:of|on|at)\b)",
    re.IGNORECASE,
)
DEVICE = re.compile(r"\b[a-z]{2,4}-[a-z]{2,5}(?:-[a-z0-9]+)+\b", re.IGNORECASE)
"""A device that is named: then its port needs no other."""
HER_VISIT = re.compile(r"\b(?:her|his|their)\s+(?:next\s+)?visit\b", re.IGNORECASE)
AS_WELL = re.compile(r"(?<=\w)[\s,]+as well(?=(?:[\s,]+(?:please|pls))?[\s.!?]*$)", re.IGNORECASE)
"""Says nothing of what is wished: "close it as well"."""
TEXT = re.compile(r":(?=\s|$)|[\"“”]")
"""Where somebody's own words begin."""


def said_whole(words: str, focus: Mapping[str, str]) -> str:
    """Return a message with what it leaves to what the thread is about; a text in it stays as it is."""
    text = TEXT.search(words)
    end = text.start() if text else len(words)
    head, tail = words[:end], words[end:]
    device, customer = focus.get("device"), focus.get("customer")
    if device and not DEVICE.search(head):
        head = PORT.sub(rf"\g<port> of {device}", head, count=1)
    if customer:
        head = HER_VISIT.sub(f"the visit of {customer}", head, count=1)
    return head + tail if tail else AS_WELL.sub("", head)
