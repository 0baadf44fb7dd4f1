"""A person of the tenant."""

from __future__ import annotations

from dougong_metadata.field_types.lookup import LookupType
from dougong_metadata.keys import Body


class UserType(LookupType):
    name = "user"
    label = {"en": "User", "zh": "用户"}
    icon = "user"
    options = Body
    operators = ("=", "!=", "in", "me", "blank", "not blank")
    points_to = "user"
