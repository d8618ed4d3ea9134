"""What staff of a provider write short, and what they call by several names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.understand.words import stem

SHORT: Mapping[str, str] = {
    "acc": "account",
    "acct": "account",
    "ad": "add",
    "addr": "address",
    "amt": "amount",
    "assgn": "assign",
    "bal": "balance",
    "biz": "business",
    "cust": "customer",
    "custs": "customers",
    "cx": "customer",
    "dev": "device",
    "devs": "devices",
    "inet": "internet",
    "info": "details",
    "inv": "invoice",
    "invs": "invoices",
    "maint": "maintenance",
    "mgmt": "management",
    "msg": "message",
    "nr": "number",
    "pmt": "payment",
    "pmts": "payments",
    "prio": "priority",
    "pw": "password",
    "q": "queue",
    "rcv": "receive",
    "sess": "session",
    "sig": "signal",
    "stat": "status",
    "sub": "subscriber",
    "subs": "subscribers",
    "susp": "suspend",
    "svc": "service",
    "tech": "technician",
    "tel": "phone",
    "tix": "tickets",
    "tkt": "ticket",
    "tkts": "tickets",
    "vs": "compared with",
}

ALIKE: Sequence[str] = (
    "plan tariff package bundle subscription",
    "customer subscriber client",
    "invoice bill",
    "debt owe arrears outstanding owing",
    "ticket case complaint",
    "suspend block bar pause",
    "resume restore unblock reactivate unsuspend reconnect",
    "outage disturbance incident interruption",
    "maintenance works",
    "note remark memo",
    "solve resolve fix repair",
    "remove delete",
    "email e-mail mail",
    "device equipment",
    "technician engineer",
    "revenue income earnings turnover earn",
    "fail decline reject refuse bounce",
    "reboot restart",
    "offline unreachable",
    "urgent critical",
    "credit refund compensation",
    "unassigned unowned",
    "handover hand-over",
    "reminder dunning",
    "graph chart plot diagram draw",
    "overdue late",
)
"""Words that may stand for one another; each line is one meaning."""


VERBS: Sequence[str] = (
    "create open raise start file log make register new report",
    "suspend block bar pause cut stop hold disable deactivate",
    "resume restore unblock reactivate unsuspend reconnect enable lift",
    "assign give hand pass",
    "unassign release return",
    "close resolve finish complete solve fix",
    "cancel drop discard delete remove forget",
    "comment note add write update jot remember leave",
    "add create register enter",
    "record book enter register log post",
    "answer reply tell inform respond",
    "send mail email write tell notify inform",
    "escalate push raise send move",
    "credit refund reimburse compensate issue give grant",
    "change move switch upgrade downgrade set put migrate transfer bump raise lower",
    "disconnect kick drop terminate kill end",
    "reboot restart reset cycle",
    "grant give assign",
    "revoke remove withdraw",
    "enable activate switch turn",
    "disable deactivate switch turn",
    "merge join combine",
    "link attach connect tie",
    "schedule plan book announce",
    "declare open report announce",
    "acknowledge ack confirm accept",
)
"""Verbs with which people begin the same wish; wider than words that mean the same."""
FLAGS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "reads": (
        frozenset({"read", "readonly", "look", "looking", "reading"}),
        frozenset({"change", "changes", "changed", "touch", "edit"}),
    ),
    "nothing": (
        frozenset({"close", "closed", "silent", "mute", "shut"}),
        frozenset({"answer", "answers", "reply"}),
    ),
    "unpaid": (
        frozenset({"unpaid", "outstanding", "open", "due", "owing", "unsettled", "owed"}),
        frozenset({"paid", "pay", "payed", "settled", "cleared"}),
    ),
    "unassigned": (
        frozenset({"unassigned", "unowned", "unclaimed", "ownerless", "untaken"}),
        frozenset(
            {
                *("assigned", "taken", "took", "picked", "owner", "owns", "assignee", "holder", "claimed"),
                *("technician", "technicians", "agent", "engineer", "colleague"),
            }
        ),
    ),
    "unanswered": (
        frozenset({"unanswered", "unreplied"}),
        frozenset(
            {
                "answer",
                "answered",
                "answers",
                "reply",
                "replied",
                "replies",
                "response",
                "responded",
                "reacted",
            }
        ),
    ),
    "breached": (frozenset({"breaches", "breach", "breaching"}), frozenset()),
    "closed": (frozenset({"resolved", "resolve", "solved", "solve", "finished", "fixed"}), frozenset()),
    "earlier": (frozenset({"sooner", "forward"}), frozenset()),
    "biggest": (frozenset({"biggest", "largest", "highest"}), frozenset()),
    "resolved": (frozenset({"solved", "ended", "fixed", "repaired", "past"}), frozenset()),
    "longest": (frozenset({"longest"}), frozenset()),
    "late": (frozenset({"missed", "miss", "overdue", "forgot", "forgotten", "slipped"}), frozenset()),
    "my": (frozenset({"my", "mine"}), frozenset()),
    "unpromised": (frozenset(), frozenset({"promise", "promised", "promises", "nothing"})),
    "twice": (frozenset(), frozenset({"once", "double", "duplicate", "duplicates", "times"})),
    "still_on": (frozenset({"unsuspended"}), frozenset({"suspended", "blocked", "barred", "cut"})),
    "by_agent": (
        frozenset({"agent", "agents", "colleague", "colleagues", "clerk", "gave", "took"}),
        frozenset(),
    ),
    "owing": (frozenset({"owing", "owe", "owes", "debt", "debts", "unpaid", "outstanding"}), frozenset()),
    "instalments": (frozenset({"plan", "plans", "installments", "installment"}), frozenset()),
    "unexplained": (frozenset(), frozenset({"outage", "outages"})),
    "csv": (
        frozenset({"csv", "export", "exported", "spreadsheet", "excel", "xlsx", "download"}),
        frozenset(),
    ),
}
"""Per yes-or-no argument: words that say it, and words that say it after a not, nobody or without."""
SAID: Mapping[str, re.Pattern[str]] = {
    "same_time": re.compile(r"\bsame (?:times?|hours?|slot)\b", re.IGNORECASE),
    "twice": re.compile(
        r"\b(?:twice|double|duplicates?|more than once|(?:two|several|multiple) times)\b", re.IGNORECASE
    ),
    "midnight": re.compile(r"\b(?:midnight|0?0[:.]00|24[:.]00|12 ?am|0?0 ?h(?:ours|rs)?)\b", re.IGNORECASE),
    "unexplained": re.compile(
        r"\bunexplained\b|(?:\b(?:no|not|without|besides?|except|excluding|apart from|other than|outside|"
        r"aside from)|n.?t)\b(?:[\w ]{0,24}?\boutages?\b| OUT-\d+)",
        re.IGNORECASE,
    ),
    "unpromised": re.compile(
        r"\bunpromised\b|\bpromis\w* (?:us )?nothing\b|"
        r"(?:\b(?:no|not|never|without|nobody)|n.?t)\b[\w\s]{0,24}?\bpromis",
        re.IGNORECASE,
    ),
}
"""Per yes-or-no argument: what says it in several words."""


def groups() -> dict[str, tuple[str, ...]]:
    """Return stem -> the stems of the words that mean the same."""
    out: dict[str, tuple[str, ...]] = {}
    for line in ALIKE:
        stems = tuple(dict.fromkeys(stem(word) for word in line.split()))
        out |= {one: tuple(s for s in stems if s != one) for one in stems}
    return out


def _verbs() -> dict[str, frozenset[str]]:
    out: dict[str, frozenset[str]] = {}
    for line in VERBS:
        stems = frozenset(stem(word) for word in line.split())
        out |= {one: out.get(one, frozenset()) | stems for one in stems}
    return out


def _forms() -> dict[str, tuple[str, ...]]:
    out: dict[str, tuple[str, ...]] = {}
    for line in ALIKE:
        words = line.split()
        for ending in ("", "s"):
            forms = tuple(word + ending for word in words)
            out |= dict.fromkeys(forms, forms)
    return out


FORMS = _forms()
"""Word -> the words that may stand in its place as it stands, one or many."""
SAME = groups()
LIKE_VERB = _verbs()
