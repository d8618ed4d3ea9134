"""The options of `import` as what they mean: which column is what, and how cells are read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.cli.exits import Exit, fail
from bot.contract.people import Tenant
from plugins.connectors.local.importing.nouns import Kind, Reading, Wish


def remembered(options: dict[str, Any], mapping: Path | None, save: Path | None) -> dict[str, Any]:
    """Add what a mapping file says, and keep it all for the next time if that was asked for."""
    if mapping is not None:
        try:
            kept = json.loads(mapping.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            fail(f"{mapping} cannot be read as a mapping that --save-mapping wrote: {error}", Exit.USAGE)
        if not isinstance(kept, dict) or set(kept) - set(options):
            fail(f"{mapping} is no mapping that --save-mapping wrote.", Exit.USAGE)
        for name, now in options.items():
            before = kept.get(name)
            options[name] = [*(before or []), *now] if isinstance(now, list) else now or before
    if save is not None:
        try:
            save.write_text(json.dumps(options, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        except OSError as error:
            fail(f"{save} cannot be written: {(error.strerror or 'an error').lower()}.", Exit.USAGE)
    return options


def _pairs(words: Sequence[str], option: str, example: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in words:
        left, mark, right = each.rpartition("=") if option == "--map" else each.partition("=")
        if not mark or not left.strip() or not right.strip():
            fail(f"{option} “{each}”: write it as {option} {example}.", Exit.USAGE)
        found[left.strip()] = right.strip()
    return found


def wish_of(options: dict[str, Any], does: dict[str, bool]) -> Wish:
    """Return what was asked for: the columns, and what an import may do."""
    return Wish(
        mapped=_pairs(options["map"], "--map", '"Their header=our_field"'),
        ignored=tuple(options["ignore"]),
        fixed=_pairs(options["set"], "--set", '"our_field=value"'),
        encoding=options["encoding"],
        delimiter=options["delimiter"],
        **does,
    )


def reading_of(kind: Kind, options: dict[str, Any], tenant: Tenant) -> Reading:
    """Return how cells are read in this workspace, as told."""
    values: dict[str, dict[str, str]] = {}
    for left, ours in _pairs(options["value"], "--value", '"status:Frozen=suspended"').items():
        name, mark, theirs = left.partition(":")
        field = kind.field(name.strip())
        if not mark or field is None or not field.words or ours not in field.words:
            known = ", ".join(f.name for f in kind.fields if f.words)
            fits = (
                f" It is one of {', '.join(field.words)}."
                if field and field.words
                else f" Fields of words: {known}."
            )
            fail(f'--value “{left}={ours}”: write it as --value "status:Frozen=suspended".{fits}', Exit.USAGE)
        values.setdefault(field.name, {})[theirs.strip()] = ours
    decimal = {"point": ".", "comma": ","}.get(options["decimal"] or "", options["decimal"])
    if decimal not in {None, ".", ","}:
        fail("--decimal is a point or a comma: --decimal . or --decimal ,", Exit.USAGE)
    code = options["calling_code"]
    if code and not (code := code.strip().lstrip("+").lstrip("0")).isdigit():
        fail(
            f"--calling-code {options['calling_code']}: give the digits of your country, such as 254.",
            Exit.USAGE,
        )
    return Reading(
        currency=tenant.currency, zone=tenant.zone, dates=options["dates"], decimal=decimal,
        calling_code=code or None, values=values,
    )  # fmt: skip
