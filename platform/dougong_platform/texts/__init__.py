"""Texts with `{{ expression }}` in them, written for records: titles and bodies of notifications and e-mails."""

from dougong_platform.texts.render import Side, plain, render

__all__ = ["Side", "plain", "render"]
