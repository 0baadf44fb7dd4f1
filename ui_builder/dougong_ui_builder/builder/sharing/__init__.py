"""The designer of sharing rules: which records, to whom, said in one sentence with what it opens now."""

from dougong_ui_builder.builder.sharing import views
from dougong_ui_builder.builder.sharing.routes import blueprint

__all__ = ["blueprint", "views"]
