"""A person of the tenant."""

from __future__ import annotations

from dougong_metadata.field_types.lookup import LinkKeys, LookupType


class UserType(LookupType):
    name = "user"
    label = {"en": "User", "zh": "用户"}
    icon = "user"
    options = LinkKeys
    operators = ("=", "!=", "in", "me", "blank", "not blank")
    points_to = "user"
