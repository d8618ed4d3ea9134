"""How runs end: well, badly, too late, and nobody knows; what the database being away does."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.contract.action import action
from bot.contract.context import Context
from bot.contract.reply import Reply
from bot.errors import BadInput, Conflict, OutcomeUnknown, Unavailable
from tests.bot.core.gate_world import WRITE, CustomerRef, Desk, Device

NOTE = {"customer": "1001", "text": "x"}


def fail(error: Exception):
    def step() -> None:
        raise error

    return step


async def forever() -> None:
    await asyncio.Event().wait()


async def end_of(desk: Desk) -> tuple[str, ...]:
    return tuple(row.state for row in await desk.rows())


@pytest.mark.parametrize(
    "error", [BadInput("That plan ended in May."), Conflict("It is locked."), Unavailable("It is off.")]
)
async def test_what_a_plugin_says_is_said_word_for_word(desk: Desk, error) -> None:
    desk.device.before = fail(error)
    with pytest.raises(type(error)) as said:
        await desk.ask("desk_note", NOTE)
    assert str(said.value) == str(error) and await end_of(desk) == ("failed",)


async def test_a_refusal_after_the_first_of_two_steps_is_no_plain_failure(desk: Desk) -> None:
    parked = await desk.ask("desk_wipe", {"region": "north"})
    await desk.gate.decide(desk.ben, parked.call_id, yes=True)

    def second() -> None:
        if desk.device.log:
            raise Conflict("The second device is locked.")

    desk.device.before = second
    with pytest.raises(OutcomeUnknown, match=r"half way.*The second device is locked") as said:
        await desk.gate.decide(desk.cat, parked.call_id, yes=True)
    assert "Look at it" in str(said.value) and await end_of(desk) == ("unknown",)


async def test_a_refusal_after_a_call_of_its_own_is_no_plain_failure(desk: Desk) -> None:
    def second() -> None:
        if desk.device.log:
            raise Conflict("The line is locked.")

    desk.device.before = second
    with pytest.raises(OutcomeUnknown, match=r"half way.*The line is locked"):
        await desk.ask("desk_both", {"customer": "1001"})
    assert sorted(row.state for row in await desk.rows()) == ["done", "failed", "unknown"]


async def test_a_refusal_after_the_effect_is_confirmed_by_reading_back(desk: Desk) -> None:
    desk.device.after = fail(Unavailable("It is off."))
    assert "reading back" in (await desk.ask("desk_note", NOTE)).text
    assert await end_of(desk) == ("done",)


@pytest.mark.parametrize(
    ("where", "knows", "state", "words"),
    [
        ("before", True, "failed", "incident"),
        ("before", False, "failed", "incident"),
        ("checked", True, "failed", "incident .* Nothing was changed"),
        ("checked", False, "unknown", "I cannot tell whether this happened"),
        ("after", False, "unknown", "I cannot tell whether this happened"),
    ],
)
async def test_a_crash_inside_a_write_is_judged_by_what_the_system_says(
    desk: Desk, where, knows, state, words
) -> None:
    desk.device.knows = knows
    setattr(desk.device, where, fail(RuntimeError("kaboom")))
    with pytest.raises((Unavailable, OutcomeUnknown), match=words):
        await desk.ask("desk_note", NOTE)
    assert await end_of(desk) == (state,)
    assert (await desk.events())[-1] == state


async def test_a_lost_answer_is_confirmed_by_reading_back(desk: Desk) -> None:
    desk.device.after = fail(RuntimeError("connection reset"))
    reply = await desk.ask("desk_note", NOTE)
    assert "confirmed it by reading back" in reply.text and len(desk.device.log) == 1
    assert await end_of(desk) == ("done",)


@pytest.mark.parametrize(
    ("where", "knows", "state", "words"),
    [
        ("before", True, "failed", "nothing was changed"),
        ("checked", True, "failed", "nothing was changed"),
        ("checked", False, "unknown", "I cannot tell"),
        ("after", False, "unknown", "I cannot tell"),
    ],
)
async def test_a_hanging_write_is_stopped_and_judged(desk: Desk, where, knows, state, words) -> None:
    desk.device.knows = knows
    setattr(desk.device, where, forever)
    with pytest.raises((Unavailable, OutcomeUnknown), match=words):
        await desk.ask("desk_slow", {"customer": "1001"})
    assert await end_of(desk) == (state,)


async def test_a_write_that_ignores_being_stopped_is_left_behind_and_can_not_act(desk: Desk) -> None:
    go, tried = asyncio.Event(), []

    @action(permission=WRITE, timeout=timedelta(seconds=0.05))
    async def deaf(ctx: Context, customer: CustomerRef) -> Reply:
        """Ignore being stopped."""
        while not go.is_set():
            try:
                await go.wait()
            except asyncio.CancelledError:
                continue
        try:
            await ctx.port(Device).set(ctx.effect, customer.number, "late")
        except Exception as error:  # the test looks at it
            tried.append(type(error).__name__)
        return Reply("late")

    desk = Desk(desk.database, desk.tenant, extra=(deaf,))
    with pytest.raises(Unavailable, match="nothing was changed"):
        await desk.ask("desk_deaf", {"customer": "1001"})
    go.set()
    while not tried:
        await asyncio.sleep(0.01)
    assert tried == ["LeaseLost"] and desk.device.log == []


async def test_an_effect_needs_the_lease(desk: Desk) -> None:
    desk.device.before = desk.end_leases
    with pytest.raises(Conflict, match="another process took it over"):
        await desk.ask("desk_note", NOTE)
    assert desk.device.log == [] and await end_of(desk) == ("running",)


async def test_the_lease_is_prolonged_while_it_runs(desk: Desk) -> None:
    desk = Desk(desk.database, desk.tenant, lease=timedelta(seconds=0.3))
    desk.device.before = lambda: asyncio.sleep(0.8)
    reply = await desk.ask("desk_note", NOTE)
    assert reply.text.startswith("Noted") and len(desk.device.log) == 1


async def test_an_end_that_comes_after_a_takeover_is_not_written(desk: Desk) -> None:
    async def take_over() -> None:
        await desk.sql("update calls set fence = fence + 1")

    desk.device.after = take_over
    with pytest.raises(Conflict, match="another process took it over"):
        await desk.ask("desk_note", NOTE)
    assert await end_of(desk) == ("running",) and await desk.events() == ["asked"]


class Away:
    """A database that goes away after some transactions, and may come back."""

    def __init__(self, database, *, after: int, times: int = 10**6) -> None:
        self._database, self.after, self.times = database, after, times

    @asynccontextmanager
    async def tenant(self, tenant_id: str):
        self.after -= 1
        if self.after < 0 and self.times > 0:
            self.times -= 1
            raise Unavailable("The database does not answer; nothing was changed.")
        async with self._database.tenant(tenant_id) as session:
            yield session


async def test_the_database_away_before_anything(desk: Desk) -> None:
    away = Desk(Away(desk.database, after=0), desk.tenant)
    for name, args in (("desk_card", {"customer": "1001"}), ("desk_note", NOTE)):
        with pytest.raises(Unavailable, match="database does not answer"):
            await away.ask(name, args)
    assert away.device.log == []


async def test_the_database_away_at_the_end_is_tried_again(desk: Desk) -> None:
    away = Desk(Away(desk.database, after=3, times=2), desk.tenant)
    assert (await away.ask("desk_note", NOTE)).text == "Noted for Ann Lee: x"
    assert await end_of(desk) == ("done",)


async def test_the_database_away_for_good_at_the_end_is_said(desk: Desk, monkeypatch) -> None:
    monkeypatch.setattr("bot.core.execute_end.PAUSES", (0.0,))
    away = Desk(Away(desk.database, after=3), desk.tenant)
    with pytest.raises(OutcomeUnknown, match="carried out, but I could not write that down"):
        await away.ask("desk_note", NOTE)
    assert len(away.device.log) == 1 and await end_of(desk) == ("running",)
    await desk.end_leases()
    desk.world.device = away.device
    assert (await desk.gate.recover()).done == 1 and len(away.device.log) == 1
