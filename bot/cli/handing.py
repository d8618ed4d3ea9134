"""Files at the terminal: read to hand in (`--file`, `/file PATH`), kept from a reply (`/save PATH`)."""

from __future__ import annotations

import re
import select
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.contract.handed import LARGEST, Upload
from bot.contract.reply import Reply, Tone
from bot.core.file_kind import check_size
from bot.errors import BadInput

FILE, SAVE = "/file", "/save"
HOW = f"Write `{FILE} PATH`, with quotes around a path that has spaces, and behind it what to do with it."

ONE = re.compile(
    rf"{FILE}\s+(?:\"(?P<in_quotes>[^\"]+)\"|'(?P<quoted>[^']+)'|(?P<plain>(?:\\.|[^\s\\\"'])+))(?=\s|$)"
)
"""A path as one types it, or as a terminal writes one that is dropped on it: quoted, or with backslashes."""

Answer = Callable[[str, Sequence[Upload]], Awaitable[Reply]]


@dataclass
class Line:
    """One person's line to the bot in a terminal; the last reply is remembered for `/save`."""

    answer: Answer
    last: Reply | None = None

    async def say(self, typed: str) -> Reply:
        """Answer what was typed, with the files it hands in."""
        head, _, rest = typed.partition(" ")
        if head == SAVE:
            return self._save(rest)
        words, files = read_typed(typed) if head == FILE else (typed, [])
        self.last = await self.answer(words, files)
        return self.last

    def _save(self, path: str) -> Reply:
        if self.last is None or self.last.file is None:
            return Reply("The last answer has no file to keep.", tone=Tone.WARN)
        found = ONE.match(f"{FILE} {path}")
        there = (_path(found) if found else Path(self.last.file.name)).expanduser()
        there = there / self.last.file.name if there.is_dir() else there
        write_new(there, self.last.file.data)
        return Reply(f"Kept as {there}.", tone=Tone.GOOD)


def read_typed(typed: str) -> tuple[str, list[Upload]]:
    """Read `/file PATH what to do with it`, also several of it in a row; BadInput when it is none."""
    rest, paths = typed.strip(), []
    while rest.partition(" ")[0] == FILE:
        if not (found := ONE.match(rest)):
            raise BadInput(f"Which file? {HOW}")
        paths.append(_path(found))
        rest = rest[found.end() :].strip()
    return rest, read_files(paths)


def _path(found: re.Match[str]) -> Path:
    return Path(found["in_quotes"] or found["quoted"] or re.sub(r"\\(.)", r"\1", found["plain"]))


def read_files(paths: Sequence[Path]) -> list[Upload]:
    """Read files to hand in; BadInput says which cannot be read, and none is read that is too large."""
    return [_read(path.expanduser()) for path in paths]


def _read(path: Path) -> Upload:
    try:
        if not path.is_file():
            raise BadInput(f"There is no file {path}. Check the path.")
        check_size(path.name, path.stat().st_size)
        with path.open("rb") as file:
            return Upload(name=path.name, content=file.read(LARGEST + 1))
    except OSError as error:
        raise BadInput(f"I can not read {path}: {error.strerror}.") from None


def write_new(path: Path, content: bytes) -> None:
    """Write a file that was not there; BadInput when it cannot be written."""
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise BadInput(f"{path} is there already. Name another file.") from None
    except OSError as error:
        raise BadInput(f"I can not write {path}: {error.strerror}.") from None


def piped() -> list[str]:
    """Return the questions that wait on a pipe, one a line; none where nothing comes."""
    try:
        if sys.stdin.isatty() or not select.select([sys.stdin], [], [], 0)[0]:
            return []
    except (OSError, ValueError):  # no stream of the system's, or a closed one
        return []
    return [words for line in sys.stdin if (words := line.strip())]
