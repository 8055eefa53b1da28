"""The dashboard, put together: each part is given what it needs, and that is all it knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from secrets import token_bytes
from typing import cast

from flask import Flask, Response

from inspector.explain.acceptance import CapturedWindow
from inspector.store.captures import Captures
from inspector.store.database import StoreProblem
from inspector.store.held import HeldMessages
from inspector.store.importing import Importer
from inspector.store.marks import Marks
from inspector.store.reader import ArchiveGone
from inspector.store.reports import Reports
from inspector.store.settings import Settings
from inspector.store.tokens import Tokens
from inspector.web import (
    auth,
    browse,
    chains,
    checkup,
    click,
    compare,
    decrypted,
    errors,
    exchange,
    exporting,
    feed,
    filtering,
    filters,
    guard,
    history,
    hooks,
    importing,
    learn,
    marking,
    navigation,
    palette,
    pictures,
    practice,
    refused,
    removing,
    secrets,
    setup,
    sites,
    start,
    statistics,
    tour,
    traffic,
    tree,
    waterfall,
)
from inspector.web.api import captured
from inspector.web.api import certificates as api_certificates
from inspector.web.api import exchanges as api_exchanges
from inspector.web.api import held as api_held
from inspector.web.api import pages as api_pages
from inspector.web.api import rules as api_rules
from inspector.web.api import tokens as api_tokens
from inspector.web.api.bearers import Bearers
from inspector.web.assets import Assets
from inspector.web.certificates import bad_tls, make, own, read
from inspector.web.certificates.stores import Stores
from inspector.web.certificates.visits import Visits
from inspector.web.checker import Checker
from inspector.web.control import Control
from inspector.web.held import pages as breakpoints
from inspector.web.held.queue import Queue
from inspector.web.imports import Imports
from inspector.web.lamp import Board, Lamps
from inspector.web.lessons import diploma
from inspector.web.lessons import pages as lessons
from inspector.web.lessons import ways as lesson_ways
from inspector.web.lessons.keeper import Keeper
from inspector.web.lessons.library import Library
from inspector.web.places import static_folder, templates_folder
from inspector.web.present.refusals import Refusals
from inspector.web.roots import Roots
from inspector.web.rules import pages as rules
from inspector.web.rules import why
from inspector.web.rules.copying import FOLDER, Copies
from inspector.web.rules.kept import KeptRules
from inspector.web.send.parts import parts as send_parts
from inspector.web.server_half import receiving
from inspector.web.settings import WebSettings
from inspector.web.tickets import Keys
from inspector.web.veil import Veil

LARGEST_REQUEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The WSGI application, and how to end its open streams before the server stops."""

    app: Flask
    close: Callable[[], None]


def create_dashboard(
    settings: WebSettings,
    captures: Captures,
    control: Settings,
    boards: Callable[[], Iterable[Board]],
    open_window: browse.OpenWindow | None = None,
    *,
    windows: Callable[[], Iterable[CapturedWindow]] = tuple,
    check_up: checkup.CheckUp | None = None,
) -> Dashboard:
    """The dashboard over one home's captures. `boards` reads the status boards of engines and recorder; `open_window` opens a captured window,
    `windows` says which were open when, `check_up` makes every check of the set-up."""
    app = Flask("inspector.web", template_folder=str(templates_folder()), static_folder=str(static_folder()))
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    keys = Keys.load_or_create(Path(settings.run))
    real = captures
    veil = Veil(captures, token_bytes(16))
    captures = cast("Captures", veil)
    lamps = Lamps(boards, control.read)
    reports = Reports(Path(settings.run).parent)
    marks = Marks(Path(settings.run).parent)
    marked = marking.Marking(marks, veil)
    imports = Imports(
        Importer(Path(settings.captures_path).parent, control, marks, version=settings.version),
        Path(settings.run),
    )
    copies = Copies(real, Path(settings.run).parent / FOLDER)
    held = HeldMessages(Path(settings.run).parent)
    queue = Queue(held, KeptRules(control, copies, let_go=partial(held.decide_all, "go-on")), veil.hider)
    feeder = feed.Feeder(captures, lamps, limit=settings.streams, marks=marks, held=queue.known)
    roots = Roots(settings)
    room = lessons.Classroom(Library(settings.lessons), Keeper(control), real, captures)
    both = chains.Chains(captures, roots, windows)
    checker = Checker(captures)
    sending = send_parts(settings, veil)

    def forget_more() -> None:
        sending.forget()
        queue.held.forget()

    switches = Control(captures, control, lamps, feeder, marks, also=forget_more)
    left = decrypted.LeftEncrypted(control)
    saved = filtering.SavedFilters(control)
    explained = Refusals(captures, settings, left.covers)

    sending.stand_before(app)

    auth.install(app, keys)
    tokens = Tokens(Path(settings.run))
    guard.install(app, guard.Hosts(settings.addresses, settings.names), Bearers(tokens, keys))
    errors.install(app, unreadable=(StoreProblem,), lost=(ArchiveGone,))
    filters.install(app)
    marking.install(app, marked)
    breakpoints.install(app, queue)
    navigation.install(app, lamps, Assets(static_folder() / "dist"), settings.version)
    for part in (
        auth.blueprint(keys),
        start.blueprint(settings, captures),
        tour.blueprint(captures),
        learn.blueprint(),
        lessons.blueprint(room),
        lesson_ways.blueprint(),
        diploma.blueprint(settings, room, roots),
        traffic.blueprint(settings, captures, saved, marked),
        marking.blueprint(marked),
        removing.blueprint(captures, feeder),
        palette.blueprint(captures, saved, app),
        tree.blueprint(captures),
        filtering.blueprint(captures, saved),
        exchange.blueprint(captures, both, checker, queue.of_exchange),
        exporting.blueprint(captures, marks, settings.version),
        importing.blueprint(imports),
        sites.blueprint(captures, checker, saved),
        statistics.blueprint(captures, saved),
        waterfall.blueprint(captures, saved, reports.of),
        history.blueprint(captures),
        chains.blueprint(captures, both),
        pictures.blueprint(captures),
        compare.blueprint(captures),
        *sending.blueprints,
        click.blueprint(captures),
        hooks.blueprint(settings, veil.hider),
        rules.blueprint(queue.rules, captures, veil.hider),
        why.blueprint(queue.rules, captures, veil.hider),
        breakpoints.blueprint(queue),
        own.blueprint(settings, Stores(settings.command)),
        read.blueprint(settings, roots, Visits(settings, roots)),
        make.blueprint(settings),
        bad_tls.blueprint(settings),
        practice.blueprint(settings),
        setup.blueprint(settings, captures, switches),
        decrypted.blueprint(left, settings),
        refused.blueprint(explained),
        checkup.blueprint(settings, captures, explained, check_up),
        browse.blueprint(open_window),
        feed.blueprint(feeder, veil),
        secrets.blueprint(veil),
        receiving.blueprint(
            receiving.Desk(reports, control, settings.bridge_token, bytes.fromhex(settings.bridge_key))
        ),
        api_held.blueprint(queue),
        api_rules.blueprint(queue.rules, captures, veil.hider),
        api_exchanges.blueprint(captures, marks, marked, settings.version),
        api_certificates.blueprint(settings),
        api_tokens.blueprint(tokens, settings),
        api_pages.blueprint(app, settings),
        captured.blueprint(captures, lamps, switches, marked, settings.version, held=queue.known),
    ):
        app.register_blueprint(part)

    @app.get("/favicon.ico")
    def icon() -> Response:
        # read whole: a browser that leaves in the middle would leave an open file behind
        return Response((static_folder() / "favicon.svg").read_bytes(), mimetype="image/svg+xml")

    return Dashboard(app, feeder.close)


def create_app(
    settings: WebSettings,
    captures: Captures,
    control: Settings,
    boards: Callable[[], Iterable[Board]],
    open_window: browse.OpenWindow | None = None,
    *,
    windows: Callable[[], Iterable[CapturedWindow]] = tuple,
) -> Flask:
    """The same as a plain Flask application."""
    return create_dashboard(settings, captures, control, boards, open_window, windows=windows).app
