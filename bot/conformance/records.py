"""What a world says beyond the ports' own records: what hangs where, who is online, what was measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from plugins.network.port import Ont, Session


@dataclass(frozen=True, kw_only=True)
class FarEnd:
    """An ONT, the key of the port it hangs on, and the number of its service."""

    ont: Ont
    port: str
    service: str


@dataclass(frozen=True, kw_only=True)
class Online:
    """A session of a service, that is up or was."""

    service: str
    session: Session


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What was measured: `rx_dbm` of an ONT or (their mean) a port, `sessions` of a site, `mbps_down`."""

    kind: Literal["ont", "port", "site", "service"]
    key: str
    metric: str
    points: tuple[tuple[datetime, float], ...]
