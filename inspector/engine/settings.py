"""What the engine is told at start: one frozen struct, sent to its process as JSON. All times in seconds, sizes in bytes."""

from __future__ import annotations

import msgspec

KIB = 1024
MIB = 1024 * KIB


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much of everything one engine takes. Each can be set; the defaults suit a person's computer."""

    head: int = 64 * KIB
    request_line: int = 16 * KIB
    fields: int = 200
    connections: int = 4096
    connections_per_client: int = 2048
    pool_idle: int = 256
    pool_idle_per_site: int = 64
    inline_body: int = 64 * KIB
    captured_body: int = 16 * MIB
    leaves: int = 2000
    waiting_body: int = 256 * KIB
    ciphertext: int = 64 * KIB
    pipelined: int = 128 * KIB
    waiting_whole: int = 64 * MIB


class Timeouts(msgspec.Struct, frozen=True, kw_only=True):
    """How long the engine waits. A response that has begun may be quiet for `silence`: event streams are.

    `half_closed` is how long the next bytes of an answer may take for a browser that has said its last word: it may have
    closed the connection, which looks the same until something is sent.
    """

    head: float = 30.0
    idle: float = 120.0
    body: float = 120.0
    connect: float = 15.0
    tls: float = 15.0
    response: float = 300.0
    silence: float = 3600.0
    pool: float = 50.0
    names: float = 30.0
    server_speaks_first: float = 0.4
    linger: float = 2.0
    half_closed: float = 30.0
    stop: float = 3.0


class LocalSite(msgspec.Struct, frozen=True):
    """A site that this computer plays itself: requests for `host` (a name, or `*.suffix` for all below it, at any depth) go
    to `address`, to the port `http` or `https`, without DNS and without an upstream proxy."""

    host: str
    address: str
    http: int
    https: int


class ClientCert(msgspec.Struct, frozen=True):
    """A certificate that is shown to `hosts` (a list for `wire.patterns`) when they ask for one: `pem` is key and chain, `name` says
    whose it is and where it came from."""

    hosts: str
    pem: str
    name: str

    def __repr__(self) -> str:
        return f"ClientCert({self.hosts!r}, ..., {self.name!r})"  # never the key


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything an engine is told.

    `forbidden_ports` are the ports of the dashboard and of the proxy's own listeners: on this computer's own
    addresses they are never connected to. `own_names` are hosts answered by Inspector itself, with all names under them, except
    for `local_sites`. `lab_ca` is a file (PEM) with the only root that is trusted towards those, and its list of revoked
    certificates; it is read when the first of them is opened, and again when it changes. `listeners` gives for each socket, in order, whether it wants
    credentials. `proxy_auth` is `user:password` or empty; `sender_token` is what the dashboard's own requests are known by, or empty: none are. `bridge_key` (hex)
    signs the field by which apps that asked tell their half of an exchange, `reporting` are hosts that ask from the beginning. `reverse` is a URL or empty. `upstream_ca` are files of
    authorities (PEM) that are trusted besides the system's; of `client_certs` the first whose hosts fit is shown to a site that asks. Of TLS connections those for `only` are opened, if
    that isn't empty, but for those to `passthrough` (lists for `wire.patterns`); the others pass through as they are. `own_ca` is our
    authority's file: where SSL_CERT_FILE names it, it doesn't count as the system's trust store. `keylog` is a file for TLS session keys, or empty.
    """

    home: str
    dashboard_url: str = ""
    forbidden_ports: tuple[int, ...] = ()
    own_names: tuple[str, ...] = ("inspector.test",)
    local_sites: tuple[LocalSite, ...] = ()
    lab_ca: str = ""
    wants_credentials: tuple[bool, ...] = ()
    proxy_auth: str = ""
    sender_token: str = ""
    bridge_key: str = ""
    reporting: tuple[str, ...] = ()
    reverse: str = ""
    only: tuple[str, ...] = ()
    passthrough: tuple[str, ...] = ()
    upstream_proxy: str = ""
    bypass: tuple[str, ...] = ()
    upstream_ca: tuple[str, ...] = ()
    client_certs: tuple[ClientCert, ...] = ()
    own_ca: str = ""
    verify_upstream: bool = True
    mirror_faults: bool = False
    keylog: str = ""
    capture: bool = True
    via: bool = False
    worker: int = 0
    limits: Limits = Limits()
    timeouts: Timeouts = Timeouts()
