"""Setting sign-in up from the command line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bot.cli.conftest import Backhaul, in_a_thread
from tests.oidcd import Oidcd

GONE = "http://127.0.0.1:1"


@pytest.fixture(scope="module")
def acme(backhaul: Backhaul) -> str:
    made = backhaul("tenants", "create", "acme", "Acme Fibre")
    assert made.code == 0, made.err
    assert backhaul("users", "add", "sam@acme.example", "Sam Support", "--role", "support").code == 0
    return "acme"


@pytest.fixture
def provider() -> Iterator[Oidcd]:
    with in_a_thread(Oidcd()) as running:
        yield running


def plain(text: str) -> str:
    return " ".join(text.split())


def test_sign_in_is_set_shown_looked_at_and_turned_off(
    backhaul: Backhaul, acme: str, provider: Oidcd
) -> None:
    assert "no sign-in set up" in plain(backhaul("sso", "show").err)
    done = backhaul(
        "sso", "set", "--issuer", provider.issuer, "--client-id", "backhaul", "--client-secret-stdin",
        "--domains", "acme.example,Acme.Example", "--groups-claim", "groups", "--role", "noc=NOC Team", "--role", "noc=Ops",
        stdin="hush-hush\n", BACKHAUL_PUBLIC_URL="https://Bot.Example.net/",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "https://bot.example.net/t/acme/sign-in/done" in plain(done.out)
    shown = backhaul("sso", "show", "--json")
    assert "hush" not in shown.out
    assert shown.json["client_secret"] == "set"
    assert shown.json["domains"] == ["acme.example"]
    assert shown.json["role_groups"] == {"noc": ["NOC Team", "Ops"]}
    assert "hush" not in backhaul("sso", "show").out
    looked = backhaul("sso", "test")
    assert looked.code == 0, looked.out
    assert "ok" in looked.out and "BACKHAUL_PUBLIC_URL is not set" in plain(looked.out)
    checked = backhaul("check")
    assert "BACKHAUL_PUBLIC_URL is not set" in plain(checked.out)
    provider.published = []
    assert backhaul("sso", "test").code == 1
    again = backhaul("sso", "set", "--issuer", provider.issuer, "--client-id", "backhaul")
    assert again.code == 0
    assert backhaul("sso", "show", "--json").json["client_secret"] == "set"
    off = backhaul("sso", "off")
    assert "0 sessions were ended" in plain(off.out)
    assert backhaul("sso", "off").code == 5
    audit = backhaul("audit", "search", "--json").out
    assert "sso.set" in audit and "sso.off" in audit and "hush" not in audit


def test_a_provider_that_is_away_is_a_warning(backhaul: Backhaul, acme: str) -> None:
    assert (
        backhaul(
            "sso", "set", "--issuer", GONE, "--client-id", "x", BACKHAUL_PUBLIC_URL="https://bot.example.net"
        ).code
        == 0
    )
    looked = backhaul("sso", "test")
    assert looked.code == 1 and "does not answer" in plain(looked.out)
    checked = backhaul("check", "--json", BACKHAUL_PUBLIC_URL="https://bot.example.net").json
    [line] = [one for one in checked if "sign-in" in one["says"]]
    assert line["state"] == "note" and "does not answer" in line["mend"]
    assert backhaul("sso", "off").code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--issuer", "http://id.acme.example", "--client-id", "x"), "must begin with https://"),
        (("--issuer", "https://id.acme.example", "--client-id", " "), "--client-id is"),
        (
            ("--issuer", "https://id.acme.example", "--client-id", "x", "--domains", "acme"),
            "no e-mail domain",
        ),
        (("--issuer", "https://id.acme.example", "--client-id", "x", "--role", "noc"), "ROLE=GROUP"),
        (("--issuer", "https://id.acme.example", "--client-id", "x", "--role", "noc=A"), "--groups-claim"),
        (
            (
                "--issuer",
                "https://id.acme.example",
                "--client-id",
                "x",
                "--groups-claim",
                "g",
                "--role",
                "pilot=A",
            ),
            "no role “pilot”",
        ),
        (
            ("--issuer", "https://id.acme.example", "--client-id", "x", "--client-secret-stdin"),
            "no secret on standard input",
        ),
    ],
)
def test_what_does_not_fit_is_said(backhaul: Backhaul, acme: str, words: tuple[str, ...], says: str) -> None:
    told = backhaul("sso", "set", *words)
    assert told.code != 0 and says in plain(told.err)
    assert backhaul("sso", "show").code == 5


@pytest.mark.parametrize(
    "url",
    [
        "bot.example.net",
        "http://bot.example.net",
        "https://bot.example.net/x",
        "https://u@bot.example.net",
        "ftp://x",
    ],
)
def test_a_public_address_that_does_not_fit(backhaul: Backhaul, acme: str, url: str) -> None:
    told = backhaul("sso", "sessions", BACKHAUL_PUBLIC_URL=url)
    assert told.code != 0 and "BACKHAUL_PUBLIC_URL" in told.err


def test_who_is_signed_in_and_out_again(backhaul: Backhaul, acme: str) -> None:
    assert backhaul("sso", "sessions", "--json").json == []
    assert "0 sessions ended" in backhaul("sso", "sign-out", "--user", "sam@acme.example").out
    assert backhaul("sso", "sign-out", "--user", "nobody@acme.example").code == 5
