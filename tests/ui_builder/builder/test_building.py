"""The builder without JavaScript: documents of every kind, objects and fields, plan, publish, restore, and who may."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from dougong_metadata.documents import Document
from dougong_platform.releases import draft as drafts
from reading import Reading

PAGES = (
    "/builder",
    "/builder/objects",
    "/builder/objects/new",
    "/builder/objects/book",
    "/builder/objects/book?field=genre",
    "/builder/objects/book?add=",
    "/builder/objects/book?add=lookup",
    "/builder/objects/book/details",
    "/builder/objects/book/types",
    "/builder/objects/book/keys",
    "/builder/objects/book/validations",
    "/builder/objects/book/layouts",
    "/builder/objects/book/access",
    "/builder/objects/book/uses",
    "/builder/objects/book/yaml",
    "/builder/layouts",
    "/builder/layouts/new?object=book",
    "/builder/permission_sets/reader",
    "/builder/changes",
    "/builder/changes/plan",
)


def document(reading: Reading, kind: str, name: str) -> Document:
    return drafts.get(reading.database, reading.tenant, kind, name)[0]


def fields_of(reading: Reading, name: str) -> dict[str, Any]:
    found: dict[str, Any] = document(reading, "object", name).json()["fields"]
    return found


@pytest.fixture(autouse=True)
def fresh_draft(reading: Reading) -> None:
    drafts.discard(reading.database, reading.tenant)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_shows_itself_to_the_administrator_and_refuses_others(
    path: str, administrator: Any, reader: Any
) -> None:
    assert administrator.get(path).status_code == 200
    assert reader.get(path).status_code == 403


def test_a_reader_finds_no_link_to_the_builder_and_cannot_write(
    reader: Any, administrator: Any, reading: Reading
) -> None:
    assert 'href="/builder"' in administrator.get("/more").text
    page = reader.get("/more").text
    assert 'href="/builder"' not in page
    token = page.split('name="dg-csrf" content="')[1].split('"')[0]
    answer = reader.post("/builder/objects/book/fields/pages/retire", {"csrf_token": token})
    assert answer.status_code == 403
    assert "pages" in fields_of(reading, "book")


@pytest.mark.parametrize(
    "path",
    [
        "/builder/permission_sets/reader",
        "/builder/permission_sets/librarian",
        "/builder/objects/book/form",
        "/builder/objects/book/details",
        "/builder/objects/book/types",
        "/builder/objects/book/keys",
    ],
)
def test_a_form_sent_back_as_it_came_changes_nothing(path: str, administrator: Any, reading: Reading) -> None:
    assert administrator.post(path, administrator.form(path)).status_code == 303
    assert document_list(reading) == []


def test_every_fields_form_sent_back_as_it_came_changes_nothing(administrator: Any, reading: Reading) -> None:
    for name in fields_of(reading, "book"):
        form = administrator.form(f"/builder/objects/book?field={name}")
        assert administrator.post(f"/builder/objects/book/fields/{name}", form).status_code == 303, name
        assert document_list(reading) == [], name


def document_list(reading: Reading) -> list[Any]:
    with reading.database.transaction(reading.tenant, read_only=True) as tx:
        return drafts.entries(tx)


def test_rows_are_added_and_removed_without_javascript(administrator: Any, reading: Reading) -> None:
    path = "/builder/objects/book?field=genre"
    form = administrator.form(path)
    form["@do"] = "add b/values"
    page = administrator.post("/builder/objects/book/fields/genre", form)
    assert page.status_code == 200
    assert 'name="b/values/2/value"' in page.text
    form["@do"] = ""
    form["b/values/2/value"], form["b/values/2/label/zh"], form["b/values/2/colour"] = "poetry", "诗歌", "good"
    assert administrator.post("/builder/objects/book/fields/genre", form).status_code == 303
    values = fields_of(reading, "book")["genre"]["values"]
    assert values[2] == {"value": "poetry", "label": {"zh": "诗歌"}, "colour": "good"}
    form = administrator.form(path)
    form["@do"] = "up b/values/2"
    page = administrator.post("/builder/objects/book/fields/genre", form).text
    assert page.index("poetry") < page.index("manual")


def test_a_new_validation_is_told_its_errors_at_its_inputs(administrator: Any, reading: Reading) -> None:
    form = administrator.form("/builder/validations/new?object=book")
    form["b/must"], form["b/message/zh"], form["b/message/en"] = "prise >= 0", "不能为负", "Not negative"
    answer = administrator.post("/builder/validations/new", form)
    assert answer.status_code == 422
    assert 'href="#b-must"' in answer.text
    assert "price" in answer.text  # the nearest right name
    form["b/must"] = "price >= 0"
    answer = administrator.post("/builder/validations/new", form)
    assert answer.headers["Location"] == "/builder/validations/not_negative"
    made = document(reading, "validation", "not_negative").json()
    assert made["must"] == "price >= 0"
    assert made["message"] == {"en": "Not negative", "zh": "不能为负"}


def test_an_expression_is_checked_while_it_is_typed(administrator: Any) -> None:
    def ask(path: str, body: Any) -> Any:
        token = administrator.get("/builder").text.split('name="dg-csrf" content="')[1].split('"')[0]
        return administrator.http.post(path, json=body, headers={"X-CSRF-Token": token}).get_json()

    wrong = ask("/builder/check-expression", {"object": "book", "text": "pages > 5 and titel = 1"})
    assert (wrong["ok"], wrong["position"], wrong["length"]) == (False, 14, 5)
    assert ask("/builder/check-expression", {"object": "book", "text": "pages > 5"})["ok"] is True
    rows = [{"path": "genre", "operator": "!=", "values": [{"kind": "text", "text": "novel"}]}]
    found = ask("/builder/check-condition", {"object": "book", "rows": rows, "joined": "all"})
    assert (found["text"], found["of"]) == ('genre != "novel"', 0)
    assert ask("/builder/check-condition", {"object": "book", "text": found["text"]})["rows"] == rows


def test_yaml_goes_the_whole_way_round_and_names_lines(administrator: Any, reading: Reading) -> None:
    path = "/builder/permission_sets/reader/yaml"
    form = administrator.form(path)
    assert administrator.post(path, form).status_code == 303
    assert document_list(reading) == []
    form["yaml"] = form["yaml"].replace("label: Reader", "labl: Reader")
    answer = administrator.post(path, form)
    assert answer.status_code == 422
    assert "label" in answer.text


def test_somebody_elses_change_is_not_overwritten(administrator: Any, reading: Reading) -> None:
    form = administrator.form("/builder/permission_sets/reader")
    other = document(reading, "permission_set", "reader").json() | {"label": "Guest"}
    drafts.put(reading.database, reading.tenant, [Document.of(other)])
    form["b/label/en"] = "Visitor"
    assert administrator.post("/builder/permission_sets/reader", form).status_code == 409
    assert document(reading, "permission_set", "reader").json()["label"] == "Guest"


def test_a_field_is_added_ordered_and_retired_with_everything_that_names_it(
    administrator: Any, reading: Reading
) -> None:
    form = administrator.form("/builder/objects/book?add=currency")
    form["b/label/zh"], form["b/label/en"] = "押金", "Deposit"
    answer = administrator.post("/builder/objects/book/fields", form)
    assert answer.headers["Location"] == "/builder/objects/book?field=deposit"
    assert list(fields_of(reading, "book"))[-1] == "deposit"
    administrator.post("/builder/objects/book/order", {"move": "up deposit"})
    assert list(fields_of(reading, "book"))[-2] == "deposit"
    administrator.post("/builder/objects/book/fields/cost/retire")
    assert "cost" not in fields_of(reading, "book")
    assert "book.cost" not in document(reading, "permission_set", "reader").json()["fields"]
    administrator.post("/builder/objects/book/fields/cost/restore")
    assert "cost" in fields_of(reading, "book")


def test_a_label_in_chinese_alone_gives_a_name_from_its_initials(administrator: Any, reading: Reading) -> None:
    form = administrator.form("/builder/objects/book?add=text")
    form["b/label/zh"] = "出版社"
    administrator.post("/builder/objects/book/fields", form)
    assert "cbs" in fields_of(reading, "book")


def test_an_object_is_made_published_used_changed_and_restored(administrator: Any, reading: Reading) -> None:
    form = administrator.form("/builder/objects/new")
    form["label/zh"], form["label/en"], form["level/librarian"] = "设备", "Machine", "all"
    form["field/0/type"], form["field/0/en"] = "date", "Bought on"
    answer = administrator.post("/builder/objects/new", form)
    assert answer.headers["Location"] == "/builder/objects/machine"
    assert document(reading, "layout", "machine_standard").json()["sections"][0]["fields"] == ["name", "bought_on"]
    plan = administrator.get("/builder/changes/plan?at=object/machine").text
    assert "Machine" in plan
    publish(administrator, plan)
    assert administrator.get("/o/machine").status_code == 200
    first = reading.tenant.release
    administrator.post("/builder/objects/machine/fields/bought_on/retire")
    publish(administrator, administrator.get("/builder/changes/plan").text)
    compared = administrator.get(f"/builder/releases/{first}").text
    assert "Bought on" in compared
    answer = administrator.post(f"/builder/releases/{first}/restore", {"base": str(reading.tenant.release)})
    assert answer.status_code == 303
    assert "bought_on" in fields_of(reading, "machine")


def publish(administrator: Any, plan: str) -> None:
    inputs: MultiDict[str, str] = MultiDict({"note": "Machines"})
    for name in ("base", "draft_hash", "csrf_token"):
        inputs[name] = plan.split(f'name="{name}" value="')[1].split('"', maxsplit=1)[0]
    answer = administrator.post("/builder/changes/publish", inputs)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/builder/changes"


def test_a_draft_that_moved_since_its_plan_is_not_published(administrator: Any, reading: Reading) -> None:
    before = reading.tenant.release
    form = administrator.form("/builder/objects/book?add=text")
    form["b/label/en"] = "Binding"
    administrator.post("/builder/objects/book/fields", form)
    answer = administrator.post("/builder/changes/publish", {"base": str(before), "draft_hash": "another"})
    assert answer.headers["Location"] == "/builder/changes#plan"
    assert "new plan" in administrator.get("/builder/changes").text
    assert reading.tenant.release == before


def test_a_draft_with_problems_says_where_they_are(administrator: Any, reading: Reading) -> None:
    body = document(reading, "object", "book").json()
    body["fields"]["shelf"]["to"] = "shelff"
    drafts.put(reading.database, reading.tenant, [Document.of(body)])
    plan = administrator.get("/builder/changes/plan").text
    assert "shelff" in plan
    assert 'href="/builder/objects/book?field=shelf"' in plan
    assert "disabled" in plan
    assert administrator.get("/builder/objects/book?field=shelf").status_code == 200


def test_who_may_is_edited_for_one_object_over_all_permission_sets(administrator: Any, reading: Reading) -> None:
    path = "/builder/objects/vault/access"
    form = administrator.form(path)
    assert administrator.post(path, form).status_code == 303
    assert document_list(reading) == []
    form["reader/read"] = "all"
    administrator.post(path, form)
    assert document(reading, "permission_set", "reader").json()["objects"]["vault"] == {"read": "all"}


def test_the_draft_is_exported_as_yaml_and_discarded(administrator: Any, reading: Reading) -> None:
    administrator.post("/builder/objects/book/fields/pages/retire")
    archive = zipfile.ZipFile(io.BytesIO(administrator.get("/builder/changes/export").data))
    assert "objects/book.yaml" in archive.namelist()
    assert b"pages:" not in archive.read("objects/book.yaml")
    administrator.post("/builder/changes/discard")
    assert document_list(reading) == []


def test_a_deleted_document_comes_back_by_reverting(administrator: Any, reading: Reading) -> None:
    administrator.post("/builder/permission_sets/librarian/delete")
    assert "librarian" in administrator.get("/builder/permission_sets").text
    assert administrator.get("/builder/permission_sets/librarian").status_code == 404
    administrator.post("/builder/permission_sets/librarian/revert")
    assert administrator.get("/builder/permission_sets/librarian").status_code == 200


@pytest.mark.parametrize(
    "path", ["/builder/nothing", "/builder/objects/nothing", "/builder/layouts/nothing", "/builder/releases/999"]
)
def test_what_is_not_there_is_not_found(path: str, administrator: Any) -> None:
    assert administrator.get(path).status_code == 404
