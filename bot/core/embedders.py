"""Which embedder a tenant chose: the built-in one, or a server for other languages."""

from __future__ import annotations

import json
import time

from bot.config import Config
from bot.contract.people import Tenant
from bot.core.journal import note
from bot.db.database import Database
from bot.db.tenants import do_set_tenant_setting, get_tenant_settings
from bot.errors import BadInput
from bot.llm.embedding import Embedder
from bot.llm.server_embedding import ServerEmbedder

SETTING = "embedder"
LOCAL, SERVER = "local", "server"
FRESH = 30.0
"""Seconds for which a process trusts what a tenant chose."""


class Embedders:
    """One per process."""

    def __init__(self, config: Config, local: Embedder, database: Database) -> None:
        self._local, self._database = local, database
        self._server = _server(config)
        self._chosen: dict[str, tuple[float, str]] = {}

    async def of(self, tenant: Tenant) -> Embedder:
        """Return the embedder of a tenant; the built-in one where the server it chose is not set up."""
        if self._server is None:
            return self._local
        known = self._chosen.get(tenant.id)
        if known is None or time.monotonic() - known[0] > FRESH:
            async with self._database.tenant(tenant.id) as session:
                found = await get_tenant_settings(session, tenant.id)
            known = (time.monotonic(), str(found.get(SETTING, LOCAL)))
            self._chosen[tenant.id] = known
        return self._server if known[1] == SERVER else self._local

    async def do_choose(self, tenant: Tenant, name: str, *, by: str) -> None:
        """Keep a tenant's choice."""
        async with self._database.tenant(tenant.id) as session:
            await do_set_tenant_setting(session, tenant.id, SETTING, json.dumps(name))
            text = f"chose the {name} embedder"
            await note(session, event="embedder.chosen", by=by, text=text, facts={"embedder": name})
        self._chosen.pop(tenant.id, None)

    def check_choice(self, name: str) -> None:
        """Raise BadInput for an embedder that is not there."""
        if name not in {LOCAL, SERVER}:
            raise BadInput(f"There is no embedder “{name[:40]}”. Say {LOCAL} or {SERVER}.")
        if name == SERVER and self._server is None:
            raise BadInput("No embeddings server is set up here. Set BACKHAUL_EMBEDDINGS_URL first.")


def _server(config: Config) -> Embedder | None:
    if not config.embeddings_url:
        return None
    key = config.embeddings_key.get_secret_value() if config.embeddings_key else ""
    return ServerEmbedder(
        url=config.embeddings_url,
        model=config.embeddings_model,
        key=key,
        dimensions=config.embeddings_dimensions,
    )
