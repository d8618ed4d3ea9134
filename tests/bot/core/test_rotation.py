"""After a rotation nothing at rest needs the old key: settings, Slack tokens, secrets of waiting calls."""

from __future__ import annotations

import base64

from bot.core.rotation import reseal
from bot.db.cipher import Cipher
from bot.db.slack_teams import TeamRow, do_install, find_teams, token_row
from tests.bot.core.gate_world import CIPHER, Desk

NEW_KEY = base64.b64encode(bytes(range(32, 64))).decode()
OLD_KEY = base64.b64encode(bytes(range(32))).decode()
BOTH = Cipher.parse(f"n:{NEW_KEY},t:{OLD_KEY}", where="test")
NEW = Cipher.parse(f"n:{NEW_KEY}", where="test")


async def test_slack_tokens_and_waiting_calls_survive_the_old_key(desk: Desk) -> None:
    tenant, team = desk.tenant, f"T{desk.tenant.id[:8].upper()}"
    row = token_row(tenant.id, team)
    async with desk.database.tenant(tenant.id) as session:
        token = CIPHER.seal("xoxb-1", row=row)
        sealed = TeamRow(
            team_id=team, tenant_id=tenant.id, name="", bot_token=token, bot_user_id="U1", bot_id=""
        )
        await do_install(session, sealed)
    asked = await desk.ask("desk_unlock", {"customer": "1001", "password": "hunter22"})

    assert await reseal(desk.database, BOTH, tenant) == 2
    assert await reseal(desk.database, BOTH, tenant) == 0
    async with desk.database.tenant(tenant.id) as session:
        [kept] = await find_teams(session)
    assert NEW.open(kept.bot_token, row=row) == "xoxb-1"
    desk.world.cipher = NEW
    assert (await desk.gate.decide(desk.ben, asked.call_id, yes=True)).text == "Set."


async def test_an_ended_call_keeps_no_secret(desk: Desk) -> None:
    args = {"customer": "1001", "password": "hunter22"}
    done, denied = [await desk.ask("desk_unlock", args) for _ in range(2)]
    await desk.gate.decide(desk.ben, done.call_id, yes=True)
    await desk.gate.decide(desk.ben, denied.call_id, yes=False)
    assert [(await desk.row(one.call_id)).sealed for one in (done, denied)] == [None, None]
