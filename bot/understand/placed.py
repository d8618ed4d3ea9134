"""Words that stand where a filter does and come to nothing: "payments in cost", "prepaid customers"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bot.understand.filled import Filled
from bot.understand.marks import IT, PRONOUNS
from bot.understand.sentence import Sentence
from bot.understand.words import FUNCTION, Token, stem, word_set

BEHIND = word_set("in at near on from by of with without under behind via for except excluding per around")
"""What a filter stands behind."""
ARTICLES = word_set("the a an our my your any all those these this that some each every both new only")
IDLE = word_set(
    "account accounts actual advance age all amount anybody anyone anything arrears average bad best "
    "big books boss case cases certain chart client clients company complete country course csv "
    "current customer customers date day dear default detail details different double eight end "
    "english entire evening everybody everyone everything exact excel fact far few file files final "
    "first five form four free friend friends front full further general good graph guys hand here "
    "huge info information kind large last latest least line list long lot lots main mind mistake "
    "moment morning most name need network new next night nine nobody non normal nothing now number "
    "numbers office old older once one ones open order other others own part parts people person "
    "place present previous printer question real record right same second seven several short side "
    "single six size small somebody someone something sort still stuff subscriber subscribers sure "
    "system systems table ten them then there thing things third three time times top total twelve "
    "twenty type us use usual vain value various way well whole work world worst"
)
"""What stands there as well and narrows nothing."""
LONGEST = 3


def placed(said: Sentence, filled: Filled, free: Callable[[Token], bool]) -> Iterator[tuple[int, int]]:
    """Find what stands behind an "in" or "by", or before the things that are listed, and is used for nothing.

    `free` says of a word that nothing came from it and that the action does not speak of it.
    """
    words = [w for w in said.words if w.start >= said.begin]
    for at, word in enumerate(words):
        if word.low in BEHIND:
            yield from _behind(words[at + 1 : at + 1 + LONGEST], free)
        elif _lists(words[at + 1 : at + 2], filled) and _narrows(word, free) and not _verb(at, words, said):
            yield word.start, word.end


def _behind(words: list[Token], free: Callable[[Token], bool]) -> Iterator[tuple[int, int]]:
    """Return the first word behind a little one that is neither used nor idle."""
    for word in words:
        if word.low in ARTICLES:
            continue
        if _narrows(word, free) and not word.low.endswith("ing"):
            yield word.start, word.end
        return


def _narrows(word: Token, free: Callable[[Token], bool]) -> bool:
    low = word.low
    idle = low in IDLE or low in FUNCTION or low in PRONOUNS or low in IT or len(low) < LONGEST
    return not idle and not low.isdigit() and free(word)


def _lists(words: list[Token], filled: Filled) -> bool:
    """Say whether what follows is the things that are listed: "payments"."""
    return bool(words) and words[0].low.endswith("s") and stem(words[0].low) in filled.own


def _verb(at: int, words: list[Token], said: Sentence) -> bool:
    """Say whether a word is what is wished, and no sort of a thing: "print invoices"."""
    return (
        at == 0
        or words[at].low in {said.verb, said.mood.verb}
        or re.search(r"(?:ed|ing|ly)$", words[at].low) is not None
    )
