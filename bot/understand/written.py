"""What is written to somebody chooses nothing: "email all business customers: the outage in Nyali ends"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.understand.arguments import Argument
from bot.understand.filled import Filled
from bot.understand.sentence import Sentence
from bot.understand.words import tokens

WRITTEN = frozenset({"text", "body"})
"""Arguments that are read by whoever gets them."""
SENDS = "template"
"""The argument that only what is sent to customers has."""
FEWEST = 2
"""Words before a colon that may say who gets it."""


def unlearn(
    out: Filled, arguments: Sequence[Argument], said: Sentence, fill: Callable[[Sentence], Filled]
) -> None:
    """Leave out of a change what only the written words told; `fill` reads the words before them alone.

    What the change cannot do without stays: "email: 100234 …" is for that customer.
    """
    text = next((str(out.args[name]) for name in WRITTEN if out.args.get(name)), "")
    behind = bool(text) and said.text.find(text) >= said.said_after
    head = said.text[: said.said_after]
    if SENDS not in {a.name for a in arguments} or out.reads_only or not behind or len(tokens(head)) < FEWEST:
        return
    alone = fill(_only(head, said)).args
    for argument in arguments:
        name = argument.name
        if name in WRITTEN or argument.required or name not in out.args or name in out.from_focus:
            continue
        out.args.pop(name)
        out.options.pop(name, None)
        if name in alone:
            out.args[name] = alone[name]
    out.used = {m for m in out.used if m.start < said.said_after}


def before_text(captured: Mapping[str, str] | None, head: Sentence) -> Mapping[str, str] | None:
    """Return what the form of an example took, as far as it stands before the written words."""
    if captured is None:
        return None
    return {name: words for name, words in captured.items() if words in head.text}


def _only(head: str, said: Sentence) -> Sentence:
    """Return a message up to where the written words begin."""
    return replace(
        said,
        text=head,
        mood=replace(said.mood, core=head[said.begin :]),
        words=tuple(w for w in said.words if w.end <= len(head)),
        marks=tuple(m for m in said.marks if m.end <= len(head)),
        own_from=min(said.own_from, len(head)),
    )
