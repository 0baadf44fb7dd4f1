"""Expressions over many stored records at once, as SQL: for what happens after a save, for texts and for try-outs."""

from dougong_platform.evaluation.rows import Asked, evaluate

__all__ = ["Asked", "evaluate"]
