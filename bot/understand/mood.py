"""Is it a question, a wish, a ban or an "if"? Only a plain wish may lead to a change."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.understand.bans import BAN, without_harmless
from bot.understand.verbs import ALSO_DOES, ASKS, DOES, SHOWS
from bot.understand.words import word_set

LEAD = re.compile(
    r"^(?:(?:sorry to (?:bother|disturb|interrupt)(?: you)?|"
    r"hi|hello|hey|dear|good (?:morning|afternoon|evening)|"
    r"(?:morning|afternoon|evening)(?=[,.!]|\s+(?:what|whats|who|whos|how|any|anything|which|where|when|can|"
    r"could|is|are|show|list|please|team|all)\b)|please|pls|plz|kindly|ok(?:ay)?|so|and|"
    r"then|also|just|now|"
    r"right|well|actually|wait|hmm+|oh|ah|but|backhaul|bot|there|team|"
    r"quick(?:ly)?|urgent(?:ly)?|sorry)\b[\s,:!.\-]*)+",
    re.IGNORECASE,
)
REQUEST = re.compile(
    r"^(?:would (?:you|u) mind|(?:would|could) it be possible (?:for you )?to|"
    r"(?:can|could|would|will) (?:you|u)(?: please| kindly| just| quickly)*|"
    r"(?:i|we)(?:'d| would) like (?:you )?to|(?:i|we) (?:want|need)(?: you)? to|"
    r"(?:i|we)'?(?:ll)? need(?: you)? to|(?:i|we)(?:'ll| will| shall)(?= \w+ )|"
    r"could we(?: please| just| kindly)?(?= \w+ )|let'?s|go ahead and|help me(?: to)?|please|"
    r"you (?:can|should|may)|(?:i|we) (?:want|need))\b[\s,]*",
    re.IGNORECASE,
)
GRAVE = (
    r"(?:suspend|resume|terminate|disconnect|reboot|credit|refund|waive|close|cancel|deactivate|escalate|"
    r"downgrade)\b"
)
"""Verbs of which one or the other is a question yet: "suspend her or credit her"."""
NOT_A_PAIR = rf"(?:(?!{GRAVE}\s+or\b).)"
"""All but a pair of such verbs, which are nouns or told: "no credit or refund needed"."""
OR_GRAVE = rf"\bor (?:else )?{GRAVE}"
TOLD_TO = "".join(rf"(?<!\b{word} )" for word in ("as", "he", "they", "we", "i", "was", "were", "is"))
"""Before a "provided" that is no condition: "he provided his papers"."""
IF = re.compile(
    rf"^(?:please )?{GRAVE}(?:(?!{GRAVE}\s+or\b)[^,:;.–—]){{1,60}}{OR_GRAVE}|"
    rf"^(?:please )?{GRAVE}{NOT_A_PAIR}{{1,80}}{OR_GRAVE}(?=\s+(?:it|her|him|them|\S*\d))|"
    rf"^(?:please )?{GRAVE}{NOT_A_PAIR}{{1,80}}[,:;.–—]\s*{OR_GRAVE}|"
    rf"^(?:please )?{GRAVE} or (?:else )?{GRAVE}|"
    r"^(?:if|unless|suppose|in case|when|as long as|while|until(?! when)|once)\b|\bonly (?:if|when)\b|"
    r"\b(?:what if|what happens|what would|"
    r"(?<!even )if (?:i|we|you(?! (?:can|could|may|please|like|want|wish|don'?t mind)\b)|she|he|they|the)|"
    rf"would happen|{TOLD_TO}provided(?! (?:by|was|were|is|are|has|had|earlier|in|on|at|with|to)\b|\W*$)|"
    r"assuming|on condition|"
    r"should (?:i|we)|unless|before (?:i|we|you)|"
    r"as soon as(?! (?:possible|you can|you may|convenient)\b)|whenever)\b",
    re.IGNORECASE,
)
ACTS = (
    r"(?:suspend|resume|terminate|disconnect|reboot|restart|credit|refund|waive|close|cancel|deactivate|escalate|"
    r"downgrade|upgrade|move|assign|unassign|reopen|reassign|delete|remove|block|unblock|reschedule|merge|withdraw|"
    r"extend|lift|reverse|void)"
)
ACTING = re.compile(rf"(?:please )?{ACTS}\b", re.IGNORECASE)
TELLING = re.compile(r"(?:please )?(?:close|credit|refund|reopen|waive|escalate)\b", re.IGNORECASE)
"""Begins a wish behind whose colon stands why."""
NOTED = re.compile(
    r"^(?:(?:please|pls|can you|could you)\s+)*(?:add|put|leave|make|write|record)\b"
    r"(?:(?!\b(?:don'?t|not)\b)[^:]){0,40}?\b(?:note|comment|remark)s?\b[^:]{0,40}?\bthat\b",
    re.IGNORECASE,
)
"""What opens a note whose words follow: "add a note to 100234 that nobody is to call"."""
ASKED_IF = re.compile(r"\b(?:ask(?:ed|s|ing)|wonder(?:ed|s|ing))(?: \w+)? if\b", re.IGNORECASE)
EITHER = re.compile(
    rf"^(?:please )?{ACTS}\b[^,;:.]{{1,90}}\bor (?:else )?(?:just )?{ACTS}(?=\s*(?:$|[.!?,;]))|"
    rf"^(?:please )?{ACTS}\b.{{1,90}}\bor (?:else )?(?:just )?{ACTS}"
    r"(?=\s*(?:(?:it|him|her|them|that|this)\b|\S*\d))",
    re.IGNORECASE,
)
"""One change or the other: which of them is a question yet."""
ONLY_IF = re.compile(
    rf"^(?:please )?{ACTS}\b[^:,;.\"]{{1,120}}?(?P<before>[^\s,]+),?\s+if\s+"
    r"(?!(?:possible|needed|necessary|required|any|ok|okay|applicable|you (?:can|could|please|may)|"
    r"that(?:'s| is) (?:ok|okay|fine|possible))\b)\w",
    re.IGNORECASE,
)
"""A change that hangs on something: "suspend 100234 if not paid"."""
WHETHER = word_set(
    "ask asks asked asking check checks checking checked see seeing know knows tell told confirm wonder "
    "wonders wondering sure test verify out look matter say says said clear unclear what as even unsure me "
    "him her them"
)
"""What an "if" stands behind that only means whether."""
FOR_ME = re.compile(r"^(?:give|get|bring|send|tell) (?:me|us)\b", re.IGNORECASE)
DONE = re.compile(
    r"(?!need|feed|speed|failed|used|affected|based|called|named)\w{2,}ed|gave|put|cut|took|made|let|sent|wrote|did|undid",
    re.IGNORECASE,
)
"""What somebody did to somebody else's account, ticket or rights."""
WHO_DID = re.compile(rf"^who(?: has| had|'s)? (?:{DONE.pattern})\b(?! by\b| not\b)", re.IGNORECASE)
WHO_MAY = re.compile(
    r"^who(?:m)?(?: else| here| of us)? "
    r"(?:(?:can|could|may|might|is (?:allowed|able) to|are allowed to|must|has to) "
    rf"(?:{'|'.join(sorted(DOES | ALSO_DOES))})\b|"
    r"(?:do|should|must|can) (?:i|we) (?:ask|turn to|go to) (?:when|if|to|for)\b)",
    re.IGNORECASE,
)
"""Who could make a change: not the list of what was changed so far."""
DOES_ONE = re.compile(
    r"^(?:open|log|raise|make|start|file|create|add|write|put in)\s+(?:me\s+)?(?:an?|one|another|the next)\b",
    re.IGNORECASE,
)
"""The wish for something new."""
OPEN_ONES = re.compile(r"^open\s+(?:[\w-]+\s+){0,2}(?!(?:this|his|its|was|is|has)\b)\w+s\b", re.IGNORECASE)
"""Those that are open, not the wish to open something."""
PULLS = re.compile(r"^pull\s.{1,80}?\b(?:out of|off)\b", re.IGNORECASE)
"""Takes something away, and shows nothing."""
LONGEST = 700
HOW_TO = re.compile(
    r"\bhow (?:do|can|could|should|would|to|does (?:one|somebody|someone|anyone|an?|the))\b"
    r"(?: (?:i|we|you|one))?|"
    r"\bsteps? (?:to|for|are needed to)\b|"
    r"\b(?:procedure|instructions?|(?<!no )(?<!on my )(?<!on the )(?<!on our )way) (?:to|for)\b|"
    r"\bwho(?:m)? (?:do|should|must|can) (?:i|we) ask (?:when|if|to|for)\b|\bteach me\b|\bexplain how\b|"
    r"^can (?:one|somebody|someone|anyone|you even|people)\b|\bis it possible to\b|"
    r"\bhow (?:is|are) .{1,40} done\b|"
    r"\bhow (?:an?|the|somebody|someone) [^\d,]{1,40} (?:is|are|gets?) (?:set up|made|done|\w{2,}ed)\b"
    r"(?! by\b)|"
    r"^(?:can|may|could|should) (?:i|we) (?!get|see|have|view|show|know|look|check|take)\w+ (?:an?|any) \w+ "
    r"(?:who|that|whose|which|with|without)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mood:
    """`core` is the message without greeting and politeness; `verb` its first word.

    `who_did` asks who has done something: then what was done is not wished for. `does` wishes for a change.
    `who_may` asks who could make one.
    `bans` are the stems of verbs that another part of the message forbids: "…, don't send it yet".
    """

    core: str
    verb: str
    question: bool
    banned: bool
    conditional: bool
    how_to: bool
    shows: bool
    who_did: bool = False
    does: bool = False
    who_may: bool = False
    bans: frozenset[str] = frozenset()

    @property
    def may_change(self) -> bool:
        """Whether these words may lead to a change, which then is shown and confirmed."""
        return not (self.question or self.banned or self.conditional or self.how_to or self.shows)


def mood_of(text: str) -> Mood:
    """Read the mood of a cleaned message."""
    said = own_words(text)
    core = LEAD.sub("", text)
    request = REQUEST.match(core)
    if request:
        core = LEAD.sub("", core[request.end() :])
    first = re.match(r"[a-z']+", core.lower())
    verb = first[0].replace("'", "") if first else ""
    verb = "list" if verb == "open" and OPEN_ONES.match(core) else verb
    asks = verb in ASKS and not (verb in {"do", "have"} and request)
    return Mood(
        core=core,
        verb=verb,
        question=asks or (text.rstrip(" !.").endswith("?") and not request),
        banned=bool(BAN.search(without_harmless(said))),
        conditional=bool(IF.search(_unasked(said)) or EITHER.search(LEAD.sub("", said)) or _only_if(said)),
        how_to=bool(HOW_TO.search(said)),
        shows=(verb in SHOWS and not PULLS.match(core)) or bool(FOR_ME.match(core)),
        who_did=bool(WHO_DID.match(core)),
        who_may=bool(WHO_MAY.match(core)),
        does=bool(DOES_ONE.match(core)) or (verb in DOES and not FOR_ME.match(core)),
    )


def _unasked(text: str) -> str:
    """Return a wish without what somebody only asked: "cancel it, he asked if we could come later"."""
    return ASKED_IF.sub("asked", text) if ACTING.match(LEAD.sub("", text)) else text


def _only_if(text: str) -> bool:
    """Say whether a wish is for one case only."""
    found = ONLY_IF.match(LEAD.sub("", text))
    return found is not None and found["before"].lower() not in WHETHER


def own_words(text: str) -> str:
    """Return the message without what it only quotes: a note may say "don't call before ten"."""
    plain = re.sub(r'"[^"]*"', '""', text[:LONGEST])
    if found := NOTED.match(plain):
        return found[0]
    before = re.split(r"(?<=[\w)]):\s", plain, maxsplit=1)[0]
    few = (
        2 if TELLING.match(LEAD.sub("", before)) else 3
    )  # "close TCK-1:", "add a note to her:", not "Amina:"
    return before if len(before.split()) >= few else plain
