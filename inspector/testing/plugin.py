"""The pytest plugin. It is loaded with every pytest of the environment, so nothing of Inspector is imported before a test asks for the fixture.

The proxy runs once for a pytest process, which is once for each worker of pytest-xdist: starting it takes about a second. The fixture `inspector`
belongs to one test: it shows that test's exchanges alone, and what the test changed ends with it.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from inspector.testing.process import Process
    from inspector.testing.proxy import Inspector

_LONGEST_NAME = 150
_USED = pytest.StashKey["Inspector"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Each option of the command line can stand in the project's settings, too."""
    group = parser.getgroup("inspector", "Inspector: the proxy of the fixture `inspector`")
    group.addoption(
        "--inspector-har", metavar="DIR",
        help="Write a HAR file into this folder for each test that fails with what it captured.",
    )  # fmt: skip
    group.addoption(
        "--inspector-keep-secrets", action="store_true",
        help="Leave passwords, cookies and tokens in these files as they are.",
    )  # fmt: skip
    group.addoption(
        "--inspector-dashboard", action="store_true",
        help="Start the dashboard too; a failing test says the link to it, for use with --pdb.",
    )  # fmt: skip
    parser.addini("inspector_har", "the same as --inspector-har, from the project's folder", default="")
    parser.addini("inspector_lab", "start the practice sites too", type="bool", default=False)
    parser.addini(
        "inspector_options",
        "options of `inspector run` for this proxy, as in: --upstream-ca tests/ca.pem",
        default="",
    )


@pytest.fixture(scope="session")
def inspector_process(pytestconfig: pytest.Config) -> Iterator[Process]:
    """The proxy behind `inspector`, one for all tests of this process."""
    from inspector.app.errors import InspectorError
    from inspector.testing.process import Process

    given = shlex.split(pytestconfig.getini("inspector_options"))
    options = given if "--upstream-proxy" in given else ["--upstream-proxy", "none", *given]
    try:
        process = Process(
            options, lab=pytestconfig.getini("inspector_lab"), dashboard=pytestconfig.getoption("--inspector-dashboard")
        )  # fmt: skip
    except InspectorError as error:
        pytest.fail(f"{error.sentence} {error.cure}".strip(), pytrace=False)
    yield process
    process.stop()


@pytest.fixture
def inspector(inspector_process: Process, request: pytest.FixtureRequest) -> Iterator[Inspector]:
    """A proxy for this test: what passes it can be found, looked at and answered (see `inspector.testing.Inspector`)."""
    from inspector.testing.proxy import Inspector

    found = Inspector(inspector_process)
    request.node.stash[_USED] = found
    yield found
    del request.node.stash[_USED]
    found.end()


@pytest.fixture
def inspector_env(inspector: Inspector, monkeypatch: pytest.MonkeyPatch) -> Inspector:
    """The same, for code that runs in this very process: during the test the environment says that the proxy is to be used."""
    for name, value in inspector.variables.items():
        monkeypatch.setenv(name, value)
    return inspector


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say what was captured when a test fails, and write it down if that is wanted."""
    report = yield
    found = item.stash.get(_USED, None)
    if found is not None and report.failed and report.when != "teardown":
        report.sections.append(("Inspector", "\n".join(_what_is_left(item, found))))
    return report


def _what_is_left(item: pytest.Item, found: Inspector) -> Iterator[str]:
    """Whatever goes wrong here is said, and hides nothing of the test's own failure."""
    try:
        found.settle()
        yield found.captured()
        folder = har_folder(item.config)
        if folder is not None and found.all():
            file = folder / har_name(item.nodeid)
            keep = item.config.getoption("--inspector-keep-secrets")
            yield f"{file}: {found.save_har(file, keep_secrets=keep)}"
        if found.dashboard:
            yield f"The dashboard, until the last test has ended: {found.dashboard}"
    except Exception as error:  # noqa: BLE001 (the test's own failure is what matters)
        yield f"The captures could not be written down: {error}"


def har_folder(config: pytest.Config) -> Path | None:
    """Where HAR files go: from the folder that pytest was started in, or in the settings from the project's."""
    asked, set_down = config.getoption("--inspector-har"), config.getini("inspector_har")
    if asked:
        return Path(config.invocation_params.dir, asked)
    return config.rootpath / set_down if set_down else None


def har_name(nodeid: str) -> str:
    """A file name for a test that says which one it is, and is no other test's."""
    plain = re.sub(r"[^\w.-]+", "_", nodeid, flags=re.ASCII).strip("_.")
    if re.fullmatch(r"[\w./:-]+", nodeid, flags=re.ASCII) and len(plain) <= _LONGEST_NAME:
        return f"{plain}.har"
    return f"{plain[:_LONGEST_NAME]}-{hashlib.sha256(nodeid.encode()).hexdigest()[:8]}.har"
