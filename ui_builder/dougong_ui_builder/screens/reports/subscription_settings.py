"""What a subscription asks of its report or dashboard, as its form offers it: what the bar above them offers, and what
can only be kept or left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dougong_metadata.errors import Fault
from dougong_platform.errors import CallerOutdated
from dougong_platform.reports.finding import find
from dougong_platform.reports.subscriptions.sources import source_of
from dougong_platform.reports.subscriptions.stored import REPORT
from dougong_ui_builder.screens.reports.bar import Bar, Choice, bar_of, said_period
from dougong_ui_builder.screens.reports.visit import CUSTOM, visit_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dougong_platform.http.caller import Caller

Option = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Setting:
    """One select: its first option is what the report itself says."""

    name: str
    label: str
    options: tuple[Option, ...]
    value: str


@dataclass(frozen=True, slots=True)
class Settings:
    """`kept`: (name, value, in words) of what is set and has no select."""

    selects: tuple[Setting, ...] = ()
    kept: tuple[tuple[str, str, str], ...] = ()

    @property
    def are_any(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.selects or self.kept)


def settings_of(caller: Caller, kind: str, key: str, filters: Mapping[str, str]) -> Settings:
    """For the form of one that asks `filters`."""
    try:
        choices = BARS[kind](caller, key, filters).choices
    except CallerOutdated:
        raise
    except Fault:
        choices = ()
    selects = tuple(_setting(caller, one, filters.get(one.name, "")) for one in choices if not one.free)
    offered = {one.name for one in selects}
    kept = tuple(
        (name, filters[name], words)
        for name in filters
        if name not in offered
        for words in in_words(caller, kind, key, {name: filters[name]})
    )
    return Settings(selects, kept)


def in_words(caller: Caller, kind: str, key: str, filters: Mapping[str, str]) -> list[str]:
    """["Period: This month", …]; as it is stored where what it is asked of is gone."""
    try:
        return source_of(kind).asked(caller, key, filters)
    except CallerOutdated:
        raise
    except Fault:
        return [f"{name}: {value}" for name, value in filters.items()]


def _bar(caller: Caller, key: str, filters: Mapping[str, str]) -> Bar:
    return bar_of(caller, find(caller, key).report, visit_of(key, filters).asked)


def _setting(caller: Caller, one: Choice, value: str) -> Setting:
    options = [("", one.usual), *(option for option in one.options if option[0] != CUSTOM)]
    if value and value not in dict(options):
        options.append((value, said_period(caller, value) if one.name == "period" else one.shown))
    return Setting(one.name, one.label, tuple(options), value)


# By kind: (caller, key, filters) → the bar above it. Screens of other kinds add theirs.
BARS: dict[str, Callable[[Caller, str, Mapping[str, str]], Bar]] = {REPORT: _bar}
