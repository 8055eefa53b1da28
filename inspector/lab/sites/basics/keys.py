"""The key that signs this site's cookies. It is made once and kept out of the code: whoever has it can sign in as anybody."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def secret_key(folder: Path) -> bytes:
    """The key in `folder`, made if there is none yet. Only its owner can read the file."""
    path = folder / "secret-key"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        key = secrets.token_bytes(32)
        # O_EXCL: of two processes that start at once only one makes it, and both use that one.
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(key)
        except FileExistsError:
            return path.read_bytes()
        return key
