"""What the web process is told at start."""

from __future__ import annotations

import msgspec


class WebSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`run` is the home's run folder (secret, used tickets, status boards).

    `addresses` are what the dashboard is bound to (`127.0.0.1:8081`), `names` further host names (or `name:port`)
    it may be reached under, `proxies` what the proxy listens on, `ca_path` the authority's certificate and
    `captures_path` where captures lie, for the words on pages. `certs` is the authority's folder, `upstream_ca` the files of
    authorities that sites may be of too, `lab_root` that of the practice sites, which are there if `lab`. `program` is how one calls Inspector here, and
    `home_option` what follows to mean this home, for commands on pages. `streams` limits the live feeds open at once. `lessons` are folders
    with lessons beside our own. `lab_door` is where the lab listens for http.
    """

    run: str
    addresses: tuple[str, ...] = ("127.0.0.1:8081",)
    names: tuple[str, ...] = ("inspector.localhost",)
    proxies: tuple[str, ...] = ("127.0.0.1:8080",)
    sender_token: str = ""
    gateway_base: str = ""
    ca_path: str = ""
    captures_path: str = ""
    only: tuple[str, ...] = ()
    passthrough: tuple[str, ...] = ()
    certs: str = ""
    upstream_ca: tuple[str, ...] = ()
    lab_root: str = ""
    lab: bool = False
    program: str = "inspector"
    home_option: str = ""
    version: str = ""
    bridge_token: str = ""
    bridge_key: str = ""
    streams: int = 24
    threads: int = 12
    lessons: tuple[str, ...] = ()
    lab_door: str = ""

    def command(self, words: str) -> str:
        """A command of ours as one would type it here, for this home."""
        return f"{self.program} {words}{self.home_option}"
