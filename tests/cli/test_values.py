import click
import pytest

from inspector.cli.values import DURATION, LISTEN, SIZE, say_duration, say_size


@pytest.mark.parametrize(
    ("text", "size"),
    [("0", 0), ("65536", 65536), ("64k", 65536), ("16MiB", 16 << 20), ("1.5 GB", 3 << 29), ("10G", 10 << 30), ("7B", 7)],
)  # fmt: skip
def test_a_size(text, size):
    assert SIZE.convert(text, None, None) == size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30", 30),
        ("30s", 30),
        ("500ms", 0.5),
        ("5m", 300),
        ("2 min", 120),
        ("2h", 7200),
        ("7d", 604800),
        ("0", 0),
    ],
)
def test_a_time(text, seconds):
    assert DURATION.convert(text, None, None) == seconds


@pytest.mark.parametrize("kind", [SIZE, DURATION, LISTEN])
@pytest.mark.parametrize("text", ["much", "-1", "5 parsecs", "1e9", ""])
def test_what_is_none_is_told_how_to_write_one(kind, text):
    with pytest.raises(click.BadParameter):
        kind.convert(text, None, None)


@pytest.mark.parametrize("size", [1, 1000, 65536, 16 << 20, 10 << 30, 3 << 40])
def test_a_size_said_is_a_size_read(size):
    assert SIZE.convert(say_size(size), None, None) == size


@pytest.mark.parametrize("seconds", [0.5, 1.0, 30.0, 90.0, 120.0, 3600.0, 86400.0])
def test_a_time_said_is_a_time_read(seconds):
    assert DURATION.convert(say_duration(seconds), None, None) == seconds
