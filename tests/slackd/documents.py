"""Canvases: sections of Markdown that can be inserted, replaced, deleted and looked up."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tests.slackd.errors import SlackError

CHANGE_MOST = 1 << 20
"""Bytes one change may carry."""
OPERATIONS = frozenset(
    ["insert_after", "insert_before", "insert_at_start", "insert_at_end", "replace", "delete", "rename"]
)
HEADER = re.compile(r"^(#{1,3})\s+(.*)")


@dataclass(kw_only=True)
class Canvas:
    """`sections` are (id, Markdown) from the top; `access` is entity -> read, write or owner."""

    id: str
    team: str
    owner: str
    title: str = ""
    channel: str = ""
    sections: list[tuple[str, str]] = field(default_factory=list)
    access: dict[str, str] = field(default_factory=dict)
    deleted: bool = False
    made: int = 0

    def markdown(self) -> str:
        return "\n\n".join(text for _, text in self.sections)

    def write(self, markdown: str, at: int | None = None) -> None:
        """Put the sections of `markdown` before place `at`, or at the end."""
        found = [each.strip("\n") for each in re.split(r"\n{2,}", markdown) if each.strip()]
        place = len(self.sections) if at is None else at
        self.sections[place:place] = [(self._next(), text) for text in found]

    def change(self, change: dict[str, Any]) -> None:
        """Apply one change; SlackError canvas_editing_failed says what is wrong with it."""
        operation = change.get("operation")
        if operation not in OPERATIONS:
            raise SlackError("canvas_editing_failed", f"[ERROR] operation {operation!r} is unknown")
        if operation == "rename":
            self.title = content(change.get("title_content"))
        elif operation in {"insert_at_start", "insert_at_end"}:
            self.write(content(change.get("document_content")), 0 if operation == "insert_at_start" else None)
        else:
            self._change_section(operation, change)

    def _change_section(self, operation: str, change: dict[str, Any]) -> None:
        section = change.get("section_id")
        if operation == "replace" and section is None:
            self.sections = []
            self.write(content(change.get("document_content")))
            return
        places = [at for at, (name, _) in enumerate(self.sections) if name == section]
        if not places:
            raise SlackError("canvas_editing_failed", f"[ERROR] section {section!r} not found")
        at = places[0]
        text = content(change.get("document_content")) if operation != "delete" else ""
        if operation in {"replace", "delete"}:
            del self.sections[at]
        self.write(text, at + 1 if operation == "insert_after" else at)

    def find(self, criteria: dict[str, Any]) -> list[dict[str, str]]:
        """The ids of the sections of these types that contain the text."""
        kinds, text = criteria.get("section_types") or [], str(criteria.get("contains_text") or "")
        if not kinds and not text:
            raise SlackError("invalid_arguments", "[ERROR] missing required field: criteria")
        return [
            {"id": name}
            for name, shown in self.sections
            if text.lower() in shown.lower() and (not kinds or header_of(shown) in {*kinds, *_any(kinds)})
        ]

    def _next(self) -> str:
        self.made += 1
        return f"temp:C:{self.id}{self.made:04}"


def content(document: Any) -> str:
    """The Markdown of `{"type": "markdown", "markdown": …}`."""
    if not isinstance(document, dict) or document.get("type") != "markdown":
        raise SlackError("canvas_editing_failed", "[ERROR] document_content must be of type markdown")
    text = str(document.get("markdown", ""))
    if len(text.encode()) > CHANGE_MOST:
        raise SlackError("canvas_too_large")
    return text


def header_of(text: str) -> str:
    found = HEADER.match(text)
    return f"h{len(found.group(1))}" if found else ""


def _any(kinds: list[str]) -> list[str]:
    return ["h1", "h2", "h3"] if "any_header" in kinds else []
