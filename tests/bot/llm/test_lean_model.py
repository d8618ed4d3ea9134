import numpy as np
import pytest

from bot.llm import embedding
from bot.llm.embedding import LocalEmbedder
from bot.llm.lean_model import lean


def test_what_is_built_another_way_stays_as_it_is() -> None:
    other = bytes([8, 150, 1, 18, 2]) + b"hi" + bytes([58, 4, 18, 2]) + b"ok"
    assert lean(other) == other
    assert lean(b"") == b""


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(ValueError, match="wire type"):
        lean(bytes([11, 0]))


def test_the_numbers_are_the_same_and_the_file_keeps_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["who has not paid", "a longer question about 30 days and OUT-77"]
    ours = LocalEmbedder()
    model = ours._model_path().read_bytes()
    assert lean(model) != model
    assert abs(len(lean(model)) - len(model)) < 1_000
    expected = ours.embed_now(texts)
    monkeypatch.setattr(embedding, "lean", lambda content: content)
    assert np.array_equal(LocalEmbedder().embed_now(texts), expected)
