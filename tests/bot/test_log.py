"""Log lines carry ids; what people wrote and what opens doors stays out."""

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog

from bot.log import about, redact, set_up_logging
from tests.left_behind import logging_kept

Lines = Callable[[], list[dict]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    stream = io.StringIO()
    with logging_kept():
        set_up_logging(level="debug", form="json", stream=stream)
        yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_with_the_ids_of_its_task(lines: Lines) -> None:
    with about(tenant="t-1", call_id="c-1"):
        structlog.get_logger("bot.core.gate").info("call_done", ms=12)
    structlog.get_logger("bot.core.gate").info("after")
    first, second = lines()
    assert (first["event"], first["tenant"], first["call_id"], first["ms"]) == ("call_done", "t-1", "c-1", 12)
    assert (first["level"], first["logger"]) == ("info", "bot.core.gate")
    assert first["timestamp"].endswith("Z")
    assert "tenant" not in second


def test_other_libraries_log_in_the_same_form(lines: Lines) -> None:
    with about(tenant="t-1"):
        logging.getLogger("slack_bolt").warning("token %s refused", "xoxb-12345678-abcdef")
    (line,) = lines()
    assert (line["level"], line["logger"], line["tenant"]) == ("warning", "slack_bolt", "t-1")
    assert line["event"] == "token [secret] refused"


def test_a_line_is_not_said_twice_for_terminals(lines: Lines) -> None:
    logging.getLogger("uvicorn.error").info(
        "Started [%d]", 7, extra={"color_message": "Started [\x1b[36m%d\x1b[0m]"}
    )
    (line,) = lines()
    assert (line["event"], "color_message" in line) == ("Started [7]", False)


def test_payloads_are_left_out_whatever_their_form(lines: Lines) -> None:
    log = structlog.get_logger()
    log.info("got", payload="hush", text="hush", body=b"hush", things=["hush"], found={"a": "hush"}, size=4)
    logging.getLogger("x").info("got", extra={"words": "hush"})
    assert "hush" not in json.dumps(lines())
    assert lines()[0]["size"] == 4


def test_long_values_are_cut(lines: Lines) -> None:
    structlog.get_logger().info("got", reason="x" * 50_000)
    assert len(lines()[0]["reason"]) < 3000


def test_a_secret_is_blotted_by_the_name_of_its_field(lines: Lines) -> None:
    structlog.get_logger().info(
        "got", bot_token="hush", password="hush", api_key="hush", Authorization="hush", secrets=None
    )
    assert "hush" not in json.dumps(lines())


WORDS = "Ana Gomez of 12 Sea Road says hush; DETAIL:  Key (email)=(ana@acme.test) already exists."


def _break() -> None:
    try:
        raise KeyError(WORDS)
    except KeyError as error:
        raise RuntimeError(WORDS) from error


def _say(log: Callable[..., None], **how: object) -> None:
    try:
        _break()
    except RuntimeError as error:
        log("failed", **{name: error if value == "it" else value for name, value in how.items()})


@pytest.mark.parametrize("how", [{"exc_info": True}, {"exc_info": "it"}])
@pytest.mark.parametrize("log", ["structlog", "logging"])
@pytest.mark.parametrize("form", ["json", "console"])
def test_an_exception_is_logged_by_kind_and_place_without_its_words(
    lines: Lines, how: dict[str, object], log: str, form: str
) -> None:
    stream = io.StringIO()
    set_up_logging(level="debug", form=form, stream=stream)
    _say(structlog.get_logger("x").error if log == "structlog" else logging.getLogger("x").error, **how)
    said = stream.getvalue()
    assert "RuntimeError at " in said
    assert "caused by KeyError at " in said
    assert f"{__file__}:" in said
    assert "_break" in said
    for value in ("Ana", "Sea Road", "hush", "ana@acme.test"):
        assert value not in said


def test_a_group_of_errors_and_the_number_of_a_fault_are_told(lines: Lines) -> None:
    try:
        raise ExceptionGroup(WORDS, [OSError(28, WORDS), ValueError(WORDS)])
    except ExceptionGroup:
        structlog.get_logger().exception("failed")
    (line,) = lines()
    assert "OSError 28" in line["exception"]
    assert "ValueError" in line["exception"]
    assert "Ana" not in json.dumps(line)


def test_less_severe_lines_are_not_written(lines: Lines) -> None:
    stream = io.StringIO()
    set_up_logging(level="warning", form="json", stream=stream)
    structlog.get_logger().info("quiet")
    logging.getLogger("x").info("quiet")
    structlog.get_logger().warning("loud")
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["loud"]


def test_the_console_form_is_for_people(lines: Lines) -> None:
    stream = io.StringIO()
    set_up_logging(level="info", form="console", stream=stream)
    structlog.get_logger("x").info("started", port=8080, token="hush")
    assert "started" in stream.getvalue()
    assert "port=8080" in stream.getvalue()
    assert "hush" not in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


def test_only_known_ids_are_bound() -> None:
    with pytest.raises(TypeError, match="email"):
        about(email="ana@acme.test")


JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nabc\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-1234567890-abcdefghij",
        "xoxp-1-2-3-abcdef",
        "xapp-1-A012-345-deadbeef",
        "xoxe.xoxp-1-Mi0yLTEyMzQ1",
        "sk-ant-api03-abcdefgh",
        "sk-proj-abcdefgh12345",
        "ghp_abcdefghijklmnop1234",
        "AKIAIOSFODNN7EXAMPLE",
        JWT,
        KEY,
    ],
)
def test_tokens_are_known_by_their_look(secret: str) -> None:
    cleaned = redact(f"before {secret} after")
    assert cleaned == "before [secret] after"


@pytest.mark.parametrize(
    ("words", "clean"),
    [
        ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer [secret]"),
        ("postgresql://bot:pa%2Fss@db/x", "postgresql://[secret]@db/x"),
        ("dsn=redis://:pw@cache:1", "dsn=redis://[secret]@cache:1"),
        ("password='two words' host=db", "password=[secret] host=db"),
        ("?token=abc&x=1", "?token=[secret]&x=1"),
        ("snmp-server community s3cret RO", "snmp-server community [secret] RO"),
    ],
)
def test_passwords_are_known_by_their_place(words: str, clean: str) -> None:
    assert redact(words) == clean


@pytest.mark.parametrize(
    "words",
    [
        "customer 100234 on OLT-3 is offline",
        "https://acme.example/tickets/1?x=2",
        "10.0.0.1:8080",
        "00:1a:2b:3c:4d:5e",
        "task-skipped",
        "TCK-10234 assigned to ana@acme.test",
        "see http://[fe80::1]:80/",
        "",
    ],
)
def test_ordinary_words_stay(words: str) -> None:
    assert redact(words) == words


def test_redaction_does_not_blow_up_on_long_input() -> None:
    assert redact("-----BEGIN " * 5_000 + "password" * 5_000).count("[secret]") == 0
