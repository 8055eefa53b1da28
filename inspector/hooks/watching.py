"""Whether a hook file was saved, or a module beside it that it imports."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

Seen = dict[str, tuple[int, int]]
_PACKAGE = str(Path(__file__).parents[1])
_INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")


def look(paths: Iterable[Path]) -> Seen:
    """Each file with its time and size; what isn't there is left out."""
    files = {str(path) for path in paths} | set(_beside(paths).values())
    seen: Seen = {}
    for file in files:
        with suppress(OSError):
            state = Path(file).stat()
            seen[file] = (state.st_mtime_ns, state.st_size)
    return seen


def forget_modules(paths: Iterable[Path]) -> None:
    """Let modules that hook files have imported from beside them be read again."""
    for name in _beside(paths):
        del sys.modules[name]
    importlib.invalidate_caches()


def _beside(paths: Iterable[Path]) -> dict[str, str]:
    """Modules that lie beside hook files or below, by name, with their files; not what is installed there, nor Inspector itself."""
    folders = tuple({f"{path.parent}{os.sep}" for path in paths})
    found = {}
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if (
            isinstance(file, str)
            and file.startswith(folders)
            and not file.startswith(_PACKAGE)
            and not any(part in file for part in _INSTALLED)
        ):
            found[name] = file
    return found
