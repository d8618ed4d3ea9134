"""What people say for the values of a choice: critical for urgent, wire for a bank transfer."""

from __future__ import annotations

from collections.abc import Sequence

ALIKE: Sequence[frozenset[str]] = (
    frozenset({"urgent", "critical", "emergency", "p1", "asap", "immediate", "top priority"}),
    frozenset({"high", "important", "major", "p2"}),
    frozenset({"normal", "medium", "standard", "regular", "default", "p3"}),
    frozenset({"low", "minor", "p4", "trivial"}),
    frozenset({"open", "new", "unresolved", "outstanding"}),
    frozenset({"in_progress", "in progress", "ongoing", "working", "started", "wip"}),
    frozenset({"resolved", "solved", "fixed", "done"}),
    frozenset({"closed", "finished", "completed"}),
    frozenset({"pending", "on hold", "waiting"}),
    frozenset({"bank_transfer", "bank transfer", "transfer", "bank", "wire"}),
    frozenset(
        {
            *("mobile_money", "mobile money", "momo", "mpesa", "m-pesa", "m pesa", "airtel money", "airtel"),
            *(
                "mtn money",
                "mtn momo",
                "mtn",
                "tigo pesa",
                "tigopesa",
                "orange money",
                "ecocash",
                "opay",
                "wallet",
            ),
        }
    ),
    frozenset({"card", "visa", "mastercard", "credit card", "debit card", "pos"}),
    frozenset({"direct_debit", "direct debit", "standing order"}),
    frozenset(
        {
            *(
                "broken",
                "missed",
                "not kept",
                "didnt keep",
                "not keep",
                "hasnt kept",
                "havent kept",
                "unkept",
            ),
            *("didnt", "did not", "didnt pay", "not pay", "never paid", "failed"),
        }
    ),
    frozenset({"no_service", "no internet", "no service", "outage", "down", "no light"}),
    frozenset({"wifi", "wi-fi", "wireless"}),
    frozenset({"offline", "down", "unreachable"}),
    frozenset({"online", "up", "reachable"}),
    frozenset({"L2", "level 2", "second level", "tier 2", "second line"}),
    frozenset({"L3", "level 3", "third level", "tier 3", "third line"}),
    frozenset({"assignee", "agent", "colleague", "technician", "person", "engineer"}),
    frozenset({"region", "area"}),
    frozenset({"site", "tower", "pop"}),
    frozenset({"L1", "level 1", "first level", "tier 1", "first line"}),
)
"""Words people use for the values of a choice; a set counts where one of its words is a value."""
