"""Somebody wants money back: that is no reason to take back what was booked, which pays nobody."""

from __future__ import annotations

import re

from bot.api import BadInput
from plugins.billing.port import Payment

BACK = (
    r"(?:money|cash|pay(?:ment)?|it|amount|funds) back|refund(?:ed)?|reimburse(?:d|ment)?|"
    r"pay(?:ment)? (?:it )?out"
)
REFUND = re.compile(
    rf"^\W*(?:please |(?:the |a |his |her |their )*)(?:{BACK})\b|"
    r"\b(?:wants?|wanted|asks?|asked|demands?|demanded|needs?|gets?|give|send|return|claims?|insists?)\b"
    rf"(?: (?!not\b)[\w']+){{0,5}}? (?:{BACK})\b|\bto be (?:refunded|reimbursed|paid (?:out|back))\b",
    re.IGNORECASE,
)
"""A reason that says that somebody is to get money back."""
WRONG = re.compile(
    r"\b(?:wrong(?:ly)?|twice|doubl[ey]|duplicates?|mistaken?|error|never (?:came|arrived)|not ours|"
    r"bounced|charge-?back|mis(?:posted|booked|typed)|other (?:customer|account))\b",
    re.IGNORECASE,
)
"""Says that it was booked wrongly after all."""


def check_no_refund(payment: Payment, reason: str) -> None:
    """Raise BadInput where somebody is to get money back: taking a booking back pays nobody."""
    said = " ".join(reason.split())
    if REFUND.search(said) and not WRONG.search(said):
        raise BadInput(
            f"I pay nothing out. To take {payment.number} back says that this money never came in: give the "
            "reason for which it was booked wrongly. For what can be done when somebody wants money back: "
            f"“refund {payment.customer}”."
        )
