"""What the lab made, kept in one file from start to start: the library that makes certificates is loaded only when they are made.
`python -m inspector.lab.badtls.kept FOLDER HOST…` makes them in a process of its own, so that the lab's stays small.

    DATA/lab/badtls.json    keys and chains of all cases and practice sites, behind a checksum; 0600 in a folder of 0700
    DATA/lab/lab-root.pem   the lab's root and its lists, for the engine and for whoever wants to trust it

The file is written whole or not at all. One that is damaged, of another version, no longer fresh, or without a host that is mounted now (--mount) is made anew, and with it
the root: the authorities' keys are gone, so nothing can be added.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from inspector.lab.badtls.cases import CASES
from inspector.lab.sites.practice import CERTIFIED
from inspector.pki import files

FILE = "badtls.json"
ROOT = "lab-root.pem"
VERSION = 3
FRESH_FOR = 200 * 86400.0  # seconds: the sites' certificates last 397 days, and a run may be long
MOST_MOUNTED = 50  # hosts whose certificates are kept, those of earlier runs too
_MOST_BYTES = 1 << 20


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What `making.make` gave, and when (`made`, seconds since the epoch). All PEM, but `files`, which are served as they are."""

    made: float
    root: bytes
    sites: dict[str, bytes]
    files: dict[str, bytes]
    visitors: bytes
    practice: dict[str, bytes] = {}
    applications: bytes = b""
    version: int = VERSION


def load_or_make(folder: Path, clock: Callable[[], float], mounted: tuple[str, ...] = ()) -> Kept:
    """What is in the folder if it is whole and fresh; else made anew and written there. Raises OSError."""
    folder.mkdir(
        mode=0o700, exist_ok=True
    )  # without its parents: a fresh home that is being deleted must not come back
    files.private_folder(folder)
    before = load(folder, clock)
    kept = before if before is not None and before.practice.keys() >= set(mounted) else None
    if kept is None:
        known = (each for each in before.practice if each not in CERTIFIED) if before is not None else ()
        kept = _make(clock(), tuple(dict.fromkeys((*mounted, *known)))[:MOST_MOUNTED])
        files.replace(folder / FILE, _sealed(kept), files.PRIVATE)
    else:
        files.tighten(folder / FILE)
    if _content(folder / ROOT) != kept.root:
        files.replace(folder / ROOT, kept.root, files.PUBLIC)
    return kept


def load(folder: Path, clock: Callable[[], float]) -> Kept | None:
    """What is in the folder; None where that is nothing, or is not whole and fresh. Raises OSError."""
    return _read(folder / FILE, clock())


def _make(now: float, mounted: tuple[str, ...]) -> Kept:
    from inspector.lab.badtls.making import make  # noqa: PLC0415 (a third of the lab's memory)

    made = make(dt.datetime.fromtimestamp(int(now), dt.UTC), mounted)
    return Kept(
        made=now, root=made.root, sites=dict(made.sites), files=dict(made.files), visitors=made.visitors,
        practice=dict(made.practice), applications=made.applications,
    )  # fmt: skip


def _read(path: Path, now: float) -> Kept | None:
    content = _content(path)
    if content is None:
        return None
    seal, _, body = content.partition(b"\n")
    if seal != _seal(body):
        return None
    try:
        kept = msgspec.json.decode(body, type=Kept)
    except msgspec.MsgspecError:
        return None
    is_whole = kept.version == VERSION and bool(kept.applications)
    has_all = kept.sites.keys() == {case.label for case in CASES} and kept.practice.keys() >= set(CERTIFIED)
    return kept if is_whole and has_all and kept.made <= now < kept.made + FRESH_FOR else None


def _content(path: Path) -> bytes | None:
    with suppress(FileNotFoundError), path.open("rb") as file:
        return file.read(_MOST_BYTES)
    return None


def _sealed(kept: Kept) -> bytes:
    body = msgspec.json.encode(kept)
    return _seal(body) + b"\n" + body


def _seal(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()


if __name__ == "__main__":
    load_or_make(Path(sys.argv[1]), time.time, tuple(sys.argv[2:]))
