"""Links people post or type, and the work objects they open: what link_shared and entity_details_requested say."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.slackd.apps import App

LINK = re.compile(r"<?(https?://[^\s<>|]+)(?:\|[^<>]*)?>?")


@dataclass(kw_only=True)
class Unfurl:
    """`message` None: the link stands in somebody's composer."""

    app: str
    channel: str
    links: list[dict[str, str]]
    message: dict[str, Any] | None = None
    shown: dict[str, Any] = field(default_factory=dict)
    entities: list[dict[str, Any]] = field(default_factory=list)
    asks_sign_in: bool = False


@dataclass(kw_only=True)
class Details:
    """A side panel somebody opened: the event it sent, and what the app presented."""

    event: dict[str, Any]
    entity: dict[str, Any] | None = None
    error: Any = None
    sign_in: str = ""
    presented: asyncio.Event = field(default_factory=asyncio.Event)


def links_of(app: App, message: dict[str, Any]) -> list[dict[str, str]]:
    """The links of a message on the app's unfurl domains (an app without a manifest: on any), at most once each."""
    found: dict[str, dict[str, str]] = {}
    for match in LINK.finditer(str(message.get("text", ""))):
        url, host = match.group(1), (urlsplit(match.group(1)).hostname or "")
        domains = app.features.get("unfurl_domains", []) if app.manifest is not None else [host]
        domain = next((each for each in domains if host == each or host.endswith(f".{each}")), None)
        if domain:
            found[url] = {"domain": domain, "url": url}
    return list(found.values())
