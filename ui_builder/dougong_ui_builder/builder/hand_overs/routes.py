"""The blueprint of hand-overs; the modules of this folder hang their addresses onto it."""

from flask import Blueprint

blueprint = Blueprint("builder_hand_overs", __name__, url_prefix="/builder")
