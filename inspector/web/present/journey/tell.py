"""Both halves put together: the lanes that there is evidence for, and the ways between them."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.exchange.model import Exchange
from inspector.exchange.report import Report
from inspector.explain import people, statuses
from inspector.explain.case import Case
from inspector.explain.words import took
from inspector.secrets import Hider
from inspector.web.present.drawing import bullets, clean
from inspector.web.present.journey.inside import Inside, inside
from inspector.web.present.journey.model import ORDER, Hop, Journey, Lane, LaneName, Stretch
from inspector.web.present.journey.outside import known_end, outside


def journey(case: Case, report: Report | None = None) -> Journey:
    """The journey of one request, as far as anybody told of it."""
    exchange, hider = case.exchange, _hider(case)
    ours, notes = outside(case)
    app = inside(exchange, report, hider) if report is not None else _untold(ours)
    begin = min((each.start for each in (*ours, *app.stretches)), default=0.0)
    last = [each.end for each in (*ours, *app.stretches) if each.end is not None]
    over = exchange.duration is not None
    path = _path(exchange, hider)
    words = f"{exchange.method} {path}: {_status(exchange)}"
    end = max(known_end(exchange), *last) if last else known_end(exchange)
    whole = Stretch("browser", "whole", words, 0.0, exchange.duration)
    every = (whole, *ours, *app.stretches)
    return Journey(
        exchange.method, path, _status(exchange), tuple(_lanes(case, app, {each.lane for each in every})), every,
        tuple(_hops(exchange, every)), app.asked, min(begin, 0.0), end, over, (*notes, *app.notes), app.left_out,
    )  # fmt: skip


def _untold(ours: tuple[Stretch, ...]) -> Inside:
    """The app's half where nobody told it."""
    wait = next((each for each in ours if each.code == "waiting" and each.end is not None), None)
    if wait is None or wait.end is None:
        return Inside()
    time = took(wait.end - wait.start)
    return Inside(notes=(f"How much of the {time} at the site was the way, and what was done there, is not visible from here.",))  # fmt: skip


def _hider(case: Case) -> Hider:
    """Knows the secrets of this exchange, so that they are found wherever else they stand."""
    hider = Hider(b"picture")
    for said in (case.request, case.sent, case.response, case.got):
        hider.head(said.message.head)
    media = case.request.first("content-type").partition(";")[0].strip().lower()
    hider.body(case.request_content.data, media)
    return hider


def _path(exchange: Exchange, hider: Hider) -> str:
    hidden = hider.address(exchange.path.encode("utf-8", "surrogatepass"))
    return clean(bullets(hidden.decode("utf-8", "replace")))


def _status(exchange: Exchange) -> str:
    if not exchange.status:
        return "no answer" if exchange.state != "open" else "no answer yet"
    return clean(
        f"{exchange.status} {exchange.reason or statuses.look_up(exchange.status).phrase}".strip()[:60]
    )


def _hops(exchange: Exchange, stretches: tuple[Stretch, ...]) -> Iterator[Hop]:
    line = exchange.timeline
    there = {each.lane for each in stretches}
    yield Hop(0.0, "browser", "inspector", "request")
    if "site" in there and line.send_start is not None:
        yield Hop(line.send_start, "inspector", "site", "request")
    for whole in stretches:
        if whole.lane == "app" and whole.code == "whole":
            yield Hop(whole.start, "site", "app", "request")
            if whole.end is not None:
                yield Hop(whole.end, "app", "site", "response")
        elif whole.lane == "database":
            yield Hop(whole.start, "app", "database", "request")
            if whole.end is not None:
                yield Hop(whole.end, "database", "app", "response")
    if "site" in there and line.response_start is not None:
        yield Hop(line.response_start, "site", "inspector", "response")
    if exchange.duration is not None and exchange.status:
        yield Hop(exchange.duration, "inspector", "browser", "response")


def _lanes(case: Case, app: Inside, there: set[LaneName]) -> Iterator[Lane]:
    exchange = case.exchange
    titles: dict[LaneName, tuple[str, str]] = {
        "browser": (people.capital(people.asker(exchange)), exchange.agent),
        "inspector": ("Inspector", "on this computer"),
        "site": _site(case),
        "app": app.app,
        "database": app.database,
    }
    for name in ORDER:
        if name in there:
            title, who = titles[name]
            yield Lane(name, clean(title), clean(who))


def _site(case: Case) -> tuple[str, str]:
    server, host = case.server, case.host or "The site"
    if server is not None and server.via:
        return host, f"by way of {server.via}"
    return host, server.peer if server is not None and server.peer != case.host else ""
