"""What forbids something: "don't", "nobody is to", "hands off", "leave it alone"."""

from __future__ import annotations

import re

from bot.understand.verbs import ALSO_DOES, DOES

FROZEN = r"\s+(?:any|every)?(?:thing|change)s?\b.*\b(?:until|till|before)\b"
"""Behind "nobody changes": a freeze is wished for."""
AT_A_DOOR = r"(?:answers|picks|responds|reacts|lives|opens(?: up)?(?= (?:at|the (?:door|gate))\b|\W*$))\b"
"""What somebody tells of a house behind "nobody", and forbids nothing."""
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
    r"no (?:\w+ ){1,3}(?:shall|should|may|must|is to|are to|can|will|gets?)\b(?: be)?|"
    r"not (?:\w+ )?(?:one|a single) \w+ (?:shall|should|may|must|is to)|under no circumstances|"
    r"avoid|refrain from|not to|please not|stop (?:the )?(?!(?:mail|watch|poll|freez)ing\b)\w+ing|"
    r"(?:doesn'?t|does not) (?:want|wish|need|like) (?:us|me|you|anyone|anybody) to)\b|[?,] no\W*$",
    re.IGNORECASE,
)
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
