from __future__ import annotations

import subprocess
import sys

from inspector.app.lock import Lock, role_lock, wait_for_leftovers
from inspector.app.platform import here

HOLD = """
import sys
from pathlib import Path
from inspector.app.lock import Lock
from inspector.app.platform import here
lock = Lock(Path(sys.argv[1]), here())
print(lock.take(), flush=True)
sys.stdin.read()
"""


def holder(path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout.readline().strip() == b"True"
    return process


def end(process):
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def test_a_lock_is_held_by_one_process_and_free_when_that_is_killed(tmp_path):
    process = holder(tmp_path / "lock")
    lock = Lock(tmp_path / "lock", here())
    assert not lock.take()
    end(process)
    assert lock.take(wait=5)
    lock.release()


def test_leftover_children_are_waited_for(tmp_path):
    process = holder(role_lock(tmp_path, "recorder"))
    assert wait_for_leftovers(tmp_path, here(), wait=0) == "recorder"
    end(process)
    assert wait_for_leftovers(tmp_path, here(), wait=5) == ""


def test_looking_does_not_keep_it(tmp_path):
    with Lock(tmp_path / "lock", here()) as held:
        assert held
    again = Lock(tmp_path / "lock", here())
    assert again.take()
    again.release()
