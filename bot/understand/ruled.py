"""Rules said as a sentence: "credits over 3000 need two people", "no support person may give credits"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bot.contract.money import Money
from bot.errors import BadInput
from bot.understand.arguments import arguments_of
from bot.understand.index import Index, Offered
from bot.understand.phrasing import command
from bot.understand.rights import PEOPLE, ROLES
from bot.understand.ruled_forms import (
    AGREE,
    AMOUNT,
    ASKED,
    BEGINS,
    FORBIDS,
    FORMS,
    NOBODY_MAY,
    NOUN,
    ONLY,
    TAIL,
    TRIED,
    TRIES,
)
from bot.understand.ruled_rest import ANYTHING, LESS, NOBODY, NOT_SO, apart, cannot, foreign, of_whom
from bot.understand.ruled_values import DOING, valued
from bot.understand.sentence import Sentence
from bot.understand.stated import stated
from bot.understand.understanding import Ask, Guess, Understanding, Verdict
from bot.understand.words import word_set

RULE = frozenset({"applies_to", "needs", "over_amount", "over_customers", "approver_role"})
GIVEN = frozenset({"role", "permission"})
SURE = 1.2
"""The score of a sentence that has the form of a rule: no likeness to an example is as sure."""
THE_ONE = re.compile(r"^(?:the|this|that|his|her|their) (?!.*(?:s|ing)\b)\w+$", re.IGNORECASE)
"""One thing, for which nobody makes a rule: "the outage needs somebody else"."""
NO_YES = re.compile(r"\b(?:roles?|rights?|access|account|code)\b", re.IGNORECASE)
"""What is needed and is nobody's yes: "I need the billing role"."""
COUNTED = re.compile(r"customer|subscriber|client|account|recipient|people|mail", re.IGNORECASE)
MONEY = re.compile(
    r"credit|refund|payment|invoice|bill|amount|write|waive|promise|money|fee|discount|cash", re.IGNORECASE
)
THOUSANDS = {"k": 1_000, "t": 1_000, "m": 1_000_000}
LETTERS = 5
"""By how many a word is known again: "suspensions" are what `suspend` does."""
MANY = 200
"""Up to here a bare number behind what moves no money counts customers."""
TWO = re.compile(r"\b(?:two|2|double|both)\b", re.IGNORECASE)
OTHER = re.compile(
    r"\b(?:second|2nd|another|other|somebody|someone|else|colleague|four[- ]eyes?|4[- ]eyes?|extra|"
    r"one more)\b",
    re.IGNORECASE,
)
ONE_OF = re.compile(rf"^(?:an?|one|some) (?:{ROLES}){PEOPLE}$", re.IGNORECASE)
"""Whose yes is meant though no yes is spoken of: "needs an admin"."""
IN_ROLE = re.compile(rf"\b(?P<role>{ROLES})\b", re.IGNORECASE)
PLAIN = re.compile(
    rf"\b(?:(?:an?|the|one|of|by|from|with|to|{NOUN}|people|persons?|pairs?|eyes|must|agree|say|before|it)\b|"
    r"'s)\s*",
    re.IGNORECASE,
)
EVERY = re.compile(r"^(?:every|each|all|any|the)\s+|\s+(?:always|also)$", re.IGNORECASE)
LINK = re.compile(r"\s+(?:to|of|for|by|with)$", re.IGNORECASE)
NOT_RULED = word_set("he she it they this that who what which i we you do does is are")
NOT_FIRST = word_set("customer caller client subscriber")
OF_ALL = (
    "forbid something to everybody at once, only take the right from one role after the other (“support may "
    "no longer suspend customers”), hold changes back for a while (`freeze`) or add a rule (“suspensions "
    "need the yes of an admin”)"
)
OF_THE_LAST = re.compile(
    r"^(?!.*\bif\b)(?:how (?:many|often|much)|what)(?: \w+)? would (?:it|that|this)(?: rule| policy)? have "
    r"(?:stopped|held|caught|meant|bitten|delayed|changed)\b",
    re.IGNORECASE,
)
BEGINS_AT = re.compile(
    r"\b(?:from|as of|as from|starting(?: from| on)?|beginning(?: from| on)?|effective(?: from)?|after)\s+"
    r"(?:the\s+)?(?:$|(?=\w+ \w+$|\w+$))",
    re.IGNORECASE,
)
"""Before the day from which on a rule is to hold, or at the beginning of its words."""
SAY_IT_WHOLE = (
    "try a rule by “it”, only one that is said: “what would a rule that credits over 3000 need two people "
    "have held back”"
)
ONLY_ONE = (
    "say that only one role may do something, only take the right from each other role that has it "
    "(“support may no longer suspend customers”) or add a rule (“suspensions need the yes of an admin”)"
)


def ruled(index: Index, ask: Ask, said: Sentence) -> Understanding | None:
    """Return the rule or the call a sentence states, where this person may make it; else None."""
    allowed = [o for o, may in zip(index.actions, index.allowed(ask.user), strict=True) if may]
    return stated(allowed, said) or _ruled(ask, said, allowed)


def _ruled(ask: Ask, said: Sentence, allowed: list[Offered]) -> Understanding | None:
    core = TAIL.sub("", said.mood.core.strip())
    asks = said.mood.question or core.endswith("?")
    found = FORBIDS.match(core)
    if asks and (may := found or ASKED.match(core)):
        return _who_may(allowed, may["what"])
    if found and (forbid := _with(allowed, GIVEN, "forbid")):
        role = (found["a"] or found["b"] or found["c"]).lower()
        return _forbidden(forbid, role, TAIL.sub("", found["what"]))
    if why := _beyond(allowed, core, asks=asks):
        return _lacking(why, allowed)
    tries = TRIES.match(core)
    rule = TRIED.sub("", core[tries.end() :]) if tries else BEGINS.sub("", core)
    offered = _with(allowed, RULE, "try" if tries else "add")
    if offered is None or (asks and not tries):
        return None
    args = _hurried(ask, rule, allowed) or _args(ask, rule, allowed)
    begins = _begins(said) if args else ""
    if isinstance(args, str) or begins:
        return _lacking(cannot(begins) if begins else str(args), allowed)
    named = args and any(
        m.kind in {"name", "id", "entity"} and m.text in args["applies_to"] for m in said.marks
    )
    return _clear(offered, args) if args and not named else None


def _begins(said: Sentence) -> str:
    """Return when a rule is to begin: it holds from now on, or not at all."""
    for mark in said.marks:
        low = mark.text.lower()
        if mark.kind != "time" or low == "now" or low.endswith(" now"):
            continue
        before = BEGINS_AT.search(said.text, said.begin, mark.start)
        if before or BEGINS_AT.match(low):
            return said.text[before.start() if before else mark.start : mark.end]
    return ""


def _who_may(allowed: list[Offered], what: str) -> Understanding | None:
    """Return who may do something, where it is asked of a role: "support can't see invoices?"."""
    asked = next((o for o in allowed if o.item.name == "who_may"), None)
    return _clear(asked, {"what": what.strip(" ?.!")}) if asked else None


def _beyond(allowed: list[Offered], core: str, *, asks: bool) -> str:
    """Return why what was said cannot be made a rule, nor a right be taken; nothing where it may."""
    if OF_THE_LAST.match(core) and _with(allowed, RULE, "try"):
        return SAY_IT_WHOLE
    only = ONLY.match(core) is not None
    if (only or (not asks and _of_all(allowed, core))) and _with(allowed, GIVEN, "forbid"):
        return ONLY_ONE if only else OF_ALL
    return ""


def _of_all(allowed: list[Offered], core: str) -> bool:
    """Say whether something that is done here is forbidden to everybody: "nobody may give credits"."""
    found = NOBODY_MAY.match(core)
    return found is not None and _does(allowed, found["what"])


def _forbidden(forbid: Offered, role: str, what: str) -> Understanding:
    """Return the right to take from a role; what narrows it is said not to be possible."""
    named, rest = apart(what)
    if rest and named:
        why = f"take a right from a role “{rest[:60]}”, only as a whole: say “{role} may not {named}”"
        return Understanding(verdict=Verdict.UNKNOWN, lacks=why, instead=(forbid.id,))
    return _clear(forbid, {"role": role, "permission": what})


def _lacking(why: str, allowed: list[Offered]) -> Understanding:
    """Say what no rule can do, beside the rules that there are."""
    near = tuple(o.id for o in allowed if o.item.name in {"who_may", "policies"})
    return Understanding(verdict=Verdict.UNKNOWN, lacks=why, instead=near)


def _with(allowed: list[Offered], names: frozenset[str], verb: str) -> Offered | None:
    """Return the action of this verb that takes these arguments."""
    fitting = (o for o in allowed if o.item.name.startswith(verb))
    return next((o for o in fitting if names <= {a.name for a in arguments_of(o.item)}), None)


def _clear(offered: Offered, args: Mapping[str, Any]) -> Understanding:
    guess = Guess(
        action_id=offered.id, args=dict(args), score=SURE, reads_only=offered.item.reads_only,
        said=command(offered, dict(args)), formed=True,
    )  # fmt: skip
    return Understanding(verdict=Verdict.CLEAR, guesses=(guess,))


def _hurried(ask: Ask, rule: str, allowed: list[Offered]) -> dict[str, Any] | None:
    """Return the rule on what is urgent, where that first word was taken for haste: "urgent tickets need"."""
    if not re.match(rf"\W*urgent {re.escape(rule[:20])}", ask.words, re.IGNORECASE):
        return None
    args = _args(ask, f"urgent {rule}", allowed)
    return args if isinstance(args, dict) and "when" in args else None


def _args(ask: Ask, rule: str, allowed: list[Offered]) -> dict[str, Any] | str | None:
    """Return the arguments of a rule, or why it cannot be made so; None where the words are none."""
    found = next(filter(None, (form.match(rule) for form in FORMS)), None)
    if found is None or "on call" in rule.lower():  # that has examples of its own
        return None
    what, who = NOT_SO.sub("", found["what"]), found["who"] or found["eyes"]
    less = what != found["what"]
    limit = AMOUNT.search(what) or AMOUNT.search(who)
    if limit:
        what = what.replace(limit[0], " ") if limit[0] in what else what
        who = who.replace(limit[0], " ") if limit[0] in found["who"] else who
    if THE_ONE.match(what):
        return None
    what = LINK.sub("", EVERY.sub("", " ".join(what.split())).strip(" ,:"))
    value = valued(allowed, what)
    what = "*" if ANYTHING.match(what) else what
    named, rest = (what, "") if value else apart(what)
    named = LINK.sub("", named)
    agreed = found.re in AGREE or bool(found.groupdict().get("be"))
    whose, besides = of_whom(who)
    less = less or NOBODY.match(whose) is not None
    level = _who(whose, agreed=agreed or (value is not None and DOING.match(what) is not None))
    if level is None or not _plain(named) or NO_YES.search(who):
        return None
    bound = _limit(ask, limit, what) if limit else {}
    besides = besides or _besides(whose)
    if less or rest or besides or (limit and not bound):
        why = LESS if less else cannot(rest or besides or (limit[0].strip() if limit else ""))
        return why if _does(allowed, named) else None
    return {**(value or {"applies_to": named}), **bound, **level}


def _besides(whose: str) -> str:
    """Return who else is named beside the one role a rule can ask: "billing or admin"."""
    return whose if len(set(IN_ROLE.findall(whose.lower()))) > 1 else ""


def _plain(what: str) -> bool:
    """Say whether these words may name what is done, and nothing that somebody has or needs."""
    low = what.lower().split()
    return bool(low) and not re.search(r"\d", what) and NOT_RULED.isdisjoint(low) and low[0] not in NOT_FIRST


def _does(allowed: list[Offered], what: str) -> bool:
    """Say whether these words speak of something that is done here, so that a rule was meant."""
    said = {word[:LETTERS] for word in re.findall(r"[a-z]+", what.lower())}
    done = {word[:LETTERS] for o in allowed if not o.item.reads_only for word in o.id.split("_")}
    return what == "*" or bool(said & done) or MONEY.search(what) is not None


def _limit(ask: Ask, limit: re.Match[str], what: str) -> dict[str, Any]:
    """Return from what on a rule holds; "from 1000 on" holds of 1000 too."""
    least = bool(limit["least"] or limit["on"])
    unit, plain = limit["unit"] or "", re.sub(r"[.,](?=\d{3}\b)", "", limit["n"])
    if (more := THOUSANDS.get((limit["k"] or "").lower()[:1])) and re.fullmatch(r"\d+(\.\d+)?", plain):
        plain = f"{Decimal(plain) * more:f}"
    few = plain.isdigit() and int(plain) <= MANY and not MONEY.search(what)
    counted = COUNTED.match(unit) or (not unit and few)
    if not COUNTED.match(unit) and foreign(unit, ask.currency):
        return {}
    if counted and plain.isdigit():
        return {"over_customers": max(1, int(plain) - least)}
    try:
        amount = Money.parse(plain, ask.currency)
    except (BadInput, ValueError):
        return {}
    return {"over_amount": str(Money(amount.minor - least, ask.currency))}


def _who(words: str, *, agreed: bool) -> dict[str, Any] | None:
    """Return whose yes a rule asks for; None where the words name nobody who could say one."""
    text = TAIL.sub("", words.strip()).lower()
    noun = agreed or re.search(rf"\b{NOUN}\b", text) is not None
    needs = "two" if TWO.search(text) else "other"
    role = IN_ROLE.search(text)
    if role and (noun or needs == "two" or ONE_OF.match(text)):
        return {"needs": needs, "approver_role": role["role"].lower()}
    if re.search(r"\b(?:my|mine|me)\b", text):
        return {"needs": needs, "approver_role": "me"} if noun else None
    if needs == "two" and (noun or re.search(r"\b(?:people|persons?|others?|eyes|colleagues?)\b", text)):
        return {"needs": needs}
    rest = PLAIN.sub("", OTHER.sub("", text)).strip(" ,")
    if OTHER.search(text) and (not rest or noun):
        return {"needs": needs}
    if noun and not rest:
        return {"needs": needs}
    few = len(rest.split()) <= 3  # noqa: PLR2004 - the words of a name
    return {"needs": needs, "approver_role": rest} if noun and few else None
