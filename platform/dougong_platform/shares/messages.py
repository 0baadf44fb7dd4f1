"""The sentences with which sharing refuses, in both languages."""

from __future__ import annotations

from dougong_platform.errors import FieldError

SENTENCES: dict[str, dict[str, str]] = {
    "unknown_access": {"en": "The access is “read” or “edit”.", "zh": "权限只能是「read」或「edit」。"},
    "access_beyond_own": {
        "en": "You may only read this record, so you cannot let others edit it.",
        "zh": "您只能查看此记录，不能让他人修改。",
    },
    "relations_beyond_own": {
        "en": "Only those who may change this record can extend a share to what hangs on it.",
        "zh": "只有可修改此记录的人才能将共享扩展到关联记录。",
    },
    "role_beyond_own": {
        "en": "Only those who may change this record choose its team.",
        "zh": "只有可修改此记录的人才能管理其团队。",
    },
    "unknown_relation": {
        "en": "A share cannot be extended along “{name}”.",
        "zh": "不能沿「{name}」扩展共享。",
    },
    "relation_not_editable": {
        "en": "You may not edit {things}, so you cannot let others edit them.",
        "zh": "您不能修改{things}，因此不能让他人修改。",
    },
    "until_past": {"en": "Choose today or a later day.", "zh": "请选择今天或以后的日期。"},
    "until_late": {"en": "Choose a day before the year 3000.", "zh": "请选择 3000 年以前的日期。"},
    "bad_character": {"en": "This holds characters that cannot be stored.", "zh": "含有无法存储的字符。"},
    "too_long": {"en": "At most {most} characters.", "zh": "最多 {most} 个字符。"},
    "no_subject": {
        "en": "There is no such person, department or team.",
        "zh": "没有这个人员、部门或团队。",
    },
    "subject_is_queue": {
        "en": "A queue cannot be shared with; share with the team that works it.",
        "zh": "不能共享给队列，请共享给处理该队列的团队。",
    },
    "not_found": {"en": "There is no such record.", "zh": "没有这条记录。"},
    "too_many": {"en": "At most {most} records at once.", "zh": "一次最多 {most} 条记录。"},
    "none_given": {"en": "Name at least one record.", "zh": "请至少给出一条记录。"},
}


def refusal(field: str | None, code: str, locale: str, index: int | None = None, **data: object) -> FieldError:
    """A FieldError with the sentence of `code`; raises KeyError for a code that has none."""
    return FieldError(field, code, SENTENCES[code]["zh" if locale.startswith("zh") else "en"].format(**data), index)
