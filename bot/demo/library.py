"""The simulated provider's own documents: what its people would look up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

FOLDER = Path(__file__).parent / "documents"


@dataclass(frozen=True, kw_only=True)
class Page:
    """One document with what its head says about it."""

    slug: str
    title: str
    owner: str
    reviewed: date
    permission: str
    tags: tuple[str, ...]
    text: str


def find_documents(folder: Path = FOLDER) -> list[Page]:
    """Return every document, by file name; raises ValueError when a head is not as agreed."""
    return [_page(path) for path in sorted(folder.glob("*.md"))]


def _page(path: Path) -> Page:
    _, head, text = path.read_text(encoding="utf-8").split("---\n", 2)
    facts = dict(line.split(": ", 1) for line in head.strip().splitlines())
    try:
        return Page(
            slug=path.stem,
            title=facts["title"],
            owner=facts["owner"],
            reviewed=date.fromisoformat(facts["reviewed"]),
            permission=facts["permission"],
            tags=tuple(tag.strip() for tag in facts["tags"].strip("[]").split(",")),
            text=text.strip(),
        )
    except KeyError as error:
        raise ValueError(f"{path.name} says nothing about its {error.args[0]}") from None
