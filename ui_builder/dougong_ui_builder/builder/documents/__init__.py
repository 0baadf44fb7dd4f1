"""Documents of every kind: their lists, the form made from the kind's schema, YAML, deleting, reverting, uses."""

from dougong_ui_builder.builder.documents import expressions, lists, views, yaml_views
from dougong_ui_builder.builder.documents.routes import blueprint

__all__ = ["blueprint", "expressions", "lists", "views", "yaml_views"]
