"""The blueprint of the report builder."""

from flask import Blueprint

blueprint = Blueprint("report_designer", __name__)
