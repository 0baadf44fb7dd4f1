"""The blueprint of automations; the modules of this folder hang their addresses onto it."""

from flask import Blueprint

blueprint = Blueprint("builder_automations", __name__, url_prefix="/builder/automations")
