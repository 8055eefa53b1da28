"""What the package imports, it asks for: an environment that has more than that, as a developer's, would hide it."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

# Each imported only where it is there, or in a program that has it anyway.
ON_CONDITION = {"pytest", "pymongo", "redis", "pymysql", "psycopg", "sqlalchemy", "flask_sqlalchemy"}


def plain(name: str) -> str:
    return re.split(r"[\[><=;~! ]", name)[0].lower().replace("_", "-")


@pytest.fixture(scope="module")
def imported(checkout) -> dict[str, str]:
    """Packages that aren't Python's own, each with a file that imports it."""
    found = {}
    for path in (checkout / "inspector").rglob("*.py"):
        if "node_modules" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            found |= {name.partition(".")[0]: path.name for name in names}
    return {name: file for name, file in found.items() if name not in sys.stdlib_module_names | {"inspector"}}


def test_every_import_is_asked_for(checkout, imported):
    told = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))
    asked = {plain(each) for each in told["project"]["dependencies"]}
    known = packages_distributions()
    missing = {
        name: file
        for name, file in imported.items()
        if not {plain(each) for each in known.get(name, [name])} & asked and name not in ON_CONDITION
    }
    assert missing == {}
