"""A yes of whoever is on call, on a page: who that is stands there, and only they see the button."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.contract.context import Context
from bot.contract.roster import Duty, Roster
from bot.db.policies import Policy, do_add_policy
from bot.host.registry import Owned, Registry
from tests.bot.web.conftest import Isp
from tests.bot.web.test_pages import credit, form_of

DAY = timedelta(days=1)


@pytest.fixture
async def duty(isp: Isp) -> list[str]:
    """Return the list of who is on call for the team noc, by id, as this tenant's roster has it."""
    people: list[str] = []

    async def teams(_ctx: Context[Any]) -> Sequence[str]:
        return ["noc"]

    async def duties(
        _ctx: Context[Any], team: str, since: datetime, until: datetime
    ) -> Sequence[Duty] | None:
        if team != "noc":
            return None
        return [Duty(person=one, since=since - DAY, until=until + DAY) for one in people]

    there = isp.house.registry
    board = Owned("desk", Roster(name="board", about="A board.", teams=teams, duties=duties))
    isp.house.registry = Registry(there.plugins, [*there._owned, board])
    isp.house._around.clear()
    async with isp.house.database.tenant(isp.tenant.id) as session:
        await do_add_policy(session, Policy(action="desk_credit", needs=2, on_call="noc"), by="x")
    return people


async def test_only_whoever_is_on_call_sees_the_button_and_may_press_it(isp: Isp, duty: list[str]) -> None:
    duty.append(isp.people["cat"].id)
    call_id = await credit(isp)
    ben, cat = await isp.signed_in("ben"), await isp.signed_in("cat")
    seen = (await ben.get(f"calls/{call_id}")).text
    assert "is on call for noc (now Cat, until" in seen
    assert 'value="approve"' not in seen
    assert "Nothing waits for your yes." in (await ben.get("waiting")).text
    forged = await ben.post(
        f"calls/{call_id}", await form_of(cat, call_id, do="approve", csrf=await ben.csrf())
    )
    assert forged.status_code == 403
    assert "This needs the yes of whoever is on call for noc, and you are not." in forged.text
    assert isp.house.device.log == []
    done = await cat.post(f"calls/{call_id}", await form_of(cat, call_id, do="approve"))
    assert done.status_code == 200 and "Credited 5.00 EUR." in done.text


async def test_a_page_opened_before_the_handover_cannot_agree_after_it(isp: Isp, duty: list[str]) -> None:
    duty.append(isp.people["ben"].id)
    call_id = await credit(isp)
    ben = await isp.signed_in("ben")
    form = await form_of(ben, call_id, do="approve")
    duty[:] = [isp.people["cat"].id]
    late = await ben.post(f"calls/{call_id}", form)
    assert late.status_code == 403 and "On call for noc is Cat" in late.text
    duty.clear()
    nobody = await ben.post(f"calls/{call_id}", form)
    assert nobody.status_code == 403 and "Nobody is on call for noc now." in nobody.text
    assert isp.house.device.log == []
