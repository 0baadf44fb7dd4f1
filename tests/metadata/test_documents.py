"""Documents read from YAML: lines, refusals, hashes, and the round trip through text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dougong_metadata.documents import Document, content_hash, read_documents
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.model.compile import problems_of
from dougong_metadata.yaml_reading import read_yaml
from dougong_metadata.yaml_writing import write_yaml

texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=40)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5), max_leaves=25
)
bodies = st.dictionaries(texts.filter(lambda key: key not in ("kind", "name")), values, max_size=6)


def problems_in(text: str) -> list[str]:
    with pytest.raises(InvalidDocuments) as caught:
        read_documents(text, "objects/book.yaml")
    return [str(problem) for problem in caught.value.problems]


@given(bodies)
@settings(max_examples=300, deadline=None)
def test_a_document_written_as_yaml_is_read_back_equal(body: dict[str, object]) -> None:
    document = Document("object", "book", body)
    [again] = read_documents(document.yaml())
    assert again == document
    assert again.hash == document.hash
    assert again.yaml() == document.yaml()


@given(values)
@settings(max_examples=200, deadline=None)
def test_any_json_value_survives_yaml_with_its_type(value: object) -> None:
    [parsed] = read_yaml(write_yaml(value))
    assert repr(parsed.value) == repr(value)


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("utf-8", "surrogateescape")))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused_with_problems(text: str) -> None:
    try:
        found = [problem for document in read_documents(text, "x.yaml") for problem in problems_of([document])]
    except InvalidDocuments as fault:
        found = list(fault.problems)
    assert all(problem.en and problem.zh for problem in found)


def test_every_key_knows_its_line() -> None:
    [document] = read_documents("kind: object\nname: book\nfields:\n  title: {type: text}\n  tags:\n    - a\n    - b\n")
    lines = {
        path: document.source.line(path) for path in (("fields",), ("fields", "title", "type"), ("fields", "tags", 1))
    }
    assert lines == {("fields",): 3, ("fields", "title", "type"): 4, ("fields", "tags", 1): 7}
    assert document.source.line(("fields", "nowhere", "deep")) == 3


def test_words_other_readers_take_for_booleans_and_dates_stay_text() -> None:
    [parsed] = read_yaml("[no, yes, on, 2026-01-02, 007, 1_000, 0x1f, 1:30, ~, true, 12, 1.5]")
    assert parsed.value == ["no", "yes", "on", "2026-01-02", "007", "1_000", "0x1f", "1:30", None, True, 12, 1.5]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind: object\nname: book\nfields: {a: [1, 2}\n", "objects/book.yaml:3"),
        (
            "kind: object\nname: book\nlabel: A\nlabel: B\n",
            "objects/book.yaml:4 label — “label” is given twice (first on line 3).",
        ),
        ("kind: object\nname: !python/object:os.system book\n", "objects/book.yaml:2"),
        ("kind: object\nname: book\n? [a]\n: 1\n", "objects/book.yaml:3"),
        ("kind: object\nname: \x00\n", "objects/book.yaml:2"),
        ("kind: object\nname: \ud800\n", "objects/book.yaml:2"),
        ("name: book\n", "The document has no kind."),
        ("- a\n", "A document is a mapping"),
        ("a: *nothing\n", "objects/book.yaml:1"),
        ("a: &a [*a]\n", "objects/book.yaml:1"),
        ("kind: object\nname: book\nposition: 99999999999999999999\n", "objects/book.yaml:3 position"),
        ("kind: object\nname: book\n" + "a: " + "[" * 70 + "]" * 70, "Nested deeper"),
        ("kind: object\nname: book\n" + "a: " + "[" * 30_000, "Nested deeper"),
    ],
)
def test_malformed_yaml_is_a_problem_with_its_line(text: str, said: str) -> None:
    assert said in problems_in(text)[0]


def test_aliases_may_be_used_but_not_to_explode() -> None:
    [document] = read_documents("kind: object\nname: book\na: &a {x: 1}\nb: *a\n")
    assert document.json()["b"] == {"x": 1}
    bomb = "kind: object\nname: book\n" + "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12))
    assert "more than" in problems_in(bomb)[0]


def test_a_text_of_several_documents_tells_the_problems_of_all() -> None:
    said = problems_in("kind: object\n---\nname: shelf\n---\n")
    assert len(said) == 2


def test_a_hash_depends_on_content_and_order_but_not_on_where_it_came_from() -> None:
    one = Document("object", "book", {"a": 1, "b": 2})
    [same] = read_documents("kind: object\nname: book\na: 1\nb: 2\n", "elsewhere.yaml")
    moved = Document("object", "book", {"b": 2, "a": 1})
    assert one == same
    assert one.hash == same.hash != moved.hash
    other = Document("object", "shelf", {})
    assert content_hash([one, other]) == content_hash([other, same]) != content_hash([moved, other])


def test_a_document_cannot_be_changed_but_its_copy_can() -> None:
    given_body = {"fields": {"title": {"type": "text"}}}
    document = Document("object", "book", given_body)
    given_body["fields"]["title"]["type"] = "url"
    with pytest.raises(TypeError):
        document.body["fields"]["x"] = 1
    copy = document.json()
    copy["fields"]["title"]["type"] = "email"
    assert document.body["fields"]["title"]["type"] == "text"
    assert Document.stored("object", "book", document.text) == document


@pytest.mark.parametrize(
    "body", [{"a": float("nan")}, {"a": b"x"}, {1: 2}, {"a": "\ud800"}, {"a\x00": 1}, {"a": 2**70}]
)
def test_what_no_store_can_keep_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(InvalidDocuments):
        Document("object", "book", body)


def test_export_is_pleasant_to_read() -> None:
    document = Document.of(
        {
            "kind": "object",
            "name": "book",
            "label": {"en": "Book", "zh": "书"},
            "fields": {
                "title": {"type": "text", "required": True, "label": {"en": "Title", "zh": "书名"}},
                "note": {"help": "one\ntwo\n"},
            },
        }
    )
    assert document.yaml() == (
        "kind: object\nname: book\nlabel: {en: Book, zh: 书}\nfields:\n"
        "  title: {type: text, required: true, label: {en: Title, zh: 书名}}\n"
        "  note:\n    help: |\n      one\n      two\n"
    )
