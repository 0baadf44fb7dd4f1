"""Entries of the audit log as the page shows them: by day, each with a sentence, an icon and what unfolds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from dougong_platform.audit.actions import GROUPS
from dougong_platform.audit.asking import Answer
from dougong_platform.audit.vocabulary import CODES
from dougong_platform.audit.wording import Change, DocumentChange, Piece
from dougong_platform.http.caller import Caller
from dougong_tenants.audit.reading import AuditEntry
from dougong_ui_builder.builder.audit.asked import Asked
from dougong_ui_builder.formats import day
from dougong_ui_builder.words import gettext

Link = tuple[str, str]  # text, address

_ICONS = {
    "sign_in": "login-2",
    "access": "shield-lock",
    "people": "users",
    "metadata": "versions",
    "data": "file-export",
    "policy": "settings",
}
_OF_GROUP = {code: name for name, group in GROUPS.items() for code in group.actions}
_MOST_LATELY = 8  # lines of the summary
_BAD = frozenset({"sign_in.failed", "two_factor.failed"})


@dataclass(frozen=True, slots=True)
class Line:
    """One entry; `tone` is "" or bad, `via` in words, `links`: where to go on from it."""

    entry: AuditEntry
    action: str
    icon: str
    tone: str
    pieces: Sequence[Piece]
    via: str
    changes: Sequence[Change]
    documents: Sequence[DocumentChange]
    facts: Sequence[tuple[str, str]]
    links: Sequence[Link]


def by_day(caller: Caller, page: Answer) -> list[tuple[str, list[Line]]]:
    """(day in the reader's time zone, its lines), newest first."""
    return [
        (one, [_line(caller, page, entry) for entry in entries])
        for one, entries in groupby(page.entries, key=lambda entry: day(entry.at))
    ]


def summary(counts: dict[str, int], locale: str) -> list[tuple[str, str, int, str]]:
    """(code, name, how often, tone) of the actions that were noted, failures first, then those noted most."""
    known = (
        (code, action, counts[code]) for g in GROUPS.values() for code, action in g.actions.items() if code in counts
    )
    found = [(code, action.label.text(locale), count, "bad" if code in _BAD else "") for code, action, count in known]
    return sorted(found, key=lambda one: (one[3] == "", -one[2]))[:_MOST_LATELY]


def _line(caller: Caller, page: Answer, entry: AuditEntry) -> Line:
    wording = page.wording
    group = _OF_GROUP.get(entry.action, "")
    via = CODES.get(("via", entry.via or ""))
    return Line(
        entry,
        wording.action(entry.action),
        "alert-triangle" if entry.action in _BAD else _ICONS.get(group, "history"),
        "bad" if entry.action in _BAD else "",
        wording.sentence(entry),
        via.text(caller.locale) if via is not None else "",
        wording.changes(entry),
        wording.documents(entry),
        wording.facts(entry),
        list(_links(caller, page, entry)),
    )


def _links(caller: Caller, page: Answer, entry: AuditEntry) -> Iterable[Link]:
    wording = page.wording
    if entry.actor is not None:
        yield _about(wording.actor(entry)), Asked(person=entry.actor).address()
    if entry.target_kind == "user" and entry.target and entry.target != entry.actor:
        yield _about(wording.target(entry)), Asked(person=entry.target).address()
    elif entry.target and entry.target_kind not in ("user", "policy", "release"):
        yield _about(wording.target(entry)), Asked(target=entry.target).address()
    yield gettext("Only “%(action)s”", action=wording.action(entry.action)), Asked(action=entry.action).address()
    if entry.target_kind == "user" and entry.target and "people" in caller.rights.system:
        yield gettext("Open the user"), f"/builder/people/{entry.target}"
    if entry.target_kind == "release" and "metadata" in caller.rights.system:
        yield gettext("Open the release"), f"/builder/releases/{entry.target}"


def _about(name: str) -> str:
    return gettext("All about %(name)s", name=name)
