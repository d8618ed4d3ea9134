"""Rules about one value of an argument: "making a ticket urgent needs an admin"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.understand.arguments import Kind, arguments_of
from bot.understand.index import Offered
from bot.understand.words import word_set

DOING = re.compile(
    r"^(?:to )?(?:set|setting|mak(?:e|ing)|mark(?:ing)?|chang(?:e|ing)|rais(?:e|ing)|put(?:ting)?|"
    r"lower(?:ing)?|giv(?:e|ing))\b",
    re.IGNORECASE,
)
"""What is done and not a thing: only of a deed is whoever it "needs" the one to agree."""
FILLING = word_set(
    "a an the to of as is are be with for and or any every all each that whose its from on new set setting "
    "make making mark marking change changing raise raising put putting lower lowering give giving open "
    "opening create creating"
)
STATES = frozenset({"status", "state"})
"""Choices that are everyday verbs too ("open a ticket"), so they have to be called by name."""


def valued(actions: Iterable[Offered], what: str) -> dict[str, str] | None:
    """Return what a rule applies to and when, if its words are a choice and nothing else; else None."""
    said = [word.removesuffix("'s") for word in re.findall(r"[\w'-]+", what.lower().replace("’", "'"))]
    found: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    for one in actions:
        for arg in () if one.item.reads_only else arguments_of(one.item):
            values = {v.lower() for v in arg.values} & set(said) if arg.kind is Kind.CHOICE else set()
            if values and _whole(said, one.plugin, arg.name, values):
                ids, there = found.setdefault((one.plugin, arg.name), (set(), set()))
                ids.add(one.id)
                there |= values
    if len(found) != 1:
        return None
    [((plugin, name), (ids, values))] = found.items()
    action = next(iter(ids)) if len(ids) == 1 else f"{plugin}_*"
    return {"applies_to": action, "when": f"{name}={','.join(sorted(values, key=said.index))}"}


def _whole(said: list[str], plugin: str, name: str, values: set[str]) -> bool:
    """Say whether these words speak of that argument, or of the plugin's things, and of nothing else."""
    title, things = set(name.split("_")), {plugin, plugin.removesuffix("s")}
    known = title <= set(said) or (bool(things & set(said)) and name not in STATES)
    return known and set(said) <= values | title | things | FILLING
