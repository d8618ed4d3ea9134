"""The forms in which rules are said: what has to be agreed to, by whom, and what a role may not do."""

from __future__ import annotations

import re

from bot.understand.rights import PEOPLE, ROLES

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
TAIL = re.compile(
    r"[\s,]*(?:from now on|please|in future|always|first|before(?:hand)?|too|as well|any ?more|any longer)*"
    r"[\s.!]*$",
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
ASKS = re.compile(
    r"^(?:make |let |have )?(?:any(?:body|one)|every(?:body|one)|whoever|who|people|all)(?: who)?"
    r"(?: (?:wants?|wishes|needs?|is going|ha(?:s|ve)) to)? (?P<what>.{3,60}?),?"
    r"(?: (?:must|should|shall|(?:has|have|needs?) to))? (?:ask|get the (?:yes|ok|okay|approval) of) "
    rf"(?P<who>(?:two|somebody else|someone else|another|a second|an? (?:{ROLES}))\b.{{0,30}})$",
    re.IGNORECASE,
)
REQUIRES = re.compile(
    r"^(?:(?:please )?(?:require|demand|ask for|introduce|i want|we want) (?:the )?"
    r"(?P<who>(?:two|approval|another|a second|somebody else|someone else|an?|the) [^:]{0,40}?|approval)"
    r"|(?P<eyes>four[- ]eyes?|4[- ]eyes)) (?:for|on|before) (?P<what>[^:]{3,60})$",
    re.IGNORECASE,
)
WITHOUT = re.compile(r"^no (?P<what>.{3,60}?) without (?P<who>.{3,60})$", re.IGNORECASE)
FORMS = (LETS, ASKS, REQUIRES, NEEDS, WITHOUT)
AGREE = {LETS, ASKS}
"""Forms in which whoever is named is to agree, though no yes is spoken of."""
AMOUNT = re.compile(
    r"\s*(?:(?P<least>from|at least|starting (?:from|at)|as of)|"
    r"over|above|more than|exceeding|beyond|bigger than|>)"
    r"\s*(?P<n>\d[\d.,]*)\s?(?P<k>k|m|thousand|million)?\b\s*"
    r"(?P<unit>customers?|subscribers?|clients?|accounts?|recipients?|people|mails?|shillings?|dollars?|"
    r"euros?|pounds?|[KUT]?sh|[A-Z]{3}\b|bob|naira|%|percent)?"
    r"(?P<on>\s*(?:on(?:wards?)?(?! (?:the )?(?:week|\w+days?\b|night|holi))|upwards?|and (?:up|more|above)|"
    r"or more)\b)?(?: at once| in one go)?",
    re.IGNORECASE,
)
FORBIDS = re.compile(
    rf"^(?:no (?P<a>{ROLES}){PEOPLE} (?:may|can|should|must|shall|is allowed to|is to)|"
    rf"(?:the |our )?(?P<b>{ROLES}){PEOPLE} (?:(?:may|must|can|could|should|shall)"
    r"(?:\s?not|n'?t| no longer| never)|can'?t)(?: be able to)?|"
    rf"(?:never|do ?n[o']?t|do not) (?:let|allow|permit) (?:the |our )?(?P<c>{ROLES}){PEOPLE}(?: to)?)"
    r" (?P<what>.{3,80})$",
    re.IGNORECASE,
)
ASKED = re.compile(
    rf"^(?:(?:can|may|could|should) (?:the |our )?(?:{ROLES}){PEOPLE} (?!be |also be )|"
    rf"(?:is|are|does|do) (?:the |our )?(?:{ROLES}){PEOPLE} "
    r"(?:allowed to|able to|permitted to|have the right to) )(?P<what>[a-z].{3,60})$",
    re.IGNORECASE,
)
"""Whether a role may do something: whoever may is told."""
ONLY = re.compile(
    rf"^only (?:the |our )?(?:{ROLES}){PEOPLE} "
    r"(?:may|can|should|must|shall|(?:is|are) allowed to) (?!.*(?:#|\bchannel|\byou\b|\bhere\b)).+$",
    re.IGNORECASE,
)
NOBODY_MAY = re.compile(
    r"^(?:nobody|no ?one|none of us|not anybody) (?:here )?(?:may|can|is allowed to|is to) "
    r"(?!reach|help|access|call|log|see|find|open|.*(?:#|\bchannel|\bhere\b))(?P<what>[^,;\d]{3,60})$",
    re.IGNORECASE,
)
