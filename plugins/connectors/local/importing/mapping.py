"""Which column of a file is which field of ours: by name, by what other systems call it, or as told."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches

from plugins.connectors.local.importing.nouns import Field, Kind, Stop, Wish

ENDINGS = re.compile(r"(?<=.)(?:\bno\b|\bnr\b|\bnum\b|#|№|\bnos\b)\.?$")
BRACKETS = re.compile(r"[(\[]([^)\]]*)[)\]]")
CURRENCY = re.compile(r"[A-Z]{3}")
CLOSE, CLOSER = 0.72, 0.82
"""How alike two names must be for one to be suggested for the other: for what is needed, and for the rest."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the file: its place, its header, and what it is for us, if anything."""

    place: int
    header: str
    field: str | None = None


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """The columns of a file, what its amounts are in, and what is to be said about columns not used."""

    columns: tuple[Column, ...]
    fixed: Mapping[str, str]
    currency: str | None = None
    unused: tuple[str, ...] = ()

    @property
    def given(self) -> frozenset[str]:
        """Fields that the file has, or that were given for all rows."""
        return frozenset([c.field for c in self.columns if c.field] + list(self.fixed))

    def header(self, field: str) -> str:
        """Return what the file calls a field."""
        return next((c.header for c in self.columns if c.field == field), field)


def normal(header: str) -> str:
    """Return a header without case, spaces, marks, accents and what stands in brackets."""
    plain = unicodedata.normalize("NFKD", BRACKETS.sub(" ", header)).lower()
    plain = "".join(c for c in plain if not unicodedata.combining(c)).replace("_", " ").strip()
    plain = ENDINGS.sub("number", plain)
    return re.sub(r"[^0-9a-z]", "", plain)


def names_of(kind: Kind) -> dict[str, str]:
    """Return every name a field of this kind goes by; a field's own name before what others call another."""
    names: dict[str, str] = {}
    for field in kind.fields:
        names.setdefault(normal(field.name), field.name)
    for field in kind.fields:
        for name in field.names:
            names.setdefault(normal(name), field.name)
    return names


def map_columns(kind: Kind, headers: Sequence[str], wish: Wish, *, whole: bool = True) -> Mapped:
    """Return the columns of a file; Stop says which stand for the same, or if `whole` are missing."""
    told = {normal(theirs): _field(kind, ours).name for theirs, ours in wish.mapped.items()}
    ignored = {normal(theirs) for theirs in wish.ignored}
    _check_told(headers, wish)
    fixed = {_field(kind, name).name: value for name, value in wish.fixed.items()}
    names = names_of(kind)
    columns = []
    for place, header in enumerate(headers):
        key = normal(header)
        field = told.get(key) or (None if key in ignored or not key else names.get(key))
        columns.append(Column(place=place, header=header.strip() or f"column {place + 1}", field=field))
    columns = _own_name_first(columns, told)
    _check_once(columns, fixed)
    mapped = Mapped(columns=tuple(columns), fixed=fixed, currency=_currency(columns, kind))
    if whole:
        _check_all_there(kind, mapped, ignored)
    return Mapped(
        columns=mapped.columns,
        fixed=fixed,
        currency=mapped.currency,
        unused=tuple(_unused(kind, mapped, ignored)),
    )


def _field(kind: Kind, name: str) -> Field:
    found = kind.field(name) or kind.field(name.strip().lower().replace(" ", "_").replace("-", "_"))
    if found is None:
        known = [field.name for field in kind.fields]
        near = get_close_matches(name.lower(), known, 1, CLOSE)
        hint = f" Did you mean {near[0]}?" if near else f" There are: {', '.join(known)}."
        raise Stop(f"{kind.name.capitalize()} have no field “{name}”.{hint}")
    return found


def _check_told(headers: Sequence[str], wish: Wish) -> None:
    there = {normal(header) for header in headers}
    for theirs in (*wish.mapped, *wish.ignored):
        if normal(theirs) not in there:
            shown = ", ".join(f"“{header.strip()}”" for header in headers[:40])
            raise Stop(f"The file has no column “{theirs}”. It has: {shown}.")


def _own_name_first(columns: list[Column], told: Mapping[str, str]) -> list[Column]:
    """Where a column bears our own name, or was named by the person, another for the same field gives way."""
    sure = {c.field for c in columns if c.field and normal(c.header) in told}
    sure |= {c.field for c in columns if c.field and normal(c.header) == normal(c.field)}
    return [
        Column(place=c.place, header=c.header)
        if c.field in sure and normal(c.header) not in told and normal(c.header) != normal(c.field or "")
        else c
        for c in columns
    ]


def _check_once(columns: Sequence[Column], fixed: Mapping[str, str]) -> None:
    seen: dict[str, Column] = {}
    for column in columns:
        if column.field is None:
            continue
        if column.field in fixed:
            raise Stop(
                f"“{column.header}” is the column {column.field}, and --set {column.field}=… gives it as "
                f"well. "
                f'Leave one away, such as by --ignore "{column.header}".'
            )
        if first := seen.get(column.field):
            again = normal(first.header) == normal(column.header)
            what = "Rename one of them in the file." if again else (
                f'Say which, such as --map "{first.header}={column.field}" --ignore "{column.header}".'
            )  # fmt: skip
            raise Stop(
                f"Two columns read as {column.field}: “{first.header}” ({first.place + 1}) and "
                f"“{column.header}” ({column.place + 1}). {what}"
            )
        seen[column.field] = column


def missing(kind: Kind, mapped: Mapped) -> list[Field]:
    """Return the fields that a file of this kind needs and this one has not."""
    lacking = [field for field in kind.fields if field.required and field.name not in mapped.given]
    without = [several[0] for several in kind.one_of if not mapped.given & set(several)]
    return lacking + [field for field in kind.fields if field.name in without]


def suggestion(kind: Kind, field: Field, mapped: Mapped) -> str | None:
    """Return the unused header that most looks like a field."""
    free = [c.header for c in mapped.columns if c.field is None and normal(c.header)]
    wanted = [name for name, ours in names_of(kind).items() if ours == field.name]
    scored = [(max(_alike(normal(header), name) for name in wanted), header) for header in free]
    best = max(scored, default=(0.0, ""))
    return best[1] if best[0] >= CLOSE else None


def _alike(one: str, other: str) -> float:
    score = SequenceMatcher(None, one, other).ratio()
    part = len(other) > 3 and (other in one or one in other) and min(len(one), len(other)) > 3  # noqa: PLR2004 - letters
    return max(score, 0.8 if part else 0.0)


def _check_all_there(kind: Kind, mapped: Mapped, ignored: set[str]) -> None:
    lacking = missing(kind, mapped)
    if not lacking:
        return
    shown = ", ".join(f"“{c.header}”" for c in mapped.columns[:40] if normal(c.header) not in ignored)
    lines = [f"The file has no column for {_said(kind, lacking)}. It has: {shown}."]
    far = []
    for field in lacking:
        if header := suggestion(kind, field, mapped):
            lines.append(f'If “{header}” is the {field.name}, say --map "{header}={field.name}".')
        else:
            far.append(field)
    if far:
        lines.append(f'Say which column it is: --map "Their header={far[0].name}".')
    if same := next((f for f in far if f.name not in {*kind.keys, "customer", "name"}), None):
        lines.append(f'What is the same in all rows need not be in it: --set "{same.name}=…".')
    raise Stop(" ".join(lines))


def _said(kind: Kind, lacking: Sequence[Field]) -> str:
    several = {names[0]: " or ".join(names) for names in kind.one_of}
    names = [several.get(field.name, field.name) for field in lacking]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _unused(kind: Kind, mapped: Mapped, ignored: set[str]) -> list[str]:
    """Say which columns are not used, each with the field it might be."""
    free = [f for f in kind.fields if f.name not in mapped.given]
    lines = []
    for column in mapped.columns:
        key = normal(column.header)
        if column.field is not None or key in ignored or key == normal(f"column {column.place + 1}"):
            continue
        names = {name: ours for name, ours in names_of(kind).items() if any(f.name == ours for f in free)}
        near = get_close_matches(key, list(names), 1, CLOSER)
        hint = f' (if it is {names[near[0]]}: --map "{column.header}={names[near[0]]}")' if near else ""
        lines.append(f"“{column.header}”{hint}")
    return lines


def _currency(columns: Sequence[Column], kind: Kind) -> str | None:
    """Return the currency that a header of an amount names, such as `Amount (KES)`."""
    amounts = {field.name for field in kind.fields if field.shape == "amount"}
    found = {
        inner.strip()
        for c in columns
        if c.field in amounts
        for inner in BRACKETS.findall(c.header)
        if CURRENCY.fullmatch(inner.strip())
    }
    return found.pop() if len(found) == 1 else None
