"""Examples that Salesforce's documentation gives for its functions, and the results it gives for them.

Fields of its examples stand here as the values they have there. Where this language gives something else on purpose,
the function says so (`differs`), and the last table holds both.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import check
from dougong_metadata.expressions.functions import NAMES

D = "DATE({})".format
WEEKDAYS = (  # the documented way to count the weekdays between two dates
    "CASE(MOD({a} - DATE(1985, 6, 24), 7), "
    "0, CASE(MOD({b} - {a}, 7), 1, 2, 2, 3, 3, 4, 4, 5, 5, 5, 6, 5, 1), "
    "1, CASE(MOD({b} - {a}, 7), 1, 2, 2, 3, 3, 4, 4, 4, 5, 4, 6, 5, 1), "
    "2, CASE(MOD({b} - {a}, 7), 1, 2, 2, 3, 3, 3, 4, 3, 5, 4, 6, 5, 1), "
    "3, CASE(MOD({b} - {a}, 7), 1, 2, 2, 2, 3, 2, 4, 3, 5, 4, 6, 5, 1), "
    "4, CASE(MOD({b} - {a}, 7), 1, 1, 2, 1, 3, 2, 4, 3, 5, 4, 6, 5, 1), "
    "5, CASE(MOD({b} - {a}, 7), 1, 0, 2, 1, 3, 2, 4, 3, 5, 4, 6, 5, 0), "
    "6, CASE(MOD({b} - {a}, 7), 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 5, 0), 999) + FLOOR(({b} - {a}) / 7) * 5"
).format
LEAP = "OR(MOD(YEAR({d}), 400) = 0, AND(MOD(YEAR({d}), 4) = 0, MOD(YEAR({d}), 100) != 0))".format
LAST = "IF(MONTH({d}) = 12, DATE(YEAR({d}), 12, 31), DATE(YEAR({d}), MONTH({d}) + 1, 1) - 1)".format
NAME_OF_DAY = (
    'CASE(MOD({d} - DATE(1900, 1, 7), 7), 0, "Sunday", 1, "Monday", 2, "Tuesday", 3, "Wednesday", 4, "Thursday", 5, '
    '"Friday", "Saturday")'
).format
CARD = '"(((\\\\d{4}-){3}\\\\d{4})|\\\\d{16})?"'
ADDRESS = "'[a-zA-Z0-9._|\\\\\\\\%#~`=?&/$^*!}{+-]+@[a-zA-Z0-9.-]+\\\\.[a-zA-Z]{2,4}'"
IP = '"^((25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\\\\.){3}(25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)$"'  # each part 0 to 255

EXAMPLES: list[tuple[str, Any]] = [
    # numbers
    ("ROUND(1.5, 0)", 2),
    ("ROUND(1.2345, 0)", 1),
    ("ROUND(-1.5, 0)", -2),
    ("ROUND(225.49823, 2)", Decimal("225.50")),
    ("CEILING(2.5)", 3),
    ("CEILING(-2.5)", -3),
    ("FLOOR(2.5)", 2),
    ("FLOOR(-2.5)", -2),
    ("MCEILING(2.5)", 3),
    ("MCEILING(-2.5)", -2),
    ("MFLOOR(2.5)", 2),
    ("MFLOOR(-2.5)", -3),
    ("MOD(3, 3)", 0),
    ("MOD(4, 3)", 1),
    ("MOD(123, 100)", 23),
    ("ABS(-12)", 12),
    ("SQRT(16)", 4),
    ("ROUND(LN(10), 2)", Decimal("2.30")),
    ("ROUND(EXP(3), 5)", Decimal("20.08554")),
    ("LOG(10)", 1),
    ("MAX(0.06 * 10000, 250)", 600),
    ("MIN(250, 10000 * 0.06)", 250),
    ("TRUNC(2.789, 2)", Decimal("2.78")),
    ("TRUNC(-5.6)", -5),
    ("ROUND(PI(), 5)", Decimal("3.14159")),
    ("VALUE(RIGHT('Case 4711', 4))", 4711),
    # text
    ('LPAD("my_company.com", 14, "z")', "my_company.com"),
    ('LPAD("my_company.com", 15, "z")', "zmy_company.com"),
    ('LPAD("mycompany.com", 20)', "       mycompany.com"),
    ('LPAD("mycompany.com", 2)', "my"),
    ('RPAD("my_company.com", 14, "z")', "my_company.com"),
    ('RPAD("my_company.com", 15, "z")', "my_company.comz"),
    ('RPAD("mycompany.com", 2)', "my"),
    ('SUBSTITUTE("ann@acme.com", LEFT("ann@acme.com", FIND("@", "ann@acme.com")), "www.")', "www.acme.com"),
    ('TRIM(LEFT("Smitherson", 5)) & "-" & TRIM(RIGHT("123-45-6789", 4))', "Smith-6789"),
    ('MID("Western", 3, 4)', "ster"),
    ('UPPER("mytext") & LOWER("MYTEXT")', "MYTEXTmytext"),
    ('LEN("PN-100")', 6),
    ('IF(CONTAINS("spare parts", "part"), "Parts", "Service")', "Parts"),
    ('IF(BEGINS("ICU bed", "ICU"), "Medical", "Technical")', "Medical"),
    ('CONTAINS("SOFTware", "soft")', False),
    ('ASCII("A")', 65),
    ("CHR(65)", "A"),
    ('INITCAP("text is easy")', "Text Is Easy"),
    ('REVERSE("abc")', "cba"),
    ("TEXT(100.5)", "100.5"),
    ('"A" & BR() & "B"', "A\nB"),
    # logic
    ('CASE(3, 3, "Reassign", 2, "Assign Task", "Maintain")', "Reassign"),
    ('CASE(7, 3, "Reassign", 2, "Assign Task", "Maintain")', "Maintain"),
    ('BLANKVALUE("", "Undesignated")', "Undesignated"),
    ("NULLVALUE(NULL, 0)", 0),
    ('IF(AND(5 < 10, 7 > 1), "Small", "Large")', "Small"),
    ('IF(OR(ISBLANK(""), 5 > 10), "Yes", "No")', "Yes"),
    ("NOT(ISBLANK(5))", True),
    ('ISNUMBER("12")', True),
    ('ISNUMBER("twelve")', False),
    # dates
    ("DATE(2005, 01, 02)", date(2005, 1, 2)),
    ('DATEVALUE("2005-11-15")', date(2005, 11, 15)),
    ("ADDMONTHS(DATE(2017, 9, 20), 5)", date(2018, 2, 20)),
    ("ADDMONTHS(DATE(2017, 9, 30), 5)", date(2018, 2, 28)),
    ('TEXT(DATETIMEVALUE("2005-11-15 17:00:00"))', "2005-11-15 17:00:00"),
    ('DAY(DATEVALUE("2005-11-15")) + MONTH(DATEVALUE("2005-11-15")) + YEAR(DATEVALUE("2005-11-15"))', 2031),
    ("WEEKDAY(DATE(2005, 11, 13))", 1),  # a Sunday
    ("ISOWEEK(DATE(2016, 1, 1))", 53),
    ("ISOYEAR(DATE(2016, 1, 1))", 2015),
    ("DAYOFYEAR(DATE(2020, 12, 31))", 366),
    ('HOUR(TIMEVALUE("17:30:45.125"))', 17),
    ('MINUTE(TIMEVALUE("17:30:45.125"))', 30),
    ('SECOND(TIMEVALUE("17:30:45.125"))', 45),
    ('MILLISECOND(TIMEVALUE("17:30:45.125"))', 125),
    ("FROMUNIXTIME(2147483647) - FROMUNIXTIME(0)", Decimal(2147483647) / 86400),
    ("UNIXTIMESTAMP(FROMUNIXTIME(2147483647))", 2147483647),
    (LEAP(d=D("2000, 3, 1")), True),
    (LEAP(d=D("1900, 3, 1")), False),
    (LEAP(d=D("2024, 3, 1")), True),
    ("CEILING(MONTH(DATE(2026, 5, 1)) / 3)", 2),
    (LAST(d=D("2024, 2, 10")), date(2024, 2, 29)),
    (LAST(d=D("2025, 12, 10")), date(2025, 12, 31)),
    (NAME_OF_DAY(d=D("2026, 11, 22")), "Sunday"),
    (NAME_OF_DAY(d=D("2026, 11, 27")), "Friday"),
    (WEEKDAYS(a=D("2026, 11, 20"), b=D("2026, 11, 30")), 7),
    (WEEKDAYS(a=D("2026, 11, 21"), b=D("2026, 11, 22")), 0),
    ("CASE(MOD(DATE(2026, 11, 22) - DATE(1900, 1, 7), 7), 0, 0, 6, 0, 1) = 0", True),
    # patterns
    ('REGEX("123-45-6789", "[0-9]{3}-[0-9]{2}-[0-9]{4}")', True),
    ('REGEX("123-45-678", "[0-9]{3}-[0-9]{2}-[0-9]{4}")', False),
    (f'REGEX("1234-5678-9012-3456", {CARD})', True),
    (f'REGEX("1234567890123456", {CARD})', True),
    (f'REGEX("1234-5678", {CARD})', False),
    ('REGEX("94105-1234", "\\\\d{5}(-\\\\d{4})?")', True),
    ('REGEX("AB", "[A-Z]{2}\\\\d{6}")', False),
    (f'REGEX("a.b+c@example.org", {ADDRESS})', True),
    (f'REGEX("a b@example.org", {ADDRESS})', False),
    (f'REGEX("192.168.1.255", {IP})', True),
    (f'REGEX("192.168.1.256", {IP})', False),
    # places
    ('DISTANCE(GEOLOCATION(37.775, -122.418), GEOLOCATION(37.775, -122.418), "mi")', 0),
    ('DISTANCE(GEOLOCATION(37.775, -122.418), GEOLOCATION(34.052, -118.244), "mi") < 350', True),
    ('DISTANCE(GEOLOCATION(37.775, -122.418), GEOLOCATION(34.052, -118.244), "km") > 550', True),
]


@pytest.mark.parametrize(("text", "result"), EXAMPLES, ids=[text[:70] for text, _ in EXAMPLES])
def test_a_documented_example_gives_its_documented_result(answer: Any, text: str, result: Any) -> None:
    found = answer(text)
    if isinstance(result, Decimal):
        found, result = round(found, 9), round(result, 9)
    assert found == result
    assert not isinstance(result, bool) or found is result


def test_the_documented_count_of_weekdays_is_that_of_working_days(answer: Any) -> None:
    for start in range(7):
        for length in range(0, 30, 3):
            a, b = f"(DATE(2026, 11, 2) + {start})", f"(DATE(2026, 11, 2) + {start + length})"
            assert answer(f"WORKDAYS({a}, {b}) = {WEEKDAYS(a=a, b=b)}") is True


DIFFERENT: list[tuple[str, Any, str]] = [  # text, result here, what it is there
    ("DATE(2026, 13, 1)", date(2027, 1, 1), "an error"),
    ('DATEVALUE("2026-02-30")', None, "an error"),
    ('DATETIMEVALUE("soon")', None, "an error"),
    ('VALUE("abc")', None, "an error"),
    ("MOD(1, 0)", None, "an error"),
    ('CONTAINS("abc", "")', None, "true"),
    ('BEGINS("abc", "")', None, "true"),
    ('HYPERLINK("https://example.org", "Example")', "[Example](https://example.org)", "an HTML link"),
    ('IMAGE("https://example.org/a.png", "A")', "![A](https://example.org/a.png)", "an HTML image"),
    ('TEXT(TIMEVALUE(DATETIMEVALUE("2026-01-31 18:30")))', "18:30:00", "by GMT"),
]


@pytest.mark.parametrize(("text", "result", "there"), DIFFERENT, ids=[text for text, _, _ in DIFFERENT])
def test_what_differs_on_purpose_says_so(answer: Any, text: str, result: Any, there: str) -> None:
    assert answer(text) == result
    called = [name for name in NAMES if f"{name}(" in text]
    assert any(NAMES[name].differs for name in called), there


NAMED = (
    "ABS ADDMONTHS ASCII BEGINS BLANKVALUE BR CASE CEILING CHR CONTAINS DATE DATEVALUE DATETIMEVALUE DAY "
    "DAYOFYEAR DISTANCE EXP FIND FLOOR FROMUNIXTIME GEOLOCATION HOUR HYPERLINK IF IMAGE INCLUDES INITCAP "
    "ISBLANK ISCHANGED ISNEW ISNULL ISNUMBER ISOWEEK ISOYEAR ISPICKVAL LEFT LEN LN LOG LOWER LPAD MAX MCEILING "
    "MFLOOR MID MILLISECOND MIN MINUTE MOD MONTH NOW NULLVALUE PI PICKLISTCOUNT PRIORVALUE REGEX REVERSE RIGHT "
    "ROUND RPAD SECOND SQRT SUBSTITUTE TEXT TIMENOW TIMEVALUE TODAY TRIM TRUNC UNIXTIMESTAMP UPPER VALUE "
    "WEEKDAY YEAR AND OR NOT "
)


def test_the_names_of_the_documentation_are_known(scope: Any) -> None:
    assert [name for name in NAMED.split() if name not in NAMES] == []
    assert len(NAMES) > 90


def test_a_picklist_may_be_asked_for_no_value(answer: Any) -> None:
    assert answer('ISPICKVAL(genre, "")') is True
    answer.put({"genre": "novel"})
    assert answer('ISPICKVAL(genre, "") or NOT(ISPICKVAL(genre, "novel"))') is False


def test_the_sign_of_a_power_is_a_function_here(scope: Any) -> None:
    with pytest.raises(ExpressionError, match="POWER"):
        check("price ^ 2 > 1", scope())
