"""Refusals a test provokes on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.slackd.world import World


@contextmanager
def expecting(world: World, codes: tuple[str, ...]) -> Iterator[None]:
    """Take away the violations that name one of `codes`; complain of a code that never came."""
    before = len(world.violations)
    yield
    came = world.violations[before:]
    world.violations[before:] = [each for each in came if not any(code in each for code in codes)]
    absent = [code for code in codes if not any(code in each for each in came)]
    assert not absent, f"expected {absent}, came {came}"
