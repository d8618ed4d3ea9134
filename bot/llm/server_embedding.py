"""Sentences to vectors by a server that speaks the embeddings form of OpenAI, for other languages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from bot.errors import Unavailable
from bot.llm.embedding import Vectors
from bot.proxies import proxy_for

PATIENCE = timedelta(seconds=10)
AT_ONCE = 64
"""Texts in one request."""


class ServerEmbedder:
    """Asks `url` (such as http://127.0.0.1:8080/v1) for vectors; while it is away, words alone must do.

    `dimensions` is what the model gives: a server that gives another number is refused.
    """

    def __init__(self, *, url: str, model: str, key: str = "", dimensions: int) -> None:
        self._url, self._model, self._key = url.rstrip("/"), model, key
        self.model_id = f"server/{model}/{dimensions}"
        self.dimensions = dimensions
        self._trouble = ""

    def trouble(self) -> str:
        """Say what was wrong when it was last asked; empty while it answers."""
        return self._trouble

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text at length one; raises Unavailable when the server cannot be used."""
        parts = [await self._asked(texts[i : i + AT_ONCE]) for i in range(0, len(texts), AT_ONCE)]
        rows = np.concatenate(parts) if parts else np.zeros((0, self.dimensions), np.float32)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.maximum(lengths, 1e-9), np.float32)

    async def _asked(self, texts: Sequence[str]) -> Vectors:
        import aiohttp  # noqa: PLC0415 - only where a server is really used

        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        body = {"model": self._model, "input": list(texts)}
        url = f"{self._url}/embeddings"
        wait = aiohttp.ClientTimeout(total=PATIENCE.total_seconds())
        try:
            async with (
                aiohttp.ClientSession(timeout=wait) as session,
                session.post(url, json=body, headers=headers, proxy=proxy_for(url)) as answer,
            ):
                answer.raise_for_status()
                found = (await answer.json())["data"]
                rows = np.array([row["embedding"] for row in found], np.float32)
        except (TimeoutError, aiohttp.ClientError, ValueError, KeyError, TypeError) as error:
            raise self._away(f"does not answer as it should ({type(error).__name__})") from error
        if rows.shape != (len(texts), self.dimensions):
            raise self._away(f"gives vectors of another size than {self.dimensions}")
        self._trouble = ""
        return rows

    def _away(self, what: str) -> Unavailable:
        self._trouble = f"The embeddings server {what}."
        return Unavailable(self._trouble)
