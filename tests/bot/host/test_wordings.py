"""The file of further wordings beside a plugin."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from bot.api import Context
from bot.contract.action import Action, action
from bot.contract.reply import Reply
from bot.errors import PluginError
from bot.host.wordings import worded


@action(permission="x:read", reads_only=True, examples=["show {thing}"])
async def show(_ctx: Context, thing: str) -> Reply:
    """Show a thing."""
    return Reply(thing)


def package(folder: Path, text: str) -> ModuleType:
    (folder / "wordings.txt").write_text(text, encoding="utf-8")
    module = ModuleType("somewhere")
    module.__path__ = [str(folder)]
    return module


def test_wordings_are_added_to_their_action_and_not_to_its_examples(tmp_path: Path) -> None:
    (one,) = worded(package(tmp_path, "# what\n[show]\nlet me see {thing}\nlet me see {thing}\n\n"), [show])
    assert isinstance(one, Action)
    assert one.examples == ("show {thing}",)
    assert one.wordings == ("let me see {thing}",)
    assert one.sayings == ("show {thing}", "let me see {thing}")


def test_a_plugin_without_the_file_or_of_one_module_stays_as_it_is() -> None:
    assert worded(sys.modules[__name__], [show]) == [show]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[hide]\nhide it", "no action 'hide'"),
        ("hello", "before the first"),
        ("[show]\nsee {it}", "names {it}"),
    ],
)
def test_a_wording_of_nothing_sets_the_plugin_aside(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(PluginError, match=why):
        worded(package(tmp_path, text), [show])
