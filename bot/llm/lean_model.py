"""Keeps the model's word table in eight bits: look the rows up first, widen only those.

The file stores the table (30,522 x 384) as eight-bit numbers with a scale per row and widens all of it
before the look-up, so a loaded model holds 47 MB of which a question needs a dozen rows. This exchanges
the order of the two steps; the numbers that come out are the same. The file is ONNX, that is, protocol
buffers; only the few fields needed are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

TABLE, IDS, ROWS = "inner.embeddings.word_embeddings.weight", "input_ids", "embedding"
GRAPH, NODE = 7, 1
INPUT, OUTPUT, NAME, OPERATOR, ATTRIBUTE = 1, 2, 3, 4, 5
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


@dataclass(frozen=True)
class Field:
    """One field of a message: its number, its bytes without and with the tag."""

    number: int
    value: memoryview
    whole: memoryview


def lean(model: bytes) -> bytes:
    """Return the model with the look-up before the widening; unchanged if it is built another way."""
    parts: list[bytes | memoryview] = []
    for field in _fields(memoryview(model)):
        graph = _lean_graph(field.value) if field.number == GRAPH else None
        parts.append(_message(GRAPH, graph) if graph is not None else field.whole)
    return b"".join(parts)


def _lean_graph(graph: memoryview) -> bytes | None:
    """Return the graph with the three steps exchanged, None if they are not there."""
    parts: list[bytes | memoryview] = []
    widening: list[Field] = []
    changed = False
    for field in _fields(graph):
        outputs = _texts(field.value, OUTPUT) if field.number == NODE else []
        if outputs in ([f"{TABLE}_f"], [TABLE]):
            widening.append(field)
        elif outputs == [ROWS] and _texts(field.value, INPUT) == [TABLE, IDS] and widening:
            parts += _look_up_first(widening[0])
            changed = True
        else:
            parts.append(field.whole)
    return b"".join(parts) if changed and len(widening) == 2 else None  # noqa: PLR2004 - a cast and a product


def _look_up_first(cast: Field) -> Iterator[bytes]:
    to_float = b"".join(f.whole for f in _fields(cast.value) if f.number == ATTRIBUTE)
    yield _node("Gather", [f"{TABLE}_q", IDS], "rows_q")
    yield _node("Gather", [f"{TABLE}_scale", IDS], "rows_scale")
    yield _node("Cast", ["rows_q"], "rows_f", to_float)
    yield _node("Mul", ["rows_f", "rows_scale"], ROWS)


def _node(operator: str, inputs: Iterable[str], output: str, attributes: bytes = b"") -> bytes:
    fields = [_message(INPUT, name.encode()) for name in inputs]
    fields.append(_message(OUTPUT, output.encode()))
    fields.append(_message(NAME, f"lean_{output}".encode()))
    fields.append(_message(OPERATOR, operator.encode()))
    return _message(NODE, b"".join(fields) + attributes)


def _texts(message: memoryview, number: int) -> list[str]:
    return [bytes(f.value).decode() for f in _fields(message) if f.number == number]


def _fields(message: memoryview) -> Iterator[Field]:
    """Yield the fields of a message in order."""
    at = 0
    while at < len(message):
        start = at
        tag, at = _number(message, at)
        size = {FIXED64: 8, FIXED32: 4}.get(tag & 7, 0)
        if tag & 7 == BYTES:
            size, at = _number(message, at)
        elif tag & 7 == VARINT:
            size = _number(message, at)[1] - at
        elif not size:
            raise ValueError(f"wire type {tag & 7} in a model file")
        yield Field(tag >> 3, message[at : at + size], message[start : at + size])
        at += size


def _number(message: memoryview, at: int) -> tuple[int, int]:
    """Read a variable-length number; return it and where the next thing begins."""
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:  # noqa: PLR2004 - the top bit says that more follows
            return value, at
        shift += 7


def _message(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | BYTES) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:  # noqa: PLR2004 - seven bits a byte
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)
