"""Photos keep their pixels and the way up, and nothing of where, when and with what they were taken."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image

from bot.core.photo_data import without_hidden

KINDS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}
PLACE = b"geo:-1.2921,36.8219"
TURNED = 6


def a_photo(media_type: str, **more: object) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = TURNED
    exif[0x010F] = "Nokia"
    exif[0x8825] = {1: "S", 2: (1.0, 17.0, 31.0), 3: "E", 4: (36.0, 49.0, 18.0)}
    hidden: dict[str, object] = {"exif": exif}
    if media_type == "image/gif":
        hidden = {"comment": PLACE}
    if media_type == "image/jpeg":
        hidden |= {"comment": PLACE, "progressive": True}
    made = io.BytesIO()
    picture = Image.effect_noise((40, 30), 80)
    picture.convert("P" if media_type == "image/gif" else "RGB").save(
        made, KINDS[media_type], **hidden, **more
    )
    return made.getvalue()


def pixels(content: bytes) -> bytes:
    return Image.open(io.BytesIO(content)).convert("RGB").tobytes()


@pytest.mark.parametrize("media_type", KINDS)
def test_hidden_data_goes_and_every_pixel_stays(media_type: str) -> None:
    photo = a_photo(media_type)
    clean = without_hidden(media_type, photo)
    assert b"Nokia" in photo or PLACE in photo
    assert b"Nokia" not in clean
    assert PLACE not in clean
    seen = Image.open(io.BytesIO(clean)).getexif()
    assert not seen.get_ifd(0x8825)
    assert 0x010F not in seen
    assert pixels(clean) == pixels(photo)
    assert without_hidden(media_type, clean) == clean


def test_a_photo_stays_the_same_way_up() -> None:
    clean = without_hidden("image/jpeg", a_photo("image/jpeg"))
    assert dict(Image.open(io.BytesIO(clean)).getexif()) == {0x0112: TURNED}


def test_a_profile_of_colours_stays() -> None:
    photo = a_photo("image/jpeg", icc_profile=b"a profile of colours")
    assert Image.open(io.BytesIO(without_hidden("image/jpeg", photo))).info["icc_profile"]


def test_what_hangs_behind_a_photo_goes() -> None:
    photo = without_hidden("image/jpeg", a_photo("image/jpeg"))
    assert without_hidden("image/jpeg", photo + b"MZ a film of the street") == photo
    png = without_hidden("image/png", a_photo("image/png"))
    assert without_hidden("image/png", png + PLACE) == png


def test_a_film_of_pictures_keeps_how_often_it_plays() -> None:
    made = io.BytesIO()
    frames = [Image.new("RGB", (9, 9), (90 * nr, 0, 0)) for nr in range(3)]
    frames[0].save(made, "GIF", save_all=True, append_images=frames[1:], loop=0, comment=PLACE)
    clean = Image.open(io.BytesIO(without_hidden("image/gif", made.getvalue())))
    assert (clean.n_frames, clean.info["loop"], clean.info.get("comment")) == (3, 0, None)


@pytest.mark.parametrize("media_type", KINDS)
def test_half_a_file_says_so_and_nothing_else_happens(media_type: str) -> None:
    whole = a_photo(media_type)
    for length in range(12, len(whole) - 1, 7):
        with pytest.raises((ValueError, IndexError, struct.error)):
            without_hidden(media_type, whole[:length])


def test_a_photo_of_endless_parts_is_none() -> None:
    for media_type, head, part in (
        ("image/jpeg", b"\xff\xd8", b"\xff\xdb\0\2"),
        ("image/png", b"\x89PNG\r\n\x1a\n", b"\0\0\0\0abcd\0\0\0\0"),
        ("image/gif", b"GIF89a" + bytes(7), b"\x21\xf9\0"),
    ):
        with pytest.raises(ValueError, match="too many parts"):
            without_hidden(media_type, head + part * 30_000)


def test_what_is_no_picture_is_left() -> None:
    assert without_hidden("application/pdf", b"%PDF-1.7 x") == b"%PDF-1.7 x"
