"""Every usual spelling of a database URL means the same to the pool and to raw connections."""

import pytest

from bot.db.urls import connect_kwargs, normal_url, role_of
from bot.errors import ConfigError


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg"])
def test_any_scheme_is_ours(scheme: str) -> None:
    url = f"{scheme}://bot:p%2Fw%40@db.example:6432/backhaul"
    assert connect_kwargs(url) == {
        "host": "db.example",
        "port": 6432,
        "user": "bot",
        "password": "p/w@",
        "database": "backhaul",
    }
    assert normal_url(url).drivername == "postgresql+asyncpg"
    assert role_of(url) == "bot"


def test_words_of_libpq_are_understood() -> None:
    found = connect_kwargs(
        "postgresql://bot@db/x?sslmode=require&connect_timeout=3&prepared_statement_cache_size=0&statement_cache_size=0"
    )
    assert found["ssl"] == "require"
    assert found["timeout"] == 3.0
    assert found["statement_cache_size"] == 0
    assert "prepared_statement_cache_size" not in found


def test_a_socket_is_understood() -> None:
    assert connect_kwargs("postgresql://bot@/x?host=/var/run/pg&port=5433")["host"] == "/var/run/pg"


def test_nonsense_is_said_without_repeating_it() -> None:
    with pytest.raises(ConfigError) as caught:
        normal_url("hush hush")
    assert "hush" not in str(caught.value)
