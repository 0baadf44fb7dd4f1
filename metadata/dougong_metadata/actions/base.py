"""What an action is. One file per action implements this; the registry collects them. The engine has an executor of
the same name for each that runs after the commit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from marshmallow import fields

if TYPE_CHECKING:
    from dougong_metadata.model.action_step import Step
    from dougong_metadata.model.flow_types import ActionModel


class Action:
    """One thing that an automation does. Stateless: one instance per process.

    `key()` says what stands under the action's name in `do:`; whatever in it refers to something else is a Reference
    or an Expression key. `compile` checks it against the model that is being compiled, by the methods of its step,
    which record problems with their places, and answers `step.made(…)`.
    """

    name: ClassVar[str]
    label: ClassVar[Mapping[str, str]]
    help: ClassVar[Mapping[str, str]]
    icon: ClassVar[str]  # a Tabler icon's name
    about_record: ClassVar[bool] = True  # it needs a record that triggers it
    about_living: ClassVar[bool] = False  # … one that is not deleted
    in_write: ClassVar[bool] = False  # it belongs to the write that triggers it, before anything is saved

    def key(self) -> fields.Field[Any]:
        """The key of the action's body."""
        raise NotImplementedError

    def compile(self, step: Step) -> ActionModel:
        """The model of `step.said`, the loaded body."""
        raise NotImplementedError
