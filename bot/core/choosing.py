"""What "2", "the second one" and a label choose of what was shown last."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.core.threads import Pick, Thread

ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()  # noqa: SIM905 - a list in order
THING = (
    r"(?:one|ticket|case|customer|invoice|bill|payment|device|site|outage|row|entry|option|choice|item|visit|"
    r"message|mail|note|reminder|window|person|guy|lady)"
)
NUMBERED = re.compile(
    rf"^(?:(?:and|ok|the|option|number|no\.?|#|pick|choose|take|select)\s*)*(?:(?P<n>\d{{1,2}})[.)]?|"
    rf"(?P<o>{'|'.join(ORDINALS)}|last|\d{{1,2}}(?:st|nd|rd|th))(?:\s+{THING})?)[\s?.!]*$",
    re.IGNORECASE,
)


def chosen(thread: Thread, words: str) -> Pick | str | None:
    """Return the pick these words choose, or the thing of the row they name; None if they do neither."""
    low = words.strip().lower()
    for pick in thread.picks:
        if low and low in {pick.label.lower(), pick.words.lower()}:
            return pick
    found = NUMBERED.match(low)
    if not found:
        return None
    listed: Sequence[Pick | str] = thread.picks or thread.rows
    if found["o"]:
        listed = thread.rows or thread.walk or thread.picks
        at = place_of(found["o"], len(listed))
    else:
        at = int(found["n"]) - 1
    return listed[at] if 0 <= at < len(listed) else None


def place_of(word: str, length: int) -> int:
    """Return the place in a list that "second", "3rd" or "last" means."""
    low = word.lower()
    if low == "last":
        return length - 1
    return ORDINALS.index(low) if low in ORDINALS else int(low[:-2]) - 1
