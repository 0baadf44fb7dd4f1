"""The blueprint of changes and releases; the modules of this folder hang their addresses onto it."""

from flask import Blueprint

blueprint = Blueprint("builder_changes", __name__, url_prefix="/builder")
