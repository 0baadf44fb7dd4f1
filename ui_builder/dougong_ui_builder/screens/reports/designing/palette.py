"""The fields that can be put into a report: the object's own, then along its links and relations as far as they are
opened, or those that fit what is searched for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dougong_ui_builder.screens.reports.designing.known import DEEPEST, Found, Known

MOST_FOUND = 60
SEARCHED = 4_000  # fields looked at for a search


@dataclass(frozen=True, slots=True)
class Group:
    """The fields behind a path; `found` None = the object's own. `items` are those that end there, `groups` the
    links and relations; both are empty while it is closed."""

    found: Found | None
    items: tuple[Found, ...]
    groups: tuple[Group, ...]
    is_open: bool

    @property
    def path(self) -> str:
        """Of the link or relation; "" for the object itself."""
        return self.found.path if self.found is not None else ""


def groups(known: Known, opened: Sequence[str] = (), path: str = "") -> Group:
    """The object's fields, with those behind each opened path."""
    found = known.find(path) if path else None
    is_open = not path or path in opened
    below = list(known.below(path)) if is_open else []
    inner = tuple(
        groups(known, opened, one.path)
        for one in below
        if one.object is not None and one.path.count(".") < DEEPEST - 1 and not _is_person(one)
    )
    opens = {group.path for group in inner}
    return Group(found, tuple(one for one in below if one.path not in opens), inner, is_open)


def matching(known: Known, typed: str) -> list[Found]:
    """Fields and relations whose words hold all that was typed, the nearest first."""
    words = typed.casefold().split()
    found = [one for one in _all(known) if all(word in f"{one.words} {one.path}".casefold() for word in words)]
    return sorted(found, key=lambda one: (not _begins(one, words), one.path.count(".")))[:MOST_FOUND]


def _begins(found: Found, words: list[str]) -> bool:
    return bool(words) and found.last.casefold().startswith(words[0])


def _all(known: Known) -> Iterator[Found]:
    """Breadth first, links of links included."""
    waiting, looked = [""], 0
    while waiting and looked < SEARCHED:
        path = waiting.pop(0)
        for one in known.below(path):
            looked += 1
            yield one
            if one.object is not None and one.path.count(".") < 2 and not _is_person(one):
                waiting.append(one.path)


def _is_person(found: Found) -> bool:
    """Who made or changed a record: its name says enough."""
    return found.field is not None and found.field.system and found.field.name != "owner"
