"""Help for writing formulas and roll-ups: words to complete with, results on real records, a sentence."""

from dougong_ui_builder.builder.formulas import preview, rollup_pages, words
from dougong_ui_builder.builder.formulas.routes import blueprint

__all__ = ["blueprint", "preview", "rollup_pages", "words"]
