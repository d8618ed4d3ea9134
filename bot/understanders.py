"""What understands words, one for all tenants that have the same plugins and the same model."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from pathlib import Path

from bot.contract.action import Action
from bot.contract.entity import Entity
from bot.host.registry import View
from bot.llm.embedding import Embedder
from bot.understand.understander import Understander

MOST = 64
"""Kept for the sets of plugins last asked about: each holds a megabyte or more of vectors."""


class Understanders:
    """Makes understanders and keeps the last ones; `folder` is where vectors of examples are kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: OrderedDict[tuple[View, str], Understander] = OrderedDict()
        self._making = asyncio.Lock()
        self.patience: float | None = None
        """Seconds a question waits at a first start; then words alone must do. None: until it is ready."""

    def __len__(self) -> int:
        return len(self._known)

    async def of(self, view: View, model: Embedder) -> Understander:
        """Return what understands words over this view."""
        key = (view, model.model_id)
        if key not in self._known:
            async with self._making:
                if key not in self._known:
                    # Half a second's work, three on a busy machine: as long as Slack waits.
                    self._known[key] = await asyncio.to_thread(self._make, view, model)
        self._known.move_to_end(key)
        found = self._known[key]
        if len(self._known) > MOST:
            self._known.popitem(last=False)
        return found

    def _make(self, view: View, model: Embedder) -> Understander:
        return Understander(
            [owned for owned in view.all(Action) if owned.item.spoken],
            view.all(Entity),
            embedder=model,
            folder=self._folder,
            patience=self.patience,
        )
