"""The lamp says whether everything is captured, and if not, why."""

from __future__ import annotations

import pytest
from web_fakes import board as any_board

from inspector.web.lamp import RECENT, Lamps

NOW = 1_000_000.0


def board(role="engine", heartbeat=NOW, **changes):
    return any_board(role, heartbeat=heartbeat, **changes)


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.mark.parametrize(
    ("boards", "settings", "state", "why"),
    [
        ([board(), board("recorder")], {}, "capturing", ""),
        ([board(), board("recorder")], {"capturing": False}, "paused", "nothing is captured"),
        ([], {}, "stopped", "started again"),
        ([board("recorder")], {}, "stopped", "started again"),
        ([board(heartbeat=NOW - 60), board("recorder")], {}, "stopped", "started again"),
        ([board(failing="the disk is full", lost=12), board("recorder")], {}, "losing", "the disk is full"),
        ([board(), board("recorder", failing="the index is locked")], {}, "capturing", "the index is locked"),
        ([board()], {}, "capturing", "recorder"),
        ([board(lost=3), board("recorder")], {}, "capturing", "3 exchanges could not be kept earlier"),
    ],
)
def test_the_lamp_says_what_is(boards, settings, state, why):
    lamp = Lamps(lambda: boards, lambda: {"capturing": True} | settings, Clock()).read()
    assert lamp.state == state
    assert why in lamp.why


def test_the_count_of_losses_is_in_its_words():
    boards = [board(number=1, failing="the disk is full", lost=1200), board(number=2, lost=34)]
    assert Lamps(lambda: boards, dict, Clock()).read().words == "Losing captures: 1,234"


def test_a_loss_stays_visible_for_a_while():
    clock, boards = Clock(), [board(), board("recorder")]
    lamps = Lamps(lambda: boards, dict, clock)
    assert lamps.read().state == "capturing"
    boards[0] = board(lost=5)
    assert lamps.read().state == "losing"
    clock.now += RECENT + 1
    boards[:] = [board(lost=5, heartbeat=clock.now), board("recorder", heartbeat=clock.now)]
    assert lamps.read().state == "capturing"
