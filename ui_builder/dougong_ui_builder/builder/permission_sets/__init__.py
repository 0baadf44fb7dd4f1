"""The designer of permission sets: objects by actions, fields, apps and system rights; two of them compared."""

from dougong_ui_builder.builder.permission_sets import comparing, new, views
from dougong_ui_builder.builder.permission_sets.routes import blueprint

__all__ = ["blueprint", "comparing", "new", "views"]
