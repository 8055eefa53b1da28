"""Which file of a folder answers an address. Nothing outside of the folder ever does, whatever the path says or a link leads to."""

from __future__ import annotations

import mimetypes
from pathlib import Path, PurePath
from urllib.parse import unquote_to_bytes

from inspector.rules.effects import Serve

_INDEX = "index.html"


def find(serve: Serve, path: str) -> Path | None:
    """The file for an address's path (with its query); None if there is none. A folder is answered by its index.html."""
    wanted = path.partition("?")[0]
    if not wanted.startswith(serve.under):
        return None
    try:
        relative = unquote_to_bytes(wanted[len(serve.under) :]).decode("utf-8").lstrip("/\\")
        root = Path(serve.folder).expanduser().resolve(strict=True)
        found = (root / relative).resolve(strict=True)
        if not found.is_relative_to(root):
            return None
        if found.is_dir():
            found = (found / _INDEX).resolve(strict=True)
        return found if found.is_file() and found.is_relative_to(root) else None
    except (
        OSError,
        ValueError,
        RuntimeError,
    ):  # not there, no name that a file could have, links in a circle
        return None


def media_of(file: PurePath) -> str:
    """The media type that a file's name says."""
    media = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return f"{media}; charset=utf-8" if media.startswith("text/") else media
