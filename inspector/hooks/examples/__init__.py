"""Hook files to begin with, each complete: `inspector hooks example NAME` prints one, docs/hooks.md has them all."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import NamedTuple

_HERE = Path(__file__).parent


class Example(NamedTuple):
    """One file: `title` is the first line of what it says of itself."""

    name: str
    title: str
    code: str


def examples() -> tuple[Example, ...]:
    """All of them."""
    return tuple(_example(path) for path in sorted(_HERE.glob("*.py")) if path.name != "__init__.py")


def _example(path: Path) -> Example:
    code = path.read_text(encoding="utf-8")
    doc = ast.get_docstring(ast.parse(code)) or ""
    return Example(path.stem, doc.partition("\n")[0], code)
