import re
from datetime import timedelta

import pytest

from bot.api import Context, NoSettings, Reply, action
from bot.core.help import help_for, of_action, question_for, suggest
from bot.core.next_up import next_questions
from bot.host.registry import Owned
from bot.understand.arguments import Argument, Kind
from tests.bot.understand import isp

HINTS = {"customer": "Amina Bello", "ticket": "TCK-10234"}


def test_help_lists_only_what_one_may_use() -> None:
    reply = help_for(isp.VIEW, isp.person("tickets:read", "billing:read"))
    assert reply.table is not None
    assert [row[0] for row in reply.table.rows] == ["tickets", "billing"]


def test_help_of_a_plugin_lists_its_commands_one_may_use() -> None:
    reply = help_for(isp.VIEW, isp.person("tickets:read"), "tickets")
    assert reply.table is not None
    commands = [row[2] for row in reply.table.rows]
    assert "tickets show ticket=…" in commands
    assert not any("create" in c for c in commands)


@pytest.mark.parametrize("topic", ["tickets create", "tickets_create", "create"])
def test_help_of_a_command_shows_arguments_examples_and_who_must_agree(topic: str) -> None:
    reply = help_for(isp.VIEW, isp.person(), topic)
    assert "tickets create customer=… subject=… [priority=normal]" in reply.text
    assert "Say for example" in reply.text
    assert reply.table is not None
    assert ("priority", "low, normal, high, urgent", "else normal", "") in reply.table.rows


def test_an_example_names_what_it_has_no_words_for() -> None:
    @action(permission="x:y", examples=("let {role} wait {lasts}",))
    async def hold(ctx: Context[NoSettings], role: str, lasts: timedelta = timedelta(hours=2)) -> Reply:
        """Hold a role."""
        return Reply(role)

    shown = of_action(Owned(plugin="admin", item=hold))
    assert "“let <role> wait <lasts>”" in shown.text and "[lasts=2 h]" in shown.text


def test_help_of_a_command_one_may_not_use_is_none() -> None:
    assert "no help on" in help_for(isp.VIEW, isp.person("tickets:read"), "tickets create").text


def test_a_mistyped_topic_is_guessed() -> None:
    reply = help_for(isp.VIEW, isp.person(), "tikets")
    assert reply.choices[0].words == "help tickets"


def test_somebody_without_any_right_is_told_whom_to_ask() -> None:
    nobody = isp.User(id="n", name="Nobody")
    assert "Ask an admin" in help_for(isp.VIEW, nobody).text


def test_suggestions_are_spread_and_need_nothing_unknown() -> None:
    found = suggest(isp.VIEW, isp.person(roles=frozenset({"support"})), HINTS, 6)
    assert len(found) == 6
    assert not any(re.search(r"[{<]", text) for text in found)
    assert any("Amina Bello" in text for text in found)


def test_suggestions_fit_the_role_and_the_rights() -> None:
    found = suggest(isp.VIEW, isp.person("network:read", roles=frozenset({"noc"})), {}, 3)
    assert found
    assert not any("owe" in text or "{" in text for text in found)


def test_what_to_ask_next_is_about_the_same_thing() -> None:
    found = next_questions(isp.VIEW, isp.person(), {"customer": "100234"}, "billing_balance")
    assert len(found) == 3
    assert all("100234" in choice.words for choice in found)
    assert not any("billing balance" in choice.words for choice in found)


@pytest.mark.parametrize(("name", "asked"), [("since", "Since when?"), ("until", "Until when?")])
def test_an_end_of_a_period_is_asked_for_in_words(name: str, asked: str) -> None:
    assert question_for(Argument(name=name, kind=Kind.DAY, required=False)).startswith(asked)
