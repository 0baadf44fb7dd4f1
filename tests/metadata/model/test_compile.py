"""What a model holds once its documents are compiled."""

from __future__ import annotations

import time

import pytest

from dougong_metadata.documents import Document, read_documents
from dougong_metadata.errors import UnknownName
from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.types import SYSTEM_FIELDS, Model, Use
from dougong_metadata.packs import load_pack, pack_names

LIBRARY = """
kind: object
name: author
label: {en: Author, zh: 作者}
name_field: name
fields:
  name: {type: text, required: true, searchable: true, index: true}
  country: {type: picklist, picklist: country}
---
kind: object
name: book
label: {en: Book, zh: 书}
plural: {en: Books, zh: 书籍}
icon: book
name_field: title
record_types:
  novel: {label: {en: Novel, zh: 小说}, default: true, picklists: {genre: [crime]}}
  poem: {}
unique_keys: {once: [title, author]}
indexes: {by_author: [author, created_at]}
fields:
  title: {type: text, required: true, max_length: 200, searchable: true}
  author: {type: lookup, to: author, on_delete: block}
  age: {type: picklist, values: [old, {value: new, label: {en: New, zh: 新}, colour: good}]}
  genre: {type: picklist, values: [crime, {value: poem, parents: [old]}], controlled_by: age}
  price: {type: currency, min: 0, default: 12.5}
  due: {type: date, default: TODAY() + 30, visible_when: 'age = "old"'}
  cover: {type: image}
  key: {type: external_key}
---
kind: object
name: chapter
name_field: title
fields:
  title: {type: text}
  book: {type: detail, to: book}
  next: {type: lookup, to: chapter}
---
kind: picklist
name: country
values: [cn, fr]
---
kind: validation
name: price_of_old
object: book
when: age = "old"
must: price < 100 or prior(price) = price
message: {en: Too dear, zh: 太贵}
field: price
---
kind: list_view
name: old_books
object: book
columns: [title, author.name, author.owner.department.name]
filter: age = "old" and author.country = "fr"
sort: [-due, title]
totals: [price]
position: 2
"""


@pytest.fixture(scope="module")
def model() -> Model:
    return compile_model(read_documents(LIBRARY, "library.yaml"))


def test_system_objects_and_fields_are_in_every_model(model: Model) -> None:
    assert [o.name for o in model.objects.values() if o.system] == ["user", "department", "team"]
    for known in model.objects.values():
        assert tuple(known.fields)[-len(SYSTEM_FIELDS) :] == SYSTEM_FIELDS
        assert [f.position for f in known.fields.values()] == list(range(len(known.fields)))
    assert model.objects["user"].fields["department"].to == "department"
    assert compile_model([]).objects.keys() == {"user", "department", "team"}


def test_fields_keep_their_order_and_settings(model: Model) -> None:
    book = model.objects["book"]
    assert [f.name for f in book.own_fields] == ["title", "author", "age", "genre", "price", "due", "cover", "key"]
    assert book.fields["title"].settings["max_length"] == 200
    assert book.fields["key"].unique
    assert book.fields["price"].default is not None
    assert book.fields["due"].visible_when is not None
    assert book.fields["author"].on_delete == "block"
    assert book.fields["owner"].to == "user"
    assert model.objects["chapter"].label.en == "Chapter"
    assert book.plural.zh == "书籍"


def test_picklists_are_resolved_own_or_shared(model: Model) -> None:
    age = model.objects["book"].fields["age"].picklist
    country = model.objects["author"].fields["country"].picklist
    assert age is not None
    assert country is model.picklists["country"]
    assert (age.values["new"].label.zh, age.values["new"].colour) == ("新", "good")
    record_type = model.objects["book"].fields["record_type"].picklist
    assert record_type is not None
    assert list(record_type.values) == ["novel", "poem"]
    assert model.objects["book"].record_types["novel"].picklists["genre"] == ("crime",)
    assert model.objects["book"].record_types["novel"].default


def test_links_are_known_from_both_ends(model: Model) -> None:
    book, chapter = model.objects["book"], model.objects["chapter"]
    assert chapter.parent is chapter.fields["book"]
    assert chapter.fields["book"].required
    assert book.details == (chapter.fields["book"],)
    assert model.objects["author"].referrers == (book.fields["author"],)
    assert chapter.referrers == (chapter.fields["next"],)


def test_validations_belong_to_their_object(model: Model) -> None:
    [validation] = model.objects["book"].validations
    assert (validation.name, validation.field, validation.message.zh) == ("price_of_old", "price", "太贵")
    assert validation.when is not None


def test_what_documents_leave_out_is_made(model: Model) -> None:
    [layout] = model.layouts["book"]
    assert layout.sections[0].fields == ("title", "author", "age", "genre", "price", "due", "key")
    assert layout.sections[1].fields == ("cover",)
    assert [(r.object, r.field) for r in layout.related] == [("chapter", "book")]
    assert [view.name for view in model.list_views["book"]] == ["old_books"]
    assert model.list_views["author"][0].columns == ("name", "country", "owner")
    [app] = model.apps.values()
    assert [item.object for item in app.groups[1].items] == ["author", "book"]
    administrator = model.permission_sets["administrator"]
    assert administrator.all_objects is not None
    assert administrator.all_objects.delete == "all"
    assert "metadata" in administrator.system


def test_a_layout_for_one_record_type_leaves_a_made_one_for_the_others() -> None:
    documents = [
        *read_documents(LIBRARY),
        Document(
            "layout",
            "novels",
            {
                "object": "book",
                "record_types": ["novel"],
                "sections": [{"name": "a", "fields": ["title", "-", "price"]}],
            },
        ),
    ]
    assert [layout.record_types for layout in compile_model(documents).layouts["book"]] == [("novel",), ()]


def test_uses_tell_where_everything_is_used(model: Model) -> None:
    assert model.uses["author"] == (Use("object", "book", "fields.author.to"),)
    assert Use("list_view", "old_books", "columns[2]") in model.uses["user.department"]
    assert Use("list_view", "old_books", "filter") in model.uses["author.country"]
    assert Use("validation", "price_of_old", "must") in model.uses["book.price"]
    assert model.uses["picklist/country"] == (Use("object", "author", "fields.country.picklist"),)
    assert Use("object", "book", "fields.genre.controlled_by") in model.uses["book.age"]


def test_equal_documents_have_one_hash_in_any_order(model: Model) -> None:
    documents = read_documents(LIBRARY)
    assert compile_model(reversed(documents)).hash == model.hash
    country = Document("picklist", "country", {"values": ["fr", "cn"]})
    changed = [country if document.kind == "picklist" else document for document in documents]
    assert compile_model(changed).hash != model.hash


def test_an_unknown_object_names_the_nearest(model: Model) -> None:
    with pytest.raises(UnknownName) as caught:
        model.object("bok")
    assert caught.value.message("en") == "“bok” is not an object; did you mean “book”?"


@pytest.mark.parametrize("name", pack_names())
def test_a_shipped_pack_compiles_well_under_its_budget(name: str) -> None:
    documents = load_pack(name).documents
    compile_model(documents)
    best = min(_seconds(documents) for _ in range(5))
    assert best < 0.6  # the budget is 0.3 s on a quiet machine


def _seconds(documents: tuple[Document, ...]) -> float:
    start = time.process_time()
    compile_model(documents)
    return time.process_time() - start
