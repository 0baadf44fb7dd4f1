"""People, departments and teams for those who look after them, and the tokens of everybody."""

from dougong_ui_builder.builder.people import (
    access,
    departments,
    editing,
    granting,
    holders,
    listing,
    queues,
    sessions,
    teams,
    tokens,
    user_reach,
)
from dougong_ui_builder.builder.people.routes import blueprint

__all__ = [
    "access",
    "blueprint",
    "departments",
    "editing",
    "granting",
    "holders",
    "listing",
    "queues",
    "sessions",
    "teams",
    "tokens",
    "user_reach",
]
