"""The simulated ISP: a believable world, deterministic by seed, with truths to find in it."""

from __future__ import annotations

from bot.demo.load import SEED, SIZE, get_truth, load_demo
from bot.demo.suggestions import LAKESIDE_PERSONAS, PERSONAS, PERSONAS_OF, SUGGESTIONS, SUGGESTIONS_OF
from bot.demo.truth import Truth

__all__ = [
    "LAKESIDE_PERSONAS",
    "PERSONAS",
    "PERSONAS_OF",
    "SEED",
    "SIZE",
    "SUGGESTIONS",
    "SUGGESTIONS_OF",
    "Truth",
    "get_truth",
    "load_demo",
]
