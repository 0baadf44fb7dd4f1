"""The blueprint of sharing rules; the modules of this folder hang their addresses onto it."""

from flask import Blueprint

blueprint = Blueprint("builder_sharing", __name__, url_prefix="/builder/sharing")
