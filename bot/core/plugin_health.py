"""Asking every enabled plugin whether what it depends on still answers."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.contract.health import Health, HealthCheck
from bot.contract.people import User
from bot.contract.platform import HealthLine
from bot.core.surroundings import Surroundings
from bot.errors import UserError
from bot.host.registry import Owned

DEADLINE = timedelta(seconds=5)
WATCH = User(id="health", name="the health check")


async def check_health(around: Surroundings) -> list[HealthLine]:
    """Run every health check of a tenant's enabled plugins at once, each under its own deadline."""
    checks = (await around.view()).all(HealthCheck)
    return list(await asyncio.gather(*(check_one(around, owned) for owned in checks)))


async def check_one(around: Surroundings, owned: Owned[HealthCheck]) -> HealthLine:
    """Run one check; whatever it raises is an answer too."""
    try:
        async with asyncio.timeout(DEADLINE.total_seconds()):
            found = await owned.item.run(await around.context(owned.plugin, WATCH))
    except TimeoutError:
        found = Health(ok=False, detail=f"no answer within {DEADLINE.total_seconds():.0f} s")
    except UserError as error:
        found = Health(ok=False, detail=str(error))
    except Exception as error:  # noqa: BLE001 - a broken check is an unhealthy plugin, not a broken bot
        found = Health(ok=False, detail=f"the check itself failed ({type(error).__name__})")
    return HealthLine(plugin=owned.plugin, check=owned.item.name, ok=found.ok, detail=found.detail)
