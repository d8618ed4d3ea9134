"""Logging: one line per event, with ids and no payload; of errors the kind and the place, not the words."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from contextlib import AbstractContextManager
from typing import Literal, TextIO

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.stdlib import ExtraAdder, ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.errors import ConfigError, PluginError

BLOT = "[secret]"
LEFT_OUT = "[left out]"
LONGEST = 2000

IDS = ("tenant", "user", "call_id", "event_id", "job", "thread", "surface")
"""What `about` binds to every line of a task."""

SECRET_NAME = re.compile(
    r"(?i)password|passwd|secret|token|api_?key|master_?key|authorization|cookie|signature"
)
PAYLOAD_NAME = re.compile(r"(?i)^(payload|body|text|words|args|arguments|message_text|blocks|row|rows|data)$")

SECRETS = re.compile(
    r"""
    \bxox[a-z](?:\.xox[a-z])?-[\w-]{6,} | \bxapp-[\w-]{6,} | \bxoxe[\w.-]{6,}   # Slack
    | \bsk-[\w-]{8,} | \bgh[pousr]_\w{16,} | \bgithub_pat_\w{16,}               # model APIs, GitHub
    | \bA(?:KIA|SIA)[0-9A-Z]{12,}                                               # AWS
    | \beyJ[\w-]{4,}\.[\w-]{4,}\.[\w-]*                                         # JSON web tokens
    | -----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----[\s\S]*?(?:-----END[ ][A-Z ]*PRIVATE[ ]KEY-----|\Z)
    | (?<=Bearer[ ])[\w.~+/=-]{6,} | (?<=Basic[ ])[A-Za-z0-9+/=]{8,}
    | (?<=://)[^\s/:@]*:[^\s@]+(?=@)                                            # user:password@ in URLs
    | (?i:(?<=password=)|(?<=passwd=)|(?<=secret=)|(?<=token=)|(?<=api_key=)|(?<=apikey=)|(?<=community[ ]))
      (?:'[^']*'|"[^"]*"|[^\s,;&'"]+)
    """,
    re.VERBOSE,
)


FRAMES = 12
"""Frames of one error's trace that are kept, the innermost."""
CODES = ("sqlstate", "status_code", "errno")
"""Attributes of errors that say which fault it is, and can hold nothing a person wrote."""
CODE = re.compile(r"[0-9A-Z]{1,5}")
OURS = (PluginError, ConfigError)
"""Errors whose words are the bot's own, for authors and operators: no plugin raises them."""

ROW_DETAIL = re.compile(r"(?m)^(DETAIL:|\[parameters:).*$")
"""PostgreSQL and SQLAlchemy put values of the row into the text of their errors."""


def redact(words: str) -> str:
    """Return the words with tokens, keys and passwords blotted out."""
    return SECRETS.sub(BLOT, words)


NOISY = ("sqlalchemy.engine", "apscheduler", "slack_sdk", "httpx", "httpx2", "httpcore", "asyncio", "alembic")
"""Libraries that tell more than anybody wants to read."""


def set_up_logging(
    *, level: str = "info", form: Literal["auto", "json", "console"] = "auto", stream: TextIO | None = None
) -> None:
    """Send our lines and every library's to `stream` (default: standard error) in one form."""
    out = stream or sys.stderr
    plain = form == "json" or (form == "auto" and not out.isatty())
    shared: list[Processor] = [
        merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[*shared, ExtraAdder()],
            processors=[
                ProcessorFormatter.remove_processors_meta,
                *CLEANING,
                structlog.processors.JSONRenderer()
                if plain
                else structlog.dev.ConsoleRenderer(colors=out.isatty()),
            ],
        )
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))


def about(**ids: str) -> AbstractContextManager[None]:
    """Put these ids on every line logged inside, in this task and those it starts."""
    if strange := set(ids) - set(IDS):
        raise TypeError(
            f"not an id that log lines carry: {', '.join(sorted(strange))}; known: {', '.join(IDS)}"
        )
    return bound_contextvars(**ids)


def drop_colours(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Leave out the second copy of a line that uvicorn adds for terminals."""
    event.pop("color_message", None)
    return event


def place_exceptions(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace an exception by its kind and place: the words of an error may hold what a customer wrote."""
    given = event.pop("exc_info", None)
    if isinstance(given, tuple):
        given = given[1]
    elif given and not isinstance(given, BaseException):
        given = sys.exc_info()[1]
    if isinstance(given, BaseException):
        event["exception"] = where(given)
    return event


def where(error: BaseException) -> str:
    """Return the kinds of an error and of what caused it, each with the frames it came through; no values."""
    told: list[str] = []
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        told.append(f"{kind(found)} at {' < '.join(frames(found)) or 'an unknown place'}")
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
    if isinstance(error, BaseExceptionGroup):
        told += [f"in it: {where(one)}" for one in error.exceptions[:FRAMES]]
    return "\ncaused by ".join(told)


def kind(error: BaseException) -> str:
    """Return the error's type, with the number of the fault where it has one; the words only of our own."""
    if type(error) in OURS:
        return f"{type(error).__name__} ({error})"
    codes = (str(getattr(error, name, None) or "") for name in CODES)
    code = next((one for one in codes if CODE.fullmatch(one)), "")
    return f"{type(error).__name__} {code}".strip()


def frames(error: BaseException) -> list[str]:
    """Return where an error was raised, innermost first: `file:line function`."""
    through = traceback.StackSummary.extract(
        traceback.walk_tb(error.__traceback__), lookup_lines=False, capture_locals=False
    )
    return [f"{f.filename}:{f.lineno} {f.name}" for f in reversed(through[-FRAMES:])]


def leave_payloads_out(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Keep names and sizes, drop what people wrote: a log carries ids, never payloads."""
    for name, value in event.items():
        if name != "event" and (
            PAYLOAD_NAME.match(name) or isinstance(value, bytes | dict | list | tuple | set)
        ):
            event[name] = LEFT_OUT
        elif isinstance(value, str) and len(value) > LONGEST and name != "exception":
            event[name] = value[:LONGEST] + "…"
    return event


def blot_secrets_out(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Blot out secrets by the name of the field and by the look of the value."""
    for name, value in event.items():
        if SECRET_NAME.search(name) and value is not None:
            event[name] = BLOT
        elif not isinstance(value, int | float | bool | None):
            event[name] = redact(ROW_DETAIL.sub(rf"\1 {LEFT_OUT}", str(value)))
    return event


CLEANING: tuple[Processor, ...] = (drop_colours, place_exceptions, leave_payloads_out, blot_secrets_out)
"""What every line goes through before it is written, in this order."""
