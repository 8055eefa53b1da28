"""Whether a hook file was saved, or a module beside it that it imports."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

Seen = dict[str, tuple[int, int]]


def look(paths: tuple[Path, ...]) -> Seen:
    """Each file with its time and size; what isn't there is left out."""
    folders = {str(path.parent) for path in paths}
    files = {str(path) for path in paths}
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if (
            isinstance(file, str)
            and any(file.startswith(folder) for folder in folders)
            and "site-packages" not in file
        ):
            files.add(file)
    seen: Seen = {}
    for file in files:
        with suppress(OSError):
            state = Path(file).stat()
            seen[file] = (state.st_mtime_ns, state.st_size)
    return seen
