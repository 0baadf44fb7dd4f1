"""The designer of dashboards: its page, adding widgets, their settings. What is done is kept at once."""
