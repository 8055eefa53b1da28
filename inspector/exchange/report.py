"""The server's half of an exchange, as the app itself told it: which route, which functions, templates and queries, and how long each took.

It comes from outside (the extension in a Flask app, or spans by OpenTelemetry), beside the exchange and later than it, so it is a record of its own. It is written as
JSON with names, on the wire, in the store and in the API alike: apps in any language make it, and older ones leave out what they don't know. Fields that
are not known here are passed over; new ones have a default.

All times are seconds. `Report.started` counts from the Unix epoch by the app's own clock, which on another machine may be another one; `began` counts from there,
`took` is None where nobody said. Every text in it is what an app said, no more to be trusted than a captured body.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Role = Literal["before", "view", "after", "teardown", "error"]


class Source(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Where something stands in the app's code: a file, a line, counted from 1 (0: not known), and perhaps the text that begins there."""

    file: str = ""
    line: int = 0
    text: str = ""


NOWHERE = Source()


class Route(msgspec.Struct, frozen=True, omit_defaults=True):
    """The rule that the address fitted: `/post/<int:id>`, what it is called, for which methods, and what its variables stood for."""

    rule: str
    endpoint: str = ""
    methods: tuple[str, ...] = ()
    values: dict[str, str] = {}


class Function(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A function of the app that the framework called. `answered` says that it was this one that gave the response (a before function may)."""

    role: Role
    name: str
    began: float = 0.0
    took: float | None = None
    source: Source = NOWHERE
    answered: bool = False


class Template(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A template that was filled in, and the names it was given; their values stay in the app."""

    name: str
    context: tuple[str, ...] = ()
    began: float = 0.0
    took: float | None = None
    source: Source = NOWHERE


class Query(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What a database was asked. `system` is its kind by OpenTelemetry's names (`sqlite`, `postgresql`, `mysql`, `redis`, `mongodb`).

    `parameters` are written out, with their names where they have some (else empty); of several sets there is the first, and `sets` says how many. `rows` is
    how many came back or were changed; None where the driver didn't say. `error` is what the database said when it refused. `source` is the line of the app that
    asked, `through` what it asked with (`SQLAlchemy`, `sqlite3`).
    """

    system: str
    statement: str
    parameters: tuple[tuple[str, str], ...] = ()
    sets: int = 1
    rows: int | None = None
    began: float = 0.0
    took: float | None = None
    error: str = ""
    source: Source = NOWHERE
    through: str = ""
    database: str = ""


class LogLine(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A line that the app logged meanwhile."""

    at: float
    level: str
    logger: str
    message: str
    source: Source = NOWHERE


class Frame(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One call of a traceback, outermost first. `own` says that it is the app's code and not a library's; `text` is the line."""

    file: str
    line: int
    function: str
    text: str = ""
    own: bool = False


class Raised(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """An exception. `handled` says that the app answered it with a page of its own; `at` is when. `text` is a whole traceback where frames were not told."""

    type: str
    message: str = ""
    frames: tuple[Frame, ...] = ()
    handled: bool = False
    at: float | None = None
    text: str = ""


class Named(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """An entry of the session, or another thing with a name: its value is never here, only what kind it is (`str, 24 characters`)."""

    name: str
    kind: str = ""


class Span(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stretch of the work as OpenTelemetry has it. `parent` is another span's id, empty for the outermost of this server; `service` is who did it."""

    id: str
    name: str
    parent: str = ""
    kind: str = ""
    began: float = 0.0
    took: float | None = None
    service: str = ""
    error: str = ""
    attributes: dict[str, str] = {}


class Report(msgspec.Struct, frozen=True, omit_defaults=True):
    """All that the app told of one exchange. Queries, functions and the rest are in the order in which they began.

    `told_by` is `flask` (the extension) or `opentelemetry`. `session` is None where the app has none, empty where it had nothing in it. `user` is who the app
    took the browser for. `left_out` says how many of a kind were too many to be told (`queries`: 312).
    """

    started: float
    took: float | None = None
    told_by: Literal["flask", "opentelemetry"] = "flask"
    language: str = ""
    framework: str = ""
    app: str = ""
    status: int = 0
    route: Route | None = None
    functions: tuple[Function, ...] = ()
    templates: tuple[Template, ...] = ()
    queries: tuple[Query, ...] = ()
    session: tuple[Named, ...] | None = None
    user: str = ""
    log: tuple[LogLine, ...] = ()
    exception: Raised | None = None
    spans: tuple[Span, ...] = ()
    left_out: dict[str, int] = {}

    @property
    def view(self) -> Function | None:
        """The view function, if one was called."""
        return next((each for each in self.functions if each.role == "view"), None)


encode_report = msgspec.json.Encoder().encode
decode_report = msgspec.json.Decoder(Report).decode
