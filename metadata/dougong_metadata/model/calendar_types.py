"""Calendars, compiled: part of the Model; working days are counted by the default one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

from dougong_metadata.expressions.calendars import WorkingDays
from dougong_metadata.label import Label


@dataclass(frozen=True, slots=True)
class CalendarModel:
    """`days` are its working days, `hours` the spans of one, in order, in the tenant's time zone (() = the whole day);
    `holidays` what the days off are called (those without a label have None)."""

    name: str
    label: Label
    days: WorkingDays
    hours: tuple[tuple[time, time], ...] = ()
    holidays: Mapping[date, Label | None] = field(default_factory=dict)
    default: bool = False
    fiscal_start: int = 1  # the month in which fiscal years begin
