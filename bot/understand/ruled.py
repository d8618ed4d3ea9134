"""Rules said as a sentence: "credits over 3000 need two people", "no support person may give credits"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.contract.money import Money
from bot.errors import BadInput
from bot.understand.arguments import arguments_of
from bot.understand.index import Index, Offered
from bot.understand.phrasing import command
from bot.understand.rights import PEOPLE, ROLES
from bot.understand.ruled_values import DOING, valued
from bot.understand.sentence import Sentence
from bot.understand.understanding import Ask, Guess, Understanding, Verdict
from bot.understand.words import word_set

RULE = frozenset({"applies_to", "needs", "over_amount", "over_customers", "approver_role"})
GIVEN = frozenset({"role", "permission"})
SURE = 1.2
"""The score of a sentence that has the form of a rule: no likeness to an example is as sure."""
BEGINS = re.compile(
    r"^(?:(?:new |approval )?(?:rule|policy)\s*:\s*|"
    r"(?:please )?(?:make|add|set(?: up)?|create|i want|we want|i need)"
    r"(?: it)?(?: an?| the)?(?: new)?(?: approval)? (?:rule|policy)(?: that|:|,)?\s+|"
    r"from now on,?\s+|in future,?\s+|i want that\s+|make sure(?: that)?\s+)+",
    re.IGNORECASE,
)
TRIES = re.compile(
    r"^(?:what would (?:have happened (?:if|with)|(?:a|the|this) (?:rule|policy)(?: like| that)?)|"
    r"(?:please )?(?:try(?: out)?|test|simulate|dry[- ]?run(?: of)?)(?: a| the| this)? "
    r"(?:rule|policy)(?: that)?|"
    r"(?:what|how) (?:would it have (?:meant|been|done)|often would it have bitten)(?:.{0,30}?) if|"
    r"how (?:many|often|much) would (?:a|the) (?:rule|policy))[\s:,“\"']*",
    re.IGNORECASE,
)
TRIED = re.compile(
    r"[\s”\"',]*(?:have |had )?(?:held back|stopped|caught|meant|changed|bitten|delayed|done)?"
    r"(?: last \w+| so far)?[\s?.!]*$",
    re.IGNORECASE,
)
NOUN = (
    r"(?:yes(?:es)?|approvals?|ok(?:ay)?|confirmations?|consent|agreement|go|sign-?offs?|signatures?|"
    r"permission|green light)"
)
AGREED = (
    r"(?:approved|confirmed|agreed(?: to)?|signed off|released|okayed|ok'?ed|checked|countersigned|allowed|"
    r"accepted)"
)
NEEDS = re.compile(
    rf"^(?P<what>.{{3,80}}?)\s+(?:"
    r"(?:always |also )?(?:needs?|requires?|must (?:have|get)|ha(?:s|ve) to (?:have|get|need)|"
    r"should (?:have|get|need|require)|shall (?:have|need|require)|needed|required)\s+|"
    rf"(?P<be>(?:must|ha(?:s|ve) to|should|shall|needs? to)\s+be\s+{AGREED}(?:\s+by)?)\s*|"
    r"only (?:with|after)\s+)"
    r"(?P<who>.{0,80})$",
    re.IGNORECASE,
)
LETS = re.compile(
    r"^(?:let|have|make)?\s*"
    rf"(?P<who>(?:two|somebody else|someone else|another|a second|an? (?:{ROLES}))\b.{{0,20}}?)\s+"
    r"(?:(?:has|have|needs?) to |must |should |shall )?"
    r"(?:confirm|approve|agree to|sign off(?: on)?|ok|okay|release)\s+(?P<what>.{3,60})$",
    re.IGNORECASE,
)
NO_YES = re.compile(r"\b(?:roles?|rights?|access|account|code)\b", re.IGNORECASE)
"""What is needed and is nobody's yes: "I need the billing role"."""
WITHOUT = re.compile(r"^no (?P<what>.{3,60}?) without (?P<who>.{3,60})$", re.IGNORECASE)
AMOUNT = re.compile(
    r"\s*(?:(?P<least>from|at least|starting (?:from|at)|as of)|"
    r"over|above|more than|exceeding|beyond|bigger than|>)"
    r"\s*(?P<n>\d[\d.,]*)\s?(?P<k>k|m|thousand|million)?\b\s*"
    r"(?P<unit>customers?|subscribers?|clients?|accounts?|recipients?|people|mails?|[A-Z]{3}\b|shillings?|"
    r"bob|naira)?"
    r"(?P<on>\s*(?:on(?:wards?)?|upwards?|and (?:up|more|above)|or more)\b)?(?: at once| in one go)?",
    re.IGNORECASE,
)
COUNTED = re.compile(r"customer|subscriber|client|account|recipient|people|mail", re.IGNORECASE)
MONEY = re.compile(
    r"credit|refund|payment|invoice|bill|amount|write|waive|promise|money|fee|discount|cash", re.IGNORECASE
)
THOUSANDS = {"k": "000", "t": "000", "m": "000000"}
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
TAIL = re.compile(
    r"[\s,]*(?:from now on|please|in future|always|first|before(?:hand)?|too|as well|any ?more|any longer)*"
    r"[\s.!]*$",
    re.IGNORECASE,
)
PLAIN = re.compile(
    rf"\b(?:(?:an?|the|one|of|by|from|with|to|{NOUN}|people|persons?|must|agree|say|before|it)\b|'s)\s*",
    re.IGNORECASE,
)
EVERY = re.compile(r"^(?:every|each|all|any|the)\s+|\s+(?:always|also)$", re.IGNORECASE)
LINK = re.compile(r"\s+(?:to|of|for|by|with)$", re.IGNORECASE)
NOT_RULED = word_set("he she it they this that who what which i we you do does is are")
NOT_FIRST = word_set("customer caller client subscriber")
FORBIDS = re.compile(
    rf"^(?:no (?P<a>{ROLES}){PEOPLE} (?:may|can|should|must|shall|is allowed to|is to)|"
    rf"(?:the |our )?(?P<b>{ROLES}){PEOPLE} (?:may|must|can|should|shall)"
    r"(?:\s?not|n'?t| no longer| never)(?: be able to)?|"
    rf"(?:never|do ?n[o']?t|do not) (?:let|allow|permit) (?:the |our )?(?P<c>{ROLES}){PEOPLE}(?: to)?)"
    r" (?P<what>.{3,80})$",
    re.IGNORECASE,
)
ONLY = re.compile(
    rf"^only (?:the |our )?(?:{ROLES}){PEOPLE} "
    r"(?:may|can|should|must|shall|(?:is|are) allowed to) (?!.*(?:#|\bchannel|\byou\b|\bhere\b)).+$",
    re.IGNORECASE,
)
ONLY_ONE = (
    "say that only one role may do something, only take the right from each other role that has it "
    "(“support may no longer suspend customers”) or add a rule (“suspensions need the yes of an admin”)"
)


def ruled(index: Index, ask: Ask, said: Sentence) -> Understanding | None:
    """Return the rule a sentence states, where this person may set rules; else None."""
    core = TAIL.sub("", said.mood.core.strip())
    allowed = [o for o, may in zip(index.actions, index.allowed(ask.user), strict=True) if may]
    if (found := FORBIDS.match(core)) and (forbid := _with(allowed, GIVEN, "forbid")):
        role = (found["a"] or found["b"] or found["c"]).lower()
        return _clear(forbid, {"role": role, "permission": TAIL.sub("", found["what"])})
    if ONLY.match(core) and _with(allowed, GIVEN, "forbid"):
        instead = tuple(o.id for o in allowed if o.item.name in {"who_may", "policies"})
        return Understanding(verdict=Verdict.UNKNOWN, lacks=ONLY_ONE, instead=instead)
    tries = TRIES.match(core)
    rule = TRIED.sub("", core[tries.end() :]) if tries else BEGINS.sub("", core)
    offered = _with(allowed, RULE, "try" if tries else "add")
    if offered is None or (said.mood.question and not tries):
        return None
    args = _hurried(ask, rule, allowed) or _args(ask, rule, allowed)
    named = args and any(
        m.kind in {"name", "id", "entity"} and m.text in args["applies_to"] for m in said.marks
    )
    return _clear(offered, args) if args and not named else None


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
    return args if args and "when" in args else None


def _args(ask: Ask, rule: str, allowed: list[Offered]) -> dict[str, Any] | None:
    """Return the arguments of a rule; None where the words are none."""
    found = LETS.match(rule) or NEEDS.match(rule) or WITHOUT.match(rule)
    if found is None or "on call" in rule.lower():  # that has examples of its own
        return None
    what, who = found["what"], found["who"]
    limit = AMOUNT.search(what) or AMOUNT.search(who)
    args: dict[str, Any] = {}
    if limit:
        what = what.replace(limit[0], " ") if limit[0] in what else what
        who = who.replace(limit[0], " ") if limit[0] in found["who"] else who
        args |= _limit(ask, limit, what)
    what = LINK.sub("", EVERY.sub("", " ".join(what.split())).strip(" ,:"))
    value = valued(allowed, what)
    deed = value is not None and DOING.match(what) is not None
    level = _who(who, agreed=deed or found.re is LETS or bool(found.groupdict().get("be")))
    plain = what and not re.search(r"\d", what) and NOT_RULED.isdisjoint(low := what.lower().split())
    if level is None or not plain or low[0] in NOT_FIRST or NO_YES.search(who):
        return None
    return {**(value or {"applies_to": what}), **args, **level}


def _limit(ask: Ask, limit: re.Match[str], what: str) -> dict[str, Any]:
    """Return from what on a rule holds; "from 1000 on" holds of 1000 too."""
    least = bool(limit["least"] or limit["on"])
    unit, plain = limit["unit"] or "", re.sub(r"[.,](?=\d{3}\b)", "", limit["n"])
    plain += THOUSANDS.get((limit["k"] or "").lower()[:1], "") if plain.isdigit() else ""
    few = plain.isdigit() and int(plain) <= MANY and not MONEY.search(what)
    counted = COUNTED.match(unit) or (not unit and few)
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
