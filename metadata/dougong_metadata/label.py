"""A name in every language the product speaks; used by every labelled thing of the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LOCALES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Label:
    """English and Chinese text of one name; an absent language falls back to the other."""

    en: str
    zh: str

    def text(self, locale: str) -> str:
        """The text for `locale` ("en", "zh", "zh_CN" …)."""
        return self.zh if locale.startswith("zh") else self.en

    @classmethod
    def of(cls, given: str | Mapping[str, str] | None, name: str) -> Label:
        """From a document's `label:` (text, {en, zh} or absent); `name` in words stands in when it is absent."""
        if isinstance(given, str):
            return cls(given, given)
        # A draft may hold anything here until it is compiled.
        found: Mapping[str, object] = given if isinstance(given, Mapping) else {}
        given = {key: str(found[key]) for key in LOCALES if isinstance(found.get(key), str)}
        words = name.replace("_", " ").strip()
        en = given.get("en") or given.get("zh") or words[:1].upper() + words[1:]
        return cls(en, given.get("zh") or en)
