"""Changes of a workspace told as facts, or without a verb: "visits plugin on", "use zendesk for tickets"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.contract.port import PORTS
from bot.understand.index import Offered
from bot.understand.phrasing import command
from bot.understand.rights import ROLES
from bot.understand.sentence import Sentence
from bot.understand.understanding import Guess, Understanding, Verdict

SURE = 1.2
"""The score of a sentence that has one of these forms whole: nothing of it is left over."""
SEVERAL = "do that to several at once, only to one after the other"
END = r"(?:[\s,]+(?:please|pls|now|thanks))*[\s.!]*$"
PLUGIN = r"(?:the )?(?P<name>[a-z_][\w-]+) (?:plug-?in|module|add-?on|extension)"
ROLE = rf"(?P<role>{ROLES})"
PERSON = r"(?P<person>[\w.@+'-]+(?: [A-Z][\w'-]+)?)"
NEW = (
    r"(?:add|create|invite|new)(?: an?| the)?(?: new)?(?: user| person| colleague)?[: ]+"
    r"(?P<email>[^\s,]+@[^\s,]+)"
)
NO_ROLE = rf"(?!(?:{ROLES}|she|he|they|who|does|until|till|as|in|for|with|from|role)\b)"
"""Before each part of a name: "joe@x, admin until friday" calls nobody so."""
TEMPLATE = (
    r"(?:(?:template )(?P<template>[\w-]+)|(?P<template_>[a-z]+(?:_[a-z]+)+)(?: template)?|"
    r"(?P<template__>\w+) template)"
)
NOT_A_PERSON = (
    r"(?!(?:that|this|the|it|nobody|somebody|someone|anybody|her|him|them|me|us|who|tck-\d+|\d+|everybody|all|"
    r"support|billing|noc|field|admins?)\b)"
)


@dataclass(frozen=True, slots=True)
class Form:
    """A sentence that is one call: the names in it are its arguments, `unused` is what is not.

    `asks` says that it may be a question.
    """

    words: re.Pattern[str]
    action: str
    asks: bool = False


def _form(words: str, action: str, *, asks: bool = False) -> Form:
    return Form(re.compile(rf"^{words}{'' if asks else END}", re.IGNORECASE | re.DOTALL), action, asks)


FORMS = (
    _form(rf"(?:turn |switch )?{PLUGIN} (?:(?:is )?to be )?(?:turned |switched )?on", "admin_enable_plugin"),
    _form(
        rf"(?:turn |switch )?{PLUGIN} (?:(?:is )?to be )?(?:turned |switched )?off", "admin_disable_plugin"
    ),
    _form(
        r"(?:from now on,? )?(?:use|take) (?P<connector>[\w-]+) (?:for|behind|as) (?:the |our )?"
        rf"(?P<port>{'|'.join(PORTS)})(?: from now on)?"
        r"(?:,? (?:instead of|not|and not|rather than) .{2,40})?",
        "admin_choose_connector",
    ),
    _form(
        r"(?P<surface>slack|web|terminal)(?: account| user)? (?P<account>[\w-]+:[\w-]+) "
        rf"(?:is|belongs to|are) {PERSON}",
        "admin_link",
    ),
    _form(
        r"(?:add|create|make|set up)?\s*(?:an? |the )?(?:new )?(?:e-?mail |mail )?template(?: called| named)?"
        r"[: ]+(?P<name>[\w-]+)[,:;]?\s+(?:and |with )*(?:the |its )?subject(?: is)?[: ]+"
        r"(?P<subject>[^:\n]{2,100}?)"
        r"[,;.]?\s+(?:and )?(?:with )?(?:the |its )?(?:text|body)(?: is)?[: ]+(?P<text>.+)$",
        "email_add_template",
        asks=True,
    ),
    _form(
        r"(?:the )?(?:template )?(?P<template>[a-z]+(?:_[a-z]+)+)(?: template)?(?:'s)? "
        r"(?:should|shall|must|needs to) have (?:the |a )?(?:new )?subject[: ]+(?P<subject>.{2,150}?)",
        "email_change_template",
    ),
    _form(
        rf"(?:change|set|make) (?:the )?subject of (?:the )?{TEMPLATE} (?:to|into)[: ]+"
        r"(?P<subject>.{2,150}?)",
        "email_change_template",
    ),
    _form(
        rf"(?:change |set )?(?:the )?(?:text|body) of (?:the )?{TEMPLATE} (?:to|into|is)[: ]+"
        r"(?P<text>.{2,})$",
        "email_change_template",
        asks=True,
    ),
    _form(
        rf"(?:the )?{TEMPLATE} (?:text|body):\s*(?P<text>.{{2,}})$",
        "email_change_template",
        asks=True,
    ),
    _form(
        r"(?:get rid of|do away with) (?:the )?(?:e-?mail |mail )?template[: ]+(?P<template>[\w-]+)",
        "email_remove_template",
    ),
    _form(
        rf"{NOT_A_PERSON}{PERSON} (?:should|must|shall|may) (?:not|no longer|never) (?:have|hold|be in) "
        rf"(?:the )?{ROLE}(?: role| rights| access)?(?: any ?(?:more|longer))?",
        "admin_revoke",
    ),
    _form(
        rf"(?:remove|take(?: away)?|revoke|end|drop) (?:the )?(?:role )?{ROLE}(?: role| rights| access)?"
        rf"(?: away)? from {NOT_A_PERSON}{PERSON}(?P<several>(?:,| and| or) .{{2,60}})?",
        "admin_revoke",
    ),
    _form(
        rf"make {NOT_A_PERSON}{PERSON} (?:an? |the )?{ROLE}(?: person| agent| clerk| user)?",
        "admin_grant",
    ),
    _form(
        rf"make (?P<missing>somebody|someone|a person|a colleague|people) (?:an? |the )?{ROLE}s?"
        r"(?: person| agent| clerk| user)?",
        "admin_grant",
    ),
    _form(
        rf"(?:remove|take(?: away)?|revoke|end|drop) {NOT_A_PERSON}(?P<person>[\w.-]+?)['’]?s {ROLE}"
        r" (?:role|rights|access)(?: away)?",
        "admin_revoke",
    ),
    _form(
        rf"{NEW}"
        rf",?\s+(?:(?:full )?name[d:]?(?: is)? )?(?P<full_name>{NO_ROLE}[A-Z][\w'’-]+"
        rf"(?: {NO_ROLE}[A-Z][\w'’-]+){{1,3}})"
        rf"(?:,? (?:and )?(?:as |in |for |with )?(?:an? |the )?(?:role )?{ROLE}"
        r"(?: role| team| clerk| agent)?)?",
        "admin_add_user",
    ),
    _form(
        rf"{NEW},?\s+(?:(?:as|in|for|with) )?(?:an? |the )?(?:role )?{ROLE}(?: role| team| clerk| agent)?"
        r"(?P<unused>,? (?:until|till|from|for|starting)\b.{2,40}?)?",
        "admin_add_user",
    ),
    _form(
        rf"{NEW},? (?:who|she|he|they) (?:starts?|begins?|works?|does|joins?|is|will (?:start|work|join|be)) "
        rf"(?:(?:in|with|at|for) )?(?:the )?{ROLE}(?: team)?"
        r"(?: (?P<unused>(?:on |next |from )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow))?",
        "admin_add_user",
    ),
    _form(
        rf"give (?P<several>{NOT_A_PERSON}[\w.'-]+(?: [\w.'-]+)?(?:,| and|,? and) [\w.'-]+(?: [\w.'-]+)?) "
        rf"(?:the )?{ROLE}(?: role| rights| access)?(?: (?:until|till|for|from|because)\b.{{2,60}})?",
        "admin_grant",
    ),
    _form(
        r"(?:who|(?:which|what) (?:colleagues?|people|persons?|users?|staff|roles?|of us))(?: here)? "
        r"(?:may|(?:is|are) (?:allowed|permitted) to|ha(?:s|ve) (?:the )?(?:right|permission)s? to) "
        r"(?P<what>(?!i\b|we\b|see me\b)[a-z].{2,80}?)[\s?.!]*$",
        "admin_who_may",
        asks=True,
    ),
)


def stated(allowed: Iterable[Offered], said: Sentence) -> Understanding | None:
    """Return the call a sentence states, where this person may make it; else None."""
    core = said.mood.core.strip()
    there = {offered.id: offered for offered in allowed}
    for form in FORMS:
        offered = there.get(form.action)
        if offered is None or (core.endswith("?") and not form.asks):
            continue
        if found := form.words.match(core):
            args = {name.rstrip("_"): text.strip(" ,") for name, text in found.groupdict().items() if text}
            if args.pop("several", ""):
                return Understanding(verdict=Verdict.UNKNOWN, lacks=SEVERAL)
            left, open_ = args.pop("unused", ""), args.pop("missing", "")
            guess = Guess(
                action_id=offered.id, args=args, score=SURE, reads_only=offered.item.reads_only,
                said=command(offered, args), formed=True, unused=(left,) if left else (),
                unplaced=(left,) if left else (), missing=("person",) if open_ else (),
            )  # fmt: skip
            verdict = Verdict.MISSING if open_ else Verdict.CLEAR
            return Understanding(verdict=verdict, guesses=(guess,))
    return None
