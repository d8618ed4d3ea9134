"""What one plugin must get right on its own; every refusal tells the author what to mend."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from types import ModuleType
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic_core import PydanticUndefined

from bot.contract.action import NAME, Action
from bot.contract.guard import Guard, Watcher
from bot.contract.plugin import PluginInfo
from bot.contract.port import Connector
from bot.errors import PluginError
from bot.host.registry import Named, Owned

BUILT_IN_ROLES = ("support", "billing", "noc", "field", "admin")
MAX_TIMEOUT = timedelta(minutes=10)
PLACE = re.compile(r"\{([^{}]*)\}")
RUNS = ("run", "read", "find", "roles_of", "on", "off", "look", "saw", "show", "teams", "duties")
"""The fields of declarations that hold an async function."""
PERMISSION = re.compile(r"^[a-z][a-z0-9_]*:[a-z][a-z0-9_:]*$")


def check_module(module: ModuleType, specs: ModuleType) -> None:
    """Raise when a function is named like a hook but is none, or when a hook is async."""
    hooks = {name for name, f in vars(specs).items() if hasattr(f, "backhaul_spec")}
    for name, function in vars(module).items():
        if not inspect.isfunction(function) or function.__module__ != module.__name__:
            continue
        marked = hasattr(function, "backhaul_impl")
        if name in hooks and not marked:
            raise PluginError(f"{name}() lacks @hookimpl, so nobody would call it")
        if marked and inspect.iscoroutinefunction(function):
            raise PluginError(f"{name}() is async; hooks only declare, write `def {name}()`")


def check_info(name: str, info: Any, api: int) -> PluginInfo:
    """Return what plugin_info() gave, if it is in order."""
    if not isinstance(info, PluginInfo):
        raise PluginError(f"plugin_info() returned {type(info).__name__}; it must return a PluginInfo")
    if info.name != name:
        raise PluginError(
            f"plugin_info() must return one PluginInfo named {name!r} (as its folder or entry point), "
            f"not {info.name!r}"
        )
    if not NAME.match(name):
        raise PluginError(f"{name!r} is no name for a plugin: lower case, 1-41 of a-z 0-9 _")
    if info.api != api:
        raise PluginError(f"written for api {info.api}, this bot speaks {api}; see bot/hookspecs.py")
    if not info.about.strip():
        raise PluginError("plugin_info().about is empty; people read it before they turn the plugin on")
    check_permissions(info)
    check_settings(info.settings)
    if isinstance(info.needs, str) or name in info.needs:
        raise PluginError("needs is a tuple of other plugins' names, e.g. needs=('customers',)")
    return info


def check_permissions(info: PluginInfo) -> None:
    """Raise unless permissions are named and explained, and role defaults give only those."""
    for permission, meaning in info.permissions.items():
        check_prefix(info.name, "permissions", permission)
        if not PERMISSION.match(permission) or not meaning.strip():
            raise PluginError(
                f"permission {permission!r}: name it {info.name}:verb in lower case and say what it allows"
            )
    for role, permissions in info.roles.items():
        if role not in BUILT_IN_ROLES:
            raise PluginError(f"roles: there is no built-in role {role!r} ({', '.join(BUILT_IN_ROLES)})")
        if isinstance(permissions, str):
            raise PluginError(f"roles[{role!r}] is a set of permissions, e.g. frozenset({{{permissions!r}}})")
        if unknown := sorted(set(permissions) - set(info.permissions)):
            raise PluginError(f"roles[{role!r}]: {unknown[0]!r} is not declared in plugin_info().permissions")


def check_settings(model: Any) -> None:
    """Raise unless settings are a pydantic model with its secrets at the top level."""
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise PluginError(f"settings must be a pydantic model class, not {model!r}")
    for name, field in model.model_fields.items():
        if field.annotation not in {SecretStr, SecretStr | None} and mentions_secret(field.annotation):
            raise PluginError(
                f"settings.{name}: a SecretStr stands alone at the top level, where it is sealed"
            )


def mentions_secret(hint: Any) -> bool:
    """Say whether a SecretStr hides somewhere inside a type."""
    if hint is SecretStr:
        return True
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return any(mentions_secret(field.annotation) for field in hint.model_fields.values())
    return any(mentions_secret(part) for part in getattr(hint, "__args__", ()))


def identity_of(owned: Owned[Any]) -> str:
    """Return what must be unique within a kind: a connector may fill several ports under one name."""
    return f"{owned.id} for {owned.item.port}" if isinstance(owned.item, Connector) else owned.id


def check_item(info: PluginInfo, hook: str, kind: type[Named], item: Any) -> Any:
    """Return one declaration if it is the right kind, runs, and asks only for permissions it declared."""
    if not isinstance(item, kind):
        hint = "; put @action(permission=…) above it" if kind is Action and callable(item) else ""
        raise PluginError(f"{hook}() returned {item!r}, expected {kind.__name__}{hint}")
    if not NAME.match(item.name):
        raise PluginError(f"{hook}(): {item.name!r} is no name: lower case, 1-41 of a-z 0-9 _")
    for what in ("every", "step", "timeout"):
        length = getattr(item, what, None)
        if length is not None and (not isinstance(length, timedelta) or length <= timedelta(0)):
            raise PluginError(f"{item.name}: {what} must be a timedelta longer than zero, not {length!r}")
    permission = getattr(item, "permission", None)
    if permission is not None:
        check_prefix(info.name, item.name, permission)
        if permission not in info.permissions:
            raise PluginError(f"{item.name}: {permission!r} is not declared in plugin_info().permissions")
    if isinstance(item, Action):
        check_action(item)
    elif isinstance(item, Connector):
        check_connector(item)
    else:
        check_async(item.name, *(getattr(item, name, None) for name in RUNS))
    if isinstance(item, Guard | Watcher):
        check_order(item)
    return item


def check_prefix(plugin: str, where: str, permission: str) -> None:
    """Raise unless the permission is the plugin's own."""
    if not permission.startswith(f"{plugin}:"):
        raise PluginError(f"{where}: {permission!r} must start with '{plugin}:'")


def check_async(name: str, *functions: Callable[..., Any] | None) -> None:
    """Raise unless every function is `async def`."""
    for function in functions:
        if function is not None and not returns_awaitable(function):
            raise PluginError(f"{name}: {getattr(function, '__name__', function)} must be `async def`")


def returns_awaitable(function: Callable[..., Any]) -> bool:
    """Say whether calling it gives something to await (a partial or a callable object may too)."""
    inner = getattr(function, "func", function)
    return inspect.iscoroutinefunction(inner) or inspect.iscoroutinefunction(type(inner).__call__)


def check_order(item: Guard | Watcher) -> None:
    """Raise unless it names what it looks at and runs before and after as tuples, and says what it is for."""
    parts = {"before": item.before, "after": item.after}
    parts |= {name: getattr(item.reach, name) for name in ("actions", "plugins", "permissions")}
    for name, value in parts.items():
        if isinstance(value, str):
            raise PluginError(f"{item.name}: {name} is a tuple of names, e.g. {name}=({value!r},)")
    if not (item.reach.reads or item.reach.writes):
        raise PluginError(f"{item.name}: its reach leaves out reads and writes, so it would look at nothing")
    if not item.about.strip():
        raise PluginError(f"{item.name}: about is empty; admins read what it is for")


def check_action(item: Action) -> None:
    """Raise unless the action can be called, previewed, explained and bounded."""
    check_async(item.name, item.run, item.preview)
    if item.timeout > MAX_TIMEOUT:
        raise PluginError(f"{item.name}: timeout is over {MAX_TIMEOUT}; longer work belongs in a job")
    if item.reads_only and item.preview is not None:
        raise PluginError(f"{item.name}: it reads only, so there is nothing to preview")
    arguments = tuple(item.args.model_fields)
    check_examples(item.name, item.examples, arguments)
    if item.preview is not None:
        check_preview(item, arguments)
    for name in item.refs:
        if item.args.model_fields[name].default not in {PydanticUndefined, None}:
            raise PluginError(f"{item.name}: {name} names a thing to look up; its default can only be None")
    if item.amount is not None and item.amount not in arguments:
        raise PluginError(f"{item.name}: amount={item.amount!r} is not an argument")


def check_examples(name: str, examples: Iterable[str], arguments: tuple[str, ...]) -> None:
    """Raise unless every {placeholder} of an example is an argument."""
    if isinstance(examples, str):
        raise PluginError(f"{name}: examples is a list of sentences")
    for example in examples:
        for place in PLACE.findall(example):
            if place.split(":")[0].split("=")[0] not in arguments:
                known = ", ".join(arguments) or "none"
                raise PluginError(f"{name}: the example “{example}” names {{{place}}}; it takes: {known}")


def check_preview(item: Action, arguments: tuple[str, ...]) -> None:
    """Raise unless the preview takes what the action takes."""
    if item.preview is None:
        return
    try:
        inspect.signature(item.preview).bind(None, **dict.fromkeys(arguments))
    except TypeError as error:
        raise PluginError(
            f"{item.name}: its preview must take the same arguments ({', '.join(arguments)}): {error}"
        ) from None


def check_connector(item: Connector) -> None:
    """Raise unless the connector can be opened and set."""
    check_settings(item.settings)
    if not NAME.match(item.port):
        raise PluginError(f"connector {item.name}: {item.port!r} is no port name")
    if not callable(item.open) or inspect.iscoroutinefunction(item.open):
        raise PluginError(f"connector {item.name}: open must be a plain function or class, connecting later")
    if not item.source.strip():
        raise PluginError(f"connector {item.name}: source is empty; evidence names the system by it")
