"""Splitters between a PON and its ONTs, and what the network port says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol

from bot.api import Ref, Scope


@dataclass(frozen=True, kw_only=True)
class Splitter:
    """A splitter. `name` is the key, `port` the key of its PON, `parent` the splitter it hangs on, if any.

    `lines` are the active ones behind it, behind splitters that hang on it too; `offline` those whose ONT is
    not up.
    """

    name: str
    port: str
    parent: str | None = None
    ratio: int | None = None
    lines: int = 0
    offline: int = 0
    region: str | None = None
    site: str | None = None
    partner: str | None = None

    @property
    def area(self) -> Mapping[str, str | None]:
        """Region, site and partner, for row scope."""
        return {"region": self.region, "site": self.site, "partner": self.partner}


SplitterRef = Annotated[Splitter, Ref("splitter")]


class Splitting(Protocol):
    """What the network port says of splitters; `impact` and `offline` take one as a place."""

    async def find_splitters(self, scope: Scope, text: str, limit: int = 5) -> Sequence[Splitter]:
        """Find splitters by name, or by words of name and port."""
        ...

    async def splitters(
        self,
        scope: Scope,
        *,
        port: str = "",
        device: str = "",
        area: str = "",
        service: str = "",
        limit: int = 50,
    ) -> Sequence[Splitter]:
        """Return the splitters of a port, a device, an area, or all; those with the most offline first.

        Of a service it is the one that its line hangs on.
        """
        ...
