"""A role as whom a sentence is about: "billing may no longer suspend" is about rights, not about billing."""

from __future__ import annotations

import re

ROLES = r"support|billing|noc|field|admins?|sales|finance|helpdesk|front ?desk|interns?"
"""What the roles of a provider are called: some of them are the names of what plugins are about, too."""
PEOPLE = r"(?:\s+(?:people|persons?|staff|team|clerks?|agents?|colleagues?|folks|guys|engineers|users|role))?"
MAY = (
    r"(?:may|must|can|could|should|shall)(?:\s*n[o']?t)?|can'?t|"
    r"is(?:n'?t| not)? (?:no longer )?(?:allowed|to)|"
    r"are(?:n'?t| not)? (?:no longer )?(?:allowed|to)|needs? to be able"
)
DONE = r"do|see|change|get|give|touch"
AT_END = r"(?: by default| here| now| at all| exactly| at the moment)?[\s?.!…]*$"
SPEAKS = re.compile(
    r"^(?:(?:only|our|the|all|people in|everybody in|everyone in|from now on)\s+)*"
    rf"(?P<a>{ROLES}){PEOPLE}\s+(?:{MAY})\b"
    rf"|^who(?: else| all)? (?:holds?|has|have|got|is in|are in)\s+(?:the\s+)?(?P<b>{ROLES})"
    rf"(?:\s+(?:role|rights?))?{AT_END}"
    rf"|^what(?: all| else)? (?:can|may|could|is|are|do|does)\s+(?:the\s+|our\s+)?(?P<c>{ROLES}){PEOPLE}\s+"
    rf"(?:(?:{DONE}){AT_END}|(?:get|able|allowed) to\b)"
    rf"|^(?:let|allow|permit|stop|prevent|forbid|(?:don'?t|do not|never) (?:let|allow))\s+(?:the\s+|our\s+)?"
    rf"(?P<d>{ROLES}){PEOPLE}\s+(?:to\s+|from\s+)?[a-z]",
    re.IGNORECASE,
)


def role_in(core: str) -> tuple[int, int] | None:
    """Return where a message, greeting and politeness aside, names the role that it is about."""
    found = SPEAKS.match(core)
    if found is None:
        return None
    name = next(name for name in "abcd" if found[name])
    return found.span(name)


def with_role(core: str) -> str:
    """Return the words with "role" in the place of the role's own name, as the examples have it."""
    at = role_in(core)
    return f"{core[: at[0]]}role{core[at[1] :]}" if at else core
