"""The form that issues an API token and the lines of those issued; shared by a person's settings and the builder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import request

from dougong_metadata.errors import Fault
from dougong_metadata.kinds.permission_set import SYSTEM_RIGHTS
from dougong_platform.http.caller import Caller
from dougong_platform.people.access_tokens import issue_token
from dougong_tenants.tokens import TokenInfo
from dougong_ui_builder.builder.people.frame import Errors, errors_of
from dougong_ui_builder.formats import as_moment
from dougong_ui_builder.languages import current_locale, current_timezone
from dougong_ui_builder.words import gettext

LIFETIMES = ("30", "90", "365")  # days


@dataclass(frozen=True, slots=True)
class Issued:
    """What came of the form: a `token` to show this once, or `errors` with what was `typed`."""

    token: str | None = None
    name: str = ""
    errors: Errors = field(default_factory=dict)
    typed: Mapping[str, Any] = field(default_factory=dict)


def issue_posted(caller: Caller, user: str | None = None) -> Issued:
    """Issue what the form asks for, for the caller or `user`. Raises NotAllowed, NotFound."""
    name, scopes = request.form.get("name", "").strip(), request.form.getlist("scopes")
    errors: Errors = {}
    expires = _expiry(errors)
    if not errors:
        try:
            made = issue_token(caller, name, scopes, expires, user)
            return Issued(made["token"], name)
        except Fault as fault:
            if fault.status not in (409, 422):
                raise
            errors = errors_of(fault)
    typed = {"name": name, "scopes": scopes, "expiry": request.form.get("expiry"), "day": request.form.get("day", "")}
    return Issued(errors=errors, typed=typed)


def offered_scopes(caller: Caller) -> list[tuple[str, str]]:
    """(scope, words): reading and writing, and the system rights that the caller holds."""
    zh = current_locale() == "zh"
    rights = [(name, words[zh]) for name, words in SYSTEM_RIGHTS.items() if name in caller.rights.system]
    return [("read", gettext("Read records")), ("write", gettext("Create, change and delete records")), *rights]


def scope_words(scopes: Iterable[str]) -> str:
    """Scopes in the page's language."""
    zh = current_locale() == "zh"
    known = {name: words[zh] for name, words in SYSTEM_RIGHTS.items()}
    known |= {"read": gettext("Read"), "write": gettext("Write")}
    return gettext(", ").join(known.get(scope, scope) for scope in scopes)


def split(tokens: Iterable[TokenInfo]) -> tuple[list[TokenInfo], list[TokenInfo]]:
    """(those that work, those revoked or expired)."""
    valid: list[TokenInfo] = []
    over: list[TokenInfo] = []
    for token in tokens:
        ends = as_moment(token.expires_at)
        works = token.revoked_at is None and (ends is None or ends > datetime.now(UTC))
        (valid if works else over).append(token)
    return valid, over


def shown(token: TokenInfo, names: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A line of the list; `names`: user id → name where the tokens of several people are listed."""
    ends = as_moment(token.expires_at)
    left = None if ends is None else (ends - datetime.now(UTC)).days
    return {
        **{key: getattr(token, key) for key in ("id", "name", "prefix", "created_at", "expires_at", "last_used_at")},
        "scopes": scope_words(token.scopes),
        "revoked": token.revoked_at is not None,
        "soon": left is not None and left < 14,
        "user": token.user,
        "user_name": (names or {}).get(token.user, ""),
    }


def _expiry(errors: Errors) -> datetime | None:
    """The end of the last day on which it works, where the person is; None for never."""
    choice = request.form.get("expiry", LIFETIMES[1])
    zone: ZoneInfo = current_timezone()
    today = datetime.now(zone).date()
    if choice == "never":
        return None
    if choice in LIFETIMES:
        return _end_of(today + timedelta(days=int(choice)), zone)
    try:
        last = date.fromisoformat(request.form.get("day", ""))
        if last >= today:
            return _end_of(last, zone)
    except (ValueError, OverflowError):
        pass
    errors["expires_at"] = [gettext("Choose a day that is still to come.")]
    return None


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(23, 59, 59), zone)
