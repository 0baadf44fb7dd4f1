"""The blueprint of the report screens; the modules of this folder hang their addresses onto it."""

from flask import Blueprint

blueprint = Blueprint("report_screens", __name__)
