"""Set-up check, and browsers and phones: what `inspector doctor` finds, and what only this browser can find out, by trying.

The checks are app's; they are handed in. This browser asks `/probe` under names of Inspector's own (`exchange.own_names`), which the content policy of these
two pages allows; if it is refused, the captures say how the handshake ended.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypedDict

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from inspector.exchange.own_names import ALONE, PROBE
from inspector.explain.findings import GROUPS, Finding, worst
from inspector.explain.installing import called, guides_for, recognise
from inspector.explain.programs import typed
from inspector.store.captures import ArchiveGone, Captures
from inspector.web.api.describing import says
from inspector.web.certificates.own import USES, read_own
from inspector.web.guard import POLICY
from inspector.web.phones import picture, reachable
from inspector.web.present.refusals import Refusals
from inspector.web.settings import WebSettings

CheckUp = Callable[[], Iterable[Finding]]
"""Makes every check of `inspector doctor`."""

FIRST = "To look at first"
WITHIN = 2.0  # for the recorder to have taken a handshake in
STEP = 0.05
PROBES = POLICY.replace(
    "connect-src 'self'", f"connect-src 'self' http://*.{PROBE} https://*.{PROBE} https://*.{ALONE}"
).replace("img-src 'self'", f"img-src 'self' https://*.{PROBE}")


def blueprint(
    settings: WebSettings, captures: Captures, refusals: Refusals, check_up: CheckUp | None
) -> Blueprint:
    checkup = Blueprint("checkup", __name__)
    one_at_a_time = threading.Lock()

    def results() -> dict[str, Any]:
        if check_up is None:
            return {"groups": {}, "state": "good"}
        with one_at_a_time:
            found = tuple(check_up())
        first = [each for state in ("bad", "caution") for each in found if each.state == state]
        groups = {FIRST: first} | {
            title: [each for each in found if each.group == id and each not in first]
            for id, title in GROUPS.items()
        }
        return {
            "groups": {title: each for title, each in groups.items() if each},
            "state": worst(found),
            "found": found,
        }

    @checkup.get("/set-up/check")
    def show() -> Response:
        now = results() if request.args.get("now") else None
        return _probing(render_template("setup/check.html", results=now, **_browser(settings)))

    @checkup.get("/set-up/check/results")
    def fragment() -> str:
        return render_template("setup/results.html", results=results())

    @checkup.get("/set-up/browsers")
    def browsers() -> Response:
        return _probing(render_template("setup/browsers.html", **_browser(settings), **_guides(settings)))

    @checkup.get("/set-up/check/cause")
    def cause() -> Response:
        """How the handshake of a try ended, as far as it is on record: `seen` is false where nothing of it came through the proxy."""
        host = request.args.get("host", "").lower()
        if not host.endswith(f".{PROBE}"):
            return jsonify(seen=None)
        limit = time.monotonic() + WITHIN
        while (row := captures.failure_for(host)) is None:
            if time.monotonic() > limit:
                return jsonify(seen=False)
            time.sleep(STEP)
        try:
            exchange = captures.exchange(row.id)
        except ArchiveGone:
            exchange = None
        refusal = refusals.of(exchange) if exchange is not None else None
        if refusal is None:
            return jsonify(seen=True)
        known = refusal.cause.evidence[0].says if refusal.cause.evidence else ""
        return jsonify(seen=True, code=refusal.cause.code, more=f"{refusal.cause.title}. {known}")

    @checkup.get("/api/v1/check")
    @says("What `inspector doctor` finds", tag="Inspector", scope="read", gives=Checked)
    def listed() -> Response:
        found = results()
        return jsonify(state=found["state"], findings=[asdict(each) for each in found.get("found", ())])

    return checkup


class Checked(TypedDict):
    """`state` is that of the look; `findings` as `inspector doctor --json` has them."""

    state: str
    findings: list[dict[str, Any]]


def _probing(page: str) -> Response:
    """A page that may ask the names of the tries, and nothing else beyond ourselves."""
    response = make_response(page)
    response.headers["Content-Security-Policy"] = PROBES
    return response


def _browser(settings: WebSettings) -> dict[str, Any]:
    """What the page needs to let this browser try, and what it says of itself."""
    visitor = recognise(request.headers.get("User-Agent", ""), request.headers.get("Sec-CH-UA-Platform", ""))
    own = read_own(Path(settings.certs))
    return {"settings": settings, "own": own, "visitor": visitor, "browser": called(visitor), "probe": PROBE}


def _guides(settings: WebSettings) -> dict[str, Any]:
    visitor = recognise(request.headers.get("User-Agent", ""), request.headers.get("Sec-CH-UA-Platform", ""))
    first, others = guides_for(visitor)
    phones = reachable(settings.proxies)
    return {
        "first": first,
        "others": others,
        "uses": USES,
        "phones": phones,
        "typed": lambda step: typed(step, settings.command, settings.ca_path),
        "code": picture(f"http://{phones[0]}/") if phones else None,
    }
