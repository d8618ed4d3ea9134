"""How Slack reads a timestamp somebody sends, and which of them may name a thread."""

from __future__ import annotations

from tests.slackd.errors import SlackError

MOST = 2**63 - 1
EARLIEST_THREAD = 631_152_000
"""1990-01-01, in seconds."""
AHEAD = 3600
DIGITS = frozenset("0123456789")


def read_ts(value: str) -> str | None:
    """`SSSSSSSSSS.MMMMMM` as Slack understands `value`; "" where there is none, None where it is refused.

    Digits before the first point are seconds, those of the next part whole microseconds; all else is dropped.
    """
    if value in {"", "0"}:
        return ""
    head, _, tail = value.partition(".")
    seconds = "".join(c for c in head if c in DIGITS)
    micros = "".join(c for c in tail.partition(".")[0] if c in DIGITS)
    digits = (seconds + micros.lstrip("0").zfill(6)).lstrip("0")
    total = min(int(digits[:20] or "0"), MOST)
    return f"{total // 1_000_000:010d}.{total % 1_000_000:06d}" if total else None


def read_thread_ts(value: str, now: float) -> str:
    """The thread meant, "" for none; outside 1990 to an hour from now it is refused (M7)."""
    ts = read_ts(value)
    if ts == "":
        return ""
    micros = int((ts or "0.0").replace(".", ""))
    if EARLIEST_THREAD < micros // 1_000_000 <= int(now) + AHEAD:
        return str(ts)
    raise SlackError("invalid_thread_ts", f"[ERROR] {micros} is not a valid thread_ts")


def to_micros(ts: str) -> int:
    seconds, _, micros = ts.partition(".")
    return int(seconds) * 1_000_000 + int(micros or 0)
