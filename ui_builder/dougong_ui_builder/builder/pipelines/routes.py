"""The blueprint of the pipeline designer; the modules of this folder hang their addresses onto it."""

from flask import Blueprint

blueprint = Blueprint("builder_pipelines", __name__, url_prefix="/builder/pipelines")
