"""CORS as it should be done, in two functions. There are extensions for it; there is no magic in them."""

from __future__ import annotations

from flask import Response, request


def allow(response: Response, friends: set[str], *, cookies: bool = False) -> Response:
    """Let scripts of these origins read the answer. `Vary: Origin` tells caches that it is not the same for all."""
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin in friends:
        response.headers["Access-Control-Allow-Origin"] = origin
        if cookies:
            response.headers["Access-Control-Allow-Credentials"] = "true"
    return response


def preflight(friends: set[str], *, methods: str, fields: str, keep: int) -> Response:
    """The answer to OPTIONS: what may be sent. The browser remembers it for `keep` seconds, and asks no more meanwhile."""
    response = allow(Response(status=204), friends)
    if "Access-Control-Allow-Origin" in response.headers:
        response.headers["Access-Control-Allow-Methods"] = methods
        response.headers["Access-Control-Allow-Headers"] = fields
        response.headers["Access-Control-Max-Age"] = str(keep)
    return response
