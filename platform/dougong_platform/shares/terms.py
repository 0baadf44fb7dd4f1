"""What a share says: read or edit, as what, along which relations, until when. Read from bodies, compared, widened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.cleaning import clean_text
from dougong_platform.errors import FieldError, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.shares.messages import refusal
from dougong_platform.shares.relations import relations_of

LONGEST = {"role": 60, "note": 500}  # characters
_LATEST = dt.date(2999, 12, 31)


@dataclass(frozen=True, slots=True)
class Terms:
    """`expires_at`: ISO moment in UTC, None = until it is withdrawn; from then on the share opens nothing."""

    access: str = "read"
    role: str | None = None
    relations: tuple[str, ...] = ()
    expires_at: str | None = None
    note: str | None = None

    def is_over(self) -> bool:
        """Whether it has expired."""
        return self.expires_at is not None and _moment(self.expires_at) <= dt.datetime.now(dt.UTC)

    def goes_beyond(self, other: Terms | None) -> bool:
        """Whether it opens anything, to anybody, at any time, that `other` does not (None, or over: nothing at all)."""
        if other is None or other.is_over():
            return True
        longer = other.expires_at is not None and (
            self.expires_at is None or _moment(self.expires_at) > _moment(other.expires_at)
        )
        stronger = (self.access, other.access) == ("edit", "read")
        return longer or stronger or not set(self.relations) <= set(other.relations)

    def together(self, other: Terms) -> Terms:
        """What both open: giving a share anew takes nothing away. Role and note are this one's, where it has them."""
        lasting = self.expires_at is None or other.expires_at is None
        return Terms(
            "edit" if "edit" in (self.access, other.access) else "read",
            self.role or other.role,
            (*other.relations, *(one for one in self.relations if one not in other.relations)),
            None if lasting else max(str(other.expires_at), str(self.expires_at), key=_moment),
            self.note or other.note,
        )


def terms_of(caller: Caller, object: str, given: Mapping[str, Any], before: Terms | None = None) -> Terms:
    """The terms that a loaded body means, over those `before`. Raises RecordsInvalid with every wrong one."""
    terms = before or Terms()
    errors: list[FieldError] = []
    if "access" in given:
        terms = replace(terms, access=given["access"])
        if given["access"] not in ("read", "edit"):
            errors.append(refusal("access", "unknown_access", caller.locale))
    if "role" in given:
        terms = replace(terms, role=_text("role", given["role"], errors, caller.locale))
    if "note" in given:
        terms = replace(terms, note=_text("note", given["note"], errors, caller.locale))
    if "relations" in given:
        offered = [one.name for one in relations_of(caller, object)]
        kept = [one for one in terms.relations if one not in offered]  # what he does not know of, he does not change
        wanted = list(dict.fromkeys(given["relations"]))
        errors += [refusal("relations", "unknown_relation", caller.locale, name=x) for x in wanted if x not in offered]
        terms = replace(terms, relations=(*kept, *wanted))
    if "until" in given:
        terms = replace(terms, expires_at=_end_of(given["until"], caller, errors))
    if errors:
        raise RecordsInvalid(errors)
    return terms


def until(expires_at: str | None, timezone: str) -> str | None:
    """The last day (ISO) on which a share holds, where the zone is."""
    if expires_at is None:
        return None
    return (_moment(expires_at) - dt.timedelta(microseconds=1)).astimezone(ZoneInfo(timezone)).date().isoformat()


def _end_of(day: dt.date | None, caller: Caller, errors: list[FieldError]) -> str | None:
    """The first moment after a day, in the caller's zone."""
    if day is None:
        return None
    zone = ZoneInfo(caller.timezone)
    if not dt.datetime.now(zone).date() <= day <= _LATEST:
        errors.append(refusal("until", "until_past" if day <= _LATEST else "until_late", caller.locale))
        return None
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
    return end.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(name: str, given: str | None, errors: list[FieldError], locale: str) -> str | None:
    try:
        said = clean_text(given or "").strip()
    except FieldValueError:
        errors.append(refusal(name, "bad_character", locale))
        return None
    if len(said) > LONGEST[name]:
        errors.append(refusal(name, "too_long", locale, most=LONGEST[name]))
    return (" ".join(said.split()) if name == "role" else said) or None


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
