"""What the applicant remembers: HOME's lab folder, mine/applying.json, which nobody else can read, since two keys are in it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec

from inspector.pki import files

FILE = "applying.json"


class Application(msgspec.Struct, kw_only=True):
    """How far it is: `done` counts steps, `said` has what came of each, `failed` why the last one tried did not succeed. Keys and chain are PEM."""

    done: int = 0
    said: dict[str, str] = {}
    failed: str = ""
    directory: dict[str, str] = {}
    nonce: str = ""
    account_key: str = ""
    account: str = ""
    order: str = ""
    finalize: str = ""
    authorization: str = ""
    challenge: str = ""
    token: str = ""
    site_key: str = ""
    certificate: str = ""
    chain: str = ""
    renewals: int = 0


def read(folder: Path) -> Application:
    with suppress(OSError, msgspec.MsgspecError):
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Application)
    return Application()


def write(folder: Path, application: Application) -> None:
    """Raises OSError."""
    folder.mkdir(mode=0o700, exist_ok=True)
    files.replace(folder / FILE, msgspec.json.encode(application), files.PRIVATE)


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What a page shows of it; no key is in it."""

    done: int = 0
    said: dict[str, str] = {}
    failed: str = ""
    renewals: int = 0


def shown(folder: Path) -> Shown:
    state = read(folder)
    return Shown(done=state.done, said=state.said, failed=state.failed, renewals=state.renewals)
