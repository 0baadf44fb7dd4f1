"""The blueprint of what helps to write expressions; the modules of this folder hang their addresses onto it."""

from flask import Blueprint

blueprint = Blueprint("builder_formulas", __name__, url_prefix="/builder")
