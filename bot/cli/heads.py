"""Chain ends kept outside the database: whoever may forge a chain cannot forge this file too."""

from __future__ import annotations

import json
from pathlib import Path

from bot.db.audit import Head
from bot.errors import BadInput


def read_heads(file: Path | None, tenant_id: str) -> list[Head]:
    """Return the ends noted for a tenant; none when the file does not exist yet."""
    if file is None or not file.exists():
        return []
    try:
        lines = [json.loads(line) for line in file.read_text().splitlines() if line.strip()]
        return [
            Head(seq=line["seq"], hash=bytes.fromhex(line["hash"]))
            for line in lines
            if line["tenant"] == tenant_id
        ]
    except (ValueError, KeyError, TypeError):
        raise BadInput(f"{file} is not a file of chain ends that `audit verify --heads` wrote.") from None


def add_head(file: Path, tenant_id: str, head: Head) -> None:
    """Note where a chain ends now."""
    with file.open("a") as lines:
        lines.write(json.dumps({"tenant": tenant_id, "seq": head.seq, "hash": head.hash.hex()}) + "\n")
