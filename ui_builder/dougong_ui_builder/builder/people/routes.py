"""The blueprint of people; the modules of this folder hang their addresses onto it."""

from flask import Blueprint

blueprint = Blueprint("builder_people", __name__, url_prefix="/builder")
