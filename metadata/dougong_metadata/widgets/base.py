"""What a type of widget is. One file per type implements this; the registry collects them. The engine's `dashboards`
answers, and a template draws, what is compiled here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from dougong_metadata.keys import Body

if TYPE_CHECKING:
    from dougong_metadata.model.given_widget import GivenWidget


class Widget:
    """A type of widget. Stateless: one instance per process.

    `options` are its own keys besides type, at and label; whatever in them refers to something else is a Reference or
    an Expression key. `size` and `least` are how many cells wide and high it is when it is put in, and at least.
    """

    name: ClassVar[str]
    label: ClassVar[Mapping[str, str]]
    help: ClassVar[Mapping[str, str]]
    icon: ClassVar[str]  # a Tabler icon's name
    size: ClassVar[tuple[int, int]] = (4, 6)
    least: ClassVar[tuple[int, int]] = (2, 2)
    options: ClassVar[type[Body]]

    def compile(self, given: GivenWidget) -> Mapping[str, Any]:
        """The settings of a widget, from `given.said`, the loaded body; what is wrong is recorded by its methods."""
        return given.settings()
