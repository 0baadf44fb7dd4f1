"""Forms that create and change records, whole or quick, with child rows. Addresses /o/{object}/new and …/{id}/edit."""

from dougong_ui_builder.screens.forms import editing, new, state
from dougong_ui_builder.screens.forms.routes import blueprint

__all__ = ["blueprint", "editing", "new", "state"]
