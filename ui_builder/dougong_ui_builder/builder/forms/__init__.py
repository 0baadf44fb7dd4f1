"""Forms made from the JSON Schemas of kinds and field types: shown, posted, read back into a document's body."""

from dougong_ui_builder.builder.forms.reading import MISSING, read_body, read_value
from dougong_ui_builder.builder.forms.shapes import with_variants
from dougong_ui_builder.builder.forms.showing import Form, Node
from dougong_ui_builder.builder.forms.tree import act, tree_of

__all__ = ["MISSING", "Form", "Node", "act", "read_body", "read_value", "tree_of", "with_variants"]
