"""Headers that tell a browser what pages of this site may do. They cost a line each, and every site should have them."""

from __future__ import annotations

from flask import Flask, Response

POLICY = {
    "default-src": "'self'",  # everything comes from this site ...
    "img-src": "'self' data:",
    "object-src": "'none'",  # ... no plug-ins,
    "base-uri": "'none'",
    "frame-ancestors": "'none'",  # nobody may show it in a frame and make people click on it.
}


def safe_headers(app: Flask, **more: str) -> None:
    """Set them on every response. `more` adds to the policy: `connect_src="…"`; a view's own header wins."""
    policy = POLICY | {name.replace("_", "-"): value for name, value in more.items()}
    text = "; ".join(f"{name} {value}" for name, value in policy.items())

    @app.after_request
    def add(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", text)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
        return response
