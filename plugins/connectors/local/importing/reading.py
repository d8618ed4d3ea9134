"""A CSV file as rows of cells: its encoding and separator found out, its rows numbered."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from plugins.connectors.local.importing.mapping import names_of, normal
from plugins.connectors.local.importing.nouns import Kind, Stop

CHUNK = 1 << 20
SAMPLE = 1 << 16
DELIMITERS = ",;\t|"
LONGEST_CELL = 1_000_000
"""Characters of one cell: more is a quote that was never closed."""
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
NO_TEXT = {
    b"PK\x03\x04": "is a spreadsheet (xlsx, ods) or a zip archive. Save it as “CSV UTF-8” and load that",
    b"\xd0\xcf\x11\xe0": "is an old Excel workbook. Save it as “CSV UTF-8” and load that",
    b"\x1f\x8b": "is compressed. Unpack it with gunzip first",
    b"%PDF": "is a PDF. Export the list as CSV instead",
}
LINE = 60


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a first look at the whole file told: about how many rows, and the hash of its bytes."""

    path: Path
    encoding: str
    lines: int
    sha256: str


def look(path: Path, encoding: str | None) -> Known:
    """Read the file once: its encoding, its hash, its lines. Stop says what no CSV it is."""
    digest, lines, head = hashlib.sha256(), 0, b""
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                head = head or chunk[:SAMPLE]
                digest.update(chunk)
                lines += chunk.count(b"\n") or chunk.count(b"\r")
    except OSError as error:
        raise Stop(f"{path} cannot be read: {(error.strerror or 'an error').lower()}.") from None
    if not head.strip():
        raise Stop(f"{path} is empty.")
    for mark, words in NO_TEXT.items():
        if head.startswith(mark):
            raise Stop(f"{path} {words}.")
    chosen = _encoding(path, head, encoding)
    return Known(path=path, encoding=chosen, lines=lines + 1, sha256=digest.hexdigest())


def _encoding(path: Path, head: bytes, told: str | None) -> str:
    if told:
        try:
            name = codecs.lookup(told).name
            _check_text(name)
        except LookupError:
            raise Stop(f"I know no encoding “{told}”. Usual ones are utf-8, cp1252 and utf-16.") from None
        return "utf-8-sig" if name == "utf-8" else name
    for mark, name in MARKS.items():
        if head.startswith(mark):
            return name
    if head.count(b"\0") > len(head) // 4:
        return "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
    with path.open("rb") as file:
        _check_utf8(path, file)
    return "utf-8-sig"


def _check_text(name: str) -> None:
    """Raise LookupError for codecs that are no encodings of text, such as rot13 or zlib."""
    "".encode(name)


def _check_utf8(path: Path, file: BinaryIO) -> None:
    decoder, line = codecs.getincrementaldecoder("utf-8")(), 1
    while True:
        chunk = file.read(CHUNK)
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            at = line + error.object.count(b"\n", 0, error.start)
            start = error.object.rfind(b"\n", 0, error.start) + 1
            shown = error.object[max(start, error.start - LINE // 2) : error.start + LINE // 3]
            guess = shown.partition(b"\n")[0].decode("cp1252", "replace").strip()
            raise Stop(
                f"{path} is not UTF-8: see line {at}. If “{guess}” there is as it should read, say "
                "--encoding cp1252 (Excel on Windows). Or save it as “CSV UTF-8”."
            ) from None
        if not chunk:
            return
        line += chunk.count(b"\n")


def delimiter_of(known: Known, kind: Kind, told: str | None) -> str:
    """Return what separates the cells: as told, as `sep=` says, or what makes most headers known ones."""
    if told:
        plain = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}.get(
            told.lower(), told
        )
        if len(plain) != 1 or plain in '"\r\n\0':
            raise Stop(f"“{told}” cannot separate cells. Say comma, semicolon, tab or pipe.")
        return plain
    with _text(known) as file:
        first = file.readline(LONGEST_CELL)
        if (found := _sep(first)) is not None:
            return found
        sample = first + file.read(SAMPLE)
    names = names_of(kind)
    return max(DELIMITERS, key=lambda mark: _fit(sample, mark, names))


def _sep(line: str) -> str | None:
    """Return the separator that Excel's own first line `sep=;` names."""
    plain = line.strip('\r\n "')
    return plain[4] if len(plain) == 5 and plain.lower().startswith("sep=") else None  # noqa: PLR2004 - sep=;


def _fit(sample: str, mark: str, names: dict[str, str]) -> tuple[int, int, int]:
    try:
        rows = [
            row
            for row, _ in zip(
                csv.reader(io.StringIO(sample, newline=""), delimiter=mark), range(20), strict=False
            )
        ]
    except csv.Error:
        return (0, 0, 0)
    header = next((row for row in rows if any(row)), [])
    known = sum(normal(cell) in names for cell in header)
    alike = sum(len(row) == len(header) for row in rows) if len(header) > 1 else 0
    return known, alike, len(header)


def _text(known: Known) -> io.TextIOWrapper:
    return known.path.open("r", encoding=known.encoding, newline="")


def rows_of(known: Known, delimiter: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Return the rows that hold anything, the header first, numbered from 1 as a spreadsheet shows them."""
    before = csv.field_size_limit(LONGEST_CELL)
    number = 0
    try:
        with _text(known) as file:
            for number, cells in enumerate(csv.reader(file, delimiter=delimiter, strict=True), 1):
                if number == 1 and _sep(delimiter.join(cells)) is not None:
                    continue
                if any(cells) and any(cell.strip() for cell in cells):
                    yield number, cells
    except csv.Error as error:
        raise Stop(f"Row {number + 1}: {_why(str(error))}") from None
    except UnicodeDecodeError:
        raise Stop(
            f"Behind row {number} the file cannot be read as {known.encoding}. "
            "Say its encoding, such as --encoding cp1252, or save it as “CSV UTF-8”."
        ) from None
    finally:
        csv.field_size_limit(before)


def _why(error: str) -> str:
    """Say in words what Python's csv found wrong."""
    if "field larger" in error:
        return (
            f"a cell is longer than {LONGEST_CELL:,} characters. "
            "Most likely a quote before it was not closed."
        )
    if "unexpected end" in error:
        return (
            "a quote is opened in this row and never closed. "
            "Close it, or double it if it is part of the text."
        )
    if "expected after" in error:
        return 'a quote stands inside a cell. Double it ("") there, or take the quotes away.'
    return f"cannot be read as CSV ({error})."
