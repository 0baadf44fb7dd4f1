"""The blueprint of the flow designer; the modules of this folder hang their addresses onto it."""

from flask import Blueprint

blueprint = Blueprint("builder_approvals", __name__, url_prefix="/builder/approvals")
