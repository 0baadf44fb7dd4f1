"""The forms' blueprint; the modules of this folder hang their addresses onto it."""

from flask import Blueprint

blueprint = Blueprint("record_forms", __name__)
