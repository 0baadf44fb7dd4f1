"""Makes a field of any type, as a compiled object would have it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dougong_metadata.field_types import field_type_named
from dougong_metadata.field_types.common import field_schema
from dougong_metadata.label import Label
from dougong_metadata.model.types import FieldModel, PicklistModel, PicklistValue

VALUES = {
    name: PicklistValue(name, Label(name.title(), zh), parents=parents, active=active)
    for name, zh, parents, active in (
        ("draft", "草稿", (), True),
        ("in print", "在印", ("old",), True),
        ('say "a\\b"', "引号", ("new",), True),
        ("gone", "停用", (), False),
    )
}


@pytest.fixture(scope="session")
def make_field() -> Callable[..., FieldModel]:
    def make(name: str, **options: object) -> FieldModel:
        field_type = field_type_named(name)
        needed = {"formula": {"returns": "text", "formula": "title"}, "rollup": {"of": "page.book", "count": True}}
        given = {"to": "shelf", **options} if field_type.points_to == "any" else {**needed.get(name, {}), **options}
        settings = {
            "type": name,
            **({} if field_type.internal else field_schema(field_type).load({"type": name, **given})),
        }
        picklist = PicklistModel("book.f", Label("F", "F"), VALUES) if "picklist" in name else None
        return FieldModel(
            "book",
            "f",
            field_type,
            Label("Field", "字段"),
            0,
            to=field_type.points_to,
            picklist=picklist,
            settings=settings,
        )

    return make
