"""The blueprint of permission sets; the modules of this folder hang their addresses onto it."""

from flask import Blueprint

blueprint = Blueprint("builder_permission_sets", __name__, url_prefix="/builder/permission_sets")
