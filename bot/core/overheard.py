"""Whether words in a thread that name nobody are for the bot: by rules alone, and nothing is done."""

from __future__ import annotations

import re

from bot.core.asked import asked_argument
from bot.core.choosing import chosen
from bot.core.desk import Desk
from bot.core.keeping import hidden
from bot.core.kept_threads import get_thread
from bot.core.picking import command_in
from bot.core.question import Question
from bot.core.smalltalk import BYE, HELLO, LET_BE, THANKS, decision_in
from bot.core.threads import Thread
from bot.core.turn import Turn
from bot.core.wishes import ask_of
from bot.errors import BadInput
from bot.understand.arguments import Kind
from bot.understand.clauses import IDLE, WISHES
from bot.understand.understanding import Verdict
from bot.understand.words import clean, word_set

LONGEST = 300
"""Characters; what is longer is told to people."""
SHORT = 8
"""Words of an answer to what the bot asked."""
TO_SOMEBODY = re.compile(
    r"^(?:(?:hey|hi|hello|ok|okay|thanks|thank you|yes|no|and|so)[\s,]+)?"
    r"(?:(?P<name>[A-Z][\w’'-]+)\s*[,:]|@\w+)\s"
)
"""Begins with a name: "Ben, can you look at 100234"."""
NO_NAMES = word_set(
    "backhaul bot ok okay yes no thanks and so now then also well sorry hi hello hey please actually right "
    "great cool wait instead first next after before today tomorrow yesterday alternatively otherwise still "
    "again maybe perhaps for in on at if"
)
OF_ONESELF = re.compile(
    r"\b(?:i|we)(?:['’](?:ll|m|ve|d|re)|\s+(?:will|shall|am|are|have|had|did|was|were|think|guess|hope|saw|"
    r"called|checked|asked|told|just|already|can|could|should|would have))\b|^let (?:me|us)\b|^let['’]s\b",
    re.IGNORECASE,
)
"""Tells people what one does oneself. "I need" and "I want" are wishes."""
TO_PEOPLE = re.compile(
    r"\b(?:can|could|will|would) (?:someone|somebody|anyone|anybody|one of you)\b|"
    r"\b(?:guys|folks|team|mate|everyone|everybody)\b|\bdid you\b|\bhave you\b|\bwhat do you think\b",
    re.IGNORECASE,
)
BIDS = re.compile(
    r"^(?:(?:ok|okay|and|then|now|also|please|pls|can you|could you|would you|will you)\b[\s,]*)*"
    r"(?P<verb>[a-z]+)",
    re.IGNORECASE,
)
"""Begins with what is to be done: "restart her router", "and please open a ticket"."""
NO_BIDS = IDLE | word_set("new plan report answer pass")
"""Words of wishes with which people begin to tell something, too."""
SAYS_NOTHING = (THANKS, HELLO, BYE, LET_BE)


async def is_meant(
    desk: Desk, question: Question, *, engaged: bool = False, alone: bool = False, files: bool = False
) -> bool:
    """Say whether it is clear that the bot is meant.

    `engaged`: nobody else has spoken since the bot answered this person; only then a short answer to what
    it asked is taken for one, and a change for a wish. `alone`: nobody else ever spoke in the thread; then
    a plain wish for a change is one also after words that were let pass, and what is bidden is answered
    also where it may not be done or is not understood. `files` came along.
    """
    words = clean(question.words)
    turn = Turn(desk, question, Thread())
    turn.here = await desk.gate.here(question.user, question.place)
    if turn.here.closed:
        return False
    turn.view = turn.here.narrow(desk.view)
    turn.thread = hidden(await get_thread(desk.database, question), words)
    if not words:
        return files and engaged and _asks_for_files(turn)
    if len(words) > LONGEST or any(form.match(words) for form in SAYS_NOTHING) or to_people(words):
        return False
    if decision_in(words) is not None:
        return engaged and _answers(turn, words)
    if engaged and (_answers(turn, words) or command_in(turn, words) is not None):
        return True
    return await _is_plain(turn, engaged=engaged, alone=alone)


def to_people(words: str) -> bool:
    """Say whether words are plainly said to people, or of oneself."""
    named = TO_SOMEBODY.match(words)
    if named and (named["name"] or "").lower() not in NO_NAMES:
        return True
    return bool(OF_ONESELF.search(words) or TO_PEOPLE.search(words))


def _answers(turn: Turn, words: str) -> bool:
    """Say whether this is a short answer to what stands open between the two."""
    thread, said = turn.thread, decision_in(words)
    if said is not None:
        waits = said.call or thread.waiting or thread.parked or thread.asking
        offered = {"undo": thread.undoable, "yes": thread.unanswered and thread.picks}
        return bool(waits or offered.get(said.word))
    if chosen(thread, words) is not None:
        return True
    return thread.asking is not None and len(words.split()) <= SHORT and not words.endswith("?")


def _asks_for_files(turn: Turn) -> bool:
    return turn.thread.asking is not None and asked_argument(turn).kind is Kind.FILES


async def _is_plain(turn: Turn, *, engaged: bool, alone: bool) -> bool:
    """Say whether the understanding is sure of these words: of a change only from who it talks with."""
    try:
        meant = await turn.desk.understander.understand(ask_of(turn))
    except BadInput:  # a day that does not exist, in what is a wish otherwise
        return engaged
    if engaged and alone and _bids(turn.question.words):
        return True
    if meant.verdict not in {Verdict.CLEAR, Verdict.MISSING, Verdict.FORBIDDEN} or not meant.guesses:
        return engaged and alone and meant.verdict is Verdict.UNSURE and turn.question.words.endswith("?")
    best = meant.best
    if engaged:
        return best.reads_only or best.wished
    if alone and best.wished and _bids(turn.question.words) and not best.reads_only:
        return True
    return best.reads_only and best.formed and meant.verdict is Verdict.CLEAR


def _bids(words: str) -> bool:
    """Say whether words bid to do something that the bot has a word for."""
    found = BIDS.match(words)
    return found is not None and found["verb"].lower() in WISHES - NO_BIDS
