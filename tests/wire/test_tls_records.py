"""Bytes as they pass, cut into TLS records: at any place, in both directions, and where it is no TLS."""

from hypothesis import given
from hypothesis import strategies as st

from inspector.wire.tls_records import records


def record(type: int, data: bytes, version: int = 0x0303) -> bytes:
    return bytes([type]) + version.to_bytes(2, "big") + len(data).to_bytes(2, "big") + data


def test_two_records_in_one_chunk_and_one_in_two():
    chunks = [
        ("client", 0.1, record(22, b"hello") + record(20, b"\x01")),
        ("server", 0.2, record(22, b"he")[:4]),
    ]
    chunks += [("server", 0.3, record(22, b"he")[4:])]
    found = records(chunks)
    assert [(each.sender, each.type, each.data, each.offset, each.began, each.ended) for each in found] == [
        ("client", 22, b"hello", 0, 0.1, 0.1),
        ("client", 20, b"\x01", 10, 0.1, 0.1),
        ("server", 22, b"he", 0, 0.2, 0.3),
    ]
    assert all(each.whole and each.version == 0x0303 for each in found)


def test_a_record_that_was_cut_off_is_there_as_far_as_it_came():
    found = records([("client", 0.0, record(23, b"x" * 100)[:50])])
    assert [(each.size, len(each.data), each.whole) for each in found] == [(100, 45, False)]
    assert records([("client", 0.0, b"\x17\x03\x03\x00")]) == ()


def test_what_is_no_tls_is_left_out():
    assert records([("client", 0.0, b"GET / HTTP/1.1\r\n\r\n")]) == ()
    assert records([("server", 0.0, record(23, b"a") + b"SSH-2.0-x" + record(23, b"b"))])[0].data == b"a"
    assert records([("client", 0.0, record(23, b"")[:3] + b"\xff\xff" + b"x" * 20)]) == ()
    assert records([]) == ()


@given(st.lists(st.tuples(st.sampled_from([20, 21, 22, 23]), st.binary(max_size=60)), max_size=8), st.data())
def test_where_it_is_cut_does_not_matter(parts, data):
    stream = b"".join(record(type, content) for type, content in parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    found = records(("server", float(at), piece) for at, piece in enumerate(pieces))
    assert [(each.type, each.data) for each in found] == parts


@given(st.lists(st.tuples(st.sampled_from(["client", "server"]), st.binary(max_size=40)), max_size=12))
def test_any_bytes_do(chunks):
    records((sender, float(at), data) for at, (sender, data) in enumerate(chunks))
