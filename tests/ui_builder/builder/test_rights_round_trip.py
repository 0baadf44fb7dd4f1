"""Whatever a permission set says, its pages show it and save it back without granting more or less."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dougong_metadata.documents import Document
from dougong_metadata.kinds.permission_set import SCOPES
from dougong_metadata.model.compile import compile_model
from dougong_platform.people.permission_sets.comparing import compare
from dougong_platform.releases import draft as drafts
from reading import Reading

BASE = "/builder/permission_sets"
OBJECTS = ("*", "book", "shelf", "chapter", "vault")
TICKS = ("create", "import", "export", "merge", "share", "view_all", "modify_all")
RIGHT = st.fixed_dictionaries(
    {},
    optional={
        **{key: st.sampled_from(tuple(SCOPES)) for key in ("read", "update", "delete")},
        **{key: st.booleans() for key in TICKS},
    },
)
FIELDS = st.dictionaries(
    st.sampled_from(("book.title", "book.summary", "shelf.room", "shelf.combination")),
    st.sampled_from(("edit", "read", "mask", "none")),
)
SETS = st.builds(
    lambda objects, fields: {key: value for key, value in (("objects", objects), ("fields", fields)) if value},
    st.dictionaries(st.sampled_from(OBJECTS), RIGHT),
    FIELDS,
)


def saved(reading: Reading) -> Document:
    with reading.database.transaction(reading.tenant, read_only=True) as tx:
        (found,) = [entry.document for entry in drafts.entries(tx) if entry.name == "drawn"]
    assert found is not None
    return found


@given(body=SETS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_saved_as_they_are_grant_the_same(administrator: Any, reading: Reading, body: dict[str, Any]) -> None:
    drafts.discard(reading.database, reading.tenant)
    before = Document("permission_set", "drawn", body)
    drafts.put(reading.database, reading.tenant, [before], by=reading.ann, expected={})
    for page in (
        f"{BASE}/drawn",
        *(f"{BASE}/drawn/fields?object={o}" for o in ("book", "shelf")),
        f"{BASE}/drawn/settings",
    ):
        answer = administrator.post(page, administrator.form(page))
        assert answer.status_code == 303, answer.text
    after = saved(reading)
    release = list(reading.admin.model.documents.values())
    twin = Document("permission_set", "twin", {k: v for k, v in after.json().items() if k not in ("kind", "name")})
    model = compile_model([*release, before, twin])
    assert [row for row in compare(model, "drawn", "twin", "en") if row.differs] == []
