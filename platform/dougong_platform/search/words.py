"""Turns text into search words, for the write path (`document`) and for questions (`question`).

Words are made here and not by PostgreSQL, which has no dictionary for Chinese: letters and digits by word,
East Asian runs by overlapping pairs of characters plus the run's last one, so that one character is found too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from itertools import chain, pairwise
from operator import add
from typing import Any

from dougong_metadata.model.types import FieldModel, ObjectModel

_EAST_ASIAN = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(f"[{_EAST_ASIAN}]+|[^\\W{_EAST_ASIAN}]+")
_IS_EAST_ASIAN = re.compile(f"[{_EAST_ASIAN}]")

LONGEST_WORD = 64  # characters; what follows does not tell words apart
LONGEST_TEXT = 200_000  # characters of one record that can be found
MOST_BYTES = 900_000  # of all words of a record: from 1 MB on PostgreSQL 15–18 store a broken tsvector silently
_SUFFIXES = (4, 7, 8, 11)  # digits: a phone number is looked for by its end


def normal(text: str) -> str:
    """Lower case, and full-width letters and digits as plain ones."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).lower()


def words(text: str) -> set[str]:
    """The words under which `text` is found."""
    return set(chain.from_iterable(map(_words_of_run, _RUN.findall(normal(text[:LONGEST_TEXT])))))


def _words_of_run(run: str) -> tuple[str, ...]:
    """The words of one run. Short ones come again and again, within a batch and beyond."""
    return _remembered(run) if len(run) <= LONGEST_WORD else _made(run)


def _made(run: str) -> tuple[str, ...]:
    if run.isascii() or not _IS_EAST_ASIAN.match(run):
        ends = (run[-n:] for n in _SUFFIXES if n < len(run)) if len(run) > 7 and run.isdigit() else ()
        return (run[:LONGEST_WORD], *ends)
    return (*map(add, run, run[1:]), run[-1])


_remembered = lru_cache(maxsize=50_000)(_made)


def vector(text: str) -> str:
    """The words of `text` as a tsvector literal. Words hold letters, digits and _ only, so nothing is quoted."""
    if len(text) <= 60_000:  # it always fits: its pairs of characters take 12 bytes each at most
        return " ".join(words(text))
    found, room, kept = sorted(words(text)), MOST_BYTES, 0
    for word in found:
        room -= len(word.encode()) + 4
        if room < 0:
            break
        kept += 1
    return " ".join(found[:kept])


def question(text: str) -> tuple[str, tuple[str, ...]]:
    """(tsquery literal, runs that a match must contain) for what a person typed; ("", ()) where nothing is a word."""
    parts: list[str] = []
    runs = tuple(dict.fromkeys(_RUN.findall(normal(text[:200]))))
    for run in runs:
        if len(run) > 1 and _IS_EAST_ASIAN.match(run):
            parts.extend(f"'{a}{b}'" for a, b in pairwise(run))
        else:
            parts.append(f"'{run[:LONGEST_WORD]}':*")
    return " & ".join(dict.fromkeys(parts)), runs


def object_word(object: str) -> str:
    """A quoted word that only records of this object have, and that nobody can type: it lets the words' index find the
    few of one object among many hits of others."""
    return f"'@{object}'"


def searched_fields(object: ObjectModel) -> tuple[FieldModel, ...]:
    """The fields whose values are found: the name field and those marked searchable."""
    return tuple(f for f in object.fields.values() if f.searchable or f.name == object.name_field)


def document(object: ObjectModel, values: Mapping[str, Any]) -> tuple[str, str, str]:
    """(title, text, tsvector literal) of one record, from its canonical values by field name."""
    title = _text(object.fields[object.name_field], values.get(object.name_field))
    texts = [title] if title else []
    for field in object.fields.values():
        if field.searchable and field.name != object.name_field:
            text = _text(field, values.get(field.name))
            if text:
                texts.append(text)
    text = "\n".join(texts)[:LONGEST_TEXT]
    return title[:1000], text, f"{vector(text)} {object_word(object.name)}".strip()


def _text(field: FieldModel, value: Any) -> str:
    if value is None:
        return ""
    text = field.type.search_text(value) or ""
    if field.picklist is not None:
        chosen = value if isinstance(value, list) else [value]
        labels = [field.picklist.values[v].label for v in chosen if v in field.picklist.values]
        text = " ".join([text, *(name for label in labels for name in (label.en, label.zh))]).strip()
    elif not text and isinstance(value, str):
        text = value
    return text
