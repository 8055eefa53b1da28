"""The answers about captures, as the document tells them. What the views give is held to these by the tests."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

Kind = Literal["http", "websocket", "tunnel", "tls", "page"]
State = Literal["open", "done", "failed"]
Origin = Literal["browser", "composer", "gateway", "rule", "import"]


class Mark(TypedDict):
    """What a person added to an exchange."""

    pinned: bool
    colour: str
    comment: str
    tags: list[str]


class Summary(TypedDict):
    """What a row of the list and the whole exchange both say. Sizes in bytes, `started` in seconds since 1970, `duration` in seconds, null while it isn't over."""

    id: str
    change: int
    state: State
    kind: Kind
    origin: Origin
    started: float
    duration: float | None
    method: str
    scheme: str
    host: str
    port: int
    path: str
    version: str
    status: int
    reason: str
    media: str
    resource: str
    request_size: int
    response_size: int
    client: str
    agent: str
    protection: Literal["none", "decrypted", "sealed"]
    tls: str
    remote: str
    changed: bool
    findings: int


class Row(Summary):
    """A line of the list."""

    engine: int
    phrase: str
    fault: str
    said: str
    brief: str
    kind_words: str
    kind_icon: str
    mark: NotRequired[Mark | None]
    page: NotRequired[str]
    cookies: NotRequired[list[int]]
    rules: NotRequired[str]


class Opening(TypedDict):
    """A page that rows belong to."""

    scheme: str
    host: str
    port: int
    path: str
    agent: str
    started: float


class Rows(TypedDict):
    """Rows, the oldest first. `reached`: a search had no time for all; go on with `before` it."""

    rows: list[Row]
    has_older: bool
    has_newer: bool
    cursor: str
    reached: str | None
    searched: float
    indexed: float
    openings: dict[str, Opening]


class Lamp(TypedDict):
    """Whether everything is being captured right now, and if not, why."""

    state: Literal["capturing", "paused", "losing", "stopped"]
    words: str
    why: str
    lost: int
    exchanges: int


class Changes(TypedDict):
    """What changed since the cursor. `skipped`: more came than are told; `forgotten`: load the list anew."""

    rows: list[Row]
    skipped: int
    cursor: str
    forgotten: bool
    lamp: Lamp
    openings: dict[str, Opening]
    held: Waits


class Waits(TypedDict):
    """How many messages wait at breakpoints; of which exchange which one, and until when each."""

    count: int
    waiting: dict[str, str]
    until: dict[str, float]


class Body(TypedDict):
    """How much passed (`size`), how much of it on the wire with framing (`wire`), and how much is kept."""

    size: int
    wire: int
    captured: int
    complete: bool
    note: str


class Message(TypedDict):
    """A request or a response; bytes as latin-1 text, so that nothing is lost."""

    start_line: str
    head: str
    fields: list[tuple[str, str]]
    trailers: list[tuple[str, str]]
    body: Body


class Leg(TypedDict):
    """One of the two conversations: browser and Inspector, or Inspector and site."""

    connection: str | None
    turn: int
    request: Message
    interim: list[Message]
    response: Message | None
    attempts: list[dict[str, Any]]


class Decision(TypedDict):
    code: str
    detail: str
    sentence: str


class Exchange(Summary):
    """One exchange whole, but for its bodies."""

    parent: str | None
    client_leg: Leg | None
    server_leg: Leg | None
    timeline: dict[str, float | None]
    decisions: list[Decision]
    fault: dict[str, Any] | None


class Connection(TypedDict):
    """One TCP connection, and what TLS agreed on over it."""

    id: str
    asked: str
    answered: str
    tls: dict[str, Any] | None


class Totals(TypedDict):
    """How much is kept."""

    exchanges: int
    open: int
    bytes_on_disk: int
    oldest: float | None
    newest: float | None


class Status(TypedDict):
    lamp: Lamp
    totals: Totals
    version: str


class LampAnswer(TypedDict):
    lamp: Lamp


class TotalsAnswer(TypedDict):
    totals: Totals


Said = TypedDict(
    "Said",
    {
        "number": int,
        "from": Literal["browser", "site"],
        "kind": Literal["text", "binary", "ping", "pong", "close", "broken"],
        "at": float | None,
        "size": int,
        "wire": int,
        "frames": int,
        "packed": bool,
        "text": str | None,
        "base64": str | None,
        "code": int | None,
        "notes": list[str],
    },
)


class Talk(TypedDict):
    """Messages of a WebSocket. `at` counts seconds from the exchange's beginning, null where it isn't on record; `text` or `base64` hold the first 256 KiB."""

    messages: list[Said]
    number: int
    timed: bool
    cut: bool


class Report(TypedDict):
    """What the app that answered told of its half; see docs/server.md."""
