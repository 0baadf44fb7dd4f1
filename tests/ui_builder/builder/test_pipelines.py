"""The designer of pipelines without JavaScript: what it writes into the pipeline, the picklist and the record types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dougong_metadata.documents import read_documents
from dougong_platform.releases import draft as drafts
from dougong_platform.releases.draft_stages import stage_moves
from dougong_ui_builder.builder.pipelines.creating import first_stages
from reading import Reading

BASE = "/builder/pipelines"
DOCUMENTS = """
kind: picklist
name: condition
values: [new, {value: used, label: {en: Used, zh: 旧}}, worn]
---
kind: object
name: copy
name_field: title
record_types: {lent: {default: true}, sold: {}}
fields:
  title: {type: text}
  stage: {type: picklist, values: [shelf, out, back, {value: gone, colour: bad}]}
  condition: {type: picklist, picklist: condition}
---
kind: pipeline
name: lending
object: copy
field: stage
record_types: [lent]
stages: {shelf: {to: [out, back]}, out: {}, back: {}, gone: {outcome: lost}}
---
kind: pipeline
name: selling
object: copy
field: stage
stages: {shelf: {}, out: {}, back: {}, gone: {outcome: lost}}
---
kind: pipeline
name: wear
object: copy
field: condition
stages: {new: {}, used: {}, worn: {}}
"""


@pytest.fixture(autouse=True)
def copies(reading: Reading) -> Iterator[None]:
    drafts.put(reading.database, reading.tenant, read_documents(DOCUMENTS), by=reading.ann)
    yield
    drafts.discard(reading.database, reading.tenant)


def document(reading: Reading, kind: str, name: str) -> dict[str, Any]:
    return dict(drafts.get(reading.database, reading.tenant, kind, name)[0].json())


def post(administrator: Any, path: str, **given: Any) -> Any:
    page = administrator.get(f"{BASE}/lending").text
    token = page.split('name="dg-csrf" content="')[1].split('"')[0]
    return administrator.post(path, {"csrf_token": token, **given})


@pytest.mark.parametrize("path", ["", "?stage=out", "?add=", "?remove=out", "/moves", "/settings", "/yaml", "/uses"])
def test_every_page_shows_itself_to_the_administrator_and_refuses_others(
    path: str, administrator: Any, reader: Any
) -> None:
    assert administrator.get(f"{BASE}/lending{path}").status_code == 200
    assert reader.get(f"{BASE}/lending{path}").status_code == 403
    assert administrator.get(f"{BASE}/nothing").status_code == 404


def test_a_stage_that_another_pipeline_has_leaves_only_the_record_types(reading: Reading, administrator: Any) -> None:
    post(administrator, f"{BASE}/lending/remove", **{"@stage": "back", "@goes": "shelf"})
    assert list(document(reading, "pipeline", "lending")["stages"]) == ["shelf", "out", "gone"]
    assert document(reading, "pipeline", "lending")["stages"]["shelf"] == {"to": ["out"]}
    copy = document(reading, "object", "copy")
    assert copy["record_types"] == {
        "lent": {"default": True, "picklists": {"stage": ["shelf", "out", "gone"]}},
        "sold": {},
    }
    assert "back" in copy["fields"]["stage"]["values"]
    with reading.database.transaction(reading.tenant) as tx:
        assert stage_moves(tx) == {"lending.back": "shelf"}


def test_a_stage_that_nobody_else_has_leaves_the_picklist(reading: Reading, administrator: Any) -> None:
    post(administrator, f"{BASE}/lending/remove", **{"@stage": "back"})
    post(administrator, f"{BASE}/selling/remove", **{"@stage": "back"})
    copy = document(reading, "object", "copy")
    assert copy["fields"]["stage"]["values"] == ["shelf", "out", {"value": "gone", "colour": "bad"}]
    assert copy["record_types"]["lent"]["picklists"]["stage"] == ["shelf", "out", "gone"]


def test_stages_of_a_shared_picklist_are_its_values(reading: Reading, administrator: Any) -> None:
    answer = post(administrator, f"{BASE}/wear/add", **{"@label/en": "Torn apart", "@label/zh": "破损"})
    assert answer.headers["Location"].endswith("/wear?stage=torn_apart")
    values = document(reading, "picklist", "condition")["values"]
    assert values[-1] == {"value": "torn_apart", "label": {"en": "Torn apart", "zh": "破损"}}
    post(administrator, f"{BASE}/wear/remove", **{"@stage": "used"})
    assert [
        one if isinstance(one, str) else one["value"] for one in document(reading, "picklist", "condition")["values"]
    ] == [
        "new",
        "worn",
        "torn_apart",
    ]


def test_the_last_open_stage_cannot_be_taken_away(reading: Reading, administrator: Any) -> None:
    for value in ("new", "used"):
        post(administrator, f"{BASE}/wear/remove", **{"@stage": value})
    answer = post(administrator, f"{BASE}/wear/remove", **{"@stage": "worn"})
    assert answer.status_code == 422
    assert list(document(reading, "pipeline", "wear")["stages"]) == ["worn"]


def test_a_row_of_the_matrix_that_says_what_the_rules_say_is_no_row(reading: Reading, administrator: Any) -> None:
    ticks = {"@to/0": ["out", "gone"], "@to/1": ["shelf", "back", "gone"], "@to/2": ["shelf", "out", "gone"]}
    post(administrator, f"{BASE}/lending/moves", **{"@back": "true", **ticks})
    stages = document(reading, "pipeline", "lending")["stages"]
    assert stages == {"shelf": {}, "out": {}, "back": {}, "gone": {"outcome": "lost"}}
    post(administrator, f"{BASE}/lending/moves", **{**ticks, "@skip": "true"})
    made = document(reading, "pipeline", "lending")
    assert (made["back"], made["skip"], "reopen" in made) == (False, True, False)
    assert not any("to" in stage for stage in made["stages"].values()), "what followed the rules follows the new ones"


def test_the_first_stages_take_their_outcome_from_the_colours() -> None:
    entries = ({"value": "a"}, {"value": "b", "active": False}, {"value": "c", "colour": "good"}, {"value": "d"})
    assert first_stages(entries) == {"a": {"probability": 35}, "c": {"outcome": "won"}, "d": {"probability": 65}}
    assert first_stages(({"value": "c", "colour": "good"},)) == {"c": {"probability": 50}}
