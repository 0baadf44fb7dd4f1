"""Everything that can be wrong with documents is told at once, with file, line, path and the nearest right name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dougong_metadata.documents import Document, read_documents
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.kinds import registered
from dougong_metadata.model.compile import compile_model, problems_of

WRONG = """\
kind: object
name: book
name_field: titel
defualt_access: read
fields:
  title: {type: text, requird: true, max_length: many}
  author: {type: lookup, to: athor}
  price: {type: curency}
  genre: {type: picklist, values: [a, a, {value: b, colour: pink}]}
  Bad: {type: text}
  owner: {type: text}
  both: {type: picklist, values: [x], picklist: y}
  due: {type: date, default: TODAY( + 1}
  note: {type: long_text, unique: true, min: 2}
---
kind: object
name: author
name_field: name
fields:
  name: {type: text}
---
kind: list_view
name: all_books
object: bok
columns: []
---
kind: list_view
name: books
object: book
columns: [title, author.nam, title.x, prize]
filter: |
  titel = "a"
  and author = 5
sort: [-note]
totals: [title]
---
kind: layuot
name: x
---
kind: object
name: user
name_field: a
fields: {a: {type: text}}
---
kind: object
name: author
name_field: name
fields: {}
---
kind: permission_set
name: clerk
system: [peple]
objects: {bok: {read: some}, '*': {raed: all}}
fields: {book.prize: read, price: none}
"""


def said(documents: list[Document]) -> list[str]:
    with pytest.raises(InvalidDocuments) as caught:
        compile_model(documents)
    for problem in caught.value.problems:
        assert problem.zh
    return [str(problem) for problem in caught.value.problems]


def test_all_problems_are_told_at_once_with_file_line_path_and_nearest_name() -> None:
    assert said(read_documents(WRONG, "library.yaml")) == WRONG_SAID


WRONG_SAID = [
    "library.yaml:3 name_field — “titel” is not a field of book; did you mean “title”?",
    "library.yaml:4 defualt_access — “defualt_access” is not a key here; did you mean “default_access”?",
    "library.yaml:6 fields.title.max_length — “max_length” has to be a whole number, not many.",
    "library.yaml:6 fields.title.requird — “requird” is not a key here; did you mean “required”?",
    "library.yaml:7 fields.author.to — “athor” is not an object; did you mean “author”?",
    "library.yaml:8 fields.price.type — “curency” is not a field type; did you mean “currency”?",
    (
        "library.yaml:9 fields.genre.values[2].colour — "
        "“pink” has not the right form for “colour” (mute, info, good, warn, bad, draft)."
    ),
    (
        "library.yaml:10 fields.Bad — "
        "“Bad” is not a name: lower-case letters, digits and _ after a first letter, at most 40, no _ at the end."
    ),
    "library.yaml:11 fields.owner — Every object has a field “owner” already.",
    "library.yaml:12 fields.both — A picklist field has either values of its own or a shared picklist.",
    "library.yaml:12 fields.both.picklist — “y” is not a picklist.",
    "library.yaml:13 fields.due.default — The expression ends too early: a `)` is missing. (at character 11)",
    "library.yaml:14 fields.note.min — “min” is not a key here.",
    "library.yaml:14 fields.note.unique — A field of type long_text cannot have “unique”.",
    "library.yaml:24 object — “bok” is not an object; did you mean “book”?",
    "library.yaml:25 columns — “columns” needs at least 1 entries.",
    "library.yaml:30 columns[2] — “title” of book leads to no other object.",
    "library.yaml:30 columns[3] — “prize” is not a field of book; did you mean “price”?",
    "library.yaml:32 filter — `titel` is not a field of `book`; did you mean `title`? (at character 1)",
    "library.yaml:34 sort[0] — Records cannot be sorted by a field of type long_text.",
    "library.yaml:35 totals[0] — “title” is no number.",
    "library.yaml:37 kind — “layuot” is not a kind of document; did you mean “layout”?",
    "library.yaml:41 name — “user” is built in; choose another name.",
    "library.yaml:46 name — Another object is called “author” already (library.yaml).",
    "library.yaml:52 system[0] — “peple” is not one of metadata, people, tokens, jobs, audit; did you mean “people”?",
    "library.yaml:53 objects.*.raed — “raed” is not a key here; did you mean “read”?",
    "library.yaml:53 objects.bok — “bok” is not an object; did you mean “book”?",
    (
        "library.yaml:53 objects.bok.read — “some” is not one of all, departments, department_below, department, "
        "own_below, own, none."
    ),
    "library.yaml:54 fields.book.prize — “prize” is not a field of book; did you mean “price”?",
    "library.yaml:54 fields.price — “price” is not of the form object.field.",
]

BOOK: dict[str, Any] = {
    "name_field": "title",
    "fields": {"title": {"type": "text"}, "genre": {"type": "picklist", "values": ["a", "b"]}},
}


def with_fields(**fields: Any) -> list[Document]:
    return [Document("object", "book", {**BOOK, "fields": {**BOOK["fields"], **fields}})]


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({"a": {"type": "lookup"}}, "fields.a.to — “to” is needed."),
        ({"a": {"type": "detail", "to": "book"}}, "fields.a.to — Owners run in a circle: book → book."),
        ({"a": {"type": "detail", "to": "user"}}, "cannot be owned by a user"),
        ({"a": {"type": "picklist", "values": ["x"], "controlled_by": "title"}}, "“title” is not a picklist field."),
        ({"a": {"type": "picklist", "values": ["x"], "controlled_by": "a"}}, "“a” controls itself."),
        (
            {"a": {"type": "picklist", "values": [{"value": "x", "parents": ["c"]}], "controlled_by": "genre"}},
            "fields.a.values[0].parents[0] — “c” is not a value of “book.genre”",
        ),
        ({"a": {"type": "picklist", "picklist": "gone"}}, "“gone” is not a picklist."),
        ({"a": {"type": "decimal", "scale": 5, "precision": 3}}, "more decimals than digits"),
        ({"a": {"type": "integer", "min": 5, "max": 3}}, "min 5 is above max 3."),
        ({"a": {"type": "text", "max_length": 601, "index": True}}, "at most 600 characters"),
        ({"a": {"type": "auto_number", "format": "A-{YYYY}"}}, "has not the right form for “format”"),
        ({"a": {"type": "auto_number", "default": '"1"'}}, "A field of type auto_number cannot have “default”."),
        ({"and": {"type": "text"}}, "word of the expression language"),
        ({"a_": {"type": "text"}}, "“a_” is not a name"),
        ({"x" * 41: {"type": "text"}}, "is not a name"),
        ({"a": {"type": "identifier"}}, "“identifier” is not a field type"),
        ({"a": {"type": "date", "default": '"soon"'}}, "fields.a.default"),
        ({"a": {"type": "picklist", "values": ["x"], "default": '"y"'}}, "fields.a.default"),
        ({"a": {"type": "text", "visible_when": "genre = 5"}}, "fields.a.visible_when"),
        ({"a": {"type": "text", "required_when": "title"}}, "fields.a.required_when"),
        ({"a": {"type": "text", "help": {"fr": "x"}}}, "fields.a.help.fr — “fr” is not a key here"),
        ({"a": "text"}, "fields.a — “a” has to be a mapping."),
        ({"a": {}}, "fields.a.type — “type” is needed."),
        ({"a": None}, "fields.a — “a” is empty."),
        ({"a": {"type": "text", "label": ""}}, "fields.a.label — “label” is empty."),
        ({f"f{i}": {"type": "text"} for i in range(800)}, "fields — “fields” may have at most 800 entries."),
    ],
)
def test_a_field_that_cannot_be_is_told_where_it_stands(fields: dict[str, Any], part: str) -> None:
    found = said(with_fields(**fields))
    assert any(part in one for one in found), found
    assert len(found) == 1, found


def test_one_broken_field_brings_no_follow_up_problems() -> None:
    documents = [
        *with_fields(price={"type": "curency"}),
        Document(
            "list_view",
            "dear",
            {"object": "book", "columns": ["title", "price"], "filter": "price > 5", "sort": ["-price"]},
        ),
    ]
    assert len(said(documents)) == 1


def test_a_default_without_its_quotes_is_told_as_such() -> None:
    [found] = said(with_fields(a={"type": "picklist", "values": ["x"], "default": "x"}))
    assert "A value of the picklist needs its quotes: '\"x\"'." in found


def test_a_link_to_nowhere_brings_no_follow_up_problems() -> None:
    documents = [
        *with_fields(shelf={"type": "lookup", "to": "shlf"}),
        Document("list_view", "far", {"object": "book", "columns": ["shelf.name"], "filter": 'shelf.name = "a"'}),
    ]
    assert said(documents) == ["object/book fields.shelf.to — “shlf” is not an object."]


def test_a_block_of_several_lines_is_told_by_the_line_at_fault() -> None:
    text = 'kind: list_view\nname: a\nobject: book\ncolumns: [title]\nfilter: |\n  title = "a"\n  and titel = "b"\n'
    [found] = said([*with_fields(), *read_documents(text, "a.yaml")])
    assert found.startswith("a.yaml:7 filter — `titel` is not a field")


def test_circles_of_owners_are_drawn() -> None:
    def owned(name: str, by: str) -> Document:
        return Document(
            "object", name, {"name_field": "t", "fields": {"t": {"type": "text"}, "p": {"type": "detail", "to": by}}}
        )

    found = said([owned("a", "b"), owned("b", "c"), owned("c", "a"), owned("d", "a")])
    assert len(found) == 3
    assert any("a → b → c → a" in one for one in found)


def test_an_object_has_one_owner() -> None:
    shelf = Document("object", "shelf", {"name_field": "t", "fields": {"t": {"type": "text"}}})
    found = said([shelf, *with_fields(a={"type": "detail", "to": "shelf"}, b={"type": "detail", "to": "shelf"})])
    assert found == ["object/book fields.b.type — “a” owns these records already; an object has one detail field."]


def test_shared_picklists_may_not_depend_on_themselves() -> None:
    found = said(
        [
            Document("picklist", "a", {"values": ["x"], "depends_on": "b"}),
            Document("picklist", "b", {"values": ["x"], "depends_on": "a"}),
        ]
    )
    assert [one.rpartition("— ")[2] for one in found] == [
        "The picklist “a” depends on itself.",
        "The picklist “b” depends on itself.",
    ]


@pytest.mark.parametrize(
    ("kind", "body", "part"),
    [
        (
            "layout",
            {"object": "book", "sections": [{"name": "a", "fields": ["title"]}, {"name": "a", "fields": ["title"]}]},
            "There is a section “a” already.",
        ),
        ("layout", {"object": "book", "sections": [], "path": "title"}, "“title” is not a picklist field."),
        (
            "layout",
            {"object": "book", "sections": [], "related": [{"object": "book", "field": "owner"}]},
            "does not point to book",
        ),
        ("layout", {"object": "book", "sections": [], "record_types": ["x"]}, "“x” is not a record type of book"),
        ("app", {"groups": [{"items": [{"object": "book", "page": "home"}]}]}, "exactly one of object, page and url"),
        ("app", {"groups": [{"items": [{"url": "javascript:alert(1)"}]}]}, "has not the right form"),
        ("app", {"groups": [{"items": [{"url": "//evil.example"}]}]}, "has not the right form"),
        ("validation", {"object": "book", "must": "title", "message": "x"}, "must"),
        ("validation", {"object": "book", "must": "title = 'a'"}, "“message” is needed."),
        ("list_view", {"object": "book", "columns": ["title"], "filter": "changed(title)"}, "filter"),
        ("permission_set", {"apps": ["x"]}, "“x” is not an app."),
    ],
)
def test_other_kinds_are_checked_as_well(kind: str, body: dict[str, Any], part: str) -> None:
    found = said([*with_fields(), Document(kind, "x", body)])
    assert any(part in one for one in found), found


def test_reserved_names_are_refused() -> None:
    assert "is built in" in said([Document("permission_set", "administrator", {})])[0]
    assert "is built in" in said([Document("object", "team_member", BOOK)])[0]
    assert "not a name" in said([Document("picklist", "Bad Name", {"values": ["a"]})])[0]


names = st.sampled_from(["book", "title", "x", "*", "book.title", "-title", "and", "owner.department.name", "Ä", ""])
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 10**6)
    | st.floats(allow_nan=False, allow_infinity=False)
    | names
    | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names | st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


def _keys(kind: str) -> list[str]:
    return [key.data_key or name for name, key in registered()[kind].schema().fields.items()]


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, str, dict[str, Any]]:
    kind = draw(st.sampled_from(sorted(registered())))
    body = draw(st.dictionaries(st.sampled_from(_keys(kind)) | names, json_values, max_size=6))
    if kind == "object" and draw(st.booleans()):
        types = st.sampled_from(["text", "picklist", "lookup", "decimal", "detail", "auto_number", "no"])
        one = st.dictionaries(
            st.sampled_from(
                [
                    "to",
                    "values",
                    "picklist",
                    "default",
                    "min",
                    "max",
                    "scale",
                    "label",
                    "controlled_by",
                    "visible_when",
                    "max_length",
                    "index",
                    "unique",
                ]
            ),
            json_values,
            max_size=4,
        )
        body["fields"] = draw(
            st.dictionaries(names, st.builds(lambda body, name: {"type": name, **body}, one, types), max_size=4)
        )
    return kind, draw(names), body


@given(st.lists(documents(), max_size=4))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_documents_compile_or_yield_problems_and_nothing_else(drawn: list[tuple[str, str, dict[str, Any]]]) -> None:
    try:
        found = problems_of([*with_fields(), *(Document(*one) for one in drawn)])
    except InvalidDocuments as fault:
        found = fault.problems
    for problem in found:
        assert problem.en
        assert problem.zh
        assert problem.code
        assert problem.kind
