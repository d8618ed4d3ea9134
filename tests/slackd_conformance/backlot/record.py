"""Record what `backlot` answers: run with a Python that has it (`pip install backlot==0.1.0`).

`python -m tests.slackd_conformance.backlot.record` from the root of the repository writes golden.json.
"""

from __future__ import annotations

import asyncio
import json
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.slackd_conformance.backlot.cases import AT, CORPUS
from tests.slackd_conformance.backlot.play import play

GOLDEN = Path(__file__).parent / "golden.json"
PEOPLE = ("ann@acme.example", "ben@acme.example")


def corpus() -> list[dict[str, Any]]:
    """The messages of #noc as backlot reads them."""
    records, minute = [], 0

    def said(text: str) -> dict[str, Any]:
        nonlocal minute
        at = datetime.fromtimestamp(AT + 60 * minute, UTC).isoformat()
        minute += 1
        return {"content": text, "author_email": PEOPLE[minute % 2], "created": at}

    for text, replies in CORPUS:
        root = {"source_type": "slack", "channel": "noc", **said(text)}
        under = [said(each) for each in replies]
        records.append(root | ({"replies": under} if under else {}))
    return records


async def main() -> None:
    import backlot

    with backlot.serve(corpus(), telemetry=False) as server:

        async def send(method: str, how: str, args: dict[str, str]) -> dict[str, Any]:
            return _send(f"{server.base_url}/slack/api/{method}", server.token, how, args)

        said = await play(send)
    GOLDEN.write_text(json.dumps(said, indent=1) + "\n")
    print(f"{len(said)} answers")


def _send(url: str, token: str, how: str, args: dict[str, str]) -> dict[str, Any]:
    headers, body = {"Authorization": f"Bearer {token}"}, None
    if how == "query":
        url += "?" + urllib.parse.urlencode(args)
    elif how == "json":
        headers["Content-Type"], body = "application/json; charset=utf-8", json.dumps(args).encode()
    else:
        body = urllib.parse.urlencode(args).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data=body, headers=headers)) as got:
        return json.loads(got.read())


if __name__ == "__main__":
    asyncio.run(main())
