"""Files at the terminal: `ask --file`, `/file` and `/save` in a chat, `files get`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.cli.handing import Line, read_typed
from bot.contract.handed import LARGEST, Upload
from bot.contract.reply import File, Reply
from bot.errors import BadInput
from tests.bot.cli.conftest import Backhaul

LOG = bytes(range(32, 127)) + "öffnet\n".encode()


SAM = "sam@acme.example"


@pytest.fixture(scope="module")
def sam(backhaul: Backhaul) -> str:
    words = ("acme", "Acme Fibre", "--timezone", "Africa/Nairobi", "--currency", "KES")
    assert backhaul("tenants", "create", *words).code == 0
    assert backhaul("users", "add", SAM, "Sam Support", "--role", "support").code == 0
    return SAM


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.txt", "pole 14.txt", "it's.txt"):
        (tmp_path / name).write_text(name)
    return tmp_path


def test_a_path_is_read_as_people_type_it_and_as_terminals_drop_it(folder: Path) -> None:
    for typed, words, names in (
        (f"/file {folder}/a.txt put this in TCK-1", "put this in TCK-1", ["a.txt"]),
        (f'/file "{folder}/pole 14.txt"', "", ["pole 14.txt"]),
        (f"/file '{folder}/pole 14.txt'  TCK-1", "TCK-1", ["pole 14.txt"]),
        (rf"/file {folder}/pole\ 14.txt it's done", "it's done", ["pole 14.txt"]),
        (rf"/file {folder}/it\'s.txt /file {folder}/a.txt both", "both", ["it's.txt", "a.txt"]),
    ):
        said, files = read_typed(typed)
        assert (said, [one.name for one in files]) == (words, names), typed
        assert [one.content.decode() for one in files] == names


def test_what_cannot_be_handed_in_is_said(folder: Path) -> None:
    with (folder / "big.txt").open("wb") as big:
        big.truncate(LARGEST + 1)
    for typed, says in (
        ("/file", "Which file?"),
        (f'/file "{folder}/a.txt', "Which file?"),
        (f"/file {folder}/no.txt", "There is no file"),
        (f"/file {folder}", "There is no file"),
        (f"/file {folder}/big.txt", "up to 10.0 MB fit"),
    ):
        with pytest.raises(BadInput, match=says.replace("?", r"\?")):
            read_typed(typed)


async def test_the_last_answers_file_is_kept_and_overwrites_nothing(folder: Path) -> None:
    heard: list[tuple[str, list[str]]] = []

    async def answer(words: str, files: Sequence[Upload]) -> Reply:
        heard.append((words, [one.name for one in files]))
        return Reply("Here.", file=File(name="b.bin", media_type="image/png", content=b"\x89PNG"))

    line = Line(answer)
    assert "no file to keep" in (await line.say("/save x")).text
    await line.say(f"/file {folder}/a.txt see this")
    await line.say("filed already?")
    assert heard == [("see this", ["a.txt"]), ("filed already?", [])]
    assert "Kept as" in (await line.say(f"/save {folder}")).text
    assert (folder / "b.bin").read_bytes() == b"\x89PNG"
    with pytest.raises(BadInput, match="is there already"):
        await line.say(f"/save {folder}/b.bin")
    with pytest.raises(BadInput, match="can not write"):
        await line.say(f"/save {folder}/none/b.bin")


def test_a_file_goes_in_with_the_words_and_comes_back_byte_for_byte(
    backhaul: Backhaul, sam: str, tmp_path: Path
) -> None:
    sent, back = tmp_path / "ont.log", tmp_path / "back.log"
    sent.write_bytes(LOG)
    assert backhaul("ask", "tickets create subject=Dark", "--as", sam).code == 0
    number = "TCK-10001"
    done = backhaul("ask", f"tickets attach {number} caption=up", "--file", str(sent), "--as", sam)
    assert (done.code, done.err) == (0, ""), done
    assert "as FILE-1001" in done.out
    got = backhaul("files", "get", "file-1001", "-o", str(back), "--as", sam)
    assert got.code == 0, got
    assert back.read_bytes() == LOG
    assert backhaul("files", "get", "FILE-9", "--as", sam).code == 5
    offered = backhaul("ask", "--file", str(sent), "--as", sam)
    assert (offered.code, "ont.log" in offered.out) == (6, True), "the thread is about that ticket"
    assert backhaul("ask", "--as", sam).code == 2
