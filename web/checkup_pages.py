"""The page that says whether all is well here, and what to do where it is not."""

from flask import Blueprint, render_template

from web.checkup import check_for_visitors
from web.current import current_house
from web.version import software_version

blueprint = Blueprint("checkup", __name__)


@blueprint.get("/checkup")
def show() -> str:
    """Show what the checks of ``earmark doctor`` find."""
    findings = check_for_visitors(current_house())
    return render_template("checkup.html", findings=findings, version=software_version())
