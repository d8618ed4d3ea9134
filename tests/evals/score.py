"""How well staff questions are understood: `python -m tests.evals.score [-v] [--held] [--words-only]`."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from bot.errors import BadInput
from bot.llm.embedding import LocalEmbedder
from bot.understand.arguments import arguments_of
from bot.understand.judge import NEAR
from bot.understand.times import Clock
from bot.understand.understander import Understander
from bot.understand.understanding import Ask, Understanding, Verdict
from tests.evals import world

QUESTIONS = Path(__file__).with_name("questions.jsonl")
CLOCK = Clock(datetime(2026, 11, 22, 15, 0, tzinfo=UTC), ZoneInfo("Africa/Lagos"))
OUTCOMES = ("right", "asked", "args", "missed", "wrong", "wrote")
"""Right; asked back with the right one among the choices; right action with other arguments; not understood;
another read; a change that was not wanted was proposed (it would still wait for a yes)."""


@dataclass(frozen=True)
class Case:
    """One question and what should come of it; `!words` stand for verdicts."""

    q: str
    role: str
    want: Sequence[str]
    args: Mapping[str, str] = field(default_factory=dict)
    focus: Mapping[str, str] = field(default_factory=dict)
    last: tuple[str, Mapping[str, Any]] | None = None
    held: bool = False


def read_cases(path: Path = QUESTIONS) -> list[Case]:
    rows = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    return [
        Case(r["q"], r["as"], r["want"], r.get("args", {}), r.get("focus", {}), tuple(r["last"]) if "last" in r else None, r["held"])
        for r in rows
    ]


async def understand(understander: Understander, case: Case) -> Understanding:
    ask = Ask(
        words=case.q, user=world.person(case.role), clock=CLOCK, resolve=world.find, currency="NGN",
        focus=case.focus, last=case.last,
    )  # fmt: skip
    try:
        return await understander.understand(ask)
    except BadInput:
        return Understanding(verdict=Verdict.UNKNOWN)


async def outcome(case: Case, got: Understanding) -> str:  # noqa: PLR0911 - one per outcome
    """Return which of OUTCOMES it is."""
    acts = got.verdict in {Verdict.CLEAR, Verdict.MISSING}
    writes = acts and not got.best.reads_only
    if writes and got.action_id not in case.want:
        return "wrote"
    if "!nowrite" in case.want:
        return "right"
    if any(w[0] == "!" for w in case.want) and not acts:
        return "right" if f"!{got.verdict}" in case.want or got.verdict is Verdict.UNKNOWN else "asked"
    if acts and "!ask" in case.want and await _ambiguous(got):
        return "right"
    if acts and got.action_id in case.want:
        return "right" if await _same_args(case, got) else "args"
    if acts:
        return "wrong"
    unknown = got.verdict is Verdict.UNKNOWN
    offered = {g.action_id for g in got.guesses[:3] if not unknown or g.score >= NEAR}
    return "asked" if got.verdict is not Verdict.FORBIDDEN and offered & set(case.want) else "missed"


async def _ambiguous(got: Understanding) -> bool:
    """Say whether the gate would ask which one is meant."""
    for argument in arguments_of(world.VIEW.action(got.action_id).item):
        if argument.entity and argument.name in got.args:
            found = await world.find(argument.entity, str(got.args[argument.name]))
            if sum(m.exact for m in found) > 1:
                return True
    return False


async def _same_args(case: Case, got: Understanding) -> bool:
    kinds = {a.name: a.entity for a in arguments_of(world.VIEW.action(got.action_id).item)}
    for name, value in case.args.items():
        said = str(got.args.get(name, ""))
        if kinds.get(name):
            found = await world.find(kinds[name], said)
            said = found[0].key if found else said
        if said.lower() != value.lower():
            return False
    return True


@dataclass
class Score:
    """What came of a set of questions."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[Case, str, Understanding]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def good(self) -> float:
        """The share that was right or asked back sensibly."""
        return (self.counts["right"] + self.counts["asked"]) / max(1, self.counts.total())

    @property
    def wrong(self) -> float:
        """The share of which another action was run or proposed."""
        return (self.counts["wrong"] + self.counts["wrote"]) / max(1, self.counts.total())

    def line(self, title: str) -> str:
        parts = ", ".join(f"{self.counts[o]} {o}" for o in OUTCOMES if self.counts[o])
        ms = median(self.seconds) * 1e3 if self.seconds else 0
        return f"{title}: {self.counts.total()} questions, {self.good:.1%} right or asked, {self.wrong:.1%} wrong ({parts}); median {ms:.1f} ms"


async def run(understander: Understander, cases: Sequence[Case]) -> Score:
    score = Score()
    for case in cases:
        start = time.perf_counter()
        got = await understand(understander, case)
        score.seconds.append(time.perf_counter() - start)
        found = await outcome(case, got)
        score.counts[found] += 1
        if found != "right":
            score.failures.append((case, found, got))
    return score


def make(words_only: bool = False) -> Understander:
    return Understander(world.ACTIONS, world.ENTITIES, embedder=None if words_only else LocalEmbedder())


async def main() -> None:
    understander = make("--words-only" in sys.argv)
    await understander.warm()
    cases = read_cases()
    for title, held in (("tuned on", False), ("held out", True)):
        score = await run(understander, [c for c in cases if c.held is held])
        print(score.line(title))
        if "-v" in sys.argv and (not held or "--held" in sys.argv):
            for case, found, got in score.failures:
                rest = [(g.action_id, g.score) for g in got.guesses[1:3]]
                print(f"  {found:7} {case.q!r} as {case.role}\n          want {case.want} {dict(case.args)}\n          got  {got.verdict} {got.confidence} {got.said} {rest} [{got.masked}]")


if __name__ == "__main__":
    asyncio.run(main())
