"""One running Inspector that all tests of hooks share."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # what runs is a module of its own

from hooks_running import CHANGING, EXAMPLES, FAILING, SITE, Running, eventually


@pytest.fixture(scope="session")
def hooked(inspector_class: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("hooks")
    (folder / "site").mkdir()
    (folder / "site" / "site_of_tests.py").write_text(SITE)
    files = [Path(shutil.copy(path, folder)) for path in sorted(EXAMPLES.glob("*.py")) if path.name[0] != "_"]
    for name, code in (("failing.py", FAILING), ("changing.py", CHANGING.format(1))):
        (folder / name).write_text(code)
        files.append(folder / name)
    hooks = [word for file in files for word in ("--hook", str(file))]
    mounted = f"shop.test={folder}/site/site_of_tests.py:app"
    inspector = inspector_class(
        tmp_path_factory.mktemp("home"), *hooks, "--hook-timeout", "2s", "--mount", mounted
    )
    try:
        inspector.wait_until_ready()
        inspector.wait_for_lab()
        running = Running(inspector, folder)
        eventually(lambda: running.get("/go").status_code == 200 or None)
        yield running
        running.browser.close()
        running.reader.close()
    finally:
        inspector.clean_up()
