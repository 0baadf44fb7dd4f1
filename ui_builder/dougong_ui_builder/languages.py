"""Which language a page speaks, and its words: gettext over the .po files of translations/, merged without compiling.

English msgids stand for themselves. Called by `face.register`; templates use `_()`, Python `flask_babel.gettext`.
"""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, Domain

from dougong_metadata.label import LOCALES
from dougong_platform.http.language import best_locale
from dougong_ui_builder.assets import manifest
from dougong_ui_builder.words import gettext

FOLDER = Path(__file__).parent / "translations"
COOKIE = "dg_locale"
HTML_LANG = {"en": "en", "zh": "zh-CN"}


def current_locale() -> str:
    """ "en" or "zh": the user's setting, else the cookie of this browser, else Accept-Language."""
    if not has_request_context():
        return "en"
    caller = g.get("caller")
    if caller is not None and caller.locale[:2] in LOCALES:
        return str(caller.locale[:2])
    chosen = request.cookies.get(COOKIE)
    return chosen if chosen in LOCALES else best_locale(request.headers.get("Accept-Language"))


def current_timezone() -> ZoneInfo:
    """The user's time zone; UTC for those who are not signed in."""
    caller = g.get("caller") if has_request_context() else None
    try:
        return ZoneInfo(caller.timezone if caller is not None else "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def merged_catalog(locale: str) -> Catalog:
    """All translations/<locale>/*.po as one catalog: one file per area, so that areas are written side by side."""
    merged = Catalog(locale=locale, domain="messages")
    for path in sorted((FOLDER / locale).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=locale, abort_invalid=True):
                if message.id and message.string:
                    merged.add(message.id, message.string, context=message.context)
    return merged


class MergedDomain(Domain):  # type: ignore[misc]  # flask_babel ships no types
    """A gettext domain read from .po files; re-read in debug mode when one of them changes."""

    def __init__(self, watch: bool = False) -> None:
        super().__init__()
        self.watch = watch
        self._read: dict[str, tuple[float, Translations]] = {}

    def get_translations(self) -> NullTranslations:
        locale = current_locale()
        if locale == "en":
            return NullTranslations()
        changed = max((p.stat().st_mtime for p in (FOLDER / locale).glob("*.po")), default=0.0) if self.watch else 0.0
        known = self._read.get(locale)
        if known is None or known[0] != changed:
            compiled = BytesIO()
            write_mo(compiled, merged_catalog(locale))
            compiled.seek(0)
            known = self._read[locale] = (changed, Translations(compiled, domain="messages"))
        return known[1]


class MergedBabel(Babel):  # type: ignore[misc]  # flask_babel ships no types
    """Flask-Babel whose only domain is the merged one."""

    def __init__(self, app: Flask) -> None:
        self.domain_instance = MergedDomain(watch=app.debug)  # shadows the parent's cached property
        super().__init__(app, locale_selector=current_locale, timezone_selector=lambda: str(current_timezone()))


def island_strings() -> str:
    """JSON of the islands' words in the page's language, safe inside a <script type="application/json">."""
    words: dict[str, Any] = {}
    if current_locale() != "en":
        words = {text: gettext(text) for text in manifest()["strings"]}
    return json.dumps(words, ensure_ascii=False).replace("<", "\\u003c")
