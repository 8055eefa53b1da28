"""Show a page of your own when a site can't be reached."""

from html import escape

from inspector.hooks import Exchange, Fault, Response


def error(exchange: Exchange, fault: Fault) -> Response:
    page = f"<!doctype html><title>Not today</title><h1>Not today</h1><p>{escape(fault.sentence)}</p><p>{escape(fault.cure)}</p>"
    return Response(page, status=fault.status or 502)
