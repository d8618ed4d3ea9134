"""A floor under the understanding: `python -m tests.evals.score -v` shows the score and what failed."""

import re

import pytest

from bot.contract.people import User
from bot.core.help import fill_example, suggest
from bot.understand.arguments import arguments_of
from bot.understand.understander import Understander
from bot.understand.understanding import Ask, Verdict
from tests.evals import cases, score, world

HINTS = {
    "customer": "Amina Bello", "ticket": "TCK-10234", "device": "olt-ikj-01-1", "site": "Ikeja", "outage": "OUT-77",
    "invoice": "INV-2026-000123", "agent": "Bisi", "staff": "Bisi", "person": "Bisi", "service": "SVC-100234-1", "port": "olt-ikj-01-1 PON 1/3",
}  # fmt: skip
EVERYTHING = frozenset(o.item.permission for o in world.ACTIONS)


@pytest.fixture(scope="module")
def understander() -> Understander:
    return score.make()


async def test_no_plugin_was_set_aside() -> None:
    assert world.LOADED.broken == {}


async def test_staff_questions_are_understood(understander: Understander) -> None:
    for title, asked in score.sets(held=False).items():
        got = await score.run(understander, asked)
        assert got.good >= 0.94, got.line(title)
        assert got.wrong <= 0.02, got.line(title)
        assert got.counts["wrote"] <= 1, got.line(title)


async def test_questions_nobody_tuned_for_are_understood(understander: Understander) -> None:
    asked = score.sets(held=True)
    got = await score.run(understander, [case for title in score.UNSEEN for case in asked[title]])
    assert got.good >= 0.915, got.line("unseen")
    assert got.wrong <= 0.03, got.line("unseen")


async def test_words_alone_do_not_fall_far_behind() -> None:
    got = await score.run(score.make(words_only=True), cases.first_cases())
    assert got.good >= 0.85, got.line("words only")


def test_what_nobody_saw_names_actions_and_arguments_that_are_there() -> None:
    known = {o.id: o.item for o in world.ACTIONS}
    sets, bad = score.sets(held=True), []
    asked = [case for title in score.UNSEEN for case in sets[title]]
    for case in asked:
        wanted = [known[name] for name in case.want if name[0] != "!"]
        names = {argument.name for action in wanted for argument in arguments_of(action)}
        may = all(world.person(case.role).may(action.permission) for action in wanted)
        if not case.want or case.args.keys() - names or not (may or "!forbidden" in case.want):
            bad.append((case.role, case.want, dict(case.args)))  # never the words
    gone = [len(cases.left_out(cases.HERE / name)) for name in score.UNSEEN.values()]
    assert (bad, gone) == ([], [0] * len(score.UNSEEN))
    assert len(asked) >= 470


async def test_questions_bans_and_ifs_never_lead_to_a_change(understander: Understander) -> None:
    for case in [*cases.first_cases(), *cases.new_cases()]:
        if "!nowrite" in case.want:
            got = await score.understand(understander, case)
            assert await score.outcome(case, got) == "right", case.q


async def check_examples(understander: Understander, every: int) -> None:
    """Ask all that help shows, and of the thousands of wordings it does not show one in so many."""
    user = User.with_permissions("x", "Ada Obi", EVERYTHING)
    missed, lacking, count = [], [], 0
    for owned in world.ACTIONS:
        for example in (*owned.item.examples, *owned.item.wordings[::every]):
            words = re.sub(r"<(\w+)>", lambda m: HINTS.get(m[1], m[1]), fill_example(owned.item, example))
            got = await understander.understand(
                Ask(words=words, user=user, clock=score.CLOCK, resolve=world.find, currency="NGN")
            )
            count += 1
            if owned.id not in {g.action_id for g in got.guesses[:3]} or got.verdict is Verdict.UNKNOWN:
                missed.append((owned.id, words))
            if got.lacks and example in owned.item.examples:
                lacking.append((owned.id, words, got.lacks))
    assert len(missed) <= 0.05 * count, missed
    assert lacking == [], "what a plugin says it can do is never told to be lacking"


async def test_the_examples_lead_to_their_own_action(understander: Understander) -> None:
    await check_examples(understander, every=20)


@pytest.mark.deep
async def test_every_wording_leads_to_its_own_action(understander: Understander) -> None:
    await check_examples(understander, every=1)


@pytest.mark.parametrize("role", ["support", "billing", "noc", "field", "admin"])
async def test_suggestions_of_each_role_work(understander: Understander, role: str) -> None:
    user = world.person(role)
    found = suggest(world.VIEW, user, HINTS, 6)
    assert len(found) >= 3
    for words in found:
        got = await understander.understand(
            Ask(words=words, user=user, clock=score.CLOCK, resolve=world.find, currency="NGN")
        )
        assert got.verdict in {Verdict.CLEAR, Verdict.UNSURE}, words
