"""The sentences with which notifications' settings refuse, in both languages."""

from __future__ import annotations

from dougong_platform.errors import FieldError

SENTENCES: dict[str, dict[str, str]] = {
    "unknown_topic": {"en": "There is no such topic.", "zh": "没有这个主题。"},
    "unknown_way": {"en": "Mails come now, digest or off.", "zh": "邮件只能是 now、digest 或 off。"},
    "bad_time": {"en": "Give a time such as 22:00.", "zh": "请填写 22:00 这样的时间。"},
    "same_times": {
        "en": "Quiet hours end at another time than they begin.",
        "zh": "免打扰的结束时间须不同于开始时间。",
    },
    "required": {"en": "This is required.", "zh": "此项必填。"},
    "too_long": {"en": "At most {most} characters.", "zh": "最多 {most} 个字符。"},
    "unknown_kind": {"en": "There are {known}.", "zh": "可选：{known}。"},
    "bad_address": {"en": "The address is wrong: {why}", "zh": "地址不正确：{why}"},
    "no_team": {"en": "There is no such team.", "zh": "没有这个团队。"},
    "no_reader": {"en": "Choose a person who may sign in.", "zh": "请选择一位在用人员。"},
    "bad_email": {"en": "This is no e-mail address.", "zh": "邮箱地址格式不正确。"},
    "too_many": {"en": "At most {most} robots.", "zh": "最多 {most} 个机器人。"},
    "unknown_locale": {"en": "The language is en or zh.", "zh": "语言只能是 en 或 zh。"},
}


def refusal(field: str | None, code: str, locale: str, **data: object) -> FieldError:
    """A FieldError with the sentence of `code`."""
    return FieldError(field, code, SENTENCES[code]["zh" if locale.startswith("zh") else "en"].format(**data))
