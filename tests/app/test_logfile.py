import os

import pytest

from inspector.app import logfile
from inspector.app.logfile import LogFile


def test_a_line_has_time_and_role(tmp_path):
    log = LogFile(tmp_path)
    log.write("engine", "hello")
    log.close()
    assert log.path.read_text().endswith(" engine     hello\n")
    if os.name == "posix":
        assert log.path.stat().st_mode & 0o777 == 0o600


def test_a_full_one_is_put_aside(tmp_path, monkeypatch):
    monkeypatch.setattr(logfile, "LIMIT", 100)
    log = LogFile(tmp_path)
    for number in range(4):
        log.write("web", f"{number} " + "x" * 60)
    log.close()
    assert (
        "1 xxx" in (tmp_path / "inspector.log.1").read_text()
        or "3 xxx" in (tmp_path / "inspector.log.1").read_text()
    )
    assert (tmp_path / "inspector.log.1").stat().st_size < 300


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_loses_lines_and_nothing_else(tmp_path):
    log = LogFile(tmp_path)
    log.path.symlink_to("/dev/full")
    log.write("engine", "lost")
    log.path.unlink()
    log.write("engine", "kept")
    log.close()
    assert "kept" in log.path.read_text()
