"""What the queue does for waiting and lost calls: expire, remind, recover."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.core.gate import Gate

FindGate = Callable[[str], Awaitable[Gate]]
"""Returns the gate of a tenant by its id."""
Handler = Callable[[str, dict[str, Any]], Awaitable[None]]


def handlers(find_gate: FindGate) -> Mapping[str, Handler]:
    """Return the handlers by kind of job: `call_expire` and `call_remind` carry {"call": id}.

    `call_recover` carries nothing; queue it for every tenant at start and each minute. All of them
    look at the rows first, so that doing one twice, late or for nothing changes nothing.
    """

    async def expire(tenant_id: str, payload: dict[str, Any]) -> None:
        await (await find_gate(tenant_id)).expire(str(payload["call"]))

    async def remind(tenant_id: str, payload: dict[str, Any]) -> None:
        await (await find_gate(tenant_id)).remind(str(payload["call"]))

    async def recover(tenant_id: str, _payload: dict[str, Any]) -> None:
        await (await find_gate(tenant_id)).recover()

    return {"call_expire": expire, "call_remind": remind, "call_recover": recover}
