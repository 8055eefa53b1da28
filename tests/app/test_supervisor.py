"""The supervisor with real processes that do nothing but speak the protocol."""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from pathlib import Path

import pytest

from inspector.app import notice

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and /proc")


def wait_gone(pid: int, within: float = 10.0) -> None:
    """Return when the process is no more (a zombie is no more)."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([descriptor], [], [], within)[0], f"process {pid} still runs"
    finally:
        os.close(descriptor)


def greeting(address: str) -> str:
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), 10) as connection:
        return connection.makefile().readline()


def test_it_starts_three_children_with_their_sockets(drive):
    driven = drive()
    told = driven.started()
    children = driven.children
    assert set(children) == {"engine", "recorder", "web"}
    assert greeting(told["listen"][0]) == f"engine {children['engine']}\n"
    assert greeting(told["web"][0]) == f"web {children['web']}\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_and_is_no_failure(drive, number):
    driven = drive()
    driven.started()
    children = driven.children
    assert driven.stop(number) == 0
    for pid in children.values():
        wait_gone(pid, within=0)
    assert notice.last_word(driven.home / "run") is None
    assert driven.log.rstrip().endswith("inspector  stopped")


def test_the_recorder_stops_after_the_engine(drive):
    driven = drive()
    driven.started()
    driven.stop()
    assert int((driven.home / "recorder.ended").read_text()) > int((driven.home / "engine.ended").read_text())


@pytest.mark.parametrize("role", ["engine", "recorder", "web"])
def test_a_killed_child_comes_back_and_the_others_go_on(drive, role):
    driven = drive()
    told = driven.started()
    before = driven.children
    os.kill(before[role], signal.SIGKILL)
    said = driven.next()
    assert "killed by SIGKILL" in said["said"]
    assert said["cure"]
    greeting(told["listen"][0])  # the sockets stayed, whoever was killed
    greeting(told["web"][0])
    after = driven.children
    assert after[role] != before[role]
    assert {name: pid for name, pid in after.items() if name != role} == {
        name: pid for name, pid in before.items() if name != role
    }
    assert notice.last_word(driven.home / "run").restarts[role] == 1


def test_a_connection_made_while_the_engine_is_away_is_answered_by_the_next_one(drive):
    driven = drive(engine="dumb")
    told = driven.started()
    host, _, port = told["listen"][0].rpartition(":")
    with socket.create_connection((host, int(port)), 10) as connection:
        os.kill(driven.children["engine"], signal.SIGKILL)
        with connection.makefile() as answer:
            assert answer.readline().startswith("engine ")


def test_when_the_supervisor_is_killed_its_children_stop(drive):
    driven = drive()
    driven.started()
    children = driven.children
    driven.process.kill()
    driven.process.wait()
    for pid in children.values():
        wait_gone(pid)
    assert (driven.home / "engine.ended").exists()  # cleanly, not by a broken pipe


def test_after_a_killed_supervisor_the_same_home_starts_again(drive):
    first = drive()
    first.started()
    first.process.kill()
    second = drive()
    second.started()
    assert second.stop() == 0


def test_a_deaf_child_is_killed_in_the_end(drive):
    driven = drive(web="deaf")
    driven.started()
    deaf = driven.children["web"]
    assert driven.stop() == 0
    wait_gone(deaf, within=0)
    assert "web did not stop in time and is killed" in driven.log


def test_asked_twice_it_does_not_wait(drive):
    driven = drive(web="deaf")
    driven.started()
    driven.process.send_signal(signal.SIGINT)
    began = time.monotonic()
    while "engine ended" not in driven.log:
        assert time.monotonic() - began < 10
    assert driven.stop(signal.SIGINT) == 0
    assert time.monotonic() - began < 4


def test_a_second_copy_on_a_home_is_told_about_the_first(drive):
    first = drive()
    told = first.started()
    second = drive()
    answer = second.next()
    assert f"process {first.process.pid}, proxy {told['listen'][0]}" in answer["cannot"]
    assert "open" in answer["cure"]
    assert second.process.wait(10) == 1
    greeting(told["listen"][0])


def test_a_child_that_cannot_start_says_why_and_nothing_is_left(drive):
    driven = drive(recorder="cannot")
    answer = driven.next()
    assert answer == {"cannot": "The cat sits on it.", "cure": "Feed the cat."}
    assert driven.process.wait(10) == 1


def test_a_child_that_crashes_at_each_start_ends_it_with_its_last_words(drive):
    driven = drive(engine="crash")
    answer = driven.next()
    assert "The engine stops as soon as it is started (exit status 1): no use" in answer["cannot"]
    assert "inspector.log" in answer["cure"]
    assert driven.process.wait(10) == 1


def test_a_crash_loop_is_told_and_waits_longer_each_time(drive):
    driven = drive()
    driven.started()
    for _ in range(2):
        os.kill(driven.children["recorder"], signal.SIGKILL)
        assert "was started again" in driven.next()["said"]
        wait_for_change(driven.home, "recorder")
    os.kill(driven.children["recorder"], signal.SIGKILL)
    said = driven.next()
    assert "stopped 3 times, each time soon after its start" in said["said"]
    assert "tried again in 0.5 s" in said["cure"]


def wait_for_change(home: Path, role: str) -> None:
    """Wait until the newest start of this role has been followed by `ready` in the log."""
    log = home / "run" / "inspector.log"
    until = time.monotonic() + 10
    while True:
        lines = [line.split(maxsplit=2)[2] for line in log.read_text().splitlines()]
        starts = [
            index for index, line in enumerate(lines) if line.startswith(f"inspector  {role} is process")
        ]
        if any(line.split() == [role, "ready"] for line in lines[starts[-1] :]):
            return
        assert time.monotonic() < until


def test_what_a_child_prints_is_in_the_log_and_only_what_it_says_is_shown(drive):
    driven = drive(web="noisy")
    told = [driven.next()]
    while "started" not in told[-1]:
        told.append(driven.next())
    assert {"said": "Something matters.", "cure": "Do this."} in told
    assert "web        printed, not reported" in driven.log


def test_a_fresh_home_is_gone_at_the_end(drive, tmp_path):
    home = tmp_path / "inspector-fresh-x"
    driven = drive("--fresh", home=home)
    driven.started()
    assert (home / "captures").is_dir()
    assert driven.stop(signal.SIGINT) == 0
    assert not home.exists()


# --- the lab, which comes last and may be missing --------------------------------------------------------


def children_with(driven, role):
    """The children, as soon as this one is among them."""
    until = time.monotonic() + 10
    while role not in driven.children:
        assert time.monotonic() < until
    return driven.children


def lines_with(driven, wanted):
    """What stands in the log, line by line in words, as soon as this line is there: a door is open a moment before that is said."""
    until = time.monotonic() + 10
    while True:
        lines = [line.split(maxsplit=2)[2].split() for line in driven.log.splitlines()]
        if wanted in lines:
            return lines
        assert time.monotonic() < until, lines


def test_the_lab_is_started_when_the_others_are_ready_and_has_two_doors(drive):
    driven = drive("--lab")
    told = driven.started()
    assert len(told["lab"]) == 2
    lab = children_with(driven, "lab")["lab"]
    for address in told["lab"]:
        assert greeting(address) == f"lab {lab}\n"
    lines = lines_with(driven, ["lab", "ready"])
    ready = [line[0] for line in lines if line[1:] == ["ready"]]
    assert ready[3:] == ["lab"]
    assert lines.index(["inspector", "lab", "is", "process", str(lab)]) > max(
        lines.index([role, "ready"]) for role in ("engine", "recorder", "web")
    )
    assert driven.stop() == 0
    wait_gone(lab, within=0)


def test_a_killed_lab_comes_back(drive):
    driven = drive("--lab")
    told = driven.started()
    before = children_with(driven, "lab")
    greeting(told["lab"][0])
    os.kill(before["lab"], signal.SIGKILL)
    said = driven.next()
    assert "The lab stopped (killed by SIGKILL) and was started again." in said["said"]
    assert greeting(told["lab"][1]) == f"lab {driven.children['lab']}\n"
    assert {**driven.children, "lab": 0} == {**before, "lab": 0}


def test_a_lab_that_cannot_start_says_so_once_and_all_else_goes_on(drive):
    driven = drive("--lab", lab="cannot")
    told = driven.started()
    assert driven.next() == {"said": "The cat sits on it.", "cure": "Feed the cat."}
    until = time.monotonic() + 10
    while "lab ended: it could not start" not in driven.log or "lab" in driven.children:
        assert time.monotonic() < until
    assert driven.log.count("lab is process") == 1
    greeting(told["listen"][0])
    assert driven.stop() == 0
