"""Telling a power cut, a fibre cut and trouble upstream apart by what the ONTs said last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.api import plural
from plugins.network.signs import PonSigns, Signs

HIT = 0.2
"""Share of a PON's ONTs that went dark from which on it is not one home after another."""
LEAST = 3
"""ONTs that went dark at least: two neighbours may have switched off for the night."""
MOST = 0.6
"""Share of the dark ONTs that has to say the same before it is called the cause."""
WHOLE = 0.9
"""Share of a PON's ONTs from which on the whole PON is dark: some boxes were unplugged long ago."""
FEW = 3


class Kind(StrEnum):
    """What is likely behind it."""

    POWER = "power cut"
    FIBRE = "fibre cut"
    UPSTREAM = "upstream"
    DEVICE = "device down"
    MIXED = "mixed"
    NONE = "no common cause"


@dataclass(frozen=True, kw_only=True)
class Cause:
    """What is likely behind it, in a sentence with the counts it rests on."""

    kind: Kind
    said: str


def cause_of(signs: Signs) -> Cause:
    """Return the likeliest cause below a place."""
    onts = sum(pon.onts for pon in signs.pons)
    hit = [pon for pon in signs.pons if pon.los + pon.gasp >= max(LEAST, HIT * pon.onts)]
    dark = sum(pon.los + pon.gasp for pon in hit)
    if signs.down and not hit:
        return _upstream(signs, onts)
    if not hit:
        return _nothing(signs, onts)
    los, gasp = sum(pon.los for pon in hit), sum(pon.gasp for pon in hit)
    if gasp >= MOST * dark:
        said = (
            f"Power cut: {gasp:,} of the {dark:,} ONTs that went dark {_on(hit)} said dying gasp before, "
            f"{_rest(los, 'lost light')}. Ask about electricity there first."
        )
        return Cause(kind=Kind.POWER, said=said)
    if los >= MOST * dark:
        return _cut(signs, hit, dark, los)
    said = (
        f"Mixed: of the {dark:,} ONTs that went dark {_on(hit)}, {los:,} lost light and {gasp:,} said dying "
        "gasp: perhaps a power cut and a fibre cut at once."
    )
    return Cause(kind=Kind.MIXED, said=said)


def _upstream(signs: Signs, onts: int) -> Cause:
    names = ", ".join(device.name for device in signs.down[:FEW])
    does = "do" if len(signs.down) > 1 else "does"
    holders = {pon.port.split(" ", 1)[0] for pon in signs.pons}
    if not onts:
        return Cause(kind=Kind.DEVICE, said=f"{names} {does} not answer; no ONT below it is known.")
    if all(holder in {d.name for d in signs.down} for holder in holders):
        said = (
            f"{names} {does} not answer, so what its {onts:,} ONTs said is from before: look at power and "
            "uplink where it stands."
        )
        return Cause(kind=Kind.DEVICE, said=said)
    lit = onts - sum(pon.dark for pon in signs.pons)
    said = f"Upstream: {names} {does} not answer, while {lit:,} of {onts:,} ONTs are up, so not the fibre."
    return Cause(kind=Kind.UPSTREAM, said=said)


def _nothing(signs: Signs, onts: int) -> Cause:
    dark = sum(pon.dark for pon in signs.pons)
    if not onts:
        return Cause(kind=Kind.NONE, said="")
    said = f"No common cause: {dark:,} of {onts:,} ONTs are dark, no PON with {HIT:.0%} or more."
    return Cause(kind=Kind.NONE, said=said)


def _cut(signs: Signs, hit: Sequence[PonSigns], dark: int, los: int) -> Cause:
    """Say how much of what is dark: a branch of one PON, a whole one, or the feeder of several."""
    some = f"all {dark:,}" if los == dark else f"{los:,} of the {dark:,}"
    rests = f"{some} ONTs that went dark {_on(hit)} lost light"
    whole = [pon for pon in hit if pon.los + pon.gasp + pon.silent >= WHOLE * pon.onts]
    if len(hit) == 1:
        (pon,) = hit
        where = (
            "the whole PON is dark: look between the OLT and the first splitter"
            if whole
            else f"{pon.onts - pon.dark:,} of its {pon.onts:,} are still up: look behind a splitter"
        )
        return Cause(kind=Kind.FIBRE, said=f"Fibre cut: {rests}; {where}.")
    olts = {pon.port.split(" ", 1)[0] for pon in hit}
    part = f"{len(whole):,} of them wholly" if len(whole) < len(hit) else "each wholly"
    where = "a feeder they share" if len(olts) == 1 else f"a route that {plural(len(olts), 'OLT')} share"
    of = len(signs.pons)
    count = f"{len(hit):,} of {of:,} PONs" if of > len(hit) else f"all {of:,} PONs"
    return Cause(kind=Kind.FIBRE, said=f"Fibre cut: {rests}; {count} are hit, {part}: look at {where}.")


def _on(hit: Sequence[PonSigns]) -> str:
    if len(hit) <= FEW:
        return "on " + ", ".join(pon.port for pon in hit)
    return f"on {len(hit):,} PONs"


def _rest(count: int, what: str) -> str:
    return f"{count:,} {what}" if count else f"none {what}"
