"""Numbers in words: the same in charts, mails and screens, in both languages."""

from __future__ import annotations

import pytest

from dougong_platform.reports.number_texts import headline, said


@pytest.mark.parametrize(
    ("value", "kind", "english", "chinese"),
    [
        ("864500", "money", "¥864,500", "¥864,500"),
        ("3254000", "money", "¥3.25m", "¥325.4 万"),
        ("135000000", "money", "¥135m", "¥1.35 亿"),
        ("-3254000", "money", "−¥3.25m", "−¥325.4 万"),
        (3_200_000, "number", "3.2m", "320 万"),
        (1204, "number", "1,204", "1,204"),
        ("0.3155", "percent", "31.6%", "31.6%"),
        ("47.25", "days", "47.3 days", "47.3 天"),
        (1, "days", "1 day", "1 天"),
        ("2026-12-18", "date", "2026-12-18", "2026-12-18"),
        (None, "money", "", ""),
    ],
)
def test_headlines(value: object, kind: str, english: str, chinese: str) -> None:
    assert headline(value, kind, "en", "CNY") == english
    assert headline(value, kind, "zh", "CNY") == chinese


@pytest.mark.parametrize(
    ("value", "kind", "decimals", "shown"),
    [
        ("3254000.5", "money", None, "¥3,254,000.50"),
        ("3254000", "money", None, "¥3,254,000"),
        ("3254000.5", "money", 0, "¥3,254,001"),
        ("12.3456", "number", 3, "12.346"),
        ("12.30", "number", None, "12.3"),
        ("0.3155", "percent", 2, "31.55%"),
        ("100", "number", None, "100"),
        ("NaN", "number", None, "NaN"),
    ],
)
def test_in_full(value: object, kind: str, decimals: int | None, shown: str) -> None:
    assert said(value, kind, "en", "CNY", decimals) == shown
