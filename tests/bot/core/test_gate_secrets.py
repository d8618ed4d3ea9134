"""Secrets that were typed into a call that never came about do not stand in the audit either."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from bot.contract.action import action
from bot.contract.context import Context
from bot.contract.reply import Reply
from bot.core.audit import search
from bot.errors import UserError
from tests.bot.core.gate_world import READ, WRITE, CustomerRef, Desk, person

SECRET = "hunter22"


@action(permission=WRITE)
async def set_key(ctx: Context[Any], customer: CustomerRef, word: SecretStr) -> Reply:
    """Set the key of a customer."""
    return Reply(f"Set for {customer.name}.")


@pytest.mark.parametrize(
    ("action_id", "args", "permissions"),
    [
        ("desk_unlock", {"customer": "1001", "pass_phrase_of_router": SECRET}, ()),
        ("desk_unlock", {"customer": "1001", "wifi": SECRET}, (READ,)),
        ("desk_set_key", {"customer": "1001", "word": SECRET}, (READ,)),
        ("desk_set_key", {"customer": "9999", "word": SECRET}, ()),
        ("desk_set_key", {"customer": "1001", "wrod": SECRET}, ()),
        ("desk_gone", {"customer": "1001", "word": SECRET}, ()),
    ],
)
async def test_a_refused_call_keeps_no_secret(
    gate_database, gate_tenant, action_id, args, permissions
) -> None:
    desk = Desk(gate_database, gate_tenant, extra=(set_key,))
    asker = person("Ann", *permissions)
    with pytest.raises(UserError):
        await desk.ask(action_id, args, user=asker)
    [row] = await search(gate_database, gate_tenant.id)
    assert await desk.rows() == []
    assert row.event == "refused"
    assert SECRET not in str(row)
    assert set(row.facts["args"]) == set(args), "which arguments were given is kept"
