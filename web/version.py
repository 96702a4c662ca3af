"""Which Earmark this is."""

from importlib.metadata import PackageNotFoundError, version


def software_version() -> str:
    """Return the version as it is installed; 0 where it runs without being installed."""
    try:
        return version("earmark")
    except PackageNotFoundError:
        return "0"
