"""The page of one exchange: its head, and the tabs that have something to show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from flask import Blueprint, Response, make_response, render_template, request, session, stream_with_context

from inspector.exchange.held import Row
from inspector.exchange.model import Exchange, Message
from inspector.exchange.report import Report
from inspector.explain.case import Case, Said
from inspector.explain.onlookers import who_sees_what
from inspector.explain.story.interim import meaning
from inspector.store.captures import ArchiveGone, Captures
from inspector.web.chains import Chains
from inspector.web.checker import Checked, Checker
from inspector.web.errors import not_found
from inspector.web.finding import (
    HALVES,
    Half,
    Side,
    find_exchange,
    find_remains,
    leg_of,
    part_asked,
    part_of,
)
from inspector.web.present.changes import difference, said
from inspector.web.present.checks import found_on
from inspector.web.present.content import Content, window
from inspector.web.present.fields import NO_NOTES, notes_of
from inspector.web.present.heads import head, raw_lines
from inspector.web.present.marks import body_marks
from inspector.web.present.overview import overview
from inspector.web.present.phases import timing
from inspector.web.present.picture import ENOUGH, recognise
from inspector.web.present.sees import Noise, wire_of
from inspector.web.present.server import server_tab
from inspector.web.present.shown import Shown, show, show_hex, show_raw
from inspector.web.present.story import story_of
from inspector.web.present.talk import WHOSE, Conversation, conversation
from inspector.web.present.wires import wire
from inspector.web.veil import presenting

TABS = {
    "story": "Story",
    "messages": "Messages",
    "sees": "Who sees what",
    "connection": "Connection",
    "timing": "Timing",
    "checks": "Checks",
    "server": "Server",
}
KEYS = {
    "story": 1,
    "messages": 2,
    "sees": 3,
    "connection": 4,
    "timing": 5,
    "checks": 6,
    "server": 7,
}  # one that is missing leaves a gap
VIEWS = {"pretty": "Pretty", "raw": "Raw", "hex": "Hex"}
SIDE_WORDS = {"browser": "Browser's side", "site": "Site's side", "changes": "What changed"}
TabContext = Callable[[Captures, Case, "Asked"], dict[str, Any]]
_FIRST = {"new": "story", "details": "messages"}
_OF_MESSAGES = {"side", "talk", "talk_from", *HALVES, *(f"{half}_from" for half in HALVES)}
_SHOWS = {"pretty": show, "raw": show_raw, "hex": show_hex}


class Asked(NamedTuple):
    """What the address asks to see of the exchange. Whatever it says otherwise means the first of each."""

    id: str
    tab: str
    side: str
    request: str
    response: str
    request_from: int
    response_from: int
    talk: str
    talk_from: int

    @classmethod
    def read(cls, id: str) -> Asked:
        args = request.args
        tab = args.get("tab", kept_tab())
        if "tab" not in args and not _OF_MESSAGES.isdisjoint(args):
            tab = "messages"
        views = [args.get(half, "") for half in HALVES]
        starts = [min(max(args.get(f"{half}_from", 0, type=int), 0), 1 << 40) for half in HALVES]
        return cls(
            id,
            tab if tab in TABS else first_tab(),
            args.get("side") if args.get("side") in SIDE_WORDS else "browser",  # type: ignore[arg-type]  # a key
            views[0] if views[0] in VIEWS else "pretty",
            views[1] if views[1] in VIEWS else "pretty",
            starts[0],
            starts[1],
            args["talk"] if args.get("talk") in WHOSE else "all",
            min(max(args.get("talk_from", 0, type=int), 0), 1 << 40),
        )

    def url(self, **other: Any) -> str:
        """The address of the same page, with something else asked for; a new view starts at its beginning."""
        changed = {half: f"{half}_from" for half in HALVES if half in other}
        asked = self._replace(**(dict.fromkeys(changed.values(), 0) | other))
        plain = Asked(self.id, "", "browser", "pretty", "pretty", 0, 0, "all", 0)
        pairs = [
            f"{name}={value}"
            for name, value, usual in zip(self._fields, asked, plain, strict=True)
            if value != usual and name != "id"
        ]
        return f"/exchange/{self.id}?{'&'.join(pairs)}" if pairs else f"/exchange/{self.id}"

    def view(self, half: Half) -> str:
        return self.request if half == "request" else self.response

    def start(self, half: Half) -> int:
        return self.request_from if half == "request" else self.response_from


def kept_tab() -> str:
    """The tab that was used last; but *Details* never opens on the story."""
    kept = str(session.get("tab", ""))
    return "" if kept == "story" and session.get("level") == "details" else kept


def first_tab() -> str:
    """The tab that opens where none was chosen."""
    return _FIRST.get(session.get("level", "new"), "story")


def blueprint(
    captures: Captures, chains: Chains, checker: Checker, held_of: Callable[[bytes], Sequence[Row]]
) -> Blueprint:
    """`held_of` says what breakpoints held, or hold, of an exchange."""
    contexts = _TAB_CONTEXTS | {"connection": partial(_connection, chains)}
    pages = Blueprint("exchange", __name__)

    @pages.get("/exchange/<id>")
    def show(id: str) -> Response:
        exchange, lost = find_remains(captures, id)
        asked = Asked.read(exchange.id.hex())
        if request.args.get("tab") in TABS and session.get("tab") != asked.tab:
            session["tab"] = asked.tab  # the last one used is kept
        fragment = request.headers.get("HX-Request") == "true"
        older, newer = captures.neighbours(exchange.id)
        checked = None if lost else checker.exchange(exchange)
        report = checked.case.report if checked is not None else None
        tabs = _tabs(checked, report)
        if asked.tab not in tabs:
            asked = asked._replace(tab=first_tab())
        page = render_template(
            "exchange/exchange.html" if fragment else "exchange.html",
            exchange=exchange,
            lost=lost,
            asked=asked,
            tabs=tabs,
            keys=KEYS,
            overview=overview(exchange),
            timing=timing(exchange, report, held_of(exchange.id) if exchange.state == "open" else ()),
            older=older.hex() if older else None,
            newer=newer.hex() if newer else None,
            **_context(contexts, captures, asked, checked),
        )
        response = make_response(page)
        response.vary.add("HX-Request")
        return response

    @pages.get("/exchange/<id>/image/<side>/<half>")
    def image(id: str, side: str, half: str) -> Response:
        """A captured picture for an <img>: only what its first bytes show to be one, and sandboxed as a page."""
        content = Content.of(captures, part_asked(find_exchange(captures, id), side, half))
        found = recognise(window(content.decoded(), 0, ENOUGH))
        if found is None:
            raise not_found("This body is not a picture.")
        response = Response(stream_with_context(content.decoded()), mimetype=found.media)
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response.headers["Content-Disposition"] = "inline"
        return response

    return pages


def _tabs(checked: Checked | None, report: Report | None) -> dict[str, str]:
    """The tabs that have something to show; that of the checks says how many."""
    none = {"checks": checked is None or not checked.issues, "server": report is None}
    shown = {code: words for code, words in TABS.items() if not none.get(code)}
    return shown | {"checks": f"Checks ({len(checked.issues)})"} if checked and checked.issues else shown


def _context(
    contexts: dict[str, TabContext],
    captures: Captures,
    asked: Asked,
    checked: Checked | None,
) -> dict[str, Any]:
    if checked is None:
        return {}
    if asked.tab == "checks":
        return {"groups": found_on(checked.case, checked.issues), "around": len(checked.case.siblings)}
    return contexts[asked.tab](captures, checked.case, asked)


def _messages(captures: Captures, case: Case, asked: Asked) -> dict[str, Any]:
    exchange = case.exchange
    around = {"sides": SIDE_WORDS, "views": VIEWS, "said": said(exchange.decisions)}
    if asked.side == "changes":
        client, server = exchange.client_leg, exchange.server_leg
        return around | {
            "halves": (),
            "differences": {
                "request": difference(client.request, server.request) if client and server else None,
                "response": difference(server.response, client.response) if client and server else None,
            },
        }
    side: Side = "site" if asked.side == "site" else "browser"
    leg = leg_of(exchange, side)
    interim = [_interim(case, side, message) for message in leg.interim if message.head] if leg else []
    return around | {
        "halves": [_half(captures, case, side, half, asked) for half in HALVES],
        "interim": interim,
        "leg": leg,
        "talk": _talk(captures, case.exchange, side, asked) if case.exchange.kind == "websocket" else None,
        "whose": WHOSE,
    }


def _talk(captures: Captures, exchange: Exchange, side: Side, asked: Asked) -> Conversation | None:
    """A WebSocket's messages; None where their bytes are gone, which is said beside them."""
    try:
        return conversation(captures.talk(exchange, side), asked.talk, asked.talk_from)
    except ArchiveGone:
        return None


def _interim(case: Case, side: Side, message: Message) -> dict[str, Any]:
    """One answer before the answer, with what it says."""
    notes = notes_of(case, Said(side, "response", message))
    return {"head": head(message), "notes": notes.fields, "meaning": meaning(message)}


def _half(captures: Captures, case: Case, side: Side, half: Half, asked: Asked) -> dict[str, Any]:
    """One message for its template; `head` is None where there is none."""
    exchange = case.exchange
    part = part_of(exchange, side, half)
    common = {"name": half, "side": side, "view": asked.view(half), "head": None}
    if part is None:
        return common
    # a veiled body has other lengths than the one that came
    whens = exchange.answered_when if half == "response" and not presenting() else ()
    content = Content.of(captures, part, whens)
    view = asked.view(half)
    told = exchange.kind == "websocket" and view == "pretty"  # message by message, above both halves
    return common | {
        "head": head(part.message),
        "notes": notes_of(case, case.said(side, half)) if asked.view(half) == "pretty" else NO_NOTES,
        "lines": raw_lines(part.message.head) if asked.view(half) == "raw" else (),
        "body": Shown("talk", "") if told else _body(content, view, asked.start(half)),
        "marks": body_marks(part.body, open=exchange.state == "open"),
        "part": part,
        "codings": content.codings,
        "bytes": part.message.head,
    }


def _body(content: Content, view: str, start: int) -> Shown:
    """The body in the view asked for; large ones may go, or be lost, before their exchange does."""
    try:
        return _SHOWS[view](content, start)
    except ArchiveGone as gone:
        return Shown("gone", "Body", str(gone))


def _connection(chains: Chains, captures: Captures, case: Case, asked: Asked) -> dict[str, Any]:
    exchange = case.exchange
    both = chains.of(exchange)
    legs = [exchange.client_leg, exchange.server_leg]
    return {"both": both, "wires": [wire(line) for line in both.lines], "legs": legs}


def _timing(captures: Captures, case: Case, asked: Asked) -> dict[str, Any]:
    leg = case.exchange.server_leg
    return {"attempts": leg.attempts if leg else ()}


def _server(captures: Captures, case: Case, asked: Asked) -> dict[str, Any]:
    assert case.report is not None, "the tab is there only where there is a report"
    return {"server": server_tab(case.exchange, case.report)}


def _story(captures: Captures, case: Case, asked: Asked) -> dict[str, Any]:
    return story_of(case)


def _sees(captures: Captures, case: Case, asked: Asked) -> dict[str, Any]:
    leg = case.exchange.server_leg
    kept = captures.ciphertext(leg.connection) if leg and leg.connection else None
    onlookers = who_sees_what(case, wire_of(kept))
    return {"sees": onlookers, "noise": Noise(onlookers)}


_TAB_CONTEXTS: dict[str, TabContext] = {
    "story": _story, "messages": _messages, "sees": _sees, "timing": _timing, "server": _server,
}  # fmt: skip
