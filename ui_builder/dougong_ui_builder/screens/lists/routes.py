"""The list screen's blueprint; the modules of this folder hang their addresses onto it."""

from flask import Blueprint

blueprint = Blueprint("lists", __name__)
