"""The file of a backup, written and read as a stream: a zip whose last member holds the size and sha256 of all others.

dougong.json    what it is: Heading
tables/<name>   the rows of a table as PostgreSQL's COPY writes text, which all versions read
files/<id>      the bytes of a file (and `<id>.thumbnail`)
contents.json   {"members": {name: [size, sha256]}, "missing": [ids of files whose bytes were lost]}

The zip's comment, its last 64 bytes, is the sha256 of everything before it: no byte changes unnoticed.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, NoReturn

import orjson
from psycopg.abc import Buffer

from dougong_platform.backups.errors import BackupDamaged, BackupExists, BackupTooNew, BackupUnwritable

FORMAT = 2
HEADING, CONTENTS = "dougong.json", "contents.json"
_CHUNK = 1024 * 1024
SEAL = 64  # bytes at the end: a sha256 in hexadecimal
_LEVEL = 3  # of deflate: twice as fast as the usual 6 for a few percent of size
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, KeyError, UnicodeDecodeError)


@dataclass(frozen=True)
class Heading:
    """What a backup says of itself. `tables`: name -> columns in the order of its rows. `engine`: the changes of each
    noun's tables that it was written with. `sequences`: name -> [last value, whether it was given out]."""

    format: int
    product: str
    made_at: str
    tenant: dict[str, Any]
    release: int
    engine: dict[str, int]
    tables: dict[str, list[str]]
    sequences: dict[str, list[Any]]
    members: list[dict[str, Any]]
    reindex: bool = False


@dataclass
class Writer:
    """Adds members to a backup that is being written."""

    _zip: zipfile.ZipFile
    _members: dict[str, tuple[int, str]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    def heading(self, heading: Heading) -> None:
        """The first member."""
        self.add(HEADING, [orjson.dumps(asdict(heading), option=orjson.OPT_INDENT_2)])

    def add(self, name: str, chunks: Iterable[Buffer], *, plain: bool = False) -> int:
        """A member from its bytes, compressed unless `plain`; its size."""
        how = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)) if plain else name
        digest, size = hashlib.sha256(), 0
        with self._zip.open(how, "w", force_zip64=True) as member:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                member.write(chunk)
        self._members[name] = size, digest.hexdigest()
        return size

    def close(self) -> None:
        """The last member."""
        self.add(CONTENTS, [orjson.dumps({"members": dict(self._members), "missing": self.missing})])


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A new backup; `path` appears when it is whole and on the disk. Raises BackupExists, BackupUnwritable."""
    if path.exists():
        raise BackupExists(path=path)
    part = path.with_name(f"{path.name}.part")
    try:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)  # it holds hashes of passwords
        with os.fdopen(descriptor, "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as zip:
                zip.comment = b"0" * SEAL
                writer = Writer(zip)
                yield writer
                writer.close()
            seal(file)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except BaseException as problem:
        with suppress(OSError):
            part.unlink()
        if isinstance(problem, OSError):
            raise BackupUnwritable(path=path, reason=problem.strerror or str(problem)) from problem
        raise


def seal(file: IO[bytes]) -> None:
    """Write the hash of all bytes before the comment into the comment."""
    end = file.seek(0, os.SEEK_END) - SEAL
    digest = _hash_until(file, end)
    file.seek(end)
    file.write(digest)


def _hash_until(file: IO[bytes], end: int) -> bytes:
    file.seek(0)
    digest = hashlib.sha256()
    while end > 0 and (chunk := file.read(min(_CHUNK, end))):
        digest.update(chunk)
        end -= len(chunk)
    return digest.hexdigest().encode()


def _check_seal(path: Path, file: IO[bytes]) -> None:
    end = file.seek(0, os.SEEK_END) - SEAL
    if end < 0 or _hash_until(file, end) != file.read(SEAL):
        raise BackupDamaged(path=path, reason="its bytes are not those that were written")
    file.seek(0)


class Reader:
    """A backup that was found whole: every member has the size and hash that the last one says."""

    def __init__(self, path: Path, zip: zipfile.ZipFile) -> None:
        self.path, self._zip = path, zip
        contents = self._json(CONTENTS)
        self.members: dict[str, list[Any]] = contents["members"]
        self.missing: list[str] = contents["missing"]
        self._verify()
        heading = self._json(HEADING)
        if heading["format"] > FORMAT:
            raise BackupTooNew(path=path, product=heading["product"])
        self.heading = Heading(**heading)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a member."""
        with self._zip.open(name) as member:
            while chunk := member.read(_CHUNK):
                yield chunk

    def files(self) -> list[str]:
        """The names (without their folder) of all members under files/."""
        return [name.removeprefix("files/") for name in self.members if name.startswith("files/")]

    def damaged(self, reason: str) -> NoReturn:
        """Refuse this backup."""
        raise BackupDamaged(path=self.path, reason=reason)

    def _json(self, name: str) -> Any:
        return orjson.loads(self._zip.read(name))

    def _verify(self) -> None:
        present = self._zip.namelist()
        if sorted(present) != sorted([*self.members, CONTENTS]):
            self.damaged("its contents are not those that were written")
        for name, (size, sha256) in self.members.items():
            digest, read = hashlib.sha256(), 0
            for chunk in self.chunks(name):
                digest.update(chunk)
                read += len(chunk)
            if (read, digest.hexdigest()) != (size, sha256):
                self.damaged(f"{name} was changed")


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """An existing backup, read through once before anything is done. Raises BackupDamaged, BackupTooNew."""
    try:
        with path.open("rb") as file:
            _check_seal(path, file)
            with zipfile.ZipFile(file) as zip:
                yield _reader(path, zip)
    except zipfile.BadZipFile as problem:
        raise BackupDamaged(path=path, reason=str(problem)) from problem
    except OSError as problem:
        raise BackupDamaged(path=path, reason=problem.strerror or str(problem)) from problem


def _reader(path: Path, zip: zipfile.ZipFile) -> Reader:
    try:
        return Reader(path, zip)
    except (*_BROKEN, orjson.JSONDecodeError, TypeError, ValueError) as problem:
        raise BackupDamaged(path=path, reason=str(problem)) from problem


def file_chunks(file: IO[bytes]) -> Iterator[bytes]:
    """An open file in pieces."""
    while chunk := file.read(_CHUNK):
        yield chunk
