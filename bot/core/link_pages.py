"""Where the ISP's own systems show things: what is an address of such a page."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bot.errors import BadInput

SLOT = "{key}"
ADDRESS = re.compile(r"https?://[\x21-\x7e]{1,490}")
LONGEST = 300
NOT_ONE = (
    "“{template}” is no address of a page. It looks like https://tickets.isp.example/t/{{key}}: https, the "
    "name of a host, and once {{key}}, where the number stands, behind it."
)


def check_template(template: str) -> str:
    """Return the host of an address with one `{key}`; BadInput for what is none."""
    try:
        parts = urlsplit(template)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    plain = ADDRESS.fullmatch(template) and len(template) <= LONGEST and parts.scheme == "https"
    named = "." in host and parts.netloc == (f"{host}:{port}" if port else host)
    if not (
        plain and named and template.count(SLOT) == 1 and "{" not in parts.netloc and "#" not in template
    ):
        raise BadInput(NOT_ONE.format(template=template[:80]))
    return host
