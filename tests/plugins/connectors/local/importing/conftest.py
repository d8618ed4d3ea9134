"""Files as people export them, and the small ISP they are loaded into."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.contract.people import Tenant
from bot.db.database import Database
from plugins.connectors.local.importing.kinds import KINDS
from plugins.connectors.local.importing.nouns import Outcome, Reading, Where, Wish
from plugins.connectors.local.importing.run import Source, run_import
from tests.plugins.building import NOW, Isp


@dataclass
class Loader:
    """Loads text or bytes as a file of some kind into a tenant."""

    isp: Isp
    folder: Path
    nr: int = 0

    async def __call__(self, kind: str, text: str | bytes | Path, **told: Any) -> Outcome:
        path = text if isinstance(text, Path) else self._written(text)
        options = {
            n: told.pop(n) for n in ("dates", "decimal", "calling_code", "values", "currency") if n in told
        }
        zone = self.isp.tenant.zone
        reading = replace(Reading(currency=self.isp.tenant.currency, zone=zone), **options)
        clocks = {"normal": (480, 2880), "urgent": (30, 240), "high": (120, 720), "low": (1440, 7200)}
        where = Where(now=NOW, zone=zone, currency=self.isp.tenant.currency, by="cli:ann", clocks=clocks)
        source = Source(KINDS[kind], path, Wish(**told))
        try:
            async with self.isp.sql() as session:
                return await run_import(session, source, where, reading, lambda *_: None)
        finally:
            source.close()

    def _written(self, text: str | bytes) -> Path:
        self.nr += 1
        path = self.folder / f"file-{self.nr}.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path


def counts(outcome: Outcome) -> dict[str, tuple[int, int, int]]:
    assert not outcome.faults, outcome.faults[:5]
    return {effect.noun: (effect.new, effect.changed, effect.same) for effect in outcome.effects}


def told(outcome: Outcome) -> list[str]:
    assert not outcome.written
    return [f"{fault.row} {fault.column}: {fault.text}" for fault in outcome.faults]


@pytest.fixture
def load(isp: Isp, tmp_path: Path) -> Loader:
    return Loader(isp, tmp_path)


@pytest.fixture
def load_elsewhere(database: Database, other_tenant: Tenant, tmp_path: Path) -> Loader:
    folder = tmp_path / "other"
    folder.mkdir()
    return Loader(Isp(database, other_tenant), folder)


Load = Callable[..., Any]
