"""What the network port says of a line's ONT at this very moment."""

from __future__ import annotations

from typing import Protocol

from bot.api import Scope
from plugins.network.nouns import Ont


class Polling(Protocol):
    """Asking the equipment itself, again and again, while somebody works on the fibre."""

    async def ont_now(self, scope: Scope, service: str) -> Ont | None:
        """Return how a line's ONT or radio is now, as its OLT or AP says when asked; None if none is known.

        Unavailable when the OLT does not answer. What `reaches_devices` says holds here too: where nothing
        is reached, it is what is on record.
        """
        ...
