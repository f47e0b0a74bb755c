"""The room's blueprint."""

from flask import Blueprint

blueprint = Blueprint("commissioning", __name__)
