"""Words that ask for nothing: greetings, thanks, "what can you do", and yes, no, undo."""

from __future__ import annotations

import re
from dataclasses import dataclass

POLITE = (
    r"(?:\s*(?:please|pls|thanks|thank you|thx|bot|backhaul|then|now|it|that|this|go ahead|do it|ok|okay))*"
    r"[\s.!]*"
)
YES = re.compile(
    r"^(?:yes|y|yep|yeah|yup|ya|sure|ok(?:ay)?|confirm(?:ed)?|go ahead|do it|go for it|"
    r"proceed|correct|agreed|"
    rf"oui|si)(?:[\s,!.]+(?:yes|do it|go ahead|please|confirm|proceed|sure))*{POLITE}$",
    re.IGNORECASE,
)
OK_THANKS = re.compile(r"^(?:ok|okay|sure)\b.*\bth(?:an)?[kx]", re.IGNORECASE)
"""Ends a talk as often as it agrees: never taken for a yes."""
NO = re.compile(
    r"^(?:no|n|nope|nah|cancel|abort|stop|forget it|never ?mind|don'?t|do not|leave it|not now|drop it|non)"
    rf"(?:[\s,!.]+(?:don'?t|do not|cancel|stop|no|please|thanks|thank you|leave it))*{POLITE}$",
    re.IGNORECASE,
)
CANCEL_IT = re.compile(r"^cancel (?:it|this|that)[\s.!]*$", re.IGNORECASE)
"""Means the ticket that was spoken of, when nothing waits for a no."""
NO_BECAUSE = re.compile(
    r"^(?:no|nope|cancel|stop)\s*[,;:.!\-–]+\s*(?P<reason>.+)$", re.IGNORECASE | re.DOTALL
)
BY_ID = re.compile(
    r"^(?P<word>approve|deny|reject|decline|confirm|cancel|undo|accept)\s+(?:call\s+|request\s+|#)?"
    r"(?P<id>(?=[0-9a-f\-]*\d)[0-9a-f][0-9a-f\-]{3,35})(?:[\s,:;\-]+(?:because\s+)?(?P<reason>.*))?$",
    re.IGNORECASE | re.DOTALL,
)
APPROVE = re.compile(r"^(?:approved?|accept)(?:\s+(?:it|this|that))?[\s.!]*$", re.IGNORECASE)
DENY = re.compile(
    r"^(?:deny|denied|reject|decline)(?:\s+(?:it|this|that))?(?:(?:[\s,:;\-]+because|"
    r"\s*[,:;\-])\s*(?P<reason>.*))?"
    r"[\s.!]*$",
    re.IGNORECASE | re.DOTALL,
)
UNDO = re.compile(
    r"^(?:undo|revert|take (?:it|that) back|roll ?back)(?:\s+(?:it|that|this|the last(?: one|"
    r" change)?))?[\s.!]*$",
    re.IGNORECASE,
)
WAITING = re.compile(
    r"^(?:show |list |my |any |what |which |what's |whats )*(?:(?:is |are )?(?:waiting|pending)"
    r"(?: (?:for me|for approval|approvals?|requests?|calls?))?|approvals)[\s?.!]*$",
    re.IGNORECASE,
)
HELP = re.compile(
    r"^(?:/?help|\?|menu|commands|usage|man|what (?:can|do) (?:you|u|i) (?:do|ask|say)(?: (?:here|for me))?|"
    r"what are you able to do|how do(?:es)? (?:this|you|it) work|help me|"
    r"what(?: else)? can you (?:do|help)(?: me)?(?: with)?|"
    r"show (?:me )?(?:the )?(?:commands|help|options))[\s?.!]*$",
    re.IGNORECASE,
)
HELP_ON = re.compile(
    r"^(?:/?help\s+(?:on |with |me with |about )?|what (?:can|do) (?:you|u|i) (?:do|ask|know|say)(?: you)?"
    r" (?:for|with|about|on) )(?:an? |the |my |our )?(?P<topic>[\w\- ]{2,60})[\s?.!]*$",
    re.IGNORECASE,
)
HOW_WORKS = re.compile(
    r"^how (?:do|does) (?:an? |the |my )?(?P<topic>[a-z][a-z -]{2,30}?) work(?: here| exactly)?[\s?.!]*$",
    re.IGNORECASE,
)
"""Asks about a sort of thing, not about a deed: nothing is begun or named first."""
HOW = (
    r"(?:how are (?:you|u|things)(?: doing)?(?: today)?|how(?:'s| is) it going|how do you do|"
    r"all (?:good|well)|what'?s up|are you (?:ok|well|fine)|nice to (?:meet|see) you)"
)
HELLO = re.compile(
    r"^(?:(?:hi|hello|hey|hiya|yo|good (?:morning|afternoon|evening|day)|morning|evening|greetings|howdy|"
    r"bonjour|salut|hola|jambo|habari|sasa|mambo)(?:[\s,]+(?:there|bot|backhaul|all|"
    r"team|everyone|again|my friend))*"
    rf"[\s,.!]*(?:{HOW}[\s?.!]*)?|{HOW}[\s?.!]*)$",
    re.IGNORECASE,
)
THERE = re.compile(
    r"^(?:(?:hi|hello|hey)[\s,!.]*)?(?:(?:is )?any(?:body|one) (?:there|here|home)|(?:are )?(?:you|u) "
    r"(?:still |even )?(?:there|here|alive|awake|up|working|online|listening)|ping|test(?:ing)?(?: test)*|"
    r"do you hear me|can you hear me|you there)[\s?.!]*$",
    re.IGNORECASE,
)
LET_BE = re.compile(
    r"^(?:(?:ok|okay|no|oh|ah|sorry|oops)[\s,.!]+)*(?:never ?mind|forget (?:it|that|about it)|leave it|"
    r"drop it|not now|it'?s (?:ok|okay|fine|nothing)|(?:that )?was (?:a )?(?:mistake|wrong)|"
    r"wrong (?:window|chat|channel)|sorry|my (?:bad|mistake)|nothing|ignore (?:that|this|it)|"
    r"i (?:was )?(?:just )?(?:testing|playing))[\s.!]*$",
    re.IGNORECASE,
)
ANGRY = re.compile(
    r"\b(?:fuck\w*|shit(?:ty|s)?|bullshit|crap|damn(?:ed|it)?|wtf|stupid|idiot\w*|useless|rubbish|garbage|dumb|asshole|"
    r"bastard|piss(?:ed|ing)?|moron|hate (?:you|this)|you suck|this sucks|"
    r"you(?:'re| are) (?:no help|bad|terrible|awful))\b",
    re.IGNORECASE,
)
SORRY = (
    "Sorry that this is no help. Say in a few words what you need, e.g. a name and what is wrong; `help` "
    "shows what I can do. What I cannot do, a colleague has to."
)
MOST_ANGRY = 3
"""Words of a message that only swears; a longer one may say what is wrong, and is read first."""
NTH = re.compile(
    r"^(?:approve|accept|confirm|deny|reject|decline)\s+(?:the\s+)?(?:first|second|third|fourth|fifth|last|next|"
    r"latest|other|both|all|them|these|\d{1,2}(?:st|nd|rd|th)?)(?:\s+(?:one|call|request|change)s?)?"
    r"(?:\s+of (?:them|these))?[\s.!]*$",
    re.IGNORECASE,
)
"""A decision about one of several that wait."""
WISH = (
    r"(?:have a |enjoy (?:your |the )?)(?:nice |good |great |lovely )?(?:day|evening|night|weekend|lunch|one)"
)
THANKS = re.compile(
    r"^(?:(?:ok(?:ay)?|great|perfect|cool|nice|good|awesome|super|sure)[\s,.!]*)?"
    r"(?:thanks?(?: you)?|thx|cheers|ty|merci|great|perfect|cool|nice|awesome|well done|good job|good bot)"
    r"(?:[\s,]+(?:a lot|so much|very much|bot|backhaul|you|man|mate|for .{1,40}))?"
    rf"(?:[\s,.!]+(?:and )?{WISH})?[\s.!:)]*$",
    re.IGNORECASE,
)
WANTS = r"(?:(?:can|could|may) i |i (?:want|need|would like)(?: to)? |let me |please )"
HUMAN = re.compile(
    rf"^{WANTS}*(?:(?:talk|speak|chat|connect me|transfer me|get me|give me)(?: to| with)? )?"
    r"(?:an? |some |any |the )?(?:real |live )?(?:human(?: being)?|operator|supervisor)(?: please)?[\s.!?]*$|"
    rf"^{WANTS}(?:talk|speak|chat)(?: to| with) (?:a |some |any )?(?:real |live )?"
    r"(?:person|somebody|someone|agent|colleague)(?: please)?[\s.!?]*$",
    re.IGNORECASE,
)
BYE = re.compile(
    rf"^(?:{WISH}|(?:bye|goodbye|good night|see (?:you|ya)|later|cu)(?:[\s,]+\w+){{0,2}})[\s.!]*$",
    re.IGNORECASE,
)
WHO = re.compile(
    r"^(?:who|what) (?:exactly )?are (?:you|u)(?: (?:anyway|again|bot))?[\s?.!]*$|"
    r"^are (?:you|u) (?:a |an |the )?(?:bot|human|real|person|robot|machine|ai|chatgpt|chat ?bot)"
    r"(?: or (?:a )?\w+)?[\s?.!]*$|^(?:what(?:'s| is) your name|introduce yourself|what is this(?: bot)?|"
    r"who (?:made|built|wrote|runs) you)[\s?.!]*$",
    re.IGNORECASE,
)
ME = re.compile(
    r"^who am i[\s?.!]*$|"
    r"^what(?: am i allowed to do|(?: are| is)? my (?:role|roles|rights|permissions))[\s?.!]*$",
    re.IGNORECASE,
)


LONGEST_REASON = 300


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A yes, no or undo: `call` is the beginning of an id, empty for the thread's own."""

    word: str
    call: str = ""
    reason: str = ""


def decision_in(words: str) -> Decision | None:
    """Return the decision these words are, or None."""
    if found := BY_ID.match(words):
        reason = (found["reason"] or "").strip()
        return Decision(word=_word(found["word"]), call=found["id"].lower(), reason=reason)
    if (YES.match(words) and not OK_THANKS.match(words)) or APPROVE.match(words):
        return Decision(word="yes")
    if UNDO.match(words):
        return Decision(word="undo")
    if NO.match(words):
        return Decision(word="no")
    if len(words) <= LONGEST_REASON and (found := NO_BECAUSE.match(words) or DENY.match(words)):
        return Decision(word="no", reason=(found["reason"] or "").strip())
    return None


def is_only_angry(words: str) -> bool:
    """Say whether a message swears at the bot and says nothing else."""
    short = len(words.split()) <= MOST_ANGRY and not re.search(r"\d", words)
    return short and bool(ANGRY.search(words))


def _word(word: str) -> str:
    low = word.lower()
    if low == "undo":
        return low
    return "yes" if low.startswith(("approve", "confirm", "accept")) else "no"
