"""The filter builder as a form: lines, groups, the formula with its errors, counts; all of it without JavaScript."""

from __future__ import annotations

from shelving import Person, Shelving

ADDRESS = "/o/book/list/filter"


def test_it_opens_over_the_views_filter_and_counts(ann: Person) -> None:
    page = ann.get(ADDRESS, view="book_open").text
    assert "<html" in page  # a page of its own without JavaScript
    assert 'value="state" selected' in page
    assert 'value="in" selected' in page
    assert "of 130 match" in page
    assert "<html" not in ann.get(ADDRESS, island=True).text


def test_lines_become_the_lists_filter(ann: Person) -> None:
    answer = ann.post(
        ADDRESS,
        do="apply",
        joined="all",
        items=["0", "1"],
        **{
            "0.path": "state",
            "0.was": "state",
            "0.op": "in",
            "0.value": ["open", "late"],
            "1.path": "price",
            "1.was": "price",
            "1.op": "between",
            "1.value": "1,000",
            "1.to": "2000",
        },
    )
    assert answer.location == (
        "/o/book?filter=state+in+%28%22open%22%2C+%22late%22%29+and+price+%3E%3D+1000+and+price+%3C%3D+2000"
    )


def test_a_group_joins_the_other_way(ann: Person) -> None:
    answer = ann.post(
        ADDRESS,
        do="apply",
        joined="all",
        items=["0", "g1"],
        **{
            "0.path": "price",
            "0.was": "price",
            "0.op": ">",
            "0.value": "5",
            "joined.g1": "any",
            "items.g1": ["1-0", "1-1"],
            "1-0.path": "shelf",
            "1-0.was": "shelf",
            "1-0.op": "blank",
            "1-1.path": "due",
            "1-1.was": "due",
            "1-1.op": "<",
            "1-1.value_mode": "ago",
            "1-1.value_days": "14",
        },
    )
    assert answer.location is not None
    assert "price+%3E+5+and+%28ISBLANK%28shelf%29+or+due+%3C+TODAY%28%29+-+14%29" in answer.location


def test_only_the_foot_comes_back_while_typing(ann: Person) -> None:
    foot = ann.post(
        ADDRESS,
        island=True,
        do="count",
        joined="all",
        items="0",
        **{"0.path": "price", "0.was": "price", "0.op": "<", "0.value": "10"},
    ).text
    assert "10 of 130 match" in foot
    assert "<form" not in foot


def test_another_field_brings_its_operators(ann: Person) -> None:
    page = ann.post(
        ADDRESS,
        island=True,
        do="draw",
        joined="all",
        items="0",
        **{"0.path": "tags", "0.was": "price", "0.op": "<", "0.value": "10"},
    ).text
    assert 'value="has any" selected' in page
    assert "signed" in page


def test_buttons_add_and_remove(ann: Person) -> None:
    line = {"0.path": "price", "0.was": "price", "0.op": "<", "0.value": "10"}
    added = ann.post(ADDRESS, island=True, do="add", joined="all", items="0", **line).text
    assert added.count('name="items"') == 2
    grouped = ann.post(ADDRESS, island=True, do="group", joined="all", items="0", **line).text
    assert 'name="items.g1"' in grouped
    removed = ann.post(ADDRESS, island=True, do="remove.0", joined="all", items="0", **line).text
    assert 'name="items"' not in removed


def test_links_are_chosen_by_name_and_me(ann: Person, shelving: Shelving) -> None:
    given = {
        "0.path": "shelf",
        "0.was": "shelf",
        "0.op": "in",
        "0.value": shelving.shelves[0],
        "0.add": shelving.shelves[1],
        "1.path": "owner",
        "1.was": "owner",
        "1.op": "in",
        "1.value": "me",
    }
    page = ann.post(ADDRESS, island=True, do="draw", joined="all", items=["0", "1"], **given).text
    assert "North" in page
    assert "South" in page
    answer = ann.post(ADDRESS, do="apply", joined="all", items=["0", "1"], **given)
    shown = ann.get(str(answer.location)).text
    assert "Shelf</span> North, South" in shown
    assert "Owner</span> me" in shown or "me</a>" in shown


def test_a_formula_says_where_it_is_wrong(ann: Person) -> None:
    page = ann.post(ADDRESS, island=True, do="apply", formula="price > 5 and prise < 3").text
    assert "<mark>prise</mark>" in page
    assert "price" in page  # the nearest right name
    right = ann.post(ADDRESS, do="apply", formula="LEN(title) = 8")
    assert right.location == "/o/book?filter=LEN%28title%29+%3D+8"


def test_a_formula_that_lines_can_say_becomes_lines(ann: Person) -> None:
    page = ann.post(ADDRESS, island=True, do="lines", formula="price > 5").text
    assert 'value="price" selected' in page
    page = ann.post(ADDRESS, island=True, do="lines", formula="price > pages").text
    assert "says more than lines can" in page


def test_percent_is_typed_as_percent(ann: Person) -> None:
    answer = ann.post(
        ADDRESS,
        do="apply",
        joined="all",
        items="0",
        **{"0.path": "discount", "0.was": "discount", "0.op": "=", "0.value": "25 %"},
    )
    assert answer.location == "/o/book?filter=discount+%3D+0.25"


def test_the_unchanged_filter_leaves_the_view_unchanged(ann: Person) -> None:
    answer = ann.post(
        ADDRESS + "?view=book_open",
        do="apply",
        joined="all",
        items=["0", "1"],
        **{
            "0.path": "state",
            "0.was": "state",
            "0.op": "in",
            "0.value": ["open", "late"],
            "1.path": "price",
            "1.was": "price",
            "1.op": ">=",
            "1.value": "50",
        },
    )
    assert answer.location == "/o/book?view=book_open"


def test_nonsense_in_the_form_is_no_fault(ann: Person) -> None:
    for form in (
        {"items": ["g", "g9", "x"], "items.g9": "y"},
        {"do": "remove.99.99"},
        {"do": "add.5"},
        {"items": "0"},
        {"items": "0", "0.path": "price", "0.op": "<", "0.value": "1e999999999"},
        {"items": "0", "0.path": "title", "0.op": "=", "0.value": "\x00"},
    ):
        assert ann.post(ADDRESS, island=True, **form).status_code in (200, 400)
