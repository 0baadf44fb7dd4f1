"""The import wizard: file, fields and values, trial, import, undo. All work is done by `dougong_platform.imports`."""

from dougong_ui_builder.screens.imports.views import blueprint

__all__ = ["blueprint"]
