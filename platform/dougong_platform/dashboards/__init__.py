"""Dashboards: widgets on a grid, each answered by itself under the viewer's access."""

from dougong_platform.dashboards import mailing
from dougong_platform.dashboards.answering import Answered, answered, data_of, widget, with_filters
from dougong_platform.dashboards.choosing import choose, home_of, homes_of, is_empty, usual_home
from dougong_platform.dashboards.finding import Found, all_of, documents, find
from dougong_platform.dashboards.seeing import seen_as

__all__ = [
    "Answered",
    "Found",
    "all_of",
    "answered",
    "choose",
    "data_of",
    "documents",
    "find",
    "home_of",
    "homes_of",
    "is_empty",
    "mailing",
    "seen_as",
    "usual_home",
    "widget",
    "with_filters",
]
