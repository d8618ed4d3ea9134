"""What must be true after the storm, and the report of it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from bot.db.database import Database
from tests.bot.slack.storm.crowd import WORD, Crowd, Message, Request, is_taken_back
from tests.bot.slack.storm.weather import Trouble
from tests.slackd import Slackd
from tests.slackd.tally import Missed

MOST_TOLD = 20
NOT_TAKEN = "never acknowledged: "
"""How the emulator begins of what is judged apart."""
AGAIN = "You may have seen this already:"
"""How the bot begins what it says once more to one person, when nobody can tell whether it arrived."""


@dataclass
class Judge:
    """Compares what was asked with what was said and done."""

    slack: Slackd
    crowd: Crowd
    trouble: Trouble
    database: Database
    tenant: str
    seed: int
    took: float = 0.0

    async def judge(self) -> None:
        """Fail unless every request has its one answer, in order, and every write was done once.

        All that is wrong is told at once: a long storm is not had again for the next finding.
        """
        self.crowd.listen()
        wrong = {word: why for word, one in self.crowd.requests.items() if (why := self._wrong(one))}
        findings: dict[str, list[Any]] = {
            "answers": [(why, await self._story(word)) for word, why in list(wrong.items())[:MOST_TOLD]],
            "order": self._out_of_order(),
            "unfinished": await self.unfinished(),
            "writes": await self._miscounted(),
            "never acknowledged": self._unacked(),
            "acknowledged late": self.late(),
            "violations": [each for each in self.slack.violations if not each.startswith(NOT_TAKEN)],
            "strays": self._strays(),
            "grow for ever": [each.ts for each in self.slack.world.home.streams.values() if each.live],
        }
        found = {what: each for what, each in findings.items() if each}
        for what, each in found.items():
            print(f"{what}: {len(wrong) if what == 'answers' else len(each)}")
        told = {what: each[:MOST_TOLD] for what, each in found.items()}
        assert found == {}, json.dumps(told, indent=1, default=str, ensure_ascii=False)

    async def _miscounted(self) -> list[str]:
        """Subjects of which there is not the one ticket; what Slack said was not taken may have been."""
        made = await self._tickets()
        asked = [one for one in self.crowd.requests.values() if one.writes]
        wanted = Counter(one.word for one in asked if one.word in made or not one.unsure)
        return [f"{word}: {made[word]}" for word in {*made, *wanted} if made[word] != wanted[word]]

    def _unacked(self) -> list[str]:
        """Events that Slack gave up, and what people pressed that a living bot did not take.

        Where no process was there, Slack told the person at once and nothing was lost: they are counted.
        """
        gone = {
            each.name
            for each in self.slack.delivery.tally.missed
            if each.kind != "events_api" and self._is_absent(each)
        }
        return [self._tries(name) for name in self.slack.delivery.unacked if name not in gone]

    def _tries(self, name: str) -> str:
        tries = [each for each in self.slack.delivery.tally.missed if each.name == name]
        return f"{name}: {[(each.reason, 'killed' if self._is_absent(each) else '') for each in tries]}"

    def _is_absent(self, missed: Missed) -> bool:
        """Whether a process was killed, or its connections were, while this was under way."""
        return any(missed.began - 1 <= at <= missed.ended for at in self.trouble.killed_at)

    def _wrong(self, one: Request) -> str:
        """Say why an answer is none, too many, or not to what was asked."""
        said = self.crowd.heard.get(one.word, [])
        again = [m for m in said if one.kind == "command" and AGAIN in json.dumps(m)]
        fresh = [m for m in said if m not in again]
        undone = [m for m in fresh if is_taken_back(m)]
        answers = [m for m in fresh if m not in undone]
        if one.unsure and not answers:
            return ""
        ends = {(1, 0), (1, 1), (0, 1)} if one.kind == "command" else {(1, 0)}
        most = {one.pressed, False} if one.unsure else {one.pressed}
        if (len(answers), len(again)) not in ends or len(undone) not in most:
            return f"{one}: {[m['text'][:90] for m in said]} in {self._around(one)}"
        answers = answers or again
        if one.kind != "command" and answers[0].get("thread_ts") != one.root:
            return f"{one}: in another thread"
        whole = json.dumps(answers[0])  # after a crash: "Done: …", or the card of what was confirmed
        if not (
            "Opened TCK-" in whole or "done" in whole.lower() if one.writes else "found no customer" in whole
        ):
            return f"{one}: {whole[:200]}"
        return ""

    async def _story(self, word: str) -> list[str]:
        """What is kept of a request: its arrival, its call, and the letters of both."""
        async with self.database.tenant(self.tenant) as session:
            rows = await session.execute(
                text(
                    "with arrival as (select id, to_jsonb(i) - 'payload' as told from slack_inbox i"
                    " where payload::text like :word),"
                    " made as (select id, to_jsonb(c) - 'reply' - 'preview' as told from calls c"
                    " where args::text like :word)"
                    " select told::text from arrival union all select told::text from made union all"
                    " select (to_jsonb(o) - 'payload')::text from slack_outbox o where inbox_id in"
                    " (select id from arrival) or card in (select id from made)"
                ),
                {"word": f"%{word}%"},
            )
            return list(rows.scalars())

    def _strays(self) -> list[str]:
        """What the bot said in threads beside the answers: nothing."""
        threads = {(one.channel, one.root): one for one in self.crowd.requests.values() if one.root}
        return [
            f"{one}: {self._around(one)}"
            for (channel, root), one in threads.items()
            for m in self.slack.world.channels[channel].thread(root)
            if m.get("bot_id") and not WORD.search(json.dumps(m))
        ]

    def _around(self, one: Request) -> list[str]:
        """All that stands in the thread, for whoever looks for the fault."""
        place = self.slack.world.channels[one.channel]
        found = place.thread(one.root) if one.root else place.ephemeral[-3:]
        return [f"{m['ts']} {m['text'][:300]}" for m in found]

    def _out_of_order(self) -> list[tuple[str, ...]]:
        """Threads whose answers do not stand as their questions do."""
        found = []
        for words in self.crowd.threads.values():
            stamps = [
                float(self._first(word)["ts"].replace(".", "")) for word in words if self.crowd.heard[word]
            ]
            if stamps != sorted(stamps):
                found.append(tuple(words))
        return found

    def _first(self, word: str) -> Message:
        return self.crowd.heard[word][0]

    async def unfinished(self) -> list[str]:
        """Arrivals and letters that are not at an end, and those given up.

        Neither the state of a session nor a button that goes when its time is over is an answer, and Slack
        takes 50 of each a minute: those that were not tried yet wait for their turn.
        """
        async with self.database.tenant(self.tenant) as session:
            rows = await session.execute(
                text(
                    "select concat_ws(' ', 'arrival', state, attempts, error, lane) from slack_inbox"
                    " where state <> 'done' union all select concat_ws(' ', kind, state, attempts, error, lane,"
                    " 'due', not_before - now()) from slack_outbox where state <> 'sent'"
                    " and (kind <> 'status' or state not in ('queued', 'sending', 'uncertain'))"
                    " and not (kind = 'update' and state = 'queued' and attempts = 0 and has_turn)"
                )
            )
            return list(rows.scalars())

    async def _tickets(self) -> Counter[str]:
        """How many tickets there are of each subject, taken back or not."""
        async with self.database.tenant(self.tenant) as session:
            rows = await session.execute(text("select subject from isp_tickets"))
            return Counter(rows.scalars().all())

    def late(self) -> list[str]:
        """Deliveries that were not acknowledged within Slack's patience, though no connection broke then."""
        return [
            f"{each.kind} {each.name} {each.ended - each.began:.1f} s"
            for each in self.slack.delivery.tally.missed
            if each.reason in {"timeout", "http_timeout"} and not self._is_absent(each)
        ]

    def report(self) -> str:
        """One paragraph of figures."""
        tally, kinds = self.slack.delivery.tally, Counter(o.kind for o in self.crowd.requests.values())
        acks = sorted(self.slack.delivery.acks)
        calls = Counter(record.method for record in self.slack.calls)
        limited = sum(record.status == 429 for record in self.slack.calls)
        again = sum(AGAIN in json.dumps(m) for said in self.crowd.heard.values() for m in said)
        return (
            f"{self.trouble.fleet.way}{' agent' * self.trouble.fleet.agent}, seed {self.seed}: {tally.events} events ({tally.repeats} sent twice, {tally.retries} retries,"
            f" {len(tally.missed)} attempts lost), {tally.interactions} clicks and commands;"
            f" {len(self.crowd.requests)} requests {dict(kinds)},"
            f" {sum(o.writes for o in self.crowd.requests.values())} writes,"
            f" {sum(o.pressed for o in self.crowd.requests.values())} undone; {dict(self.trouble.done)};"
            f" {limited} calls answered 429; {calls['chat.postMessage']} posts tried;"
            f" {len(self.slack.world.home.streams)} messages grew; {again} command answers said again in private;"
            f" {sum(o.unsure for o in self.crowd.requests.values())} clicks and commands told to have failed;"
            f" faults {dict(sorted(self.trouble.planned.items()))}; ack p50 {1000 * acks[len(acks) // 2]:.0f} ms,"
            f" p99 {1000 * acks[int(len(acks) * 0.99)]:.0f} ms, worst {1000 * acks[-1]:.0f} ms; {self.took:.0f} s"
        )
