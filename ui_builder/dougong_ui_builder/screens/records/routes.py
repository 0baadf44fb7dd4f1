"""The record page's blueprint; the modules of this folder hang their addresses onto it."""

from flask import Blueprint

blueprint = Blueprint("records_pages", __name__)
PAGE = "/o/<object>/<uuid:id>"


def address(object: str, id: object, part: str = "") -> str:
    """The address of a record's page, or of a part of it."""
    return f"/o/{object}/{id}" + (f"/{part}" if part else "")
