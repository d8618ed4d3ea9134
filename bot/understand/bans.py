"""What forbids something: "don't", "nobody is to", "hands off", "leave it alone"."""

from __future__ import annotations

import re

from bot.understand.rights import ROLES
from bot.understand.verbs import ALSO_DOES, DOES

FROZEN = r"\s+(?:any|every)?(?:thing|change)s?\b.*\b(?:until|till|before)\b"
"""Behind "nobody changes": a freeze is wished for."""
AT_A_DOOR = r"(?:answers|picks|responds|reacts|lives|opens(?: up)?(?= (?:at|the (?:door|gate))\b|\W*$))\b"
"""What somebody tells of a house behind "nobody", and forbids nothing."""
ACTS = (
    r"(?:suspen[ds]|resum|terminat|disconnect|reboot|restart|credit|refund|waive|clos|cancel|deactivat|escalat|"
    r"downgrad|upgrad|mov|assign|reopen|delet|remov|block|reschedul|merg|chang|touch|book|restor|"
    r"cut|bar|kick|reset|swap|mail|remind|call)"
)
"""Beginnings of what is done to customers, tickets and lines."""
BEGIN = (
    r"(?:^|[,;.:!–—]\s*|\b(?:please|pls|so|and|but|just|then|now|everybody|everyone|all|team|guys)\s+"
    r"(?:you\s+)?)"
)
THEM = r"(?:\S+\s+){1,6}?"
FIRST = (
    rf"{BEGIN}hands off\b(?!\s+(?:until|till|to|from|between|at)\b)|"
    rf"{BEGIN}(?:leave|let) {THEM}(?:alone|as (?:it|they|she|he|that) (?:is|are)|as is|be(?=\s*(?:$|[,.;!]))|"
    r"in peace|untouched|unchanged)\b|"
    rf"{BEGIN}spare\s+(?=\S*\d|her\b|him\b|them\b|it\b)|"
    r"(?:[,;.!?–—]\s*|\d\s+|\b(?:it|her|him|them)\s+)not (?:yet|now|today)\W*$|"
    rf"^(?:please )?not (?:a single|one|another) (?:more )?{ACTS}"
)
"""Bans that begin a wish, or end it."""
RARE = (
    r"(?:i|we|management|the boss)(?: hereby| strictly)? (?:forbid|prohibit|ban|veto|object to)s?\b"
    rf"(?!\s+(?:the )?(?:{ROLES})\b)|"
    r"(?:is|are|was|be|it's) (?:strictly )?(?:forbidden|prohibited|banned|off[- ]limits|taboo|vetoed)\b"
    r"(?!.*\b(?:until|till|from)\b)|"
    r"(?:forbidden|prohibited|wrong|a mistake|a bad idea|unfair|"
    r"not (?:allowed|permitted|ok(?:ay)?|right)) to\b|"
    r"(?:under no|not under any|under absolutely no) circumstances?|on no account|by no means|in no case|"
    r"at no time|no way\b(?!\s+(?:to|of|he|she|they|that))|"
    r"(?:refrain|abstain|desist|keep|stay|steer) (?:away |clear )?(?:from|of)\b|"
    r"(?:keep|stay|steer|back|lay) (?:away|clear|off)(?= (?:from|of)\b|"
    r"\s+(?:\S*\d|her|him|them|it|that|this|the)\b|\s*[!.]?$)|"
    r"keep (?:(?:your|those|all|the|our) )?(?:fingers|hands|paws|mitts|nose) (?:off|away|out)|"
    r"hold (?:your|the|all) (?:horses|fire)|hold fire|"
    r"hold off\b(?! (?:on )?(?:the |all )?(?:dunning|reminders?)\b)|"
    r"hold back (?:on|from|with)|wait with\b|"
    r"no touching|think twice before|"
    rf"no (?:more )?{ACTS}\w*ing\b|"
    rf"(?:better|best|rather|prefer(?:ably)?) not(?= \w*{ACTS}| to\b| do\b)|"
    r"(?:i|we)(?:'d| would) (?:rather|prefer) (?:you|we|nobody|that)\b.*\b(?:n[o']t|didn'?t)\b|"
    rf"(?:i|we|you|they)\s+(?:won'?t|will not|wouldn'?t|would not) {ACTS}|(?:won'?t|will not) be {ACTS}\w*ed|"
    rf"(?:may|can) ?(?:n[o']?t|never|no longer|'?t) be \w*{ACTS}\w*ed|"
    r"(?:protected|exempt(?:ed)?|immune|safe) from|"
    r"out of the question|off the table|(?:a |an absolute )?no-go|not an option|"
    r"ne \w+ (?:pas|jamais|plus|rien)|n'\w+ (?:pas|jamais|plus|rien)"
)
"""The same in rarer words."""
BAN = re.compile(
    r"\b(?:don'?t|do not|never|must ?n[o']?t|should ?n[o']?t|should not|must not|no need to|"
    r"(?:i|we|you) (?:cannot|can'?t) (?!see|reach|find|get|connect|access|log|open|browse)|"
    r"(?:nobody|no one|no-one)(?: else)? (?:should|may|must|is to|shall|"
    r"can(?! (?:reach|get|find|see|answer|help|connect|call|hear|access|tell|say|log)))|"
    rf"(?:make sure|ensure|see) (?:that )?(?:nobody|no one)|"
    rf"^(?:nobody|no one) (?!{AT_A_DOOR})\w+s\b(?!{FROZEN})|"
    rf"^(?:please )?(?:nobody|no one|no-one)(?: else)?(?: please)? (?:{'|'.join(sorted(DOES | ALSO_DOES))})"
    rf"(?!{FROZEN})|"
    r"(?:must|should|has to|have to|needs? to) (?:stay|remain)|"
    r"no (?!way to )(?:\w+ ){1,3}(?:shall|should|may|must|is to|are to|can|will|gets?)\b(?: be)?|"
    r"not (?:\w+ )?(?:one|a single) \w+ (?:shall|should|may|must|is to)|"
    r"avoid|not to|please not|stop (?:the )?(?!(?:mail|watch|poll|freez)ing\b)\w+ing|"
    r"(?:doesn'?t|does not) (?:want|wish|need|like) (?:us|me|you|anyone|anybody) to)\b|[?,] no\W*$|"
    rf"{FIRST}|(?<![\w-])(?:{RARE})",
    re.IGNORECASE,
)
FLAT = re.compile(rf"{FIRST}|(?<![\w-])(?:{RARE})", re.IGNORECASE)
"""Those that say of no change what is wished for instead."""
UNWISHED = (
    r"\s+(?:want|wish|need|like)\s+(?:(?:us|me|you|anyone|anybody|to be)\b|\S+\s+(?:to be\s+)?\w{2,}ed\b)"
)
"""Behind "they don't": they forbid it after all."""
IN_VAIN = (
    r"\s+(?:to|(?:any |a |the |much )?(?:need|reason|point|sense|use|value)|"
    r"(?:that\s+)?(?:you|we|it|anyone|anybody)\s+\w|"
    r"\S+\s+(?:to be\s+)?\w{2,}ed\b)\b"
)
"""Behind "we don't need": what somebody sees no need to do is not to be done."""
HARMLESS = re.compile(
    r"\b(?:don'?t|do not|never) (?:let (?:me|us) )?(?:forget|hesitate|worry(?! about| to)|mind)\b|"
    r"\bwhy (?:don'?t|do not)\b|\bnever (?:existed|happened|was|were)\b|"
    r"\b(?:he|she|they|it|customers?|clients?|subscribers?|people|lady|man|caller|who|which|that)\s+"
    r"(?:(?:has|have|had|was|were|is|are)\s+)?never\b|"
    r"\b(?:i|we)\s+(?:(?:have|had)\s+)?never\s+(?=(?!need)\w+ed\b|(?:got|had|saw|seen|heard|knew|did|done|"
    r"made|said|sent|took|gave|paid|met|found|told|spoke|was|were)\b)|"
    r"[:,;–—-]\s*never\s+(?=(?!need|feed|proceed|exceed|succeed)\w+ed\b|(?:got|had|came|went|saw|did|"
    r"gave|took|made|said|sent|paid|met|worked)\b)|"
    r"\b(?:was|were|has|have|had|is|are|been)\s+never\b|"
    r"\b(?:he|she|they|it|customers?|clients?|subscribers?|people|lady|man|caller|who|which|that)\s+"
    rf"(?:don'?t|do not|can ?not|can'?t)\b(?!{UNWISHED})|"
    r"\b(?:i|we)\s+(?:don'?t|do not)\s+(?:know|see|get|understand|have|find|need|use|remember)\b"
    rf"(?!{IN_VAIN})",
    re.IGNORECASE,
)
"""What is told and forbids nothing: "the router was never delivered", "don't let me forget"."""


def without_harmless(text: str) -> str:
    """Return the message without the negations that forbid nothing."""
    return HARMLESS.sub(" ", text)


def begins_with_ban(text: str) -> bool:
    """Say whether a message forbids something from its first word on: "don't suspend her", "nobody is to"."""
    return BAN.match(without_harmless(text).lstrip(" ,.!")) is not None
