"""The contract every plugin keeps, as checks: what the loader cannot see before a plugin runs."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import ValidationError

from bot.contract.action import Action, Preview
from bot.contract.entity import Entity
from bot.contract.plugin import PluginInfo
from bot.contract.reply import Reply
from bot.host.checks import PLACE
from bot.host.registry import Owned, Registry

Check = Callable[[Registry, str], Iterator[str]]
SHORTEST_ABOUT = 8


def owned_by(registry: Registry, plugin: str, kind: type[Any]) -> list[Owned[Any]]:
    """Return a plugin's declarations of one kind."""
    return list(registry.view(frozenset({plugin})).all(kind))


def check_info(registry: Registry, plugin: str) -> Iterator[str]:
    """People can read what it is, and every permission it declares is asked for somewhere."""
    info: PluginInfo = registry.plugins[plugin]
    if not info.about.rstrip().endswith("."):
        yield "about is a sentence: end it with a full stop"
    used = {
        getattr(o.item, "permission", None)
        for kind in (Action, Entity)
        for o in owned_by(registry, plugin, kind)
    }
    asked = used | {name for text in _sources(registry, plugin) for name in info.permissions if name in text}
    for permission in info.permissions:
        if permission not in asked:
            yield f"permission {permission} is declared and never asked for"


def check_settings(registry: Registry, plugin: str) -> Iterator[str]:
    """Settings can be drawn as a form, and do not stop the plugin before anyone filled them in."""
    model = registry.plugins[plugin].settings
    model.model_json_schema()
    try:
        model()
    except ValidationError as error:
        missing = ", ".join(str(one["loc"][0]) for one in error.errors() if one["type"] == "missing")
        if not missing:
            yield f"the defaults of its settings are refused by the model itself: {error}"


def check_actions(registry: Registry, plugin: str) -> Iterator[str]:
    """Every action explains itself, its examples fit its arguments, its schema can be drawn."""
    for owned in owned_by(registry, plugin, Action):
        item: Action = owned.item
        first = item.about.splitlines()[0]
        if len(first) < SHORTEST_ABOUT or not first.endswith((".", "?")):
            yield f"{owned.id}: the docstring opens with a sentence people understand"
        item.args.model_json_schema()
        for example in item.examples:
            if unknown := set(PLACE.findall(example)) - set(item.args.model_fields):
                yield f"{owned.id}: the example “{example}” names {', '.join(sorted(unknown))}"
        if inspect.signature(item.run, eval_str=True).return_annotation is not Reply:
            yield f"{owned.id}: it returns a Reply, and its signature says so"
        if item.preview and inspect.signature(item.preview, eval_str=True).return_annotation is not Preview:
            yield f"{owned.id}: its preview returns a Preview, and its signature says so"


def check_reads(registry: Registry, plugin: str) -> Iterator[str]:
    """What reads only never touches the effect; a preview does not either."""
    for owned in owned_by(registry, plugin, Action):
        item: Action = owned.item
        uses = names_in(item.run)
        if item.reads_only and "effect" in uses:
            yield f"{owned.id}: it reads only, and still uses ctx.effect"
        if item.preview is not None and "effect" in names_in(item.preview):
            yield f"{owned.id}: its preview uses ctx.effect; a preview changes nothing"


def check_entities(registry: Registry, plugin: str) -> Iterator[str]:
    """Entities have a title, words, and patterns that do not swallow everything."""
    for owned in owned_by(registry, plugin, Entity):
        item: Entity = owned.item
        if not item.title.strip():
            yield f"entity {item.name}: it has no title"
        for pattern in item.patterns:
            if pattern.fullmatch("") or pattern.fullmatch("hello"):
                yield f"entity {item.name}: the pattern {pattern.pattern!r} takes any word for a {item.name}"


def names_in(function: Callable[..., Any]) -> set[str]:
    """Return every attribute a function uses; nothing when its source is not to be had."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return set()
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def _sources(registry: Registry, plugin: str) -> Iterator[str]:
    """Yield the source of every module this plugin's functions live in, and of those beside them.

    What declares (the package's own `__init__`) is left out where there is more than that.
    """
    homes = {inspect.getmodule(o.item.run) for o in owned_by(registry, plugin, Action)}
    found = {module.__name__: module for module in homes if module is not None}
    packages = {
        module.__package__
        for module in found.values()
        if module.__package__ and module.__package__ != "plugins"
    }
    found |= {
        name: module
        for name, module in list(sys.modules.items())
        if module is not None and name.rpartition(".")[0] in packages and not hasattr(module, "__path__")
    }
    for module in found.values():
        yield re.sub(r"permissions=\{.*?\}", "", inspect.getsource(module), flags=re.DOTALL)


CHECKS: tuple[Check, ...] = (check_info, check_settings, check_actions, check_reads, check_entities)
