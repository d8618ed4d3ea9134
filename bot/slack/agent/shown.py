"""What of an answer under way has not been shown yet, as chunks that Slack takes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from bot.core.progress import State, Step
from bot.slack import mrkdwn
from bot.slack.words import mentioned, plain

MOST_TEXT = 250
"""Characters of a task's title and details; Slack takes 256."""
MOST_AT_ONCE, MOST_WORDS = 6_000, 30_000
MOST_SOURCES = 5
MOST_TITLE, SOMEBODY = 80, "a colleague"
"""Characters of a conversation's title (Slack takes 200, and shows fewer in its list); who is named in it."""
WORKING, DONE = "Working on it", "What I did"
STATUS = {State.BEGUN: "in_progress", State.DONE: "complete", State.FAILED: "error"}
GOES_ON = "Goes on in the next message."
LAST_SPACE = re.compile(r"\s(?=\S*\Z)")
ENTITY = re.compile(r"&(?=#?\w+;)")
"""Markdown would make a live `<!channel>` of `&lt;!channel&gt;`."""
Chunk = dict[str, Any]


class Shown:
    """The newest state of each step, and the words in their order.

    `privately`: only the person reads it, so that words, sources and reasons may be shown. Elsewhere nobody
    knows before the answer is there whether it is for everybody: there only the titles of the steps are
    shown, which stand in the code of the plugins and hold nothing of anybody's data.
    """

    def __init__(self, *, privately: bool) -> None:
        self._privately = privately
        self._steps: dict[int, Step] = {}
        self._fresh: set[int] = set()
        self._told, self._planned = "", False
        self.words = ""
        """The words that were certainly appended to messages, as they were told."""
        self.sure = True
        """Whether `words` is all that was appended."""

    @property
    def waits(self) -> bool:
        """Whether there is something to show."""
        return bool(self._fresh or self._next_words())

    def on_step(self, step: Step) -> None:
        """Take a step's newest state in."""
        self._steps[step.number] = step
        self._fresh.add(step.number)

    def on_words(self, words: str) -> None:
        """Take the next words in."""
        if self._privately:
            self._told += words

    def take(self) -> tuple[list[Chunk], set[int], str]:
        """Return the chunks of all that waits, with the steps and the words in them; nothing waits then."""
        steps, words = set(self._fresh), self._next_words()
        chunks: list[Chunk] = []
        if steps and not self._planned:
            chunks.append({"type": "plan_update", "title": WORKING})
            self._planned = True
        chunks += [_task(self._steps[at], privately=self._privately) for at in sorted(steps)]
        if words:
            chunks.append({"type": "markdown_text", "text": quieted(words)})
        self._fresh.clear()
        return chunks, steps, words

    def appended(self, words: str) -> None:
        """Note that these words are there."""
        self.words += words

    def give_back(self, steps: Iterable[int]) -> None:
        """Let steps be shown again: what was to show them did nothing."""
        self._fresh |= set(steps)

    def doubt(self) -> None:
        """Show no further words: some were perhaps appended, and to append them again would double them."""
        self.sure = False

    def last(self) -> list[Chunk]:
        """Return what brings the steps up to date as the message ends; the words come with the answer."""
        fresh = [_task(self._steps[at], privately=self._privately) for at in sorted(self._fresh)]
        return [{"type": "plan_update", "title": DONE}, *fresh] if self._steps else []

    def move_on(self) -> list[Chunk]:
        """Return what ends a message that goes on in another one, where the steps under way come again."""
        chunks, _steps, words = self.take()
        running = [step for step in self._steps.values() if step.state is State.BEGUN]
        kept = {str(step.number) for step in running}
        chunks = [each for each in chunks if each.get("id") not in kept]
        later = {"status": "pending", "details": GOES_ON}
        chunks += [_task(step, privately=False) | later for step in running]
        self.appended(words)
        self._fresh, self._planned = {step.number for step in running}, False
        return chunks

    def _next_words(self) -> str:
        """Return words up to the last space: a link or a name that is not whole yet cannot be quieted."""
        if not self.sure or len(self.words) > MOST_WORDS:
            return ""
        waiting = self._told[len(self.words) :][:MOST_AT_ONCE]
        space = LAST_SPACE.search(waiting)
        return waiting[: space.end()] if space else ""


def title_of(text: str, bot_user_id: str) -> str:
    """Return what somebody said as a title: one line, no markup, cut after a whole word if it can be."""
    names = dict.fromkeys(mentioned(text, bot_user_id), SOMEBODY)
    said = " ".join(_quiet(plain(text, bot_user_id, names)).split())
    if len(said) <= MOST_TITLE:
        return said
    cut = said[:MOST_TITLE]
    return f"{cut.rpartition(' ')[0] or cut}…"


def quieted(words: str) -> str:
    """Return Markdown in which nobody is called, and a link shows where it leads."""
    calm = ENTITY.sub(f"&{mrkdwn.QUIET}", mrkdwn.clean(words))
    return calm.replace("<", f"<{mrkdwn.QUIET}").replace("](", "] (")


def _task(step: Step, *, privately: bool) -> Chunk:
    """Return a step as a card."""
    task: Chunk = {
        "type": "task_update",
        "id": str(step.number),
        "title": step.title[:MOST_TEXT],
        "status": STATUS[step.state],
    }
    if privately and step.why and step.state is State.FAILED:
        task["details"] = _plain(step.why)
    if privately and step.reply is not None and (sources := _sources(step)):
        task["sources"] = sources
    return task


def _sources(step: Step) -> list[dict[str, str]]:
    told = step.reply.evidence if step.reply else ()
    named = {one.link: one.source for one in told if one.link.startswith(("https://", "http://"))}
    return [
        {"type": "url", "url": link, "text": _plain(source) or link}
        for link, source in list(named.items())[:MOST_SOURCES]
    ]


def _plain(text: str) -> str:
    """Return text for a place that has no escapes, and where `<@U1>` would call somebody."""
    return _quiet(text)[:MOST_TEXT]


def _quiet(text: str) -> str:
    return mrkdwn.cell(text).replace("<", "‹")
