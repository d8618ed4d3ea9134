"""How well staff questions are understood: `python -m tests.evals.score [-v] [--held] [--words-only]`.

Without `--held` only the questions that may be looked at while tuning are asked; with it, the held ones too, but
nothing here shows which of those failed.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from bot.errors import BadInput
from bot.llm.embedding import Embedder, LocalEmbedder
from bot.understand.arguments import Kind, arguments_of
from bot.understand.judge import NEAR
from bot.understand.times import Clock
from bot.understand.understander import Understander
from bot.understand.understanding import Ask, Understanding, Verdict
from tests.evals import world
from tests.evals.cases import HERE, Case, examples, first_cases, left_out, new_cases, plain
from tests.vectors import kept_vectors

LENGTH = TypeAdapter(timedelta)
CLOCK = Clock(datetime(2026, 11, 22, 15, 0, tzinfo=UTC), ZoneInfo("Africa/Lagos"))
RELEASED = {
    "three": ("held.txt",), "four": ("fresh.txt",), "five": ("strangers.txt",),
    "six": ("strangers_again.txt", "outsiders.txt", "newcomers.txt"), "seven": ("latecomers.txt",),
}  # fmt: skip
"""The sets that were held out until a round and may be looked at since."""
UNSEEN = {"visitors, held out": "visitors.txt"}
FRENCH = "in French, held out"
OUTCOMES = ("right", "asked", "args", "missed", "wrong", "wrote")
"""Right; asked back with the right one among the choices; right action with other arguments; not understood;
another read; a change that was not wanted was proposed (it would still wait for a yes)."""


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
    if acts and not got.best.reads_only and got.action_id not in case.want:
        return "wrote"
    if "!nowrite" in case.want:
        return "right"
    if case.want[0][0] == "!" and not acts:  # to be refused: offering something else instead is no help
        return "missed" if got.verdict is Verdict.UNSURE else "right"
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
    known = {a.name: a for a in arguments_of(world.VIEW.action(got.action_id).item)}
    for name, value in case.args.items():
        if name not in known:  # of another of the actions that would be right
            continue
        said = str(got.args.get(name, ""))
        if known[name].entity:
            found = await world.find(known[name].entity, said)
            said = found[0].key if found else said
        elif known[name].kind is Kind.MONEY:
            said = re.sub(r"[^\d.]", "", said)
        if not any(_same(known[name].kind, said, one) for one in value.split(" or ")):
            return False
    return True


def _same(kind: Kind, said: str, wanted: str) -> bool:
    """Say whether a value is what was wanted; of a time only as much as the label says."""
    if kind is Kind.MONEY and said:
        return float(said) == float(wanted)
    if kind is Kind.INSTANT and said:
        return datetime.fromisoformat(said).astimezone(CLOCK.zone).isoformat().startswith(wanted)
    if kind is Kind.DAY and said:  # "2026-10" is all a label says of a month
        return said.startswith(wanted)
    if kind is Kind.LENGTH and said:
        return LENGTH.validate_python(said) == LENGTH.validate_python(wanted)
    return said.lower() == wanted.lower()


@dataclass
class Score:
    """What came of a set of questions."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[Case, str, Understanding]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    all: list[tuple[Case, str]] = field(default_factory=list)

    def add(self, case: Case, found: str, got: Understanding, seconds: float = 0.0) -> None:
        self.counts[found] += 1
        self.seconds.append(seconds)
        self.all.append((case, found))
        if found != "right":
            self.failures.append((case, found, got))

    @property
    def good(self) -> float:
        """The share that was right or asked back sensibly."""
        return (self.counts["right"] + self.counts["asked"]) / max(1, self.counts.total())

    @property
    def wrong(self) -> float:
        """The share of which another action was run or proposed."""
        return (self.counts["wrong"] + self.counts["wrote"]) / max(1, self.counts.total())

    def part(self, wanted: Callable[[Case], bool]) -> Score:
        some = Score()
        for case, found in self.all:
            if wanted(case):
                some.counts[found] += 1
        return some

    def milliseconds(self, part: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(int(len(ordered) * part), len(ordered) - 1)] * 1e3 if ordered else 0.0

    def line(self, title: str) -> str:
        parts = ", ".join(f"{self.counts[o]} {o}" for o in OUTCOMES if self.counts[o])
        asked = self.counts["asked"] / max(1, self.counts.total())
        return (
            f"{title}: {self.counts.total()} questions, {self.good:.1%} right or asked, {asked:.1%} asked back, "
            f"{self.wrong:.1%} wrong ({parts}); median {self.milliseconds(0.5):.1f} ms, p99 {self.milliseconds(0.99):.1f} ms"
        )

    def table(self) -> str:
        """Return the score by role and by kind of question."""
        groups: dict[str, set[str]] = defaultdict(set)
        for case, _ in self.all:
            groups["role"].add(case.role)
            groups["kind"].add(case.kind)
        lines = [
            f"  {'':<16} {'n':>4} {'right':>7} {'asked':>7} {'args':>6} {'missed':>7} {'wrong':>6} {'good':>7}"
        ]
        for by, names in groups.items():
            for name in sorted(names):
                some = self.part(lambda c, by=by, name=name: getattr(c, by) == name)
                c, n = some.counts, some.counts.total()
                lines.append(
                    f"  {by + ' ' + name:<16} {n:>4} {c['right'] / n:>7.1%} {c['asked'] / n:>7.1%} {c['args'] / n:>6.1%} "
                    f"{c['missed'] / n:>7.1%} {(c['wrong'] + c['wrote']) / n:>6.1%} {some.good:>7.1%}"
                )
        return "\n".join(lines)


async def run(understander: Understander, cases: Sequence[Case]) -> Score:
    score = Score()
    for case in cases:
        start = time.perf_counter()
        got = await understand(understander, case)
        seconds = time.perf_counter() - start
        score.add(case, await outcome(case, got), got, seconds)
    return score


@cache
def make(words_only: bool = False, embedder: Embedder | None = None) -> Understander:
    """Return an understander of everything; the same one for all who ask, as it keeps nothing of what is said."""
    return Understander(
        world.ACTIONS,
        world.ENTITIES,
        embedder=None if words_only else embedder or LocalEmbedder(),
        folder=kept_vectors(),
    )


def sets(held: bool) -> dict[str, list[Case]]:
    """Return the questions by what may be done with them."""
    new = new_cases()
    more = [replace(c, held=False) for c in new_cases(HERE / "tuning.txt")]
    out = {"first, tuned on": first_cases(), "new, tuned on": [c for c in new if not c.held] + more}
    if not held:
        return out
    before = {n: [c for name in names for c in new_cases(HERE / name)] for n, names in RELEASED.items()}
    before["three"] = [c for c in new if c.held] + before["three"]
    said = examples()  # since they were written, some have become examples: then they prove nothing
    kept = {
        f"held out until round {n}": [c for c in cs if plain(c.q) not in said] for n, cs in before.items()
    }
    # by another hand: what of them stands in the wordings is no copy
    others = {t: [replace(c, held=True) for c in new_cases(HERE / name)] for t, name in UNSEEN.items()}
    return {**out, **kept, **others}


def show(score: Score) -> None:
    for case, found, got in score.failures:
        rest = [(g.action_id, g.score) for g in got.guesses[1:3]]
        print(f"  {found:7} {case.q!r} as {case.role}\n          want {case.want} {dict(case.args)}")
        print(f"          got  {got.verdict} {got.confidence} {got.said} {rest} [{got.masked}]")


async def main() -> None:
    understander = make("--words-only" in sys.argv)
    await understander.warm()
    for title, cases in sets("--held" in sys.argv).items():
        score = await run(understander, cases)
        print(score.line(title))
        if "--table" in sys.argv:
            print(score.table())
        if "-v" in sys.argv and title not in UNSEEN:
            show(score)
    if missing := left_out():
        print(f"left out: {len(missing)} questions for actions that no plugin brings")


if __name__ == "__main__":
    asyncio.run(main())
