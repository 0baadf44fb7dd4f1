"""Finds the encoding and the delimiter of a text file. Called by `csv_rows`."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from pathlib import Path

from charset_normalizer import from_bytes

SAMPLE = 262_144  # bytes looked at for the delimiter
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DELIMITERS = (",", "\t", ";", "|")


def find_encoding(path: Path) -> str:
    """The codec to read `path` with: by its mark, else UTF-8 if the whole file is, else GB18030 where it gives Chinese
    text, else what fits best."""
    head = _head(path)
    for mark, name in MARKS:
        if head.startswith(mark):
            return name
    wide = _wide(head)
    if wide is not None and _decodes(path, wide):
        return wide
    if _decodes(path, "utf-8"):
        return "utf-8"
    if _decodes(path, "gb18030") and _looks_chinese(head):
        return "gb18030"
    if _looks_western(head):
        return "cp1252" if _decodes(path, "cp1252") else "latin-1"
    best = from_bytes(head).best()
    return best.encoding if best is not None and _decodes(path, best.encoding) else "latin-1"


def find_delimiter(sample: str) -> str:
    """The delimiter under which most lines of `sample` have the same number (above one) of cells."""
    best, score = ",", 0.0
    for delimiter in DELIMITERS:
        try:
            widths = [
                len(row) for row in csv.reader(sample.splitlines(keepends=True)[:200], delimiter=delimiter) if row
            ]
        except csv.Error:
            continue
        if not widths:
            continue
        width, times = Counter(widths).most_common(1)[0]
        found = times / len(widths) * min(width, 20) if width > 1 else 0
        if found > score:
            best, score = delimiter, found
    return best


def sample_text(path: Path, encoding: str) -> str:
    """The beginning of the file as text, cut at the last whole line."""
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(_head(path))
    cut = text.rfind("\n")
    return text[: cut + 1] if cut > 0 else text


def bad_line(path: Path, encoding: str) -> int:
    """The first line (from 1) of the file that cannot be decoded."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    number = 1
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                decoder.decode(line)
            except UnicodeDecodeError:
                return number
    return number


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: line ends and delimiters leave zero bytes at every second place."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if even + odd < 3 or min(even, odd) * 20 > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(SAMPLE)


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _looks_western(head: bytes) -> bool:
    """Whether bytes above 127 mostly stand alone between ASCII, as accented letters do; East Asian ones come
    in runs."""
    runs = re.findall(rb"[\x80-\xff]+", head)
    return bool(runs) and sum(1 for run in runs if len(run) == 1) > len(runs) / 2


def _looks_chinese(head: bytes) -> bool:
    """Whether GB18030 gives mostly characters of the common Chinese block, as Western text in Latin-1 does not."""
    text = codecs.getincrementaldecoder("gb18030")(errors="ignore").decode(head)
    beyond = [character for character in text if ord(character) > 127]
    common = sum(
        1
        for character in beyond
        if "\u4e00" <= character <= "\u9fff" or "\u3000" <= character <= "\u303f" or "\uff00" <= character <= "\uffef"
    )
    return bool(beyond) and common / len(beyond) > 0.7
