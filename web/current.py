"""What a request works on."""

from flask import current_app

from web.wiring import House

MAX_ID = 2**31 - 1
"""The greatest id an address may hold; the catalogue gives out no greater ones."""


def current_house() -> House:
    """Return the house that the running application serves."""
    found: House = current_app.extensions["earmark"]
    return found
