"""What a request works on."""

from flask import current_app

from web.wiring import House


def current_house() -> House:
    """Return the house that the running application serves."""
    found: House = current_app.extensions["earmark"]
    return found
