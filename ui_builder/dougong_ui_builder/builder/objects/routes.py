"""The blueprint of objects; the modules of this folder hang their addresses onto it."""

from flask import Blueprint

blueprint = Blueprint("builder_objects", __name__, url_prefix="/builder/objects")
