"""What a listener hears of the calls behind one message, and where a wish to stop ends them."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.contract.action import action
from bot.contract.reply import Reply
from bot.core import progress
from bot.core.progress import State, Step, listening, title_of
from bot.errors import NotFound, Stopped
from tests.bot.core.gate_world import READ, WRITE, Desk

NOTE = {"customer": "1001", "text": "x"}


@dataclass
class Ear:
    """Remembers what it heard; `stop_at` sets the wish to stop when a step of that title is in that state."""

    stop_at: tuple[str, State] | None = None
    again: bool = False
    heard: list[tuple[int, str, str]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    words: str = ""
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    def on_step(self, step: Step) -> None:
        self.steps.append(step)
        self.heard.append((step.number, step.title, str(step.state)))
        if self.stop_at == (step.title, step.state):
            self.stop.set()

    def on_words(self, words: str) -> None:
        self.words += words


@action(permission=READ, reads_only=True)
async def wait_long(ctx: Any) -> Reply:
    """Wait for ever.

    And say more of it here.
    """
    await asyncio.Event().wait()
    return Reply("never")


async def test_calls_are_told_as_they_begin_and_end(desk: Desk) -> None:
    ear = Ear()
    with listening(ear):
        await desk.ask("desk_card", {"customer": "1001"})
        await desk.ask("desk_both", {"customer": "1001"})
        with pytest.raises(NotFound):
            await desk.ask("desk_card", {"customer": "9999"})
        desk.device.before = lambda: (_ for _ in ()).throw(NotFound("It is gone."))
        with pytest.raises(NotFound):
            await desk.ask("desk_note", NOTE)
    await desk.ask("desk_card", {"customer": "1001"})
    assert ear.heard == [
        (1, "Show a customer", "begun"),
        (1, "Show a customer", "done"),
        (2, "Write two notes through the gate", "begun"),
        (3, "Write a note about a customer", "begun"),
        (3, "Write a note about a customer", "done"),
        (4, "Write a note about a customer", "begun"),
        (4, "Write a note about a customer", "done"),
        (2, "Write two notes through the gate", "done"),
        (5, "Write a note about a customer", "begun"),
        (5, "Write a note about a customer", "failed"),
    ]
    assert [step.writes for step in ear.steps[1:4]] == [False, True, True]
    assert ear.steps[1].reply is not None
    assert ear.steps[1].reply.text == "Ann Lee 1001"
    assert ear.steps[-1].why == "It is gone."


async def test_words_are_told_as_they_come() -> None:
    ear = Ear()
    progress.say("nobody hears this")
    with listening(ear):
        for word in ("Three ", "", "lines."):
            progress.say(word)
    assert ear.words == "Three lines."


async def test_stop_before_anything_runs_nothing(desk: Desk) -> None:
    ear = Ear()
    ear.stop.set()
    with listening(ear):
        for wished in (("desk_note", NOTE), ("desk_card", {"customer": "1001"})):
            with pytest.raises(Stopped, match="Nothing was changed"):
                await desk.ask(*wished)
    assert (ear.heard, desk.device.log, await desk.rows()) == ([], [], [])


async def test_stop_breaks_a_lookup_off_at_once(gate_database: Any, gate_tenant: Any) -> None:
    desk = Desk(gate_database, gate_tenant, extra=(wait_long,))
    ear = Ear(stop_at=("Wait for ever", State.BEGUN))
    with listening(ear), pytest.raises(Stopped, match="Nothing was changed"):
        await desk.ask("desk_wait_long")
    assert ear.heard[-1] == (1, "Wait for ever", "failed")
    assert await desk.events() == ["failed"]


async def test_a_change_that_has_begun_goes_on_to_its_end(desk: Desk) -> None:
    """Stop comes between the two notes that one action writes: both are written."""
    ear = Ear(stop_at=("Write a note about a customer", State.DONE))
    with listening(ear):
        assert (await desk.ask("desk_both", {"customer": "1001"})).text == "Noted for Ann Lee: second"
        with pytest.raises(Stopped, match="Before that this was done") as said:
            await desk.ask("desk_note", {"customer": "1002", "text": "never"})
    assert "“Write two notes through the gate”" in str(said.value)
    assert [value for _, _, value in desk.device.log] == ["first", "second"]


async def test_a_lookup_within_a_change_is_not_broken_off(gate_database: Any, gate_tenant: Any) -> None:
    go = asyncio.Event()

    @action(permission=READ, reads_only=True)
    async def linger(ctx: Any) -> Reply:
        """Wait a moment."""
        asyncio.get_running_loop().call_later(0.05, go.set)
        await go.wait()
        return Reply("waited")

    @action(permission=WRITE)
    async def look_and_change(ctx: Any) -> Reply:
        """Change after a look."""
        return await ctx.run("desk_linger")

    desk = Desk(gate_database, gate_tenant, extra=(linger, look_and_change))
    with listening(Ear(stop_at=("Wait a moment", State.BEGUN))):
        assert (await desk.ask("desk_look_and_change")).text == "waited"


async def test_a_second_try_does_not_say_that_nothing_was_changed(desk: Desk) -> None:
    ear = Ear(again=True)
    ear.stop.set()
    with listening(ear), pytest.raises(Stopped, match="look into the audit"):
        await desk.ask("desk_note", NOTE)


async def test_what_a_first_try_did_is_answered_even_if_stopped_since(desk: Desk) -> None:
    done = await desk.ask("desk_note", NOTE, key="m1")
    ear = Ear(again=True)
    ear.stop.set()
    with listening(ear):
        assert (await desk.ask("desk_note", NOTE, key="m1")).text == done.text


def test_a_title_is_the_first_line() -> None:
    assert title_of("Show a bill.\n\nIn full.") == "Show a bill"
    assert len(title_of("x" * 500)) == progress.LONGEST_TITLE
