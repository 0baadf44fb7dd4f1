"""The board's blueprint; the modules of this folder hang their addresses onto it."""

from flask import Blueprint

blueprint = Blueprint("boards", __name__)
BOARD = "/o/<object>/board"
