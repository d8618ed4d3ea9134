"""What must be true after the storm, and the report of it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import text

from bot.db.database import Database
from tests.bot.slack.storm.crowd import Crowd, Message, Request
from tests.bot.slack.storm.weather import Trouble
from tests.slackd import Slackd

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
    excused: str
    """What each process may do once to find out."""
    took: float = 0.0

    async def judge(self) -> None:
        """Fail unless every request has its one answer, in order, and every write was done once."""
        self.crowd.listen()
        wrong = [why for one in self.crowd.requests.values() if (why := self._wrong(one))]
        assert wrong == [], wrong[:20]
        assert self._out_of_order() == []
        assert await self._unfinished() == {}
        made = await self._tickets()
        wanted = {one.word: 1 for one in self.crowd.requests.values() if one.writes}
        assert {word: made[word] for word in wanted} == wanted
        assert set(made) == set(wanted), set(made) ^ set(wanted)
        assert self.slack.delivery.unacked == []
        assert self.late() == []
        strange = [each for each in self.slack.violations if not each.startswith(self.excused)]
        assert strange == []
        assert len(self.slack.violations) <= self.trouble.fleet.started

    def _wrong(self, one: Request) -> str:
        """Say why an answer is none, too many, or not to what was asked."""
        said = self.crowd.heard.get(one.word, [])
        again = [m for m in said if one.kind == "command" and m["text"].startswith(AGAIN)]
        fresh = [m for m in said if m not in again]
        undone = [m for m in fresh if "Cancel a ticket" in m["text"]]
        answers = [m for m in fresh if m not in undone]
        if len(answers) != 1 or len(again) > 1 or len(undone) != one.pressed:
            return f"{one}: {[m['text'][:90] for m in said]} in {self._around(one)}"
        if one.kind != "command" and answers[0].get("thread_ts") != one.root:
            return f"{one}: in another thread"
        whole = json.dumps(answers[0])  # after a crash: "Done: …", or the card of what was confirmed
        if not (
            "Opened TCK-" in whole or "done" in whole.lower() if one.writes else "found no customer" in whole
        ):
            return f"{one}: {whole[:200]}"
        return ""

    def _around(self, one: Request) -> list[str]:
        """All that stands in the thread, for whoever looks for the fault."""
        place = self.slack.world.home.channels[one.channel]
        found = place.thread(one.root) if one.root else place.ephemeral[-3:]
        return [f"{m['ts']} {m['text'][:300]}" for m in found]

    def _out_of_order(self) -> list[tuple[str, ...]]:
        """Threads whose answers do not stand as their questions do."""
        found = []
        for words in self.crowd.threads.values():
            stamps = [float(self._first(word)["ts"].replace(".", "")) for word in words]
            if stamps != sorted(stamps):
                found.append(tuple(words))
        return found

    def _first(self, word: str) -> Message:
        return self.crowd.heard[word][0]

    async def _unfinished(self) -> dict[str, int]:
        """Rows that are not at an end, and dead ones, by table and state."""
        found: dict[str, int] = {}
        async with self.database.tenant(self.tenant) as session:
            for table, ended in (("slack_inbox", "done"), ("slack_outbox", "sent")):
                rows = await session.execute(
                    text(f"select state, count(*) from {table} where state <> :ended group by state"),
                    {"ended": ended},
                )
                found |= {f"{table} {state}": count for state, count in rows.all()}
        return found

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
            if each.reason in {"timeout", "http_timeout"}
            and not any(each.began - 1 <= at <= each.ended for at in self.trouble.killed_at)
        ]

    def report(self) -> str:
        """One paragraph of figures."""
        tally, kinds = self.slack.delivery.tally, Counter(o.kind for o in self.crowd.requests.values())
        acks = sorted(self.slack.delivery.acks)
        calls = Counter(record.method for record in self.slack.calls)
        limited = sum(record.status == 429 for record in self.slack.calls)
        again = sum(m["text"].startswith(AGAIN) for said in self.crowd.heard.values() for m in said)
        return (
            f"{self.trouble.fleet.way}: {tally.events} events ({tally.repeats} sent twice, {tally.retries} retries,"
            f" {len(tally.missed)} attempts lost), {tally.interactions} clicks and commands;"
            f" {len(self.crowd.requests)} requests {dict(kinds)},"
            f" {sum(o.writes for o in self.crowd.requests.values())} writes,"
            f" {sum(o.pressed for o in self.crowd.requests.values())} undone; {dict(self.trouble.done)};"
            f" {limited} calls answered 429; {calls['chat.postMessage']} posts tried;"
            f" {again} command answers said again in private; ack p50 {1000 * acks[len(acks) // 2]:.0f} ms,"
            f" p99 {1000 * acks[int(len(acks) * 0.99)]:.0f} ms, worst {1000 * acks[-1]:.0f} ms; {self.took:.0f} s"
        )
