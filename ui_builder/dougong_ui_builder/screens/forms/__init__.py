"""Forms that create and change records, whole or quick, with child rows. Addresses /o/{object}/new and …/{id}/edit."""

from dougong_ui_builder.screens.forms.editing import edit
from dougong_ui_builder.screens.forms.new import fill_in
from dougong_ui_builder.screens.forms.routes import blueprint
from dougong_ui_builder.screens.forms.state import form_state

__all__ = ["blueprint", "edit", "fill_in", "form_state"]
