"""The designer of automations: When … If … Do …, its try-out on past records, and the log of its runs."""

from dougong_ui_builder.builder.automations import listing, run_log, trying, views
from dougong_ui_builder.builder.automations.routes import blueprint

__all__ = ["blueprint", "listing", "run_log", "trying", "views"]
