"""Reports of spam that mailbox providers send back (ARF, RFC 5965): whoever sent one wants no more news."""

from __future__ import annotations

import re
from email.message import Message

FEEDBACK = "message/feedback-report"
KIND = re.compile(r"^Feedback-Type:[ \t]*([a-z-]{1,40})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
COMPLAINTS = {
    "abuse": "reported as spam",
    "fraud": "reported as fraud",
    "opt-out": "opted out at their provider",
    "opt-out-list": "opted out at their provider",
}
"""What a kind of feedback means; that one is no spam, or that a signature does not fit, is none."""


def is_feedback(message: Message) -> bool:
    """Say whether a message is a feedback report."""
    kind = str(message.get_param("report-type", "")).lower()
    return message.get_content_type() == "multipart/report" and kind == "feedback-report"


def complaint_of(fields: str) -> str:
    """Return what a feedback part complains of, in words; empty when it is no complaint."""
    found = KIND.search(fields)
    return COMPLAINTS.get(found[1].lower(), "") if found else ""
