"""Objects and their fields: the designer with its inspector, the parts of an object, the wizard for a new one."""

from dougong_ui_builder.builder.objects import access, fields, parts, views, wizard
from dougong_ui_builder.builder.objects.routes import blueprint

__all__ = ["access", "blueprint", "fields", "parts", "views", "wizard"]
