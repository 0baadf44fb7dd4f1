"""What a check found wrong. Made by every check, printed by the command."""

from __future__ import annotations

from dataclasses import dataclass

from dougong_metadata.label import Label


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of fault in one place: `subject` is an object, `object.field`, a table, an index …; `count` how often it
    occurs, `examples` the first few ids or names."""

    subject: str
    text: Label
    count: int = 1
    examples: tuple[str, ...] = ()


def finding(subject: str, en: str, zh: str, count: int = 1, *examples: str) -> Finding:
    """A Finding from its sentence in both languages."""
    return Finding(subject, Label(en, zh), count, examples)
