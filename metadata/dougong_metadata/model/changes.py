"""What differs between two models, as the steps that storage has to take; a plan shows them with their impact.

Pure: neither rows nor physical names are known here. `set_required` is no work for storage: the write path demands the
value, and rows that lack it stay as they are until they are next saved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from dougong_metadata.label import Label
from dougong_metadata.model.conversions import Conversion, conversion
from dougong_metadata.model.types import FieldModel, Model, ObjectModel, Use

Action = Literal[
    "add_table",
    "retire_table",
    "add_column",
    "retire_column",
    "change_type",
    "retarget_lookup",
    "add_foreign_key",
    "drop_foreign_key",
    "add_index",
    "drop_index",
    "add_unique",
    "drop_unique",
    "set_required",
    "narrow",
]


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `old` and `new` are the field before and after, where it is about one; `fields` those of a key.

    `conversion`: safe (no value can be refused), checked (values have to be looked at), impossible (the field starts
    blank and the old column is retired with its data). `uses` is what refers to the thing in the old model.
    """

    action: Action
    object: str
    says: Label
    field: str | None = None
    name: str | None = None  # of the key or index
    fields: tuple[str, ...] = ()
    old: FieldModel | None = None
    new: FieldModel | None = None
    conversion: Conversion | None = None
    uses: tuple[Use, ...] = ()


def compare(old: Model, new: Model) -> list[Step]:
    """Steps from `old` to `new`: tables, columns, links, keys and indexes are made in this order, then taken away."""
    mine = {name: model for name, model in new.objects.items() if not model.system}
    before = {name: model for name, model in old.objects.items() if not model.system}
    steps: list[Step] = []
    for name, model in mine.items():
        if name not in before:
            steps.append(Step("add_table", name, _says("Add the object", "新增对象", model.label)))
    for name, model in mine.items():
        steps.extend(_object_steps(old, before.get(name), model))
    for name, model in before.items():
        if name not in mine:
            steps.append(
                Step(
                    "retire_table",
                    name,
                    _says("Retire the object, keeping its data,", "停用对象（保留数据）", model.label),
                    uses=old.uses.get(name, ()),
                )
            )
    return sorted(steps, key=lambda step: _ORDER[step.action])


_ORDER = {
    action: index
    for index, action in enumerate(
        (
            "add_table",
            "add_column",
            "change_type",
            "retarget_lookup",
            "narrow",
            "set_required",
            "add_foreign_key",
            "add_unique",
            "add_index",
            "drop_index",
            "drop_unique",
            "drop_foreign_key",
            "retire_column",
            "retire_table",
        )
    )
}


def _object_steps(old_model: Model, old: ObjectModel | None, new: ObjectModel) -> Iterator[Step]:
    before = {field.name: field for field in old.stored_fields} if old else {}
    for field in new.stored_fields:
        was = before.get(field.name)
        if was is not None and was.rollup == field.rollup:
            del before[field.name]
        else:
            was = None  # what one roll-up keeps is never what another, or a person, has written
        uses = old_model.uses.get(f"{new.name}.{field.name}", ())
        if was is not None:
            yield from _field_steps(was, field, uses)
            continue
        yield _step("add_column", field, "Add the field", "新增字段")
        if field.to:
            yield _step("add_foreign_key", field, "Check that links exist for", "检查链接存在")
    for gone in before.values():
        if gone.to:
            yield _step("drop_foreign_key", gone, "No longer check the links of", "不再检查链接", old=gone)
        yield _step(
            "retire_column",
            gone,
            "Retire the field, keeping its data,",
            "停用字段（保留数据）",
            old=gone,
            uses=old_model.uses.get(f"{new.name}.{gone.name}", ()),
        )
    yield from _key_steps(old, new)


def _field_steps(old: FieldModel, new: FieldModel, uses: tuple[Use, ...]) -> Iterator[Step]:
    how = conversion(old, new)
    if old.type.name != new.type.name:
        yield _step(
            "change_type",
            new,
            f"Change from {old.type.label['en']} to {new.type.label['en']}:",
            f"由{old.type.label['zh']}改为{new.type.label['zh']}：",
            old=old,
            how=how,
            uses=uses,
        )
    elif how != "same" and old.to != new.to:
        yield _step(
            "retarget_lookup",
            new,
            f"Point to {new.to} instead of {old.to}:",
            f"由指向 {old.to} 改为指向 {new.to}：",
            old=old,
            how=how,
            uses=uses,
        )
    elif how != "same":
        yield _step("narrow", new, "Allow less in", "收紧取值范围", old=old, how=how, uses=uses)
    if old.to != new.to:
        if old.to:
            yield _step("drop_foreign_key", old, "No longer check the links of", "不再检查链接", old=old)
        if new.to:
            yield _step("add_foreign_key", new, "Check that links exist for", "检查链接存在", old=old)
    if new.required and not old.required:
        yield _step("set_required", new, "From the next save on, require", "自下次保存起必填", old=old)


def _step(
    action: Action,
    field: FieldModel,
    en: str,
    zh: str,
    *,
    old: FieldModel | None = None,
    how: Conversion | None = None,
    uses: tuple[Use, ...] = (),
) -> Step:
    new = None if action in ("retire_column", "drop_foreign_key") else field
    return Step(
        action, field.object, _says(en, zh, field.label), field.name, old=old, new=new, conversion=how, uses=uses
    )


def _key_steps(old: ObjectModel | None, new: ObjectModel) -> Iterator[Step]:
    sentences: tuple[tuple[Action, Action, str, str], ...] = (
        ("add_unique", "drop_unique", "unique key", "唯一键"),
        ("add_index", "drop_index", "index", "索引"),
    )
    for (add, drop, en, zh), before, after in zip(sentences, _keys(old), _keys(new), strict=True):
        for name, fields in after.items():
            if before.get(name) != fields:
                yield Step(
                    add, new.name, _says(f"Build the {en}", f"建立{zh}", _labels(new, fields)), name=name, fields=fields
                )
        for name, fields in before.items():
            if after.get(name) != fields:
                assert old is not None
                yield Step(
                    drop, new.name, _says(f"Drop the {en}", f"删除{zh}", _labels(old, fields)), name=name, fields=fields
                )


def _keys(model: ObjectModel | None) -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[str, ...]]]:
    """Unique keys and indexes by name, those that fields ask for included (under the field's name)."""
    if model is None:
        return {}, {}
    unique = {field.name: (field.name,) for field in model.stored_fields if field.unique}
    indexed = {field.name: (field.name,) for field in model.stored_fields if field.index and not field.unique}
    return (
        {**unique, **{key.name: key.fields for key in model.unique_keys.values()}},
        {**indexed, **{index.name: index.fields for index in model.indexes.values()}},
    )


def _labels(model: ObjectModel, fields: tuple[str, ...]) -> Label:
    labels = [model.fields[name].label for name in fields]
    return Label(" + ".join(label.en for label in labels), "＋".join(label.zh for label in labels))


def _says(en: str, zh: str, label: Label) -> Label:
    return Label(f"{en} “{label.en}”", f"{zh}「{label.zh}」")
