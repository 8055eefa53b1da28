from inspector.app.backoff import LONGEST_AFTER_KILL, STEADY, WAITS, BackOff


def test_the_first_time_at_once_then_ever_longer():
    back_off = BackOff()
    assert [back_off.crashed(0.0) for _ in range(len(WAITS) + 2)] == [*WAITS, WAITS[-1], WAITS[-1]]


def test_three_in_a_row_are_a_loop():
    back_off = BackOff()
    for looping in (False, False, True):
        back_off.crashed(0.1)
        assert back_off.looping is looping


def test_who_worked_for_a_while_comes_back_at_once():
    back_off = BackOff()
    for _ in range(20):
        assert back_off.crashed(STEADY) == 0.0
        assert not back_off.looping


def test_who_is_killed_from_outside_never_waits_long():
    back_off = BackOff()
    assert max(back_off.crashed(0.0, from_outside=True) for _ in range(20)) == LONGEST_AFTER_KILL


def test_a_steady_while_ends_a_loop():
    back_off = BackOff()
    for _ in range(5):
        back_off.crashed(0.0)
    assert back_off.crashed(STEADY) == 0.0
