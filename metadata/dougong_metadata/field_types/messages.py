"""The sentence for every code that a field type may raise about a value. Used by the API, forms and imports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong_metadata.errors import FieldValueError
from dougong_metadata.label import Label

MESSAGES: Mapping[str, tuple[str, str]] = {
    "bad_character": ("{label} holds a NUL character or half a character.", "{label}含有 NUL 字符或残缺的字符。"),
    "too_deep": (
        "{label} is nested deeper than {depth} levels or has too many parts.",
        "{label}嵌套超过 {depth} 层或内容过多。",
    ),
    "read_only": ("{label} is kept by the system and cannot be given.", "{label}由系统维护，不能填写。"),
    "not_text": ("{label} has to be text.", "{label}必须是文本。"),
    "single_line": ("{label} has to fit on one line.", "{label}必须是单行文本。"),
    "too_long": (
        "{label} may have at most {max} characters; it has {length}.",
        "{label}最多 {max} 个字符，当前 {length} 个。",
    ),
    "too_short": ("{label} needs at least {min} characters.", "{label}至少需要 {min} 个字符。"),
    "pattern": ("{label} does not have the expected form.", "{label}的格式不正确。"),
    "not_whole": ("{label} has to be a whole number.", "{label}必须是整数。"),
    "not_a_number": ("{label} has to be a number.", "{label}必须是数字。"),
    "below_min": ("{label} must be at least {min}.", "{label}不能小于 {min}。"),
    "above_max": ("{label} must be at most {max}.", "{label}不能大于 {max}。"),
    "out_of_range": ("{label} is too large or too small to be kept.", "{label}超出可保存的范围。"),
    "inexact": (
        "{label}: so long a number loses digits as a JSON number; send it as text.",
        "{label}：数字过长，作为 JSON 数值会丢失位数，请以文本发送。",
    ),
    "too_many_decimals": ("{label} may have at most {scale} decimals.", "{label}最多 {scale} 位小数。"),
    "not_a_boolean": ("{label} has to be true or false.", "{label}必须是“是”或“否”。"),
    "not_a_date": ("{label} has to be a date such as 2026-01-31.", "{label}必须是日期，例如 2026-01-31。"),
    "not_a_datetime": (
        "{label} has to be a date and time such as 2026-01-31T09:30:00Z.",
        "{label}必须是日期时间，例如 2026-01-31T09:30:00Z。",
    ),
    "zone_needed": (
        "{label} needs its time zone, for example 2026-01-31T09:30:00+08:00.",
        "{label}需要时区，例如 2026-01-31T09:30:00+08:00。",
    ),
    "not_a_time": ("{label} has to be a time such as 09:30.", "{label}必须是时间，例如 09:30。"),
    "not_a_choice": ("“{value}” is not a value of {label}.", "「{value}」不是{label}的可选值。"),
    "inactive_choice": ("“{value}” is no longer a value of {label}.", "「{value}」已停用，不能再选为{label}。"),
    "not_a_list": ("{label} has to be a list.", "{label}必须是列表。"),
    "too_many": ("{label} may have at most {max} entries.", "{label}最多 {max} 项。"),
    "not_an_id": ("{label} has to be the id of a record.", "{label}必须是记录的 ID。"),
    "not_an_email": ("{label} has to be an e-mail address.", "{label}必须是电子邮箱地址。"),
    "not_a_phone": ("{label} has to be a phone number.", "{label}必须是电话号码。"),
    "not_a_url": (
        "{label} has to be a web address starting with http:// or https://.",
        "{label}必须是以 http:// 或 https:// 开头的网址。",
    ),
    "not_a_colour": ("{label} has to be a colour such as #1a2b3c.", "{label}必须是颜色，例如 #1a2b3c。"),
    "not_a_place": (
        "{label} needs a latitude (-90 to 90) and a longitude (-180 to 180).",
        "{label}需要纬度（-90 到 90）和经度（-180 到 180）。",
    ),
    "not_an_address": (
        "{label} has to be an address: country, province, city, district, detail, postcode.",
        "{label}必须是地址：country、province、city、district、detail、postcode。",
    ),
    "not_a_country": ("{label}: “{value}” is not a two-letter country code.", "{label}：「{value}」不是两位国家代码。"),
    "part_required": ("{label}: {part} is needed.", "{label}：{part} 为必填。"),
    "not_json": ("{label} cannot be kept as JSON.", "{label}无法保存为 JSON。"),
    "too_large": ("{label} may have at most {max} bytes.", "{label}最多 {max} 字节。"),
    "computed": ("{label} is filled in by the system.", "{label}由系统填写。"),
    "unexpected": ("{label} cannot take this value.", "{label}不接受该值。"),
}


def message(code: str, data: Mapping[str, Any], field_label: Label | str, locale: str) -> str:
    """The sentence for `code`, filled from `data`, about the field called `field_label`, for who reads `locale`."""
    label = field_label if isinstance(field_label, str) else field_label.text(locale)
    chinese = locale.startswith("zh")
    text = MESSAGES.get(code, MESSAGES["unexpected"])[1 if chinese else 0]
    return text.format_map({**data, "label": f"「{label}」" if chinese else label})


def sentence(fault: FieldValueError, field_label: Label | str, locale: str) -> str:
    """`message` for a raised FieldValueError."""
    return message(fault.code, fault.data, field_label, locale)
