"""Where templates and static files lie: beside the package in a checkout, inside it when installed from a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def templates_folder() -> Path:
    """The folder with the Jinja pages."""
    installed = _PACKAGE / "templates"
    return installed if installed.is_dir() else _PACKAGE.parent / "templates"


def static_folder() -> Path:
    """The folder whose files are served under /static."""
    return _PACKAGE / "web" / "static"
