"""Numbers, money, dates and sizes as people of both languages read them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong_ui_builder import formats
from one_day import on_one_day

pytestmark = pytest.mark.usefixtures("chinese")


@pytest.mark.parametrize(
    ("value", "listed", "exact"),
    [
        ("1280000.00", "¥1,280,000", "¥1,280,000.00"),
        ("12.5", "¥12.50", "¥12.50"),
        ("-340000", "−¥340,000", "−¥340,000.00"),
        ("0", "¥0", "¥0.00"),
        ("0.005", "¥0.01", "¥0.01"),
        (None, "", ""),
        ("", "", ""),
        ("not a number", "", ""),
        ("NaN", "", ""),
    ],
)
def test_money_shows_cents_in_lists_only_when_there_are_any(value: str | None, listed: str, exact: str) -> None:
    assert formats.money(value) == listed
    assert formats.money(value, exact=True) == exact


@pytest.mark.parametrize(
    ("currency", "shown"),
    [("EUR", "€1,240"), ("USD", "$1,240"), ("JPY", "JP¥1,240"), ("XAF", "XAF 1,240"), (None, "¥1,240")],
)
def test_foreign_money_carries_its_symbol(currency: str | None, shown: str) -> None:
    assert formats.money("1240", currency) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("864500", "¥864,500"),
        ("3254000", "¥325.4 万"),
        ("64360000", "¥6,436 万"),
        ("135000000", "¥1.35 亿"),
        ("-3254000", "−¥325.4 万"),
    ],
)
def test_a_headline_in_chinese_counts_in_wan_and_yi(value: str, shown: str) -> None:
    assert formats.kpi_money(value) == shown


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(("value", "shown"), [("864500", "¥864,500"), ("3254000", "¥3.25m"), ("1350000000", "¥1.35bn")])
def test_a_headline_in_english_counts_in_millions(value: str, shown: str) -> None:
    assert formats.kpi_money(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [("0.18", "18%"), ("0.315", "31.5%"), ("1", "100%"), ("-0.05", "−5%"), ("0", "0%")]
)
def test_a_stored_fraction_reads_as_percent(value: str, shown: str) -> None:
    assert formats.percent(value) == shown


@pytest.mark.parametrize(
    ("size", "shown"), [(0, "0 B"), (820, "820 B"), (12_288, "12 KB"), (3_565_158, "3.4 MB"), (None, "0 B")]
)
def test_file_sizes_take_the_unit_that_fits(size: int | None, shown: str) -> None:
    assert formats.file_size(size) == shown


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=4))
def test_a_number_keeps_its_value_under_grouping(value: Decimal) -> None:
    assert Decimal(formats.number(value).replace(",", "").replace("−", "-")) == value


def test_days_near_today_are_told_in_words_and_others_by_date() -> None:
    today, said = on_one_day(
        "UTC", lambda today: [formats.days_from_today(today + timedelta(days=n)) for n in (0, -1, -18, 28, -31)]
    )
    assert said == ["今天", "昨天", "18 天前", "28 天后", (today - timedelta(days=31)).isoformat()]


def test_a_day_in_prose_names_the_year_only_when_it_is_another() -> None:
    assert on_one_day("UTC", lambda today: formats.day_in_words(f"{today.year}-11-20"))[1] == "11月20日"
    assert formats.day_in_words("2019-11-20", weekday=True) == "2019年11月20日 周三"


@pytest.mark.usefixtures("english")
def test_an_english_day_in_prose_is_unambiguous() -> None:
    assert formats.day_in_words("2026-12-18") == "18 Dec 2026"
    assert formats.day_in_words("2026-12-18", weekday=True) == "Fri 18 Dec 2026"


def test_a_moment_has_its_absolute_time_as_title() -> None:
    assert 'title="2020-01-02 03:04"' in formats.ago("2020-01-02T03:04:05Z")
    assert ">2020-01-02<" in formats.ago("2020-01-02T03:04:05Z")


@pytest.mark.parametrize("broken", ["", None, "yesterday", "2026-13-45", "2026-13-45T00:00:00Z"])
def test_what_is_no_date_shows_nothing(broken: str | None) -> None:
    assert formats.day(broken) == ""
    assert formats.moment(broken) == ""
    assert str(formats.ago(broken)) == ""
