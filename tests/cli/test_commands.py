"""The small commands, on homes where nothing runs."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from inspector import __version__
from inspector.cli.main import COMMANDS, main
from inspector.pki.authority import Authority


def ask(*arguments):
    return CliRunner().invoke(main, list(arguments))


def test_help_names_every_command_and_imports_none():
    code = "import sys, inspector.cli.main as m\ntry: m.main(['--help'])\nexcept SystemExit: pass\n"
    code += "assert not [n for n in sys.modules if n.startswith(('inspector.cli.run', 'flask', 'asyncio', 'cryptography'))]"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for name in COMMANDS:
        assert f"  {name} " in done.stdout


def test_the_supervisor_imports_none_of_the_floors_it_starts():
    code = (
        "import sys, inspector.cli.run\nheavy = ('flask', 'sqlalchemy', 'asyncio', 'cryptography', 'jinja2', 'rich', 'ssl', "
        "'inspector.web', 'inspector.store', 'inspector.engine.server', 'inspector.pki')\n"
        "print([name for name in sys.modules if name.startswith(heavy)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_version():
    assert ask("--version").output == f"inspector {__version__}\n"


@pytest.mark.parametrize("command", ["status", "open"])
def test_where_nothing_runs_the_cure_is_to_start_it(tmp_path, command):
    result = ask(command, "--home", str(tmp_path))
    assert result.exit_code == 1
    assert f"Inspector does not run on the home {tmp_path}." in result.output
    assert "Start it: " in result.output


def test_status_for_programs(tmp_path):
    result = ask("status", "--json", "--home", str(tmp_path))
    assert result.exit_code == 1
    assert json.loads(result.output) == {"running": False, "home": str(tmp_path)}


def test_an_authority_that_is_not_there_yet(tmp_path):
    result = ask("ca", "path", "--home", str(tmp_path))
    assert result.exit_code == 1
    assert "It is made at the first start" in result.output
    assert list(tmp_path.iterdir()) == []


def test_where_the_authority_is_and_its_fingerprint(tmp_path):
    authority = Authority.load_or_create(tmp_path / "certs")
    assert ask("ca", "path", "--home", str(tmp_path)).output.strip() == str(authority.path)
    assert authority.fingerprint in ask("ca", "status", "--home", str(tmp_path)).output
    told = json.loads(ask("ca", "status", "--json", "--home", str(tmp_path)).output)
    assert told["sha256"] == authority.fingerprint
    assert told["path"] == str(authority.path)


def test_a_damaged_authority_is_told(tmp_path):
    (tmp_path / "certs").mkdir()
    (tmp_path / "certs" / "ca.pem").write_text("nonsense")
    result = ask("ca", "status", "--home", str(tmp_path))
    assert result.exit_code == 1
    assert "ca.pem is damaged" in result.output
