"""The index over the examples of an action finds what trying each of them finds."""

from __future__ import annotations

from bot.understand.forms import begins_and_ends, compiled, forms_of, may_fit
from bot.understand.index import PLACEHOLDER
from tests.evals.world import ACTIONS

SAID = (
    "show me the tickets of amina bello please",
    "her unpaid invoices",
    "remind me tomorrow at 10 to call peter",
    "payments from 100203 last week",
    "who is on call for noc",
    "give bea the role noc until friday",
)


def test_what_is_likely_is_what_has_all_the_words() -> None:
    for text in SAID:
        for offered in ACTIONS:
            forms = forms_of(offered.item)
            assert forms.likely(text) == [t for t in forms.templates if may_fit(t, text)]


def test_no_example_is_left_out_that_its_pattern_fits() -> None:
    said = [(o.item, PLACEHOLDER.sub("zorblax", text)) for o in ACTIONS for text in o.item.sayings]
    fitted = 0
    for action, text in said[::25]:
        plain = text.strip().rstrip("?!. ")
        fits = [t for t in forms_of(action).templates if compiled(t.source).fullmatch(plain)]
        likely = [t for t in forms_of(action).likely(plain.lower()) if begins_and_ends(t, plain.lower())]
        assert set(fits) <= set(likely)
        fitted += len(fits)
    assert fitted > len(said) / 50


def test_few_of_the_examples_are_looked_at() -> None:
    forms = [forms_of(offered.item) for offered in ACTIONS]
    assert sum(len(f.always) for f in forms) < sum(len(f.templates) for f in forms) / 4
