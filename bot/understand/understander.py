"""From free text to an action call, from what the actions say about themselves; no language model."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bot.errors import Unavailable
from bot.llm.embedding import Embedder, Vectors
from bot.llm.wordpiece import VOCABULARY, common_words, read_vocabulary
from bot.understand.again import same_again
from bot.understand.bare import nowhere, who_is
from bot.understand.clauses import wish_beside_ban, wish_beside_not_meant
from bot.understand.contrasted import without_contrast
from bot.understand.filled import Asker, Filled
from bot.understand.held_back import held_by, refused, too_much, unbound
from bot.understand.howto import spoken_of
from bot.understand.index import Fit, Index, Offered, Score
from bot.understand.judge import decide, doubt_of
from bot.understand.lacking import Lacks, in_vain
from bot.understand.lookups import Lookups
from bot.understand.mending import mended
from bot.understand.mood import FOR_ME
from bot.understand.nouns import Named, nouns_of
from bot.understand.phrasing import command
from bot.understand.refusing import speaks_of_it
from bot.understand.reported import reported
from bot.understand.rights import role_in
from bot.understand.ruled import ruled
from bot.understand.sentence import FOLLOWS, Sentence, is_masked, masked, names_at, read, values_at
from bot.understand.settle import bare_guess, looked_up, settled
from bot.understand.slots import fill
from bot.understand.spelling import Spelling, respelled
from bot.understand.templates import capture, fixed_words, is_meant, tells_by_places
from bot.understand.threadwise import by_thread
from bot.understand.twice_named import ask_which, one_by_both
from bot.understand.understanding import Ask, Guess, Understanding, Verdict
from bot.understand.unused import unused_in
from bot.understand.weigh import first_by, is_wished, weigh
from bot.understand.words import FUNCTION

TRIED = 6
"""Actions whose arguments are filled before the best is chosen, besides those whose example was said."""
BEYOND = 3
"""Actions the person may not use that are looked at, to say so."""
SEEN = 400
"""Letters the embedding sees; nobody says what they want after that."""
COMMON = 9_000
AT = re.compile(r"(?:at|in|near|around)\b", re.IGNORECASE)
PATIENCE = 8.0
"""Seconds in which somebody who talks to it gets an answer, while it still learns all examples."""
PAUSE = 60.0
"""Seconds until a model that could not be used is tried again."""


class Understander:
    """Built once per view. The first question loads the model, unless `warm` did."""

    def __init__(
        self,
        actions: Sequence[Offered],
        entities: Sequence[Named],
        *,
        embedder: Embedder | None = None,
        folder: Path | None = None,
        patience: float | None = None,
    ) -> None:
        common = common_words(COMMON)
        self.index = Index(actions, common)
        self.kinds = tuple(e.item.name for e in entities)
        self._homes = {e.item.name: e.plugin for e in entities}
        self._looks = {e.item.name: e.item.permission for e in entities}
        self._embedder, self._folder = embedder, folder
        self._ready = asyncio.Lock()
        self._warm, self._again, self._until = False, 0.0, 0.0
        self._patience = patience
        self._warming: asyncio.Task[None] | None = None
        self.trouble = "" if embedder else "no embedding model is configured"
        self._person = "customer" if "customer" in self._homes else "person"
        self._nouns = nouns_of(entities, self.index, common)
        self._little = [i for i, o in enumerate(actions) if not o.item.reads_only and tells_by_places(o.item)]
        self._spelling = Spelling(self.index.phrases, read_vocabulary(VOCABULARY), self.index.tells)
        self._lacks = Lacks(text for group in self.index.phrases for text in group)

    async def warm(self) -> None:
        """Load the model and the vectors of all examples; without them, words alone must do."""
        async with self._ready:
            if self._embedder is None or self._warm or time.monotonic() < self._again:
                return
            try:
                await self.index.embed(self._embedder, self._folder)
            except Unavailable as error:
                self.trouble, self._again = str(error), time.monotonic() + PAUSE
            else:
                self.trouble, self._warm = "", True

    async def understand(self, ask: Ask) -> Understanding:
        """Return what the words mean to this person; raises BadInput for a day that does not exist.

        Of "how do I suspend her" it is the wish behind it that is read, and then only spoken of.
        """
        return await spoken_of(self._understand, ask, self.index.actions) or await self._understand(ask)

    async def _understand(self, ask: Ask) -> Understanding:  # noqa: C901, PLR0911 - one per way to be plain
        """Return what the words mean, taken as they stand."""
        ask = replace(ask, words=await respelled(ask, self._spelling, self._lookable(ask)))
        said, words = self._read(ask, ask.words), self._nouns.words
        banned = said.mood.banned and wish_beside_ban(said.text, words)
        if wish := wish_beside_not_meant(said.text, words) or banned or without_contrast(said):
            return await self.understand(replace(ask, words=wish))
        if not said.words:
            return Understanding(verdict=Verdict.UNKNOWN)
        asker = Asker(clock=ask.clock, currency=ask.currency, email=ask.user.email, name=ask.user.name)
        lookups = Lookups(ask)
        again = same_again(self.index, ask, said, asker, lookups, kinds=self._lookable(ask), read=self._read)
        if (changed := await again) is not None:
            return changed
        if said.follows and (rest := FOLLOWS.sub("", said.text)):
            said = replace(self._read(ask, rest), follows=True)
        if (mark := said.bare or said.maybe_bare) is not None and (
            guess := await bare_guess(self.index, ask, lookups, mark, self._kinds_at(said), self._homes)
        ):
            return Understanding(verdict=Verdict.CLEAR, guesses=(guess,))
        if mark is not None and (guess := nowhere(self.index, ask, mark, self._person, self._homes)):
            return Understanding(verdict=Verdict.CLEAR, guesses=(guess,))
        if guess := who_is(self.index, ask, said, self._person, self._homes):
            return Understanding(verdict=Verdict.CLEAR, guesses=(guess,))
        if (rule := ruled(self.index, ask, said)) is not None:
            return rule
        said = await one_by_both(await looked_up(said, lookups, self._lookable(ask)), lookups)
        if wish := await reported(said, lookups):
            return await self.understand(replace(ask, words=wish))
        mask = masked(said, self._person, self.index.lexicon.corrected)
        fit = self._fit(said, mask, await self._vector(mask))
        guesses, beyond = await self._guesses(ask, said, asker, fit, lookups)
        guesses = by_thread(self.index, ask, said, guesses)
        doubt = doubt_of(fit.elsewhere, self._strange(said))
        meant = ask_which(self.index, decide(guesses, beyond, said, doubt), said, self._plain(mask))
        acts = meant.verdict in {Verdict.CLEAR, Verdict.MISSING} and not meant.best.reads_only
        lacks = too_much(meant, said)
        if lacks or (not (acts and meant.best.formed) and (lacks := self._lacks.named(said))):
            return refused(meant, lacks)
        return unbound(in_vain(meant, fit, said), said, self.index)

    def mended(self, ask: Ask) -> Mapping[str, object] | None:
        """Return what was proposed last with what a message changes in it: "no wait, make it high"."""
        return mended(self.index, ask, lambda words: self._read(ask, words))

    def kind_of(self, key: str) -> str:
        """Return the kind of thing whose keys are written like this one; empty where none is."""
        return next((kind for kind, pattern in self._nouns.patterns if pattern.fullmatch(key)), "")

    def names(self, ask: Ask) -> tuple[str, ...]:
        """Return the words of a message that may name a thing, surest first."""
        return tuple(dict.fromkeys(m.text for m in self._read(ask, ask.words).names))

    def _read(self, ask: Ask, words: str) -> Sentence:
        """Read a message, without the typing errors in what nothing is named by."""
        said = read(words, self._nouns, ask.clock, ask.currency, ask.focus)
        lexicon = self.index.lexicon
        plain = tuple(
            w if said.marked(w.start) else replace(w, low=lexicon.spelled(w.low)) for w in said.words
        )
        said = replace(said, verb=lexicon.corrected(said.mood.verb), words=plain)
        odd = said.odd_verb(self._nouns.known)
        said = replace(said, verbs=said.verbs_but(self._homes), odd=odd)
        return replace(said, does=self._does(said), own_from=said.told_from(self.index.tells))

    def _does(self, said: Sentence) -> bool:
        """Say whether a message wishes for a change, in any of its parts."""
        if not said.verbs:
            return False
        if said.mood.does or FOR_ME.match(said.mood.core):
            return said.mood.does
        return not (said.mood.question or said.mood.shows) and any(v in self.index.deeds for v in said.verbs)

    def _plain(self, masked_words: str) -> str:
        """Leave out of a message what might be a name or a secret, so that it can be counted."""
        known = self._nouns
        words = masked_words.split()
        return " ".join(w if known.known(w) or known.common(w) or w in FUNCTION else "…" for w in words)

    def _kinds_at(self, said: Sentence) -> Sequence[str]:
        """Return the kinds a bare name may be of: behind an "at" it is a place first."""
        return sorted(self.kinds, key=lambda kind: kind != "site") if AT.match(said.text) else self.kinds

    def _lookable(self, ask: Ask) -> list[str]:
        """Return the kinds this person may look up."""
        return [kind for kind in self.kinds if ask.user.may(self._looks[kind])]

    async def _ready_soon(self) -> None:
        """Wait until it is warm, or as long as patience lasts: at the first start words alone must do."""
        if self._warm or self._patience is None:
            await self.warm()
            return
        if (warming := self._warming) is None or warming.done():
            self._until = time.monotonic() + self._patience
            warming = self._warming = asyncio.create_task(self.warm())
        await asyncio.wait({warming}, timeout=max(0.0, self._until - time.monotonic()))
        if warming.done() and not warming.cancelled() and (error := warming.exception()):
            self.trouble = f"the examples could not be learnt ({type(error).__name__})"
            self._again = time.monotonic() + PAUSE

    async def _vector(self, masked: str) -> Vectors | None:
        await self._ready_soon()
        if self._embedder is None or self.trouble or not self._warm:
            return None
        try:
            vector: Vectors = (await self._embedder.embed([masked[:SEEN]]))[0]
        except Unavailable:  # a server that has gone: words alone must do
            return None
        return vector

    def _fit(self, said: Sentence, mask: str, vector: Vectors | None) -> Fit:
        """Compare a message with every action, about; what it names says nothing of what is wished."""
        role = role_in(said.text[said.begin :])
        at = said.begin + role[0] if role else -1
        plain = [w for w in said.words if w.start < said.own_from and not names_at(w.start, said)]
        plain = [w for w in plain if w.start != at]
        stems = [part for w in plain for part in (w.low.split("-") if "-" in w.low else [w.low])]
        stems += [m.entity for m in said.marks if m.entity and is_masked(m, said)]
        return self.index.fit(vector, mask[:SEEN], stems)

    def _strange(self, said: Sentence) -> float:
        """Return the share of a message's words, names and values aside, that no action speaks of."""
        plain = [
            w.low
            for w in said.words
            if w.start < said.own_from and w.low not in FUNCTION and not values_at(w.start, said)
        ]
        return sum(not self.index.lexicon.knows(w) for w in plain) / max(1, len(plain))

    async def _guesses(
        self, ask: Ask, said: Sentence, asker: Asker, fit: Fit, lookups: Lookups
    ) -> tuple[list[Guess], Guess | None]:
        """Fill and weigh the best actions this person may use; also return the best one they may not."""
        mask = self.index.allowed(ask.user)
        tried: list[tuple[Score, Filled, float]] = []
        wished: set[int] = set()
        forms: dict[int, Mapping[str, str]] = {}
        for place, score in enumerate(scores := self.index.best(fit, mask, self._telling(said))):
            action = self.index.actions[score.at].item
            captured = capture(action, said)
            if place >= TRIED and captured is None:
                continue
            filled = fill(action, said, asker, captured)
            tried.append((score, filled, weigh(action, score, filled, said, fixed_words(said, captured))))
            if captured is not None:
                forms[score.at] = captured
            if captured is not None or is_wished(action, said):
                wished.add(score.at)
        tried = await settled(self.index, lookups, said, tried)
        guesses = [
            replace(
                self._guess(score, filled, weight),
                wished=score.at in wished,
                formed=score.at in forms,
                meant=score.at in forms and is_meant(self.index.actions[score.at].item, said),
                **unused_in(said, filled, forms.get(score.at), self.index.speaks_of(score.at)),
                **held_by(self.index, score.at, filled, said, ask.clock.now),
                first_by=first_by(score, scores),
            )
            for score, filled, weight in tried
        ]
        beyond = self._beyond(self.index.best(fit, ~mask)[:BEYOND], said, asker)
        return sorted(guesses, key=lambda g: -g.score), beyond

    def _telling(self, said: Sentence) -> list[int]:
        """Return the actions whose words are all little ones, and said: "let support suspend customers"."""
        return [i for i in self._little if capture(self.index.actions[i].item, said) is not None]

    def _beyond(self, scores: Sequence[Score], said: Sentence, asker: Asker) -> Guess | None:
        """Return the best of the actions this person may not use."""
        found: list[Guess] = []
        for score in scores:
            action = self.index.actions[score.at].item
            captured = capture(action, said)
            filled = fill(action, said, asker, captured)
            if not speaks_of_it(action, filled, captured, said, self.index.speaks_of(score.at)):
                continue
            weight = weigh(action, score, filled, said, fixed_words(said, captured))
            guess, wished = self._guess(score, filled, weight), is_wished(action, said)
            found.append(replace(guess, wished=wished, formed=captured is not None))
        return max(found, key=lambda g: g.score, default=None)

    def _guess(self, score: Score, filled: Filled, weight: float) -> Guess:
        offered = self.index.actions[score.at]
        return Guess(
            action_id=offered.id,
            args=dict(filled.args),
            score=round(weight, 4),
            reads_only=offered.item.reads_only,
            said=command(offered, filled.args, short=True),
            missing=tuple(filled.missing),
            from_focus=frozenset(filled.from_focus & filled.args.keys()),
        )
