"""A picture as a file of its own, in the theme that the address asks for."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request

from inspector.web.present.palette import THEMES


def picture_file(template: str, picture: Any, name: str) -> Response:
    """The SVG; with `?save` as a download called `name`."""
    palette = THEMES.get(request.args.get("theme", "light"), THEMES["light"])
    drawn = render_template(f"pictures/{template}", picture=picture, c=palette, alone=True)
    response = Response(drawn, mimetype="image/svg+xml")
    if request.args.get("save"):
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
