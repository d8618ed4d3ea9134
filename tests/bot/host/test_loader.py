"""A broken plugin is set aside with a reason its author can use; the others go on."""

from __future__ import annotations

import inspect
import sys
from datetime import timedelta
from types import ModuleType
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, SecretStr
from structlog.testing import capture_logs

from bot.api import (
    Connector,
    Detector,
    Entity,
    HealthCheck,
    Panel,
    PluginInfo,
    Preview,
    Ref,
    Reply,
    Series,
    action,
    hookimpl,
)
from bot.contract.action import Action
from bot.errors import PluginError
from bot.host.checks import check_action
from bot.host.loader import Found, load_plugins
from bot.host.registry import Registry


def module(
    name: str, *, info: dict[str, Any] | None = None, bare: tuple[str, ...] = (), **hooks: Any
) -> tuple[str, str]:
    """Make an importable plugin; `bare` names functions left without @hookimpl."""
    made = ModuleType(f"fake_{name}")
    facts = {"name": name, "about": "Something.", "permissions": {f"{name}:use": "Use it"}, **(info or {})}
    hooks.setdefault("plugin_info", lambda: PluginInfo(**facts))
    for hook, function in hooks.items():
        if inspect.isfunction(function):
            function.__module__ = made.__name__
        setattr(made, hook, function if hook in bare or not callable(function) else hookimpl(function))
    sys.modules[made.__name__] = made
    return name, made.__name__


def verb(permission: str = "bad:use", **options: Any) -> Action:
    @action(permission=permission, **options)
    async def go(ctx: Any, speed: int = 1) -> Reply:
        """Go somewhere."""
        return Reply("gone")

    return go


def raises(error: BaseException) -> Any:
    def hook() -> None:
        raise error

    return hook


async def sleepy() -> list[Any]:
    return []


async def found(ctx: Any, text: str, limit: int) -> list[Any]:
    return []


def nothing() -> Any:
    """Make a fresh hook: @hookimpl marks the function itself."""

    def hook() -> list[Any]:
        return []

    return hook


def not_async(ctx: Any) -> None:
    return None


async def health(ctx: Any) -> None:
    return None


async def other_preview(ctx: Any, height: int) -> Preview:
    return Preview(text="")


class Nested(BaseModel):
    token: SecretStr = SecretStr("")


class DeepSecrets(BaseModel):
    inner: Nested = Nested()


def series(step: timedelta) -> Series:
    async def read(ctx: Any, since: Any, until: Any) -> list[Any]:
        return []

    return Series(name="s", title="S", unit="count", step=step, read=read)


BROKEN = [
    ("raises", {"register_actions": raises(RuntimeError("plugin bug"))}, "RuntimeError: plugin bug"),
    ("leaves", {"register_actions": raises(SystemExit(3))}, "SystemExit: 3"),
    ("misspelt", {"register_actoins": nothing()}, "unknown hook 'register_actoins'"),
    ("takes arguments", {"register_actions": lambda ctx: []}, "ctx"),
    ("unmarked", {"register_actions": nothing(), "bare": ("register_actions",)}, "lacks @hookimpl"),
    ("async hook", {"register_actions": sleepy}, "is async"),
    ("returns None", {"register_actions": lambda: None}, "returned NoneType; return a list of Action"),
    ("returns a word", {"register_actions": lambda: "go"}, "returned str"),
    ("wrong kind", {"register_panels": lambda: ["help"]}, "expected Panel"),
    ("forgot the decorator", {"register_actions": lambda: [health]}, "put @action(permission=…) above it"),
    ("no info", {"plugin_info": raises(ValueError("who am I"))}, "who am I"),
    ("info is no info", {"plugin_info": lambda: {"name": "bad"}}, "must return a PluginInfo"),
    ("other name", {"info": {"name": "other"}}, "named 'bad'"),
    ("no about", {"info": {"about": " "}}, "about is empty"),
    ("other api", {"info": {"api": 2}}, "written for api 2"),
    ("foreign permission declared", {"info": {"permissions": {"good:use": "Use"}}}, "must start with 'bad:'"),
    ("shouted permission", {"info": {"permissions": {"bad:USE": "Use"}}}, "in lower case"),
    ("permission without meaning", {"info": {"permissions": {"bad:use": ""}}}, "say what it allows"),
    ("unknown role", {"info": {"roles": {"king": frozenset({"bad:use"})}}}, "no built-in role 'king'"),
    ("role with a word", {"info": {"roles": {"noc": "bad:use"}}}, "is a set of permissions"),
    ("role with more", {"info": {"roles": {"noc": frozenset({"bad:fly"})}}}, "'bad:fly' is not declared"),
    ("needs a word", {"info": {"needs": "good"}}, "needs is a tuple"),
    ("needs itself", {"info": {"needs": ("bad",)}}, "needs is a tuple of other"),
    ("needs what is not there", {"info": {"needs": ("moon",)}}, "needs the plugin 'moon'"),
    ("settings are no model", {"info": {"settings": dict}}, "pydantic model class"),
    ("buried secret", {"info": {"settings": DeepSecrets}}, "at the top level"),
    (
        "permission not declared",
        {"register_actions": lambda: [verb("bad:fly")]},
        "not declared in plugin_info",
    ),
    ("permission of another", {"register_actions": lambda: [verb("good:use")]}, "must start with 'bad:'"),
    ("twice", {"register_actions": lambda: [verb(), verb()]}, "declared twice: Action bad_go"),
    (
        "no time",
        {"register_actions": lambda: [verb(timeout=timedelta(0))]},
        "timeout must be a timedelta longer than zero",
    ),
    ("too much time", {"register_actions": lambda: [verb(timeout=timedelta(hours=1))]}, "belongs in a job"),
    ("example of nothing", {"register_actions": lambda: [verb(examples=["go {there}"])]}, "names {there}"),
    (
        "preview takes other things",
        {"register_actions": lambda: [verb(preview=other_preview)]},
        "its preview must take the same",
    ),
    (
        "preview of a read",
        {"register_actions": lambda: [verb(reads_only=True, preview=other_preview)]},
        "nothing to preview",
    ),
    ("preview not async", {"register_actions": lambda: [verb(preview=not_async)]}, "must be `async def`"),
    (
        "backwards",
        {"register_series": lambda: [series(timedelta(hours=-1))]},
        "step must be a timedelta longer than zero",
    ),
    (
        "detector not async",
        {"register_detectors": lambda: [Detector(name="d", about="D", every=timedelta(1), run=not_async)]},
        "must be `async def`",
    ),
    (
        "health without a name",
        {"register_health_checks": lambda: [HealthCheck(name="Up?", run=health)]},
        "is no name",
    ),
    (
        "entity of another's permission",
        {"register_entities": lambda: [Entity(name="thing", title="T", permission="good:use", find=found)]},
        "must start with 'bad:'",
    ),
    (
        "entity name taken",
        {"register_entities": lambda: [Entity(name="customer", title="T", permission="bad:use", find=found)]},
        "entity 'customer' is taken by plugin good",
    ),
    (
        "panel of nobody",
        {"register_panels": lambda: [Panel(name="p", title="P", permission="bad:none", run=health)]},
        "not declared",
    ),
    (
        "connector opens later",
        {"register_connectors": lambda: [Connector(name="c", port="p", source="C", open=sleepy)]},
        "plain function or class",
    ),
    (
        "connector without a source",
        {"register_connectors": lambda: [Connector(name="c", port="p", source="", open=dict)]},
        "source is empty",
    ),
]


@pytest.mark.parametrize(
    ("hooks", "why"), [(h, w) for _, h, w in BROKEN], ids=[name for name, _, _ in BROKEN]
)
def test_a_broken_plugin_is_set_aside_and_the_others_stay(hooks: dict[str, Any], why: str) -> None:
    customer = Entity(name="customer", title="Customer", permission="good:use", find=found)
    good = module("good", register_actions=lambda: [verb("good:use")], register_entities=lambda: [customer])
    loaded = load_plugins([good, module("bad", **hooks), module("last")])
    assert why in loaded.broken["bad"]
    assert set(loaded.registry.plugins) == {"good", "last"}
    assert loaded.registry.broken == loaded.broken
    view = loaded.registry.view(frozenset({"good", "bad", "last"}))
    assert [o.id for o in view.all(Action)] == ["good_go"]


def test_a_plugin_that_cannot_be_imported_is_set_aside() -> None:
    loaded = load_plugins([("gone", "no.such.module"), module("good")])
    assert loaded.broken["gone"].startswith("ModuleNotFoundError")
    assert set(loaded.registry.plugins) == {"good"}


def test_a_name_is_taken_once() -> None:
    loaded = load_plugins([module("good"), ("good", "elsewhere.good")])
    assert loaded.broken == {"elsewhere.good": "PluginError: the name 'good' is taken by fake_good"}
    assert set(loaded.registry.plugins) == {"good"}


def test_the_names_of_the_bot_itself_are_not_for_others() -> None:
    loaded = load_plugins([module("admin")])
    assert "belongs to the bot" in loaded.broken["admin"]


def test_even_when_ours_is_off() -> None:
    loaded = load_plugins([Found("admin", "plugins.admin"), module("admin")], off={"admin"})
    assert "admin" not in loaded.registry.plugins


def test_two_plugins_cannot_make_one_action_name() -> None:
    @action(permission="a:use")
    async def b_c(ctx: Any) -> Reply:
        """Do it."""
        return Reply("")

    @action(permission="a_b:use")
    async def c(ctx: Any) -> Reply:
        """Do it."""
        return Reply("")

    loaded = load_plugins(
        [module("a", register_actions=lambda: [b_c]), module("a_b", register_actions=lambda: [c])]
    )
    assert "action 'a_b_c' is taken by plugin a" in loaded.broken["a_b"]


def test_what_needs_a_broken_plugin_goes_too() -> None:
    bad = module("bad", register_actions=lambda: None)
    loaded = load_plugins(
        [bad, module("middle", info={"needs": ("bad",)}), module("top", info={"needs": ("middle",)})]
    )
    assert set(loaded.broken) == {"bad", "middle", "top"}
    assert "needs the plugin 'middle'" in loaded.broken["top"]


def test_the_operator_turns_plugins_off_before_they_are_imported() -> None:
    loaded = load_plugins([("gone", "no.such.module"), module("good")], off={"gone"})
    assert loaded.broken == {}
    assert loaded.off == {"gone"}


def test_one_connector_may_fill_several_ports_but_each_once() -> None:
    def ports(*names: str) -> Any:
        return lambda: [Connector(name="one", port=p, source="One", open=dict) for p in names]

    assert load_plugins([module("good", register_connectors=ports("billing", "tickets"))]).broken == {}
    loaded = load_plugins([module("bad", register_connectors=ports("billing", "billing"))])
    assert "declared twice: Connector bad_one for billing" in loaded.broken["bad"]


def test_a_thing_named_by_default_would_never_be_looked_up() -> None:
    @action(permission="bad:use")
    async def greet(ctx: Any, who: Annotated[str, Ref("martian")] = "everybody") -> Reply:
        """Greet."""
        return Reply("hi")

    with pytest.raises(PluginError, match="default can only be None"):
        check_action(greet)


def test_an_unknown_entity_is_a_warning() -> None:
    @action(permission="good:use")
    async def greet(ctx: Any, who: Annotated[str, Ref("martian")]) -> Reply:
        """Greet one."""
        return Reply("")

    loaded = load_plugins([module("good", register_actions=lambda: [greet])])
    assert "good" in loaded.registry.plugins
    assert "'martian'" in loaded.warnings["good"]


def test_views_are_shared_by_tenants_with_the_same_plugins() -> None:
    registry: Registry = load_plugins([module("good"), module("last")]).registry
    assert registry.view(frozenset({"good"})) is registry.view(frozenset({"good"}))
    assert registry.view(frozenset({"good", "gone"})) is registry.view(frozenset({"good"}))
    assert registry.view(frozenset()).all(Action) == ()


def test_a_slow_import_is_named_in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.host.loader.SLOW", -1.0)
    with capture_logs() as lines:
        load_plugins([module("good")])
    assert [(line["event"], line["plugin"]) for line in lines] == [("plugin_import_slow", "good")]
