"""Find the log files that are meant, and read them whatever packs them."""

from __future__ import annotations

import bz2
import codecs
import contextlib
import gzip
import importlib
import lzma
import os
import re
import stat
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Self

from obskit.query.failure import QueryError

# Names of logs, rotated and packed ones among them: app.log, app.log.1, app.log-20260101.gz, 000001.jsonl, notes.txt.
_NAME = re.compile(r"\.(?:log|jsonl|ndjson|json|txt)(?:[.\-_~].*)?$|\.(?:gz|bz2|xz|zst)$", re.IGNORECASE)
_CHUNK = 1 << 18
_SAMPLE = 1 << 16
_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


class Skipped(Exception):
    """A file holds no text that could be scanned; the text says why."""


class Unreadable(Exception):
    """A file can't be read, or not to its end; the text says why. No OSError: writing the answer raises that too."""


@dataclass(slots=True)
class Files:
    """What is to be scanned.

    Attributes:
        paths: The files, each once.
        size: Their bytes on the disk.
        others: How many files of directories are no logs by their names.
        unreadable: Directories that could not be looked into.
    """

    paths: list[Path] = field(default_factory=list)
    size: int = 0
    others: int = 0
    unreadable: list[str] = field(default_factory=list)


def files_of(names: Iterable[str]) -> Files:
    """Return the files that are named, and the logs in the directories that are.

    Raises:
        QueryError: One of the names is none of a file or directory.
    """
    found, known = Files(), set[tuple[int, int]]()
    for name in names:
        path = Path(name)
        try:
            status = path.stat()
        except OSError as error:
            raise QueryError(f"--check: cannot read {name!r}: {_reason(error)}") from None
        if stat.S_ISDIR(status.st_mode):
            _walk(path, found, known)
        elif stat.S_ISREG(status.st_mode):
            _add(path, status, found, known)
        else:
            raise QueryError(
                f"--check: {name!r} is no file and no directory; for a stream: obskit redact --explain < it"
            )
    return found


def _walk(root: Path, found: Files, known: set[tuple[int, int]]) -> None:
    def unreadable(error: OSError) -> None:
        found.unreadable.append(str(error.filename))

    for directory, directories, names in os.walk(root, onerror=unreadable):
        directories.sort()
        for name in sorted(names):
            path = Path(directory, name)
            with contextlib.suppress(OSError):
                # A file that vanished since is rotated away, and found under its new name or gone.
                status = path.stat()
                if not stat.S_ISREG(status.st_mode):
                    continue
                if _NAME.search(name):
                    _add(path, status, found, known)
                else:
                    found.others += 1


def _add(path: Path, status: os.stat_result, found: Files, known: set[tuple[int, int]]) -> None:
    # A link to the newest log is that log.
    identity = (status.st_dev, status.st_ino)
    if identity not in known:
        known.add(identity)
        found.paths.append(path)
        found.size += status.st_size


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


class Log:
    """A log file, open for reading, unpacked by what its first bytes say.

    Args:
        path: The file.

    Raises:
        Skipped: It holds no text, or is packed in a way that this Python can't read.
        Unreadable: It can't be read.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise Unreadable(_reason(error)) from None
        try:
            self._stream = _unpacked(self._file)
            self._first = self._next(_SAMPLE)
            self._decoder = _decoder(self._first)
        except OSError as error:
            self._file.close()
            raise Unreadable(_reason(error)) from None
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def done(self) -> int:
        """Bytes of the file, as it lies on the disk, that were read."""
        return self._file.tell()

    def read(self, size: int) -> bytes:
        """Return the next bytes of its text in UTF-8, about so many; empty at the end.

        Raises:
            Unreadable: It can't be read on, or what packs it is broken.
        """
        while True:
            chunk = self._first or self._next(size)
            self._first = b""
            if not chunk:
                return b""
            # A log that was cut to nothing while its program wrote on begins with NULs.
            text = chunk.replace(b"\0", b"") if self._decoder is None else self._decoder.decode(chunk).encode()
            if text:
                return text

    def _next(self, size: int) -> bytes:
        try:
            # Not read(): where a packed file breaks off, what came before would be lost.
            chunk: bytes = self._stream.read1(size)
        except gzip.BadGzipFile as error:
            raise Unreadable(f"broken: {error}") from None
        except OSError as error:
            raise Unreadable(_reason(error)) from None
        except (EOFError, zlib.error, lzma.LZMAError, ValueError) as error:
            raise Unreadable(f"broken: {error}") from None
        return chunk


def _unpacked(file: BinaryIO) -> Any:
    head = file.read(6)
    file.seek(0)
    opener = next((opener for magic, opener in _PACKED if head.startswith(magic)), None)
    return file if opener is None else opener(file)


def _zstandard(file: BinaryIO) -> Any:
    try:
        zstandard = importlib.import_module("compression.zstd")
    except ImportError:
        raise Skipped("zstandard needs Python 3.14") from None
    return zstandard.ZstdFile(file)


# What packed files begin with, and who reads them.
_PACKED: tuple[tuple[bytes, Callable[[BinaryIO], Any]], ...] = (
    (b"\x1f\x8b", gzip.open),
    (b"BZh", bz2.open),
    (b"\xfd7zXZ\0", lzma.open),
    (b"\x28\xb5\x2f\xfd", _zstandard),
)


def _decoder(first: bytes) -> codecs.IncrementalDecoder | None:
    """Return what makes text of UTF-16; None for what is read as it is.

    Raises:
        Skipped: It is no text.
    """
    if encoding := _UTF_16.get(first[:2]):
        return codecs.getincrementaldecoder(encoding)("replace")
    if b"\0" in first.strip(b"\0"):
        raise Skipped("binary")
    return None
