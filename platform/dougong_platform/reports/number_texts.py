"""How numbers read in both languages, in full and as headlines: ¥3,254,000.50 and ¥325.4 万 (English ¥3.25m). Charts,
mails and exports of reports call it, and the screens' formats.

Values come as the API shows them: decimals as text.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

MINUS = "\N{MINUS SIGN}"
NARROW = " "  # before a unit
LONGEST = 200  # digits; "1e999999999" is no number anybody means
HEADLINE = 1_000_000  # from here on a headline names its unit
SYMBOLS = {
    "CNY": "¥",
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "JP¥",
    "HKD": "HK$",
    "TWD": "NT$",
    "KRW": "₩",
    "INR": "₹",
    "SGD": "S$",
    "AUD": "A$",
    "CAD": "C$",
    "CHF": "CHF ",
    "MOP": "MOP$",
    "THB": "฿",
    "VND": "₫",
}


def as_decimal(value: Any) -> Decimal | None:
    """The number in `value`, or None for nothing and for what is no finite number."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() and found.adjusted() <= LONGEST else None


def rounded(value: Decimal, places: int) -> Decimal:
    """Half away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) if value.adjusted() < 20 else value


def grouped(value: Decimal, places: int | None) -> str:
    """ "1,234,567.5" with its own decimals, or with exactly `places`."""
    text = f"{rounded(value, places):,f}" if places is not None else f"{value:,f}"
    return text.replace("-", MINUS)


def currency_symbol(currency: str | None) -> str:
    """ "¥" for CNY; the code itself, with a thin space, where it has no common symbol."""
    code = currency or "CNY"
    return SYMBOLS.get(code, code + NARROW)


def money(value: Decimal, currency: str | None, exact: bool = False, places: int = 2) -> str:
    """ "¥1,280,000", where cents show only if there are any; with `exact` always "¥1,280,000.00"."""
    found = rounded(value, places)
    return _signed(found, currency_symbol(currency) + grouped(abs(found), places if exact or found % 1 else 0))


def headline_money(value: Decimal, currency: str | None, locale: str) -> str:
    """¥864,500 · ¥325.4 万 · ¥1.35 亿; in English ¥3.25m, ¥1.35bn."""
    if abs(value) < HEADLINE:
        return money(rounded(value, 0), currency)
    return _signed(value, currency_symbol(currency) + _with_unit(abs(value), locale))


def percent(fraction: Decimal, places: int = 2) -> str:
    """0.18 → "18%", 0.3155 → "31.55%"."""
    return grouped(_plain(rounded(fraction * 100, places)), None) + "%"


def said(value: Any, kind: str, locale: str, currency: str | None = None, decimals: int | None = None) -> str:
    """A cell in full. `kind` is a ValueHead's format; "" for nothing, and dates and texts as they are."""
    found = as_decimal(value) if kind not in ("date", "text") else None
    if found is None:
        return "" if value is None else str(value)
    if kind == "money":
        return money(found, currency, decimals is not None, 2 if decimals is None else decimals)
    if kind == "percent":
        return percent(found, 1 if decimals is None else decimals)
    if kind == "points":
        return percent(found, 1).removesuffix("%") + (" 个百分点" if _chinese(locale) else " points")
    digits = grouped(_plain(rounded(found, _places(found, decimals))), None)
    if kind == "days":
        return f"{digits} 天" if _chinese(locale) else f"{digits} {'day' if abs(found) == 1 else 'days'}"
    return digits


def headline(value: Any, kind: str, locale: str, currency: str | None = None, decimals: int | None = None) -> str:
    """A cell as a chart's label and a big figure have it: rounded, large ones by their unit."""
    found = as_decimal(value)
    if found is not None and kind == "money" and (abs(found) >= HEADLINE or decimals is None):
        return headline_money(found, currency, locale)
    if found is not None and kind not in ("percent", "points", "days", "date", "text") and abs(found) >= HEADLINE:
        return _signed(found, _with_unit(abs(found), locale))
    return said(value, kind, locale, currency, decimals)


def _with_unit(size: Decimal, locale: str) -> str:
    if _chinese(locale):
        unit, name, places = (Decimal(10**8), " 亿", 2) if size >= 10**8 else (Decimal(10**4), " 万", 1)
    else:
        unit, name, places = (Decimal(10**9), "bn", 2) if size >= 10**9 else (Decimal(10**6), "m", 2)
    return grouped(_plain(rounded(size / unit, places)), None) + name


def _places(value: Decimal, decimals: int | None) -> int:
    if decimals is not None:
        return decimals
    return 2 if abs(value) < 10 else 1 if abs(value) < 1000 else 0


def _plain(value: Decimal) -> Decimal:
    """Without zeros behind the point."""
    return value.normalize() if value else Decimal(0)


def _signed(value: Decimal, text: str) -> str:
    return MINUS + text if value < 0 else text


def _chinese(locale: str) -> bool:
    return locale.startswith("zh")
