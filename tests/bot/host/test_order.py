"""The order guards and watchers run in: as they ask, else by plugin and name; a circle goes, with its way round."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contract.guard import Guard, Watcher
from bot.host.loader import load_plugins
from bot.host.order import CircleError, ordered
from bot.host.registry import Owned
from tests.bot.host.test_loader import module

NAMES = [(plugin, name) for plugin in "pqr" for name in "abc"]


async def look(_ctx: Any, _call: Any) -> None:
    return None


def guard(plugin: str, name: str, before: tuple[str, ...] = (), after: tuple[str, ...] = ()) -> Owned[Guard]:
    return Owned(plugin, Guard(name=name, about="Looks.", look=look, before=before, after=after))


def ids(found: tuple[Owned[Any], ...]) -> list[str]:
    return [one.id for one in found]


some_ids = st.lists(st.sampled_from([f"{p}_{n}" for p, n in NAMES] + ["off_one"]), max_size=3).map(tuple)
sets_of_guards = st.lists(st.sampled_from(NAMES), unique=True, max_size=9).flatmap(
    lambda names: st.tuples(*(st.builds(guard, st.just(p), st.just(n), some_ids, some_ids) for p, n in names))
)


@given(sets_of_guards, st.randoms(use_true_random=False))
def test_every_wish_is_kept_or_the_circle_is_real(
    guards: tuple[Owned[Guard], ...], dice: random.Random
) -> None:
    there = {one.id for one in guards}
    wishes = {(one.id, later) for one in guards for later in one.item.before if later in there}
    wishes |= {(earlier, one.id) for one in guards for earlier in one.item.after if earlier in there}
    shuffled = dice.sample(guards, len(guards))
    try:
        found = ids(ordered(shuffled))
    except CircleError as error:
        round_ = error.ids
    else:
        round_ = ()
    if round_:
        assert round_[0] == round_[-1]
        assert set(itertools.pairwise(round_)) <= wishes
        return
    assert sorted(found) == sorted(there)
    assert found == ids(ordered(guards)), "however they were declared"
    assert all(found.index(first) < found.index(then) for first, then in wishes)
    assert all(first != then for first, then in wishes)


@given(sets_of_guards)
def test_fewer_of_them_keep_their_order(guards: tuple[Owned[Guard], ...]) -> None:
    try:
        ordered(guards)
    except CircleError:
        return
    for gone in "pqr":
        ordered([one for one in guards if one.plugin != gone])


def test_without_wishes_it_goes_by_plugin_and_name() -> None:
    assert ids(ordered([guard("b", "a"), guard("a", "z"), guard("a", "b")])) == ["a_b", "a_z", "b_a"]


def test_a_wish_about_one_that_is_off_is_passed_over() -> None:
    assert ids(ordered([guard("b", "x", after=("off_one",)), guard("a", "y", after=("b_x",))])) == [
        "b_x",
        "a_y",
    ]


def plugin(name: str, *guards: Guard | Watcher) -> tuple[str, str]:
    kinds = {"register_guards": Guard, "register_watchers": Watcher}
    hooks = {hook: [one for one in guards if isinstance(one, kind)] for hook, kind in kinds.items()}
    return module(name, **{hook: (lambda found=found: found) for hook, found in hooks.items()})


def test_the_plugin_that_closes_a_circle_is_set_aside_and_the_way_round_is_named() -> None:
    first = plugin("one", Guard(name="x", about="X.", look=look, before=("two_y",)))
    second = plugin("two", Guard(name="y", about="Y.", look=look, before=("one_x",)))
    loaded = load_plugins([first, second, plugin("three")])
    assert list(loaded.broken) == ["two"]
    assert "one_x → two_y → one_x" in loaded.broken["two"] or "two_y → one_x → two_y" in loaded.broken["two"]
    assert [one.id for one in loaded.registry.view(frozenset({"one", "three"})).guards] == ["one_x"]


def test_a_circle_of_watchers_counts_too() -> None:
    loaded = load_plugins([plugin("one", Watcher(name="x", about="X.", saw=look, after=("one_x",)))])
    assert "watchers would have to run in a circle: one_x → one_x" in loaded.broken["one"]


def test_naming_one_of_its_own_that_it_lacks_sets_a_plugin_aside() -> None:
    loaded = load_plugins([plugin("one", Guard(name="x", about="X.", look=look, after=("one_z",)))])
    assert "'one_z'" in loaded.broken["one"]


def test_another_plugin_whose_name_begins_alike_may_lack_what_is_named() -> None:
    wishes = Guard(name="x", about="X.", look=look, after=("one_more_z",))
    loaded = load_plugins([plugin("one", wishes), plugin("one_more")])
    assert loaded.broken == {}


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"before": "one_y"}, "before is a tuple"),
        ({"about": " "}, "about is empty"),
        ({"look": lambda _c, _g: None}, "async def"),
    ],
)
def test_a_guard_that_makes_no_sense_is_explained(parts: dict[str, Any], why: str) -> None:
    made = Guard(**({"name": "x", "about": "X.", "look": look} | parts))
    assert why in load_plugins([plugin("one", made)]).broken["one"]
