"""Everything the actions say about themselves, ready to be compared with a question at a flat cost."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.contract.action import Action
from bot.contract.people import User
from bot.llm.embedding import Embedder, LocalEmbedder, Vectors, give_back
from bot.understand.apart import learn_apart
from bot.understand.arguments import Argument, Kind, arguments_of
from bot.understand.elsewhere import nearness
from bot.understand.gathered import Said, gathered, is_learned
from bot.understand.head import Head
from bot.understand.lexicon import Lexicon
from bot.understand.marks import IT, PEOPLE
from bot.understand.nearness import Nearness
from bot.understand.vain import SORTS, Sort
from bot.understand.words import FUNCTION, Token, stem, tokens

CHANGES = frozenset({"suspend", "cancel", "close", "delete", "remove", "terminate", "send", "credit"})
"""Verbs with which no reading is wished for, whatever it is called."""
COARSE = 30
"""Actions whose phrases are compared one by one; the others are left out by their middle vector."""
PLACEHOLDER = re.compile(r"\{(\w+)\}")
SAMPLES: Mapping[Kind, str] = {
    Kind.MONEY: "5000",
    Kind.WHOLE: "30",
    Kind.DAY: "tomorrow",
    Kind.INSTANT: "tomorrow 10:00",
}
STAND_INS: Mapping[str, str] = {
    "by": "colleague",
    "actor": "colleague",
    "did": "changed",
    "deed": "changed",
    "about": "customer",
    "area": "site",
    "role": "role",
    "plugin": "plugin",
}
"""What to put in the place of an argument that is text by its type, but always one sort of thing."""
MEANING, WORDING, LEARNED = 0.71, 0.20, 0.56
"""What the nearest phrases, the words and the learned head count: fitted on wordings left out."""


class Offered(Protocol):
    """An action and the plugin it came from (`bot.host.registry.Owned`)."""

    @property
    def plugin(self) -> str:
        """The plugin's name."""

    @property
    def item(self) -> Action:
        """The action."""

    @property
    def id(self) -> str:
        """The name the rest of the world uses."""


class Score(NamedTuple):
    """How well one action fits a question: by its nearest phrases, by words, by what was learned."""

    at: int
    meaning: float
    wording: float
    learned: float = 0.0

    @property
    def whole(self) -> float:
        """All in one number."""
        return MEANING * self.meaning + WORDING * self.wording + LEARNED * self.learned


class Fit(NamedTuple):
    """How well every action fits a question: by words, by what was learned, and by all at a first look.

    `elsewhere` is how near it is to what has nothing to do with any of them, `vain` how well it fits the
    sort of wishes that no plugin is about which it fits best, and which sort that is.
    """

    vector: Vectors | None
    wording: NDArray[np.float32]
    learned: NDArray[np.float32]
    elsewhere: float
    coarse: NDArray[np.float32]
    vain: tuple[float, Sort | None] = (0.0, None)


class Index:
    """Built once per view. Without vectors it goes by words alone."""

    def __init__(self, actions: Sequence[Offered], common: Collection[str] = ()) -> None:
        self.actions = tuple(actions)
        self.phrases = [phrases_of(o) for o in self.actions]
        self._speaks_of: dict[int, frozenset[str]] = {}
        words = (t for group in self.phrases for text in group for t in tokens(text))
        self.lexicon = Lexicon([_document(o) for o in self.actions], _spelled(words), common)
        tells = {verb for o in self.actions if _tells(o.item) for verb in verbs_of(o.item)}
        self.tells = frozenset(tells - FUNCTION) | (tells & {stem("give"), stem("tell")})
        self.deeds = _deeds(o.item for o in self.actions)
        self._nearness: Nearness | None = None
        self._head: Head | None = None
        self._elsewhere: Vectors | None = None
        self._vain: Nearness | None = None
        self._allowed: dict[frozenset[str], NDArray[np.bool_]] = {}

    def speaks_of(self, at: int) -> frozenset[str]:
        """Return the stems of all words one action uses of itself and of its arguments."""
        if at not in self._speaks_of:
            act = self.actions[at].item
            texts = (*self.phrases[at], act.about, *act.sayings)
            names = " ".join(f"{a.name} {a.title} {a.entity}" for a in arguments_of(act)).replace("_", " ")
            self._speaks_of[at] = frozenset(t.stem for text in (*texts, names) for t in tokens(text))
        return self._speaks_of[at]

    async def embed(self, embedder: Embedder, folder: Path | None) -> None:
        """Add the vectors of all phrases; those not on disk yet a process of its own computes."""
        if not self.actions:
            return
        said = Said([o.plugin for o in self.actions], self.phrases)
        mine = isinstance(embedder, LocalEmbedder)
        if folder and mine and not is_learned(embedder.model_id, said, folder):
            await learn_apart(said, folder)
        self.set_vectors(*await gathered(embedder, said, folder))
        give_back()

    def set_vectors(self, vectors: Vectors, vain: Vectors, head: Head, elsewhere: Vectors) -> None:
        """Take one row per phrase, in the order of `phrases`, what was learned from them, and the others'."""
        self._nearness = Nearness(vectors, [len(p) for p in self.phrases])
        self._vain = Nearness(vain, [len(sort.sayings) for sort in SORTS], ready=True)
        self._head, self._elsewhere = head, elsewhere

    def allowed(self, user: User) -> NDArray[np.bool_]:
        """Return which actions this person may use at all."""
        held = frozenset(user.rights)
        if held not in self._allowed:
            if len(self._allowed) > 1_000:  # noqa: PLR2004 - sets of permissions seen, not people
                self._allowed.clear()
            self._allowed[held] = np.array([o.item.permission in held for o in self.actions], np.bool_)
        return self._allowed[held]

    def rank(
        self, vector: Vectors | None, text: str, stems: Sequence[str], mask: NDArray[np.bool_]
    ) -> list[Score]:
        """Return the best of the masked actions, best first."""
        return self.best(self.fit(vector, text, stems), mask)

    def fit(self, vector: Vectors | None, text: str, stems: Sequence[str]) -> Fit:
        """Compare a question with every action, about; `text` is what the vector is of."""
        wording = self.lexicon.score(stems)
        if vector is None or self._nearness is None or self._head is None or self._elsewhere is None:
            return Fit(None, wording, np.zeros_like(wording), 0.0, wording)
        both = self._head.score(vector, text)
        learned, vain = both[: len(self.actions)], both[len(self.actions) :]
        about = MEANING * self._nearness.about(vector)
        coarse = about + WORDING * wording + LEARNED * learned
        elsewhere = nearness(vector, self._elsewhere)
        return Fit(vector, wording, learned, elsewhere, coarse, self._in_vain(vector, vain))

    def _in_vain(self, vector: Vectors, learned: NDArray[np.float32]) -> tuple[float, Sort | None]:
        """Return how well a question fits the best of the sorts of wishes that nothing here is about."""
        if self._vain is None:
            return 0.0, None
        near = self._vain.close(vector, np.arange(len(SORTS)))
        fits = MEANING * near + LEARNED * learned
        best = int(fits.argmax())
        return float(fits[best]), SORTS[best]

    def best(self, fit: Fit, mask: NDArray[np.bool_], also: Sequence[int] = ()) -> list[Score]:
        """Return the best of the masked actions and those of `also`, having looked at them closely."""
        count = min(COARSE, int(np.count_nonzero(mask)))
        if not count:
            return []
        coarse = np.where(mask, -fit.coarse, np.float32(np.inf))
        at = coarse.argpartition(count - 1)[:count]
        if more := [i for i in also if mask[i] and i not in at]:
            at = np.append(at, more)
        wording = fit.wording[at].astype(np.float64)
        learned = fit.learned[at].astype(np.float64)
        near = (
            wording if fit.vector is None or self._nearness is None else self._nearness.close(fit.vector, at)
        )
        order = (-(MEANING * near + WORDING * wording + LEARNED * learned)).argsort(kind="stable")
        rows = zip(*(part[order].tolist() for part in (at, near, wording, learned)), strict=True)
        return list(map(Score._make, rows))


@lru_cache(maxsize=4_096)
def verbs_of(action: Action) -> frozenset[str]:
    """Return the stems of the words with which the wish for an action begins."""
    starts = (action.name.replace("_", " "), *action.examples)
    firsts = (tokens(text)[:1] for text in starts if not text.startswith("{"))
    return frozenset(t.stem for first in firsts for t in first)


def does_as(action: Action) -> bool:
    """Say whether a reading is called by the verb of the change it prepares: `suspend_many` counts them."""
    return action.name.split("_")[0] in CHANGES


def _deeds(actions: Iterable[Action]) -> frozenset[str]:
    """Return the words with which only wishes for a change begin, as they are said: `add`, `suspend`."""
    does: set[str] = set()
    reads: set[str] = set(FUNCTION)
    for act in actions:
        for text in (act.name.replace("_", " "), *act.examples):
            if not text.startswith("{") and (first := tokens(text)[:1]):
                (reads if act.reads_only and not does_as(act) else does).add(first[0].low)
    return frozenset(does - reads)


def _tells(action: Action) -> bool:
    """Say whether an action takes somebody's own words: a note, a subject, a reason."""
    return not action.reads_only and any(a.kind is Kind.TEXT for a in arguments_of(action))


def _spelled(words: Iterable[Token]) -> dict[str, str]:
    """Return the whole word of each stem that is said most, the shortest of several."""
    said: dict[str, Counter[str]] = defaultdict(Counter)
    for word in words:
        said[word.stem][word.low] += 1
    return {stem: min(forms, key=lambda w: (-forms[w], len(w))) for stem, forms in said.items()}


def phrases_of(offered: Offered) -> list[str]:
    """Return what an action says of itself: name, summary, examples with neutral words for their places."""
    act = offered.item
    arguments = {a.name: a for a in arguments_of(act)}
    name = f"{offered.plugin} {act.name}".replace("_", " ")
    said = [PLACEHOLDER.sub(lambda m: _neutral(m[1], arguments), text) for text in act.sayings]
    plain = [re.sub(r"\s+", " ", text).strip(" :,.").lower() for text in said]
    return list(dict.fromkeys([name, summary(act).lower(), *(p for p in plain if p)]))


def summary(act: Action) -> str:
    """Return the first sentence of an action's docstring."""
    return act.about.split("\n", 1)[0].strip().rstrip(".")


def _neutral(name: str, arguments: Mapping[str, Argument]) -> str:
    argument = arguments.get(name)
    if argument is None:
        return name.replace("_", " ")
    if argument.kind is Kind.ENTITY:
        return "colleague" if argument.entity in PEOPLE else argument.entity
    if argument.kind is Kind.CHOICE:
        return argument.values[0].replace("_", " ")
    if argument.kind in {Kind.TEXT, Kind.MANY, Kind.SECRET}:
        return STAND_INS.get(argument.name, "")
    return SAMPLES.get(argument.kind, "")


def _document(offered: Offered) -> dict[str, float]:
    """Return the weight of each stem an action speaks of: names most, then examples, then the docstring."""
    act = offered.item
    arguments = arguments_of(act)
    parts = (
        (0.35, act.about),
        (0.35, " ".join(v.replace("_", " ") for a in arguments for v in a.values)),
        (0.4, " ".join(a.title for a in arguments)),
        (0.6, " ".join(a.entity for a in arguments)),
        (0.7, summary(act)),
        (0.85, " ".join(PLACEHOLDER.sub(" ", text) for text in act.sayings)),
        (0.7, offered.plugin.replace("_", " ")),
        (1.0, act.name.replace("_", " ")),
    )
    weights: dict[str, float] = {}
    for weight, text in parts:
        for token in tokens(text):
            if (
                token.low not in FUNCTION and token.low not in IT
            ):  # "same" would make every Sam a word of ours
                weights[token.stem] = max(weight, weights.get(token.stem, 0.0))
    singular = offered.plugin.removesuffix("s")
    weights[stem(singular)] = max(0.7, weights.get(stem(singular), 0.0))
    return weights
