"""What automations and the stages of pipelines can do: one file per action, open to other packages by entry point."""

from dougong_metadata.actions.base import Action
from dougong_metadata.actions.keys import ActionStep, actions_key
from dougong_metadata.actions.registry import action_named, registered

__all__ = ["Action", "ActionStep", "action_named", "actions_key", "registered"]
