"""What the settings of a provider must look like. Called before one is saved or tried."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dougong_metadata.label import Label
from dougong_tenants.oidc.addresses import problem_of
from dougong_tenants.oidc.errors import ProviderInvalid
from dougong_tenants.people.checks import check_id
from dougong_tenants.principal import ADMINISTRATOR

FIELDS = (
    *("label", "issuer", "client_id", "client_secret", "scopes", "domains", "match_email", "create_users"),
    *("permission_set", "department", "password_sign_in", "active"),
)
SCOPES = ("openid", "profile", "email")  # what is asked for unless told otherwise
MOST_DOMAINS = 100
RESERVED = ("new", "try")  # pages of the builder beside a provider's own
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,100}")  # RFC 6749 §3.3
_DOMAIN = re.compile(r"(?=.{1,190}$)[^\s@./,;:\x00-\x1f]+(\.[^\s@./,;:\x00-\x1f]+)*")
_PRINTABLE = re.compile(r"[\x20-\x7e]{1,500}")  # RFC 6749 appendix A


def checked_provider(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a provider. Raises ProviderInvalid that names the field."""
    for given in values:
        if given not in FIELDS:
            raise ProviderInvalid(given, "A provider has no such setting.", "身份提供方没有此设置。")
    if not _NAME.fullmatch(name) or name.endswith("_") or name in RESERVED:
        raise ProviderInvalid(
            "name",
            "A small letter, then small letters, digits or _ (at most 40).",
            "以小写字母开头，只含小写字母、数字或 _，最多 40 个字符。",
        )
    if values.get("permission_set") == ADMINISTRATOR:
        raise ProviderInvalid(
            "permission_set", "Nobody becomes an administrator by himself.", "不能自动成为系统管理员。"
        )
    return {
        "name": name,
        "label": _label(values.get("label"), name),
        "issuer": check_issuer(values.get("issuer")),
        "client_id": _printable("client_id", values.get("client_id"), required=True),
        "client_secret": _printable("client_secret", values.get("client_secret"), required=False),
        "scopes": _scopes(values.get("scopes")),
        "domains": _domains(values.get("domains")),
        "match_email": _flag(values, "match_email", True),
        "create_users": _flag(values, "create_users", False),
        "permission_set": _text("permission_set", values.get("permission_set")),
        "department": check_id("department", values.get("department")),
        "password_sign_in": _flag(values, "password_sign_in", True),
        "active": _flag(values, "active", True),
    }


def check_issuer(value: Any) -> str:
    """The issuer's address without blanks around it. Raises ProviderInvalid."""
    text = value.strip() if isinstance(value, str) else ""
    wrong = problem_of(text)
    if wrong is not None:
        raise ProviderInvalid("issuer", wrong[0][0].upper() + wrong[0][1:], wrong[1])
    if "?" in text:
        raise ProviderInvalid("issuer", "An issuer's address has no query.", "颁发者地址不能带查询参数。")
    return text.removesuffix("/.well-known/openid-configuration")  # often copied whole


def _label(value: Any, name: str) -> Label:
    if value is not None and not isinstance(value, str | dict):
        raise ProviderInvalid("label", "Text, or text by language.", "须为文本，或按语言给出的文本。")
    texts = {"en": value, "zh": value} if isinstance(value, str) else dict(value or {})
    for language, text in texts.items():
        if (
            language not in ("en", "zh")
            or not isinstance(text, str | None)
            or len(text or "") > 60
            or "\0" in (text or "")
        ):
            raise ProviderInvalid("label", "At most 60 characters, in en and zh.", "最多 60 个字符，分 en、zh 给出。")
    return Label.of({k: v.strip() for k, v in texts.items() if v and v.strip()} or None, name)


def _printable(field: str, value: Any, *, required: bool) -> str | None:
    if value is None or value == "":
        if required:
            raise ProviderInvalid(field, "This is required.", "此项必填。")
        return None
    if not isinstance(value, str) or not _PRINTABLE.fullmatch(value.strip()):
        raise ProviderInvalid(field, "At most 500 plain characters.", "最多 500 个 ASCII 字符。")
    return value.strip()


def _scopes(value: Any) -> list[str]:
    found = list(dict.fromkeys(_list("scopes", value) or SCOPES))
    if len(found) > 20 or not all(_SCOPE.fullmatch(one) for one in found):
        raise ProviderInvalid("scopes", "At most 20 words without blanks.", "最多 20 个不含空格的词。")
    return found if "openid" in found else ["openid", *found]


def _domains(value: Any) -> list[str]:
    found = list(dict.fromkeys(one.strip().lower().removeprefix("@") for one in _list("domains", value)))
    if len(found) > MOST_DOMAINS or not all(_DOMAIN.fullmatch(one) for one in found):
        raise ProviderInvalid(
            "domains",
            f"Domains such as example.com, at most {MOST_DOMAINS}.",
            f"形如 example.com，最多 {MOST_DOMAINS} 个。",
        )
    return found


def _list(field: str, value: Any) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise ProviderInvalid(field, "This must be a list of texts.", "须为文本列表。")
    return list(value)


def _flag(values: Mapping[str, Any], field: str, default: bool) -> bool:
    value = values.get(field, default)
    if not isinstance(value, bool):
        raise ProviderInvalid(field, "True or false.", "须为 true 或 false。")
    return value


def _text(field: str, value: Any) -> str | None:
    if value is not None and (not isinstance(value, str) or len(value) > 60 or "\0" in value):
        raise ProviderInvalid(field, "This must be a name.", "须为名称。")
    return value or None
