"""What becomes of files that go with a message: put where the words say, else offered, never silently."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.contract.action import Action, Via
from bot.contract.handed import MOST_AT_ONCE, Handed
from bot.contract.reply import Reply
from bot.core.asked import asked_argument
from bot.core.handed import NOTHING_DONE, do_hand_in
from bot.core.turn import Turn
from bot.errors import NotAllowed
from bot.host.registry import Owned
from bot.understand.arguments import Argument, Kind, arguments_of


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SHOWN = _words(
    "photo photos picture pictures pic pics image images scan scans screenshot screenshots snap snaps"
)
NOUNS = SHOWN | _words(
    "pdf file files document documents doc docs csv log logs attachment attachments one ones"
)
WHICH = _words(
    "the a an this that these those my some his their its two three four both all of new last "
    "another more second third it them"
)
PUTS = _words("put attach add file upload save store keep send drop stick pin")
FILLS = PUTS | _words(
    "please pls hi hey hello ok and now can could would you just also here here's here’s is are go they see "
    "attached look take to on in into under at for with onto ticket tickets number thanks "
    "thank there her him me i have"
)
THEM = _words("it this these that those them")
BARE = NOUNS | WHICH | FILLS
"""Words that say no more than that here are files, and perhaps where they belong."""
WORD = re.compile(r"[\w#'’-]+")
HEADED = re.compile(r"#?[\w-]*\d\s*:\s*\w")
"""A number, and behind a colon what was done: "TCK-10234: splice redone"."""
MOST_WORDS = 14
NAMED = 3
LONGEST_NOTE = 500


async def hand_in(turn: Turn) -> None:
    """Keep the files of a message; the thread remembers them until it is said what becomes of them."""
    if not turn.question.files:
        return
    if not _takers(turn):
        raise NotAllowed(f"Nothing you may do here takes files, so I did not keep them. {NOTHING_DONE}")
    turn.files = await do_hand_in(turn.desk.database, turn.question, turn.desk.around.now())
    ids = (*turn.thread.handed, *(one.id for one in turn.files))
    turn.thread = replace(turn.thread, handed=ids[-MOST_AT_ONCE:])


def _takers(turn: Turn) -> list[Owned[Action]]:
    """Return the actions that take files, as far as this person may use them here."""
    offered = turn.view.actions_for(turn.user)
    return [o for o in offered if _files_of(arguments_of(o.item)) and turn.fits(o.id)]


def _files_of(arguments: Sequence[Argument]) -> Argument | None:
    return next((a for a in arguments if a.kind is Kind.FILES), None)


async def files_given(turn: Turn) -> Reply | None:
    """Offer files that came without a wish of their own to what the words or the thread are about."""
    takers, asking = _takers(turn) if turn.thread.handed else [], turn.thread.asking
    if not takers:
        return None
    if asking and turn.files and asked_argument(turn).kind is Kind.FILES and not turn.question.words:
        return await turn.call(asking.action_id, dict(asking.args), asking.via)
    taker = takers[0]
    where = next((a for a in arguments_of(taker.item) if a.kind is Kind.ENTITY and a.required), None)
    args = _meant(turn, taker.item, where) if where else None
    if where is None or args is None:
        return None
    if where.name not in args:
        return turn.ask_for(taker.id, args, where, Via.MODEL, first=f"I have {_listed(turn.files)}.")
    return await turn.call(taker.id, args, Via.MODEL)


def _meant(turn: Turn, item: Action, where: Argument) -> dict[str, Any] | None:
    """Return where files are to go and what is said with them; None when more is wished for than that."""
    words = turn.question.words
    said = [one.lower() for one in WORD.findall(words[:LONGEST_NOTE])]
    found = [one for one in said if turn.desk.understander.kind_of(one.upper()) == where.entity]
    bare = len(said) <= MOST_WORDS and all(one in BARE or one in found or _is_number(one) for one in said)
    if bare and not found:  # "ticket 10234"; in "photo of pole 14" a number is none
        found = [one for one in said if _is_number(one)]
    if turn.files and not found and not bare and _puts(said):
        return {}  # "add this to the ticket of Amina": which one that is has to be asked
    if len(set(found)) > 1 or not (bare or (turn.files and (_tells(said) or HEADED.match(words)))):
        return None  # which of them, or what else, is for the understanding to tell
    if not turn.files and not (found and PUTS & set(said) and (NOUNS | THEM) & set(said)):
        return None  # of those that came before only "put them on TCK-10234" speaks
    key = found[0].upper() if found else turn.thread.focus.get(where.entity)
    return ({where.name: key} if key else {}) | ({} if bare else _note(item, words))


def _is_number(word: str) -> bool:
    return word.strip("#").isdigit()


def _tells(said: Sequence[str]) -> bool:
    """Say whether words are about what is to be seen: "photo of the splice at TCK-10234"."""
    rest = list(said)
    while rest and rest[0] in BARE - NOUNS:
        rest.pop(0)
    led = len(rest) < len(said)
    return len(rest) > 1 and (rest[0] in SHOWN or (led and rest[0] in NOUNS and said[0] not in PUTS))


def _puts(said: Sequence[str]) -> bool:
    """Say whether words begin by putting a file somewhere: "please add this photo to …"."""
    rest = list(said)
    while rest and rest[0] in BARE - PUTS - NOUNS - WHICH:
        rest.pop(0)
    return len(rest) > 1 and rest[0] in PUTS and rest[1] in THEM | NOUNS | WHICH


def _note(item: Action, words: str) -> dict[str, Any]:
    """Return what was said about the files as the text that goes with them, where the action takes one."""
    text = next((a.name for a in arguments_of(item) if a.kind is Kind.TEXT), None)
    said = words[headed.end() - 1 :] if (headed := HEADED.match(words)) else words
    return {text: said[:LONGEST_NOTE]} if text else {}


def with_files(turn: Turn, reply: Reply) -> Reply:
    """Say what became of files that nothing was done with: none is taken and forgotten in silence."""
    left, asking = [one for one in turn.files if one.id in turn.thread.handed], turn.thread.asking
    if not left or (asking and _is_for_files(turn, asking.action_id)):
        return reply
    takers = _takers(turn)
    where = next((a for a in arguments_of(takers[0].item) if a.required), None) if takers else None
    place, them = where.title if where else "place", "it" if len(left) == 1 else "them"
    say = f"I have {_listed(left)} too; say on which {place} to put {them}."
    return replace(reply, text=f"{reply.text}\n\n{say}")


def _listed(files: Sequence[Handed]) -> str:
    names = ", ".join(one.said for one in files[:NAMED])
    return f"{names} and {len(files) - NAMED} more" if len(files) > NAMED else names


def _is_for_files(turn: Turn, action_id: str) -> bool:
    """Say whether what is asked for is about the files."""
    return _files_of(arguments_of(turn.desk.view.action(action_id).item)) is not None
