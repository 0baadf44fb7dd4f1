"""Reports and dashboards that people keep for themselves and share: data, so that nobody needs a publish for a report.

What is stored: `_own_document`, bodies that have the shape of the documents of that kind. What they show, each reader
sees under his own rights. What flows: create → change (by version) → share → remove, which can be taken back.
"""

from dougong_platform.own_documents.keeping import OwnDocument, change, create, find, list_for, remove, restore

__all__ = ["OwnDocument", "change", "create", "find", "list_for", "remove", "restore"]
