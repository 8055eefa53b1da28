"""Fields for looking at: something true about any bytes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.wire.fields import Field, field_lines, parse_fields


def test_fields_come_in_order_with_their_places() -> None:
    head = b"GET / HTTP/1.1\r\nHost: a.test\r\nX:y\r\nx: \t z \r\n\r\nbody: not a field\r\n"
    assert parse_fields(head) == (Field(b"Host", b"a.test", 16), Field(b"X", b"y", 30), Field(b"x", b"z", 35))


def test_broken_lines_are_shown_too() -> None:
    head = b"GET /\nHost : a\nno colon\r\n: no name\r\nX: a\r\n folded\r\n\tagain\r\nY: \r\n z\n\nrest: x"
    assert parse_fields(head) == (
        Field(b"Host", b"a", 6),
        Field(b"", b"no colon", 15),
        Field(b"", b"no name", 25),
        Field(b"X", b"a folded again", 36),
        Field(b"Y", b"z", 59),
    )


def test_a_head_may_be_cut_off_anywhere() -> None:
    assert parse_fields(b"") == ()
    assert parse_fields(b"GET / HTTP/1.1") == ()
    assert parse_fields(b"GET / HTTP/1.1\r\n") == ()
    assert parse_fields(b"GET / HTTP/1.1\r\nHo") == (Field(b"", b"Ho", 16),)
    assert parse_fields(b"GET / HTTP/1.1\r\nHost: a") == (Field(b"Host", b"a", 16),)
    assert parse_fields(b"GET / HTTP/1.1\r\n folded: x\r\n\r\n") == (Field(b"folded", b"x", 16),)


def test_trailers_have_no_start_line() -> None:
    assert field_lines(b"A: 1\r\nB: 2\r\n") == (Field(b"A", b"1", 0), Field(b"B", b"2", 6))
    assert field_lines(b"") == ()


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from([b"a", b":", b" ", b"\r", b"\n", b"\r\n", b"\0", b"\xff", b"\t"]), max_size=40
    ).map(b"".join)
)
def test_any_bytes_give_an_answer(head: bytes) -> None:
    for field in parse_fields(head):
        assert 0 < field.offset < len(head)
        assert field.name in head
    field_lines(head)
