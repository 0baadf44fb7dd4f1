"""Trying a validation out: how many of the records that are there would not pass it."""

from dougong_ui_builder.builder.validations.trying import blueprint

__all__ = ["blueprint"]
