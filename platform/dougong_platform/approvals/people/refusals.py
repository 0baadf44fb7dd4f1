"""The sentences with which delegations refuse, in both languages."""

from __future__ import annotations

from dougong_platform.errors import FieldError

SENTENCES: dict[str, dict[str, str]] = {
    "no_delegate": {"en": "Choose a person who may sign in.", "zh": "请选择一位在用人员。"},
    "own_delegate": {"en": "Nobody delegates to himself.", "zh": "不能委托给自己。"},
    "ends_first": {"en": "It has to end after it begins.", "zh": "结束时间须晚于开始时间。"},
    "over_already": {"en": "It would be over already.", "zh": "结束时间已过。"},
    "no_flow": {"en": "There is no approval flow “{name}”.", "zh": "没有审批流程「{name}」。"},
    "too_long": {"en": "At most {most} characters.", "zh": "最多 {most} 个字符。"},
    "too_many_delegations": {
        "en": "At most {most} delegations of one person; end some first.",
        "zh": "每人最多 {most} 项委托，请先结束一些。",
    },
}


def refusal(field: str | None, code: str, locale: str, **data: object) -> FieldError:
    """A FieldError with the sentence of `code`."""
    return FieldError(field, code, SENTENCES[code]["zh" if locale.startswith("zh") else "en"].format(**data))
