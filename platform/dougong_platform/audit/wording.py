"""Puts an entry of the audit log into words for one reader: a sentence, what was before and after, and further facts.

Used by the screen, the API and the export. Nothing here asks the database: names are looked up beforehand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dougong_metadata.kinds import registered
from dougong_metadata.label import Label
from dougong_metadata.model.types import Model
from dougong_platform.audit.actions import ACTIONS
from dougong_platform.audit.vocabulary import CODES, FACTS, NOBODY, POLICIES
from dougong_tenants import ADMINISTRATOR
from dougong_tenants.audit.reading import AuditEntry, named

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_PEOPLE = ("user", "department", "team")
_NUMBERS_OF = ("release", "restored")  # that name something and count nothing
_NAMED = 3  # documents in a sentence; the others are counted


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sentence: `kind` is "" for words of ours, else the placeholder that it stands for."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """`label` is what changed; texts ready to be shown, "" for nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """What happened to one document; `how` is add, change or delete, `how_text` the same in words."""

    title: str
    how: str
    how_text: str
    changes: tuple[Change, ...]


class Wording:
    """For one reader: his language and time zone, the model he knows, and names by id."""

    def __init__(self, model: Model, locale: str, timezone: str, names: Mapping[str, str]) -> None:
        self._model, self._locale, self._zone = model, locale, ZoneInfo(timezone)
        self._names = dict(names)
        self._zh = locale.startswith("zh")

    def sentence(self, entry: AuditEntry) -> list[Piece]:
        """Who did what, in pieces."""
        action = ACTIONS.get(entry.action)
        if action is None:
            pieces = [Piece("actor", self.actor(entry)), Piece("", f" {entry.action}")]
            return (
                [*pieces, Piece("", " "), Piece("target", self.target(entry))]
                if entry.target or entry.label
                else pieces
            )
        own = action.own is not None and entry.actor is not None and entry.actor == entry.target
        template = (action.own if own and action.own is not None else action.sentence).text(self._locale)
        pieces, end = [], 0
        for found in _PLACEHOLDER.finditer(template):
            pieces += [Piece("", template[end : found.start()]), Piece(found[1], self._word(found[1], entry))]
            end = found.end()
        return [piece for piece in (*pieces, Piece("", template[end:])) if piece.text]

    def text(self, entry: AuditEntry) -> str:
        """The sentence as text."""
        return "".join(piece.text for piece in self.sentence(entry))

    def action(self, code: str) -> str:
        """The name of an action."""
        return ACTIONS[code].label.text(self._locale) if code in ACTIONS else code

    def actor(self, entry: AuditEntry) -> str:
        """Who did it; what did it, where it was nobody."""
        if entry.actor is not None:
            return self._names.get(entry.actor, entry.actor)
        return NOBODY.get(entry.via or "", NOBODY[""]).text(self._locale)

    def target(self, entry: AuditEntry) -> str:
        """What was acted upon, as it is called now or, if it is gone, was called then."""
        kind, target = entry.target_kind, entry.target or ""
        if kind in _PEOPLE:
            name = self._names.get(target) or entry.label or target
            return name if kind == "user" else self._quoted(name)
        if kind == "object" and target in self._model.objects and not entry.action.startswith("metadata."):
            return self._model.objects[target].plural.text(self._locale)
        if kind == "policy" and target in POLICIES:
            return POLICIES[target].text(self._locale)
        if kind in registered():
            return self._document(kind or "", target)
        return target if kind == "release" else self._quoted(entry.label or target or "—")

    def changes(self, entry: AuditEntry) -> list[Change]:
        """Before → after, one by one."""
        return self._changes(entry.details.get("changes"), entry.target_kind)

    def documents(self, entry: AuditEntry) -> list[DocumentChange]:
        """The documents that a draft or a release changed."""
        found = entry.details.get("documents")
        return [
            DocumentChange(
                self._document(str(one.get("kind")), str(one.get("name"))),
                str(one.get("change")),
                self._code("change", str(one.get("change"))),
                tuple(self._changes(one.get("changes"), None)),
            )
            for one in (found if isinstance(found, list) else ())
            if isinstance(one, Mapping)
        ]

    def facts(self, entry: AuditEntry) -> list[tuple[str, str]]:
        """What else is known: (label, text)."""
        return [
            (self._fact(key, entry.target_kind), self.value(key, value))
            for key, value in entry.details.items()
            if key not in ("changes", "documents") and value not in (None, "", [], {})
        ]

    def value(self, key: str, value: Any) -> str:
        """A value of the details, as people read it."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return self._code("truth", str(value))
        if isinstance(value, list | tuple):
            return self._list(self.value(key, one) for one in value)
        if isinstance(value, Mapping):
            parts = ((name, one) for name, one in value.items() if one is not None)
            return " · ".join(f"{self._fact(name, None)}: {self._inner(name, one)}" for name, one in parts)
        if isinstance(value, int | float):
            return str(value) if key in _NUMBERS_OF else f"{value:,}"
        if key in ("permission_sets", "permission_set"):
            return self._set(str(value))
        if _MOMENT.match(str(value)):
            return self.moment(str(value))
        return named(self._code(key, str(value)), self._names)

    def _inner(self, key: str, value: Any) -> str:
        """A value within another."""
        text = self.value(key, value)
        return f"({text})" if isinstance(value, Mapping) else text

    def moment(self, text: str) -> str:
        """A moment in the reader's time zone."""
        try:
            return f"{datetime.fromisoformat(text).astimezone(self._zone):%Y-%m-%d %H:%M}"
        except (ValueError, OverflowError):
            return text

    def _word(self, placeholder: str, entry: AuditEntry) -> str:
        details = entry.details
        match placeholder:
            case "actor":
                return self.actor(entry)
            case "target":
                return self.target(entry)
            case "sets":
                return self.value("permission_sets", details.get("permission_sets", []))
            case "sessions":
                given = details.get("sessions")
                return str(len(given) if isinstance(given, list) else given or 1)
            case "fields":
                changed = details.get("changes")
                names = changed if isinstance(changed, Mapping) else ()
                return self._list(self._fact(name, entry.target_kind) for name in names)
            case "documents":
                titles = [one.title for one in self.documents(entry)]
                more = len(titles) - _NAMED + int(details.get("more") or 0)
                shown = self._list(titles[:_NAMED])
                return shown if more <= 0 else shown + (f"等，另有 {more:,} 项" if self._zh else f" and {more:,} more")
        return self.value(placeholder, details.get(placeholder)) or "—"

    def _changes(self, given: Any, kind: str | None) -> list[Change]:
        if not isinstance(given, Mapping):
            return []
        pairs = ((name, pair) for name, pair in given.items() if isinstance(pair, list) and len(pair) == 2)
        return [
            Change(self._fact(name, kind), self.value(name, before), self.value(name, after))
            for name, (before, after) in pairs
        ]

    def _fact(self, key: str, kind: str | None) -> str:
        """The name of a key of the details: a field's label where the target is one of the people objects."""
        if kind in _PEOPLE and kind in self._model.objects and key in self._model.objects[kind].fields:
            return self._model.objects[kind].fields[key].label.text(self._locale)
        return FACTS[key].text(self._locale) if key in FACTS else key

    def _document(self, kind: str, name: str) -> str:
        word = Label.of(registered()[kind].label, kind).text(self._locale) if kind in registered() else kind
        known = self._model.documents.get((kind, name))
        label = Label.of(known.body.get("label"), name).text(self._locale) if known is not None else name
        return f"{word}{self._quoted(label)}" if self._zh else f"{word} {self._quoted(label)}"

    def _set(self, name: str) -> str:
        if name == ADMINISTRATOR:
            return self._code("permission_set", name)
        found = self._model.permission_sets.get(name)
        return found.label.text(self._locale) if found is not None else name

    def _code(self, key: str, text: str) -> str:
        found = CODES.get((key, text))
        return found.text(self._locale) if found is not None else text

    def _list(self, texts: Iterable[str]) -> str:
        return ("、" if self._zh else ", ").join(texts)

    def _quoted(self, text: str) -> str:
        return f"「{text}」" if self._zh else f"“{text}”"
