"""What a file is: by its bytes; what is refused, and the sentence that says so."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from bot.contract.handed import LARGEST, Upload
from bot.core.file_kind import tidy_name, vetted
from bot.errors import BadInput


def picture(kind: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (8, 6), (200, 30, 30)).save(made, kind)
    return made.getvalue()


PDF = b"%PDF-1.7\n1 0 obj\n%%EOF"


@pytest.mark.parametrize(
    ("name", "content", "kept", "media_type"),
    [
        ("splice.jpg", picture("JPEG"), "splice.jpg", "image/jpeg"),
        ("shot.png", picture("PNG"), "shot.png", "image/png"),
        ("a.gif", picture("GIF"), "a.gif", "image/gif"),
        ("a.webp", picture("WEBP"), "a.webp", "image/webp"),
        ("renamed.jpg", picture("PNG"), "renamed.png", "image/png"),
        ("IMG_0042", picture("JPEG"), "IMG_0042.jpg", "image/jpeg"),
        ("v1.2", PDF, "v1.2.pdf", "application/pdf"),
        ("offer.exe", PDF, "offer.exe.pdf", "application/pdf"),
        ("levels.csv", b"\xef\xbb\xbfont;dbm\r\nA;-27\r\n", "levels.csv", "text/csv"),
        ("ont.log", "öffnet\tan\n".encode(), "ont.log", "text/plain"),
        ("old.txt", "öffnet".encode("cp1252"), "old.txt", "text/plain"),
        ("colours.log", b"\x1b[31mdown\x1b[0m", "colours.log", "text/plain"),
        ("notes", b"pole 14", "notes.txt", "text/plain"),
    ],
)
def test_what_a_file_is_is_told_by_its_bytes(name: str, content: bytes, kept: str, media_type: str) -> None:
    one = vetted(Upload(name=name, content=content))
    assert (one.name, one.media_type) == (kept, media_type)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("photo.jpg", b"MZ\x90\0" + bytes(60), "photo.jpg is a Windows program"),
        ("a.txt", b"\x7fELF" + bytes(60), "a program"),
        ("a.pdf", b"PK\x03\x04" + bytes(60), "a ZIP archive or an Office document"),
        ("run.txt", b"#!/bin/sh\nrm -rf /\n", "a script"),
        ("a.png", b"<svg onload=alert(1)>", "web page"),
        ("a.txt", b"\xef\xbb\xbf  <!DOCTYPE html>", "web page"),
        ("install.bat", b"@echo off", "of a kind I do not know"),
        ("a.ps1", b"Remove-Item", "of a kind I do not know"),
        ("a.txt", b"up\0down", "of a kind I do not know"),
        ("a.txt", b"\x81\x8d\x8f\x90\x9d", "of a kind I do not know"),
        ("img.heic", b"\0\0\0\x18ftypheic\0\0\0\0", "“Most Compatible”"),
        ("film.mp4", b"\0\0\0\x18ftypisom\0\0\0\0", "is a film"),
        ("a.jpg", b"", "a.jpg is empty"),
        ("a.jpg", bytes(LARGEST + 1), "up to 10.0 MB fit"),
        ("half.jpg", picture("JPEG")[:200], "half.jpg is damaged or not whole"),
        ("half.png", picture("PNG")[:-8], "damaged"),
        ("half.webp", picture("WEBP")[:-8], "damaged"),
        ("half.gif", picture("GIF")[:-8], "damaged"),
    ],
)
def test_what_is_not_taken_is_said_in_a_sentence(name: str, content: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=r"\.$|”\.$") as refused:
        vetted(Upload(name=name, content=content))
    assert says in str(refused.value)


def test_the_largest_file_fits() -> None:
    assert len(vetted(Upload(name="a.txt", content=b"x" * LARGEST)).content) == LARGEST


@pytest.mark.parametrize(
    ("name", "tidy"),
    [
        ("../../etc/passwd", "passwd"),
        (r"C:\photos\pole 14.jpg", "pole 14.jpg"),
        ("a\u202egpj.exe", "a gpj.exe"),
        ("a\nb\x00.jpg", "a b .jpg"),
        ("<!channel> [x](y).jpg", "!channel x (y).jpg"),
        ("...", "file"),
        ("", "file"),
        ("x" * 300 + ".jpg", "x" * 116 + ".jpg"),
        ("x" * 300, "x" * 120),
    ],
)
def test_a_name_leads_nowhere_and_marks_nothing(name: str, tidy: str) -> None:
    assert tidy_name(name) == tidy
