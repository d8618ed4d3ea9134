"""Sealed secrets open in their own row, under their own key, and nowhere else."""

import os
import stat
from base64 import b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import read_config
from bot.db.cipher import Cipher, SealBrokenError, key_id
from bot.errors import ConfigError

OLD, NEW = b64encode(b"o" * 32).decode(), b64encode(b"n" * 32).decode()
ROW = "t-1|settings|value|email"
CIPHER = Cipher.parse(OLD, where="BACKHAUL_KEY")


@given(plain=st.text(), row=st.text())
def test_what_is_sealed_opens(plain: str, row: str) -> None:
    assert CIPHER.open(CIPHER.seal(plain, row=row), row=row) == plain


def test_the_same_secret_never_looks_the_same() -> None:
    assert CIPHER.seal("x", row=ROW) != CIPHER.seal("x", row=ROW)
    assert "hunter2" not in CIPHER.seal("hunter2", row=ROW)
    assert "o" * 8 not in repr(CIPHER)


@pytest.mark.parametrize("other", ["t-2|settings|value|email", "t-1|settings|value|sms", ""])
def test_a_secret_moved_to_another_row_does_not_open(other: str) -> None:
    with pytest.raises(SealBrokenError, match="moved from another row"):
        CIPHER.open(CIPHER.seal("x", row=ROW), row=other)


@given(at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_any_changed_bit_is_noticed(at: int, bit: int) -> None:
    from base64 import b64decode

    form, kid, encoded = CIPHER.seal("secret", row=ROW).split(":")
    blob = bytearray(b64decode(encoded))
    blob[at % len(blob)] ^= 1 << bit
    with pytest.raises(SealBrokenError):
        CIPHER.open(f"{form}:{kid}:{b64encode(bytes(blob)).decode()}", row=ROW)


@pytest.mark.parametrize(
    "junk", ["", "hello", "v1", "v1:", "v2:abc:eA==", "v1:{kid}:", "v1:{kid}:%%%", "v1:{kid}:eA=="]
)
def test_junk_is_refused_in_words(junk: str) -> None:
    with pytest.raises(SealBrokenError):
        CIPHER.open(junk.replace("{kid}", CIPHER.seals_with), row=ROW)


@pytest.mark.parametrize("form", ["{new},{old}", "new:{new},old:{old}", " b1:{new} , a1:{old} ,"])
def test_a_new_key_seals_and_the_old_one_still_opens(form: str) -> None:
    ids = form.format(new=NEW, old=OLD)
    old_id = ids.split(",")[1].rpartition(":")[0].strip()
    before = Cipher.parse(f"{old_id}:{OLD}" if old_id else OLD, where="x")
    sealed = before.seal("x", row=ROW)
    after = Cipher.parse(ids, where="x")
    assert after.open(sealed, row=ROW) == "x"
    assert after.stale(sealed)
    again = after.seal("x", row=ROW)
    assert not after.stale(again)
    assert key_id(again) == after.seals_with != before.seals_with
    with pytest.raises(SealBrokenError, match="BACKHAUL_KEY"):
        before.open(again, row=ROW)


@pytest.mark.parametrize(
    "words",
    [
        "short",
        "a:short",
        b64encode(b"x" * 31).decode(),
        "not base64 at all!",
        ",",
        f"a:{OLD},a:{NEW}",
        f"{OLD},{OLD}",
        f"a|b:{OLD}",
    ],
)
def test_a_wrong_key_is_said_and_not_repeated(words: str) -> None:
    with pytest.raises(ConfigError, match="BACKHAUL_KEY") as caught:
        Cipher.from_config(read_config(key=words))
    assert OLD not in str(caught.value)
    assert "short" not in str(caught.value)


def test_the_key_file_is_made_once_and_only_ours(tmp_path: Path) -> None:
    config = read_config(home=tmp_path / "new" / "home")
    sealed = Cipher.from_config(config).seal("x", row=ROW)
    file = config.home / "master.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Cipher.from_config(config).open(sealed, row=ROW) == "x"
    assert [one.name for one in config.home.iterdir()] == ["master.key"]


def test_a_key_others_may_read_is_refused(tmp_path: Path) -> None:
    config = read_config(home=tmp_path)
    Cipher.from_config(config)
    (tmp_path / "master.key").chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        Cipher.from_config(config)


def test_an_empty_or_damaged_key_file_is_never_replaced(tmp_path: Path) -> None:
    file = tmp_path / "master.key"
    file.touch(mode=0o600)
    with pytest.raises(ConfigError, match="holds no key"):
        Cipher.from_config(read_config(home=tmp_path))
    assert file.read_text() == ""


def test_a_home_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="can not be written"):
        Cipher.from_config(read_config(home=tmp_path / "file" / "home"))


def test_several_processes_making_the_key_agree(tmp_path: Path) -> None:
    children = []
    for _ in range(4):
        read, write = os.pipe()
        if (pid := os.fork()) == 0:  # a child does nothing but this
            os.write(write, Cipher.from_config(read_config(home=tmp_path)).seals_with.encode())
            os._exit(0)
        os.close(write)
        children.append((pid, read))
    said = set()
    for pid, read in children:
        said.add(os.read(read, 100))
        os.close(read)
        assert os.waitpid(pid, 0)[1] == 0
    assert said == {Cipher.from_config(read_config(home=tmp_path)).seals_with.encode()}
