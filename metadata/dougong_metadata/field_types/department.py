"""A department of the tenant."""

from __future__ import annotations

from dougong_metadata.field_types.lookup import LookupType
from dougong_metadata.keys import Body


class DepartmentType(LookupType):
    name = "department"
    label = {"en": "Department", "zh": "部门"}
    icon = "sitemap"
    options = Body
    points_to = "department"
