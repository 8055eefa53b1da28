from inspector.app.backoff import FORGIVEN_AFTER, WAITS, BackOff


def test_the_first_time_at_once_then_ever_longer():
    back_off = BackOff()
    assert [back_off.crashed(float(second)) for second in range(len(WAITS) + 2)] == [
        *WAITS,
        WAITS[-1],
        WAITS[-1],
    ]


def test_three_within_a_minute_are_a_loop():
    back_off = BackOff()
    back_off.crashed(0.0)
    back_off.crashed(1.0)
    assert not back_off.looping
    back_off.crashed(2.0)
    assert back_off.looping


def test_crashes_are_forgiven():
    back_off = BackOff()
    back_off.crashed(0.0)
    assert back_off.crashed(FORGIVEN_AFTER) == 0.0
