"""The blueprint of documents; the modules of this folder hang their addresses onto it."""

from flask import Blueprint

blueprint = Blueprint("builder_documents", __name__)
