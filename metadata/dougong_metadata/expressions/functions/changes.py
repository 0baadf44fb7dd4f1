"""What a save changes: for validations, automations and gates. The write path supplies the values before the save."""

from __future__ import annotations

from dougong_metadata.expressions.functions.registry import NEVER_BLANK, declare
from dougong_metadata.label import Label

declare(
    "PRIOR(field: field) -> first",
    "The field's value before this save.",
    "字段在本次保存之前的值。",
    {},
    blank=Label("Blank for a new record.", "新记录为空。"),
    group="changes",
    operation="prior",
    saving=True,
    aliases=("PRIORVALUE",),
)
declare(
    "CHANGED(field: field) -> boolean",
    "Whether this save changes the field; on a new record, whether it has a value.",
    "本次保存是否修改了该字段；新记录则为是否有值。",
    {},
    blank=NEVER_BLANK,
    group="changes",
    operation="changed",
    saving=True,
    aliases=("ISCHANGED",),
)
declare(
    "ISNEW() -> boolean",
    "Whether the record is being created.",
    "是否正在新建记录。",
    {},
    blank=NEVER_BLANK,
    group="changes",
    operation="isnew",
    saving=True,
)
