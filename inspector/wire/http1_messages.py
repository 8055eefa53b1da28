"""What a valid head says, as the parsers give it: the bytes as they came, and what follows from them."""

from __future__ import annotations

import msgspec

Fields = list[tuple[bytes, bytes]]


class RequestHead(msgspec.Struct, gc=False):
    """A valid request head. `raw` is all of it with its empty line; `fields` have lower-case names, trimmed values.

    `target` is as it came, `form` is 'origin', 'absolute', 'authority' or 'asterisk'. `scheme`, `authority` and
    `path` say what it means: scheme is empty unless the target has one, authority is the target's own or else
    Host's, path is what an origin server is to be asked for. `hop` names the fields present that end here,
    `options` are Connection's tokens in lower case. `consumed` counts from `start`, skipped empty lines included.
    """

    raw: bytes
    method: bytes
    target: bytes
    form: str
    minor: int
    fields: Fields
    host: bytes | None = None
    length: int | None = None
    chunked: bool = False
    keep_alive: bool = True
    upgrade: bytes = b""
    expects_continue: bool = False
    hop: tuple[bytes, ...] = ()
    options: tuple[bytes, ...] = ()
    scheme: bytes = b""
    authority: bytes = b""
    path: bytes = b""
    consumed: int = 0
    clean: bytes = b""
    fields_at: int = 0


class ResponseHead(msgspec.Struct, gc=False):
    """A valid response head. `raw` is as it came; `clean` is what of it may be passed on, `notes` say what was mended.

    Notes are `space-before-colon:<name>` (taken out of `clean`) and `no-content:<name>` (a length or coding
    where a 1xx or 204 may have none; it is in `hop`, so `pass_on` leaves it out).
    """

    raw: bytes
    minor: int
    status: int
    reason: bytes
    fields: Fields
    length: int | None = None
    chunked: bool = False
    keep_alive: bool = True
    upgrade: bytes = b""
    hop: tuple[bytes, ...] = ()
    options: tuple[bytes, ...] = ()
    notes: tuple[str, ...] = ()
    consumed: int = 0
    clean: bytes = b""
    fields_at: int = 0
