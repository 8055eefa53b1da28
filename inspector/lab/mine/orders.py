"""What the lab tells the process of the learner's site, as one line of JSON on its stdin; the end of stdin means "stop"."""

from __future__ import annotations

import msgspec


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """`folder` holds the learner's site, `served` a key with its chain (PEM), `keep` is the lab's own folder for this site (see `Place`).
    `http` and `https` are tickets for the sockets. `broken`, if it isn't empty, says why the app must not be loaded: it ended the process before.
    `patience` is how many seconds a visitor waits for the app to be loaded before being told how far it is. `app` says which app it is, as --mount has it (`shop:app`), and
    `host` under which name; without them the folder's, at my.inspector.test."""

    folder: str
    keep: str
    served: bytes
    http: str
    https: str
    broken: str = ""
    patience: float = 8.0
    app: str = ""
    host: str = ""
