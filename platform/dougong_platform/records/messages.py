"""The sentences of the write path's own refusals, in both languages; field types have theirs in metadata."""

from __future__ import annotations

from typing import Any

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.messages import sentence as type_sentence
from dougong_metadata.model.types import FieldModel
from dougong_platform.errors import FieldError

SENTENCES: dict[str, dict[str, str]] = {
    "unknown_field": {"en": "“{name}” is not a field here{hint_en}.", "zh": "没有字段「{name}」{hint_zh}。"},
    "not_editable": {"en": "You may not change {label}.", "zh": "您无权修改{label}。"},
    "read_only": {"en": "{label} is kept by the system and cannot be given.", "zh": "{label}由系统维护，不能填写。"},
    "required": {"en": "{label} is required.", "zh": "{label}为必填项。"},
    "not_a_record": {"en": "A record has to be a JSON object of fields.", "zh": "一条记录应为由字段组成的 JSON 对象。"},
    "invalid_value": {"en": "A value cannot be stored: {detail}", "zh": "有值无法存储：{detail}"},
    "not_unique": {
        "en": "Another record already has this {label}{other_en}.",
        "zh": "已有其他记录使用相同的{label}{other_zh}。",
    },
    "not_unique_soon": {
        "en": "Release {release}, which is being published, wants {label} to be unique; another record has this value.",
        "zh": "正在发布的版本 {release} 要求{label}唯一，已有其他记录使用此值。",
    },
    "not_found": {"en": "There is no such record.", "zh": "没有这条记录。"},
    "lookup_not_found": {"en": "{label}: there is no such record.", "zh": "{label}：没有这条记录。"},
    "lookup_ambiguous": {
        "en": "{label}: several records have {key} “{value}”.",
        "zh": "{label}：有多条记录的 {key} 为「{value}」。",
    },
    "lookup_key": {
        "en": '{label}: give an id, or one field and its value such as {{"name": …}}.',
        "zh": '{label}：请给出 id，或一个字段及其值，例如 {{"name": …}}。',
    },
    "not_in_dependency": {
        "en": "{label} does not fit the choice in {controller}.",
        "zh": "{label}与所选的{controller}不符。",
    },
    "not_in_record_type": {"en": "{label} is not offered for this record type.", "zh": "该记录类型不提供这个{label}。"},
    "unknown_record_type": {"en": "“{value}” is not a record type here.", "zh": "没有名为「{value}」的记录类型。"},
    "record_type_not_allowed": {"en": "You may not choose this record type.", "zh": "您无权选用该记录类型。"},
    "not_a_value": {
        "en": "{label}: a rule set a value that is not on the list.",
        "zh": "{label}：规则设置了列表以外的值。",
    },
    "stage_move": {
        "en": "From “{stage}” one can go to {targets} only.",
        "zh": "「{stage}」之后只能进入{targets}。",
    },
    "stage_end": {"en": "“{stage}” is closed and cannot be left.", "zh": "「{stage}」已结束，不能再变更。"},
    "stage_required": {"en": "{label} is needed for “{stage}”.", "zh": "进入「{stage}」前请填写{label}。"},
    "stage_checklist": {
        "en": "The checklist for “{stage}” is not complete.",
        "zh": "「{stage}」的检查项尚未全部完成。",
    },
    "stage_approval": {"en": "“{stage}” needs an approval first.", "zh": "进入「{stage}」前需要先通过审批。"},
    "in_approval": {
        "en": "{label} cannot be changed while the record is being approved.",
        "zh": "审批期间不能修改{label}。",
    },
    "parent_in_approval": {
        "en": "This belongs to a record of “{object}” that is being approved, and cannot be changed now.",
        "zh": "所属的「{object}」正在审批中，暂不能修改。",
    },
    "locked_in_approval": {
        "en": "The record is being approved and cannot be deleted now.",
        "zh": "该记录正在审批中，暂不能删除。",
    },
    "delete_by_approval": {
        "en": "Records here are deleted by an approval: submit it for one.",
        "zh": "此处的记录须经审批才能删除，请提交审批。",
    },
    "stage_gate": {"en": "The condition for “{stage}” does not hold.", "zh": "不满足进入「{stage}」的条件。"},
    "stale_version": {"en": "Somebody changed this record meanwhile.", "zh": "该记录已被他人修改。"},
    "version_invalid": {"en": "The version has to be a whole number.", "zh": "版本号应为整数。"},
    "not_allowed": {"en": "You may not do this with this record.", "zh": "您无权对这条记录执行此操作。"},
    "given_twice": {"en": "The same record is given twice.", "zh": "同一条记录出现了两次。"},
    "hidden_value": {
        "en": "A field that you may not see does not allow this.",
        "zh": "您无权查看的字段不允许这样保存。",
    },
    "in_use": {
        "en": "{count} records in {object} point here; they have to be changed first.",
        "zh": "{object}中有 {count} 条记录引用了它，请先修改那些记录。",
    },
    "in_use_hidden": {
        "en": "Records that you may not see point here; they have to be changed first.",
        "zh": "有您无权查看的记录引用了它，请先修改那些记录。",
    },
    "not_deleted": {"en": "This record is not in the recycle bin.", "zh": "这条记录不在回收站中。"},
    "parent_deleted": {
        "en": "The record it belongs to is deleted; restore that one first.",
        "zh": "其所属记录已删除，请先恢复所属记录。",
    },
    "changed_since": {"en": "It was changed again since; left as it is.", "zh": "此后又被修改，已保持原样。"},
    "key_required": {"en": "{label} is needed to find the record.", "zh": "需要{label}来查找记录。"},
    "file_too_large": {"en": "{label}: a file may have at most {limit}.", "zh": "{label}：单个文件最大 {limit}。"},
    "file_not_accepted": {"en": "{label} takes these files only: {kinds}.", "zh": "{label}只接受这些文件：{kinds}。"},
    "file_not_found": {"en": "{label}: there is no such file.", "zh": "{label}：没有这个文件。"},
}


def sentence(code: str, locale: str, **data: Any) -> str:
    """The sentence for `code`; raises KeyError for a code that has none."""
    return SENTENCES[code]["zh" if locale.startswith("zh") else "en"].format(**data)


def type_error(fault: FieldValueError, locale: str, index: int, field: FieldModel) -> FieldError:
    """A field type's refusal of row `index`'s value."""
    return FieldError(field.name, fault.code, type_sentence(fault, field.label, locale), index)


def error(code: str, locale: str, index: int | None, field: FieldModel | None = None, **data: Any) -> FieldError:
    """A refusal of row `index` at `field` (None = of the record)."""
    if field is not None:
        data.setdefault("label", field.label.text(locale))
    return FieldError(field.name if field else None, code, sentence(code, locale, **data), index)


def veiled(code: str, locale: str, index: int | None, field: str | None = None) -> FieldError:
    """A refusal whose sentence would name a field that the caller may not know; `field` is one that he may."""
    return FieldError(field, code, sentence("hidden_value", locale), index)
