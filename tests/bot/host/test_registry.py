"""What one tenant sees of everything that was declared."""

from __future__ import annotations

import pytest

from bot.contract.action import Action
from bot.contract.entity import Entity
from bot.contract.people import User
from bot.errors import NotFound
from bot.host.loader import load_plugins

REGISTRY = load_plugins([("admin", "plugins.admin")]).registry
ON, OFF = REGISTRY.view(frozenset({"admin"})), REGISTRY.view(frozenset())


def test_what_is_off_is_not_there() -> None:
    assert ON.action("admin_whoami").plugin == "admin"
    with pytest.raises(NotFound, match="no action `admin_whoami` in this workspace"):
        OFF.action("admin_whoami")
    with pytest.raises(NotFound, match="knows what a person is"):
        OFF.entity("person")
    assert OFF.all(Action) == ()


def test_people_see_what_they_may_use() -> None:
    user = User.with_permissions("u", "U", frozenset({"admin:self"}))
    assert {o.id for o in ON.actions_for(user)} == {
        "admin_whoami",
        "admin_rights",
        "admin_waiting",
        "admin_who_may",
    }
    assert ON.actions_for(User(id="n", name="N")) == ()


def test_kinds_are_kept_by_kind() -> None:
    assert [o.item.name for o in ON.all(Entity)] == ["person"]
    assert ON.entity_kinds == ("person",)
    assert ON.all(Action) is ON.all(Action)
