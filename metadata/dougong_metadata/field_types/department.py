"""A department of the tenant."""

from __future__ import annotations

from dougong_metadata.field_types.lookup import LinkKeys, LookupType


class DepartmentType(LookupType):
    name = "department"
    label = {"en": "Department", "zh": "部门"}
    icon = "sitemap"
    options = LinkKeys
    points_to = "department"
