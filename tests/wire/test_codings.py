"""Codings for viewing: what is packed is unpacked, however it comes, and never more than one wants to hold."""

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.wire.codings import CODINGS, MAX_OUTPUT, Decoded, decode

TEXT = b"the quick brown fox jumps over the lazy dog. " * 5000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda data: brotli.compress(data, quality=4),
    "zstd": zstandard.compress,
}


def test_each_coding_has_its_packer() -> None:
    assert set(CODINGS) == set(PACKERS)


@pytest.mark.parametrize("name", CODINGS)
@pytest.mark.parametrize("data", [b"", b"x", TEXT])
def test_what_was_packed_comes_out(name: str, data: bytes) -> None:
    packed = PACKERS[name](data)
    assert decode(name, packed) == Decoded(data)
    assert decode(name.upper(), [packed[at : at + 7] for at in range(0, len(packed), 7)]) == Decoded(data)
    assert decode([name], [bytes([byte]) for byte in packed]) == Decoded(data)


@pytest.mark.parametrize("name", CODINGS)
def test_nothing_is_nothing(name: str) -> None:
    assert decode(name, b"") == Decoded(b"")
    assert decode(name, []) == Decoded(b"")


@pytest.mark.parametrize("value", ["", "identity", " identity , ", "IDENTITY"])
def test_identity_is_left_alone(value: str) -> None:
    assert decode(value, TEXT) == Decoded(TEXT)


def test_codings_are_taken_off_last_first() -> None:
    packed = PACKERS["br"](PACKERS["gzip"](TEXT))
    assert decode("gzip, br", packed) == Decoded(TEXT)
    assert decode("gzip,br", [packed[:9], packed[9:]]) == Decoded(TEXT)
    assert not decode("br, gzip", packed).complete


def test_raw_deflate_is_understood_under_the_name_of_zlib() -> None:
    packed = raw_deflate(TEXT)
    assert decode("deflate", packed) == Decoded(TEXT)
    assert decode("deflate", [packed[:1], packed[1:]]) == Decoded(TEXT)


def test_gzip_may_have_several_members_and_padding() -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two")
    assert decode("gzip", packed) == Decoded(b"one two")
    assert decode("gzip", [packed[:20], packed[20:]]) == Decoded(b"one two")
    assert decode("gzip", packed + bytes(100)) == Decoded(b"one two")


def test_zstd_may_have_several_frames() -> None:
    assert decode("zstd", zstandard.compress(b"one ") + zstandard.compress(b"two")) == Decoded(b"one two")


@pytest.mark.parametrize("name", CODINGS)
def test_what_is_cut_off_gives_what_there_is(name: str) -> None:
    noise = bytes(zlib.crc32(bytes([n & 255, n >> 8])) & 255 for n in range(40_000))
    packed = PACKERS[name](noise)
    result = decode(name, packed[: len(packed) // 2])
    assert not result.complete
    assert "missing" in result.problem
    assert noise.startswith(result.data)
    if name != "zstd":  # whose blocks are 128 KiB
        assert len(result.data) > 1000


@pytest.mark.parametrize("name", CODINGS)
def test_what_is_damaged_says_so(name: str) -> None:
    result = decode(name, b"\xff\xfe<html>this was never packed</html>")
    assert not result.complete
    assert result.problem
    assert len(result.data) < 100


@pytest.mark.parametrize("name", CODINGS)
def test_a_bomb_does_not_go_off(name: str) -> None:
    packed = PACKERS[name](bytes(40_000_000))
    result = decode(name, packed, max_ratio=10**9)
    assert len(result.data) == MAX_OUTPUT
    assert not result.complete
    assert str(MAX_OUTPUT) in result.problem
    result = decode(name, packed, max_ratio=20)
    assert len(result.data) < 12_000_000
    assert "20 times" in result.problem


def test_a_bomb_within_a_coding_does_not_go_off_either() -> None:
    packed = gzip.compress(gzip.compress(bytes(40_000_000)))
    assert len(decode("gzip, gzip", packed, max_ratio=10**9).data) == MAX_OUTPUT
    result = decode("zstd, gzip", gzip.compress(bytes(20_000_000)), max_output=1000)
    assert not result.complete


def test_depth_and_unknown_codings_are_said() -> None:
    assert "4 codings" in decode("gzip,gzip,gzip,gzip", b"x").problem
    assert "'compress'" in decode("compress", b"x").problem
    assert not decode("dcz", b"x").complete


def test_the_output_may_be_exactly_as_large_as_allowed() -> None:
    assert decode("gzip", gzip.compress(b"x" * 1000), max_output=1000) == Decoded(b"x" * 1000)
    assert decode("", b"x" * 1001, max_output=1000).data == b"x" * 1000


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(CODINGS), st.binary(max_size=500), st.integers(1, 50))
def test_any_bytes_give_an_answer(name: str, data: bytes, step: int) -> None:
    whole = decode(name, data)
    assert isinstance(whole, Decoded)
    pieces = decode(name, [data[at : at + step] for at in range(0, len(data), step)])
    assert pieces.complete == whole.complete


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(CODINGS), st.binary(max_size=2000), st.integers(0, 10**6), st.integers(0, 255))
def test_damaged_data_gives_an_answer(name: str, data: bytes, at: int, byte: int) -> None:
    packed = bytearray(PACKERS[name](data))
    packed[at % len(packed)] = byte
    assert isinstance(decode(name, bytes(packed)), Decoded)
