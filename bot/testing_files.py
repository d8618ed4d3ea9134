"""Files for the tests of plugins whose actions take some."""

from __future__ import annotations

from bot.contract.handed import Upload
from bot.contract.people import User
from bot.core.handed import do_hand_in
from bot.core.question import Question
from bot.testing import Bench


async def hand_in(kit: Bench, name: str, content: bytes, *, user: User | None = None) -> str:
    """Hand a file in as ann or `user`, and return its id for an argument of the type `GivenFiles`."""
    asked = Question(
        tenant=kit.tenant, user=user or kit.ann, words="", files=(Upload(name=name, content=content),)
    )
    (kept,) = await do_hand_in(kit.database, asked, kit.now)
    return kept.id
