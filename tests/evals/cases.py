"""The questions of the evaluation, and which of them may be looked at while tuning."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.understand.words import clean
from tests.evals import world

HERE = Path(__file__).parent
TUNED = HERE / "questions.jsonl"
WISHES: Mapping[str, Sequence[str]] = {
    "change_plan": ("customers_change_plan",),
    "quote": ("customers_quote_plan",),
    "provision": ("customers_provision", "customers_add_service"),
    "record_payment": ("billing_record_payment",),
    "credit": ("billing_credit",),
    "promise": ("billing_promise",),
    "promises": ("billing_promises",),
    "remind": ("billing_remind",),
    "next_suspensions": ("billing_suspensions",),
    "merge": ("tickets_merge",),
    "link_outage": ("tickets_link_outage",),
    "call_promise": ("tickets_promise", "customers_promise_call"),
    "call_promises": ("tickets_promises", "customers_call_promises"),
    "email": ("email_send", "email_draft"),
    "mass_email": ("email_send_many", "email_mass"),
    "diagnose": ("network_diagnose", "network_slow"),
    "disconnect": ("network_disconnect",),
    "reboot": ("network_reboot",),
    "open_outage": ("network_declare",),
    "close_outage": ("network_resolve",),
    "plan_maintenance": ("network_plan",),
    "handover": ("shifts_handover", "network_handover", "tickets_handover"),
    "sites": ("network_sites",),
    "chart_optical": ("network_signal_history",),
    "chart_balance": ("billing_balance_history",),
    "chart_sessions": ("network_session_history",),
    "chart_tickets": ("tickets_volume",),
    "chart_ageing": ("billing_overdue",),
    "channel_rule": ("admin_set_channel",),
    "sso": ("admin_set_sso", "admin_choose_sso"),
    "oncall_who": ("oncall_who",),
    "page": ("oncall_page",),
    "ack": ("oncall_ack",),
    "visits": ("visits_route", "visits_board"),
    "book_visit": ("visits_schedule", "visits_free"),
    "trial": ("admin_trial", "admin_try_policy"),
}
"""What a `+wish` of the questions is called since some plugin brings it; without one the question is left out."""


ALSO: Mapping[str, Sequence[str]] = {"network_affected": ("network_affected_list",)}
"""Actions that answer the same question as well."""


@dataclass(frozen=True)
class Case:
    """One question and what should come of it; `!words` stand for verdicts."""

    q: str
    role: str
    want: Sequence[str]
    args: Mapping[str, str] = field(default_factory=dict)
    focus: Mapping[str, str] = field(default_factory=dict)
    last: tuple[str, Mapping[str, Any]] | None = None
    held: bool = False
    kind: str = "plain"


def is_held(words: str, part: int = 6) -> bool:
    """Say whether a question is kept back from tuning: its own letters decide, nobody else."""
    letters = hashlib.sha256(words.encode()).digest()
    return letters[0] % part != 0 and letters[1] % 3 != 0


def first_cases() -> list[Case]:
    """Return the questions the understanding was built on; all of them may be looked at."""
    rows = [json.loads(line) for line in TUNED.read_text().splitlines() if line.strip()]
    return [
        Case(
            r["q"],
            r["as"],
            r["want"],
            r.get("args", {}),
            r.get("focus", {}),
            tuple(r["last"]) if "last" in r else None,
        )
        for r in rows
    ]


def new_cases(path: Path = HERE / "questions.txt") -> list[Case]:
    """Return the questions written before tuning; those for actions that are not there are left out."""
    return [case for line in _lines(path) if (case := _case(line)).want]


def left_out(path: Path = HERE / "questions.txt") -> list[str]:
    return [line.split("|")[1].strip() for line in _lines(path) if not _case(line).want]


def _lines(path: Path) -> Iterator[str]:
    for line in path.read_text().splitlines():
        if line.strip() and line[0] != "#":
            yield line


def _case(line: str) -> Case:
    who, q, want, args, focus = (*(part.strip() for part in line.split("|")), "", "")[:5]
    role, kind = who.split()
    return Case(q, role, _wanted(want), _pairs(args), _pairs(focus), held=is_held(q), kind=kind)


def _wanted(text: str) -> list[str]:
    there = {o.id for o in world.ACTIONS}
    words = [w for word in text.split(",") for w in (word, *ALSO.get(word, ()))]
    names = [n for word in words for n in (WISHES.get(word[1:], ()) if word[0] == "+" else (word,))]
    return [n for n in names if n[0] == "!" or n in there]


def _pairs(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in text.split(";") if part)


def examples() -> frozenset[str]:
    """Return what the actions give as examples, in the form in which words are compared."""
    said = (example for o in world.ACTIONS for example in o.item.sayings)
    return frozenset(plain(re.sub(r"\{\w+\}", "{}", text)) for text in said)


def plain(words: str) -> str:
    """Return words without capitals, punctuation and the names of things: the form in which they are compared."""
    words = words.replace("{}", "{} ").strip()
    text = " ".join(word.strip(".,:;?!\"'()") for word in clean(words).lower().split())
    for name in sorted(
        (n.lower() for t in world.THINGS for n in (t.key, t.label, *t.also)), key=len, reverse=True
    ):
        text = text.replace(name, "{}")
    return " ".join(text.replace("{}'s", "{}").split())
