"""The file of a backup: a tar with a manifest in front and the dump behind it."""

from __future__ import annotations

import io
import os
import shutil
import tarfile
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import IO, Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import BadInput

FORM = 1
MANIFEST, DUMP = "manifest.json", "database.dump"
LARGEST_MANIFEST = 1 << 20
GRANT = r"^grant [a-z ,]+ on (table|sequence|routine) [^;]+$"


class Manifest(BaseModel):
    """What a backup holds. `grants` say what the runtime role may do, whatever its name will be."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    form: int = FORM
    made_at: datetime
    bot: str
    postgres: str
    revisions: tuple[str, ...]
    tenants: int
    key: str
    grants: tuple[Annotated[str, Field(pattern=GRANT)], ...] = ()

    def __str__(self) -> str:
        how_many = f"{self.tenants} tenant{'' if self.tenants == 1 else 's'}"
        made = f"made {self.made_at:%Y-%m-%d %H:%M} UTC by Backhaul {self.bot} on PostgreSQL {self.postgres}"
        return f"{how_many}, tables at {', '.join(self.revisions)}, {made}"


def write_archive(path: Path, manifest: Manifest, dump: Path) -> None:
    """Write the file beside its place, force it to the disk, and put it there in one step."""
    half = path.with_name(f".{path.name}.{token_hex(4)}")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            with tarfile.open(fileobj=out, mode="w") as tar:
                words = manifest.model_dump_json(indent=1).encode()
                header = tarfile.TarInfo(MANIFEST)
                header.size = len(words)
                tar.addfile(header, io.BytesIO(words))
                tar.add(dump, DUMP)
            out.flush()
            os.fsync(descriptor)
        half.rename(path)
    finally:
        half.unlink(missing_ok=True)


def read_manifest(path: Path) -> Manifest:
    """Return what a backup says about itself; raises BadInput for anything that is none."""
    try:
        with tarfile.open(path) as tar, _member(tar, MANIFEST) as found:
            manifest = Manifest.model_validate_json(found.read(LARGEST_MANIFEST))
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}.") from None
    except (tarfile.TarError, EOFError, KeyError, ValidationError):
        raise BadInput(f"{path} is no backup of Backhaul, or it is damaged.") from None
    except OSError as error:
        raise BadInput(f"{path} can not be read ({error.strerror}).") from None
    if manifest.form != FORM:
        raise BadInput(
            f"{path} is a backup of form {manifest.form}, and this version reads form {FORM} only."
        )
    return manifest


def read_archive(path: Path, dump: Path) -> None:
    """Copy the dump out of the file."""
    try:
        with tarfile.open(path) as tar, _member(tar, DUMP) as found, dump.open("wb") as out:
            shutil.copyfileobj(found, out, 1 << 20)
    except (tarfile.TarError, EOFError, KeyError):
        raise BadInput(f"{path} is damaged: the dump in it can not be read.") from None


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    found = tar.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found
