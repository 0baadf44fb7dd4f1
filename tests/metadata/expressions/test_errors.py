"""What is wrong with an expression is said in both languages, at its place, with the nearest right name."""

from __future__ import annotations

import time

import pytest

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import MAX_DEPTH, MAX_LENGTH, Scope, Type, check, lift_literals, parse

WRONG = [  # expression, what is underlined, words of the message, hint
    ('genre = "nvel"', '"nvel"', "did you mean “novel”", "novel"),
    ('genre = "novel值"', '"novel值"', "is not a value", "novel"),
    ('genre in ("novel", "pottery")', '"pottery"', "is not a value", "poetry"),
    ('INCLUDES(tags, "nwe")', '"nwe"', "is not a value", "new"),
    ("prce > 1", "prce", "did you mean `price`", "price"),
    ('shelf.nam = "x"', "nam", "not a field of `shelf`", "name"),
    ("price.x = 1", "price", "has no field `x`", None),
    ('$user.nmae = "x"', "nmae", "not a field of `user`", "name"),
    ("LEFTT(title, 1) = title", "LEFTT", "did you mean LEFT()", "LEFT"),
    ("LEFT(title) = title", "LEFT(title)", "it needs 2", None),
    ("LEFT(price, 1) = title", "price", "takes text", "TEXT(price)"),
    ('price = "abc"', 'price = "abc"', 'is an amount of money; `"abc"` is text', None),
    ("price + title > 1", "title", "join texts with `&`", "&"),
    ('title & price = ""', "price", "write TEXT(price)", "TEXT(price)"),
    ('due > "2026-02-30"', '"2026-02-30"', "is not a date", "2026-01-31"),
    ('created_at > "soon"', '"soon"', "is not a date and time", "2026-01-31 18:30"),
    ('opens = "25:00"', '"25:00"', "is not a time", None),
    ('shelf = "A1"', '"A1"', "is not a record's id", None),
    ("shelf = owner", "shelf = owner", "a record of `shelf`", None),
    ('tags = "new"', "tags", "use INCLUDES(", "INCLUDES"),
    ("place = title", "place", "a structured value", None),
    ("lent < TRUE", "lent", "cannot compare", None),
    ("due > NULL", "due > NULL", "ISBLANK()", None),
    ('title in ("a", NULL)', "NULL", "or ISBLANK", "ISBLANK"),
    ("price", "price", "A condition is true or false", None),
    ("lent and title", "title", "a condition is needed", None),
    ('IF(lent, 1, "a") = 1', '"a"', "needs one type", None),
    ("due + 200000 > due", "200000", "100,000 days", None),
    ("prior(title) = title", "prior(title)", "there is no save here", None),
    ("SUM(price) > 1", "SUM(price)", "needs a group", None),
    ("price > （1)", "（", "write `(`", "("),
    ("price ＞ 1", "＞", "write `>`", ">"),
    ("title = “a”", "“", "full-width", '"'),
    ("价格 > 1", "价格", "neither a field nor a function", None),
    ('title = "abc', '"abc', "not closed", None),
    (r'title = "a\d"', r"\d", "write `\\\\`", None),
    ("title is null", "is", "ISBLANK", "ISBLANK(x)"),
    ("1 < 2 < 3", "<", "cannot follow another comparison", None),
    ("lent)", ")", "closes nothing", None),
    ("$me = owner", "$", "$user", "$user"),
    ("price ^ 2 > 1", "^", "POWER", "POWER"),
    ("price > ?1n", "?", "no meaning", None),
    ("title in ()", ")", "does not fit", None),
]


@pytest.mark.parametrize(("text", "place", "words", "hint"), WRONG, ids=[w[0] for w in WRONG])
def test_a_wrong_expression_is_refused_at_its_place(scope, text, place, words, hint):
    with pytest.raises(ExpressionError) as caught:
        check(text, scope())
    error = caught.value
    assert text[error.position : error.position + error.length] == place
    assert words in error.message("en")
    assert error.message("zh") != error.message("en")
    assert error.hint == hint


@pytest.mark.parametrize(("text", "place"), [(w[0], w[1]) for w in WRONG if "?" not in w[0]])
def test_the_error_of_a_lifted_expression_points_into_the_original(scope, text, place):
    with pytest.raises(ExpressionError) as caught:
        shape, values = lift_literals(text)
        check(shape, scope(), source=text).bind(values, source=text)
    error = caught.value
    assert text[error.position : error.position + error.length] == place


@pytest.mark.parametrize(("text", "position"), [("", 0), ("  ", 0), ("((((lent", 8), ("lent and", 8), ("IF(lent,", 8)])
def test_an_expression_that_ends_too_early_says_so(text, position):
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.position == position


DEEP = {
    "not": "not " * 4000 + "lent",
    "minus": "-" * 10_000 + "price > 1",
    "parentheses": "(" * 9_000 + "lent" + ")" * 9_000,
    "open parentheses": "(" * 10_000,
    "sums": "price" + "+1" * 9_000 + " > 1",
    "calls": "ABS(" * 3_000 + "price" + ")" * 3_000 + " > 1",
    "text": "(" * 10_000 + '"',
    "open text": '"' + '\\"' * 9_000,
    "open texts": "'\"" * 9_000,
    "steps": "a." * 9_000 + "a",
}


@pytest.mark.parametrize("name", DEEP)
def test_an_expression_thousands_of_levels_deep_is_refused_quickly(scope, name):
    began = time.monotonic()
    with pytest.raises(ExpressionError) as caught:
        check(DEEP[name], scope())
    assert 0 <= caught.value.position < len(DEEP[name])
    assert time.monotonic() - began < 15


def test_an_expression_of_many_conditions_is_not_deep(scope):
    checked = check(" and ".join(f"price > {i}" for i in range(1000)), scope())
    assert checked.node.depth == 3


@pytest.mark.parametrize(
    "make",
    [
        lambda depth: "not " * depth + "lent",
        lambda depth: "IF(lent, " * depth + "price" + ", 2)" * depth + " > 1",
        lambda depth: 'FIND("a", title, ' * depth + "1" + ")" * depth + " = 1",
        lambda depth: "LPAD(title, LEN(" * (depth // 2) + "title" + "))" * (depth // 2) + ' = "x"',
        lambda depth: "POWER(" * depth + "price" + ", 2)" * depth + " > 1",
    ],
)
def test_the_deepest_expression_compiles_runs_and_stays_small(answer, sql_of, make):
    text = make(MAX_DEPTH - 3)
    assert len(sql_of(text)) < 100_000
    assert answer(text) in (None, True, False)


@pytest.mark.parametrize("text", ["x" * (MAX_LENGTH + 1), 'title = "a\0"', 'title = "\ud800"', "1" * 39 + " > 1"])
def test_what_cannot_be_an_expression_is_refused_before_and_after_lifting(scope, text):
    with pytest.raises(ExpressionError):
        check(text, scope())
    with pytest.raises(ExpressionError):
        lift_literals(text)


def test_a_placeholder_cannot_be_written_by_hand(scope):
    for text in ("price > ?1n", "?1s = title"):
        with pytest.raises(ExpressionError):
            check(text, scope())
        with pytest.raises(ExpressionError):
            lift_literals(text)
    assert check('title = "?1n"', scope()).literals == ()


def test_a_value_must_have_the_expected_type(scope, fields):
    book = fields["book"]
    assert check("TODAY() + 30", scope("value"), book["due"]).type.name == "date"
    assert check('"2026-01-31"', scope("value"), book["due"]).type.name == "date"
    assert check("TODAY()", scope("value"), book["created_at"]).type.name == "datetime"
    assert check("$user", scope("value"), book["owner"]).type.to == "user"
    assert check('"novel"', scope("value"), book["genre"]).type.name == "text"
    for text, field in (("TODAY()", "price"), ("12", "title"), ('"nvel"', "genre"), ("$user", "shelf")):
        with pytest.raises(ExpressionError):
            check(text, scope("value"), book[field])


def test_an_unknown_object_behind_a_lookup_is_an_error_not_a_crash(scope):
    lost = Scope(lambda name: {"book": scope().lookup("book")}[name], "book")
    with pytest.raises(ExpressionError):
        check('shelf.name = "x"', lost)


def test_names_of_a_having_are_seen_before_fields():
    having = Scope(lambda name: {}, "", "condition", names={"total": Type("money"), "shelf.name": Type("text")})
    checked = check('total > 0 and shelf.name = "A"', having)
    assert checked.paths == (("total",), ("shelf", "name"))
    with pytest.raises(ExpressionError) as caught:
        check("totl > 0", having)
    assert caught.value.hint == "total"
