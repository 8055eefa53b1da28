"""Everything `inspector run` was told, as one value that travels to each child as JSON.

Sizes are bytes, times are seconds, 0 or an empty text means "none" or "no limit". Each field is an
option of the command line (see docs/cli.md), except where files lie and what was found at start. `data` is
`home`, but on a network drive (see `home`): captures/, run/, lab/ and control.db are there. The lab has two
addresses, for http and https, and none when it does not run; `mine` are two more, where the learner's own site is
while it is started, and `my` is the folder it is in. `hooks` are the files of --hook; `hooks_door` and `hooks_token` are how the engine reaches their process.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from inspector.engine.settings import ClientCert, Limits, Timeouts

GIB = 1 << 30


class Retention(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When captures go again, oldest first: by their size on disk, their number, their age."""

    size: int = 10 * GIB
    count: int = 0
    age: float = 0.0


class Mount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An app of the user's, served under the name `host`: `app` as in `shop:app`, found from `folder`. `doors` are its addresses for http and https, once there are any."""

    host: str
    app: str
    folder: str
    doors: tuple[str, ...] = ()


class RunSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One run, `name` being its own. `listen`, `web` and `lab` are the addresses really bound, once they are."""

    name: str
    home: str
    data: str
    fresh: bool = False
    store: str = "sqlite"
    listen: tuple[str, ...] = ("127.0.0.1:8080",)
    web: tuple[str, ...] = ("127.0.0.1:8081",)
    lab: tuple[str, ...] = ()
    web_name: str = "inspector.localhost"
    gateway_base: str = ""
    capture: bool = True
    reverse: str = ""
    proxy_auth: str = ""
    sender_token: str = ""
    upstream_ca: tuple[str, ...] = ()
    client_certs: tuple[ClientCert, ...] = ()
    verify_upstream: bool = True
    mirror_faults: bool = False
    keylog: str = ""
    only: tuple[str, ...] = ()
    passthrough: tuple[str, ...] = ()
    upstream_proxy: str = ""
    upstream_bypass: tuple[str, ...] = ()
    upstream_found_in: str = ""
    limits: Limits = Limits()
    timeouts: Timeouts = Timeouts()
    retention: Retention = Retention()
    lessons: tuple[str, ...] = ()

    mine: tuple[str, ...] = ()
    my: str = ""
    hooks: tuple[str, ...] = ()
    hook_timeout: float = 5.0
    hooks_door: str = ""
    hooks_token: str = ""
    mounts: tuple[Mount, ...] = ()

    @property
    def certs(self) -> Path:
        """The folder of the authority."""
        return Path(self.home, "certs")

    @property
    def run(self) -> Path:
        """The folder of what counts only while it runs."""
        return Path(self.data, "run")

    @property
    def lab_root(self) -> Path:
        """The certificate of the authority that vouches for the practice sites, and what it has revoked (PEM)."""
        return Path(self.data, "lab", "lab-root.pem")
