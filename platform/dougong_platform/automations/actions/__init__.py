"""How the engine does each action after the commit: one file per action, open to other packages by entry point."""

from dougong_platform.automations.actions.registry import executes, executor, executors

__all__ = ["executes", "executor", "executors"]
