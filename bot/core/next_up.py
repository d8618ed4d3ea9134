"""What one might ask next about the thing that was just shown."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.contract.action import Action
from bot.contract.people import User
from bot.contract.reply import Choice
from bot.host.registry import Owned, View
from bot.understand.arguments import arguments_of
from bot.understand.index import PLACEHOLDER


def next_questions(
    view: View,
    user: User,
    focus: Mapping[str, str],
    last: str,
    count: int = 3,
    labels: Mapping[str, str] | None = None,
) -> tuple[Choice, ...]:
    """Return what one might ask next about the same thing: reads that need nothing else, one per plugin.

    `labels` is what people call the thing of a kind; else it is shown by its key.
    """
    found: list[Choice] = []
    seen = {last}
    for kind, key in reversed(list(focus.items())):
        for owned in view.actions_for(user):
            needed = [a for a in arguments_of(owned.item) if a.required]
            fits = owned.item.reads_only and len(needed) == 1 and needed[0].entity == kind
            if not fits or owned.id in seen or owned.plugin in seen:
                continue
            seen |= {owned.id, owned.plugin}
            words = f"{owned.plugin} {owned.item.name} {needed[0].name}={_typed(key)}"
            shown = (labels or {}).get(kind, key)
            found.append(Choice(label=_label(owned, needed[0].name, shown), words=words))
    return tuple(found[:count])


def _typed(key: str) -> str:
    return f'"{key}"' if re.search(r"[\s\"'=]", key) else key


def _label(owned: Owned[Action], name: str, key: str) -> str:
    only = [e for e in owned.item.examples if PLACEHOLDER.findall(e) == [name] and e != f"{{{name}}}"]
    return PLACEHOLDER.sub(key, only[0]) if only else f"{owned.plugin} {owned.item.name} {key}"
