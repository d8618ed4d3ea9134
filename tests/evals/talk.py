"""Conversations with the simulated ISP, turn by turn: `python -m tests.evals.talk [-v] [--held] [--look]`.

Each turn is answered by the whole bot on the embedded database; what is compared is the call that went through the
gate, with the things it named already found. A change never runs here: it waits for a yes, and the answer is no.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.app import App
from bot.config import Config
from bot.contract.people import Tenant, User
from bot.contract.reply import Reply, Tone
from bot.core.gate import Gate
from bot.core.listed import rows_of
from bot.demo import PERSONAS, load_demo
from bot.understand.arguments import arguments_of
from tests.evals.cases import HERE, is_held

SIZE = 2_000
RELEASED = {
    "by strangers, held out until round five": "strangers_talk.txt",
    "by outsiders, held out until round six": "outsiders_talk.txt",
    "by latecomers, held out until round seven": "latecomers_talk.txt",
}
VISITORS = "by visitors, held out"
OTHERS = {**RELEASED, VISITORS: "visitors_talk.txt"}
ZONE = ZoneInfo("Africa/Nairobi")
OUTCOMES = ("right", "asked", "args", "missed", "wrong", "ran")
"""As for single questions; `ran`: a change went through without a yes."""


@dataclass(frozen=True)
class Turn:
    words: str
    want: Sequence[str]
    args: Mapping[str, str]


@dataclass(frozen=True)
class Talk:
    title: str
    role: str
    turns: Sequence[Turn]
    by: str = ""

    @property
    def held(self) -> bool:
        return bool(self.by) or is_held(self.title, 2)


class Heard:
    """The calls that reached the gate and were answered, with the keys of what they named."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Mapping[str, Any], Reply]] = []
        self.decided: list[str] = []
        plain, decide, undo = Gate.call, Gate.decide, Gate.undo

        async def call(gate: Gate, user: User, action_id: str, args: Mapping[str, Any], **more: Any) -> Reply:
            reply = await plain(gate, user, action_id, args, **more)
            self.calls.append((action_id, await _keys(gate, user, action_id, args), reply))
            return reply

        async def decided(gate: Gate, user: User, call_id: str, *, yes: bool, **more: Any) -> Reply:
            reply = await decide(gate, user, call_id, yes=yes, **more)
            self.decided.append("!yes" if yes else "!no")
            return reply

        async def undone(gate: Gate, user: User, call_id: str, **more: Any) -> Reply:
            reply = await undo(gate, user, call_id, **more)
            self.decided.append("!undo")
            return reply

        Gate.call = call  # type: ignore[method-assign,assignment]  # only to listen
        Gate.decide = decided  # type: ignore[method-assign,assignment]  # only to listen
        Gate.undo = undone  # type: ignore[method-assign,assignment]  # only to listen

    def last(self, wanted: Sequence[str]) -> tuple[str, Mapping[str, Any], Reply] | None:
        """Return the last call since the last time, or the decision that was wanted, and forget them all."""
        found = self.calls[-1] if self.calls else None
        if self.decided and self.decided[-1] in wanted:
            found = self.decided[-1], {}, Reply("")
        self.calls.clear()
        self.decided.clear()
        return found


async def _keys(gate: Gate, user: User, action_id: str, args: Mapping[str, Any]) -> Mapping[str, Any]:
    out = dict(args)
    for argument in arguments_of(gate._setup.view.action(action_id).item):
        if argument.entity and argument.name in out:
            found = await gate.find(user, argument.entity, str(out[argument.name]), 2)
            out[argument.name] = found[0].key if found else out[argument.name]
    return out


def talks(path: Path = HERE / "conversations.txt") -> list[Talk]:
    found: list[Talk] = []
    for line in path.read_text().splitlines():
        if line.startswith(">"):
            words, _, rest = line[1:].partition("=>")
            found[-1].turns.append(_turn(words.strip(), rest.split()))  # type: ignore[attr-defined]  # a list here
        elif line and not line.startswith("#"):
            role, _, title = line.partition(":")
            found.append(Talk(title.strip(), role.strip(), []))
    return found


def _turn(words: str, want: list[str]) -> Turn:
    ids = [part for word in want if "=" not in word for part in word.split("|")]
    return Turn(words, ids, {k: _day(v) for k, v in (word.split("=", 1) for word in want if "=" in word)})


def _day(value: str) -> str:
    """Return a value with the month or the day that it stands for, as the provider's clock has it."""
    today = datetime.now(ZONE).date()
    days = {"LAST-MONTH": today.replace(day=1) - timedelta(days=1), "YESTERDAY": today - timedelta(days=1)}
    return days[value].isoformat()[: 7 if value == "LAST-MONTH" else 10] if value in days else value


async def play(app: App, tenant: Tenant, talk: Talk, heard: Heard) -> list[tuple[Turn, str, str]]:
    """Return (turn, outcome, what happened) for each turn."""
    user = await app.person(tenant, PERSONAS[talk.role])
    rows: Sequence[str] = ()
    out = []
    for turn in talk.turns:
        reply = await app.answer(tenant, user, turn.words, thread=f"talk {talk.title}")
        call = heard.last(turn.want)
        wanted = {k: _row(v, rows) for k, v in turn.args.items()}
        if reply.table is not None or reply.tables:
            rows = rows_of(reply) or rows
        outcome = _outcome(turn, wanted, call, reply)
        told = f"{call[0]} {dict(call[1])}" if call else reply.text.split("\n")[0][:90]
        out.append((turn, outcome, told))
        if outcome == "asked":
            reply = await app.answer(tenant, user, _tapped(turn, reply), thread=f"talk {talk.title}")
            rows = rows_of(reply) or rows
            heard.last(turn.want)
    return out


def _tapped(turn: Turn, reply: Reply) -> str:
    """Return what the button says that a person would tap: the first that leads to what they wanted."""
    return next(choice.words for choice in reply.choices if _command(choice.words) in turn.want)


def _command(words: str) -> str:
    return " ".join(words.split()[:2]).replace(" ", "_")


def _row(value: str, rows: Sequence[str]) -> str:
    return rows[int(value[1:]) - 1] if value[:1] == "@" and len(rows) >= int(value[1:]) else value


def _outcome(  # noqa: PLR0911 - one per outcome
    turn: Turn, wanted: Mapping[str, str], call: tuple[str, Mapping[str, Any], Reply] | None, reply: Reply
) -> str:
    if call is None:
        if "!ask" in turn.want or "!none" in turn.want:
            return "right"
        if "!no" in turn.want and reply.text.startswith("All right"):
            return "right"
        commands = {_command(choice.words) for choice in reply.choices}
        return "asked" if commands & set(turn.want) else "missed"
    action_id, args, answer = call
    if "!none" in turn.want:
        return "wrong"
    if "!ask" in turn.want and (len(turn.want) == 1 or answer.tone is Tone.ASK):
        return "right" if answer.tone is Tone.ASK else "wrong"
    if action_id not in turn.want:
        return "wrong"
    if "!waits" in turn.want and answer.waiting is None:
        return "ran"
    return "right" if all(_same(args.get(k), v) for k, v in wanted.items()) else "args"


def _same(said: object, wanted: str) -> bool:
    words = str(said).lower()
    if re.fullmatch(r"\d+", wanted) and (amount := re.fullmatch(r"([\d,]+)\.00 [a-z]{3}", words)):
        words = amount[1].replace(",", "")
    return words == wanted.lower() or words.startswith(wanted.lower())


def others() -> list[Talk]:
    """Return the conversations by other hands; the visitors' are held out."""
    return [replace(talk, by=title) for title, name in OTHERS.items() for talk in talks(HERE / name)]


def title_of(talk: Talk) -> str:
    if talk.by:
        return talk.by
    return "held out" if talk.held else "tuned on"


async def main(*, held: bool, verbose: bool, look: bool = False) -> None:
    home = Path(tempfile.mkdtemp(prefix="backhaul-talk-", dir="/var/tmp"))
    home.chmod(0o755)
    app = await App.open(Config(home=home), migrate=True)
    heard = Heard()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    try:
        await load_demo(app.database, app.around, size=SIZE)
        tenant = await app.tenant("savanna")
        for talk in [*talks(), *others()]:
            if talk.held and not held:
                continue
            shown = verbose and talk.by != VISITORS and (look or talk.by in RELEASED or not talk.held)
            for turn, outcome, told in await play(app, tenant, talk, heard):
                counts[title_of(talk)][outcome] += 1
                if shown and outcome != "right":
                    print(
                        f"  {outcome:7} {talk.role}, {talk.title}: {turn.words!r} wants {turn.want} {dict(turn.args)}; got {told}"
                    )
    finally:
        await app.close()
        shutil.rmtree(home, ignore_errors=True)
    for title, found in counts.items():
        good = (found["right"] + found["asked"]) / found.total()
        parts = ", ".join(f"{found[o]} {o}" for o in OUTCOMES if found[o])
        print(f"conversations, {title}: {found.total()} turns, {good:.1%} right or asked ({parts})")


if __name__ == "__main__":
    asyncio.run(main(held="--held" in sys.argv, verbose="-v" in sys.argv, look="--look" in sys.argv))
