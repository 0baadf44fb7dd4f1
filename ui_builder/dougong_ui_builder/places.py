"""Countries and addresses in the page's language; used by the address widget and wherever an address is shown."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from babel import Locale

from dougong_ui_builder.languages import current_locale


@lru_cache(maxsize=2)
def _countries(locale: str) -> tuple[tuple[str, str], ...]:
    names = Locale(locale).territories
    named = [
        (code, name) for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY
    ]
    return tuple(sorted(named, key=lambda pair: (pair[0] != "CN", pair[1].encode("gb18030", "replace"))))


_NO_COUNTRY = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})


def countries() -> tuple[tuple[str, str], ...]:
    """(ISO code, name) pairs, China first, then by name."""
    return _countries(current_locale())


def country_name(code: str) -> str:
    """The country's name, or the code itself."""
    return dict(countries()).get(code, code)


def address_text(address: Mapping[str, str]) -> str:
    """One line: large to small for China in Chinese, small to large otherwise; the country only when it is another."""
    foreign = country_name(address["country"]) if address.get("country", "CN") != "CN" else ""
    parts = [address.get(part, "") for part in ("province", "city", "district", "detail")]
    if current_locale() == "zh":
        known = [foreign, *parts, address.get("postcode", "")]
        return " ".join(part for part in known if part)
    known = [*reversed(parts), address.get("postcode", ""), foreign]
    return ", ".join(part for part in known if part)
