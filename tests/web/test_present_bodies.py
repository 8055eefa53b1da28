"""Bodies as pages show them: whatever bytes come, something true is shown, quickly, and nothing is raised."""

from __future__ import annotations

import gzip
import json
import time
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from web_fakes import message

from inspector.exchange.model import Arrival, Body
from inspector.web.present import charset, events, forms, hexdump, highlight, jsontext, picture
from inspector.web.present.content import Content, codings, window
from inspector.web.present.shown import TEXT_WINDOW, show, show_hex, show_raw

MEDIA = [
    "", "text/plain", "text/html; charset=utf-16", "application/json", "application/x-ndjson", "text/event-stream",
    "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "image/png",
    "image/svg+xml", "text/css", "text/javascript", "application/octet-stream", "text/plain; charset=punycode", "///",
]  # fmt: skip
BODIES = st.binary(max_size=400) | st.text(max_size=200).map(
    lambda text: text.encode("utf-8", "surrogatepass")
)


@given(
    BODIES,
    st.sampled_from(MEDIA),
    st.sampled_from(["", "gzip", "br", "zstd", "deflate", "gzip, br", "made-up"]),
    st.integers(0, 500),
)
def test_any_bytes_are_shown_somehow(data, media, coding, start):
    content = Content.made(data, media, coding)
    for shown in (show(content, start), show_raw(content, start), show_hex(content, start)):
        assert shown.template
        assert shown.title


@given(BODIES)
def test_hexadecimal_shows_every_byte(data):
    lines = hexdump.lines(data)
    assert bytes.fromhex("".join("".join(line.hex) for line in lines)) == data


@given(st.binary(min_size=1, max_size=200), st.data())
def test_the_byte_to_blame_is_marked(data, draw):
    offset = draw.draw(st.integers(0, len(data) - 1))
    marked = [line for line in hexdump.around(data, offset) if line.marked is not None]
    assert len(marked) == 1
    assert int(marked[0].offset, 16) + marked[0].marked == offset


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON, st.sampled_from([None, 1, "\t"]))
def test_indenting_json_changes_only_white_space(value, step):
    text = json.dumps(value, indent=step)
    pretty = jsontext.indent(text)
    assert json.loads(pretty) == value
    assert jsontext.indent(pretty) == pretty
    assert jsontext.find_fault(text) is None


@pytest.mark.parametrize(
    ("text", "pretty"),
    [
        ('{"a":1.10,"a":[]}', '{\n  "a": 1.10,\n  "a": []\n}'),
        ('[{ },[ ] , "x,{y}\\"" ]', '[\n  {},\n  [],\n  "x,{y}\\""\n]'),
        ("-0.0e+5", "-0.0e+5"),
    ],
)
def test_json_as_it_is_set(text, pretty):
    assert jsontext.indent(text) == pretty


@given(st.text(max_size=100))
def test_what_is_not_json_is_indented_without_a_word(text):
    jsontext.indent(text)
    broken = jsontext.find_fault(text)
    assert broken is None or 0 <= broken.at <= len(text)


def test_json_nested_without_end_is_no_trouble():
    deep = "[" * 100_000 + "]" * 100_000
    shown = show(Content.made(deep.encode(), "application/json"))
    assert shown.template in ("broken", "code", "text")


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_numbers_of_javascript_are_not_json(constant):
    assert jsontext.find_fault(f"[{constant}]")


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress), ("deflate", zlib.compress), ("br", brotli.compress), ("zstd", zstandard.compress),
        ("gzip, br", lambda data: brotli.compress(gzip.compress(data))),
    ],
)  # fmt: skip
def test_codings_are_taken_off(coding, pack):
    shown = show(Content.made(pack(b'{"a": 1}'), "application/json", coding))
    assert shown.template == "code"
    assert "an object with 1 member" in shown.title


def test_a_cut_off_body_shows_what_there_is_and_says_so():
    packed = gzip.compress(b"hello " * 2000)
    shown = show(Content.made(packed[:-10], "text/plain", "gzip"))
    assert shown.thing.startswith("hello")
    assert any("Decoding ended early" in note for note in shown.notes)


def test_a_bomb_is_only_looked_at():
    bomb = gzip.compress(bytes(200_000_000), 9)
    began = time.perf_counter()
    assert show(Content.made(bomb, "text/plain", "gzip")).template == "hex"
    assert time.perf_counter() - began < 2


def test_an_unknown_coding_is_said():
    shown = show(Content.made(b"abc", "text/plain", "rot13"))
    assert shown.template == "undecodable"


def test_large_bodies_are_read_a_window_at_a_time():
    asked = []

    def pieces():
        for n in range(1000):
            asked.append(n)
            yield b"%07d\n" % n * 8192

    content = Content("text/plain", {}, (), Body(65_536_000, 65_536_000, b"x"), pieces)
    shown = show(content)
    assert shown.template == "text"
    assert len(shown.thing) == TEXT_WINDOW
    assert len(asked) < 20


@given(st.lists(st.binary(max_size=20), max_size=10), st.integers(0, 100), st.integers(0, 100))
def test_a_window_is_what_a_slice_is(pieces, start, length):
    assert window(pieces, start, length) == b"".join(pieces)[start : start + length]


@pytest.mark.parametrize(
    ("data", "declared", "name", "how"),
    [
        (b"abc", "", "utf-8", "assumed"),
        ("Grüße".encode("cp1252"), "iso-8859-1", "cp1252", "declared"),
        ("é".encode("utf-16"), "", "utf-16-le", "marked"),
        (b'<meta charset="shift_jis">', "", "cp932", "in the text"),
        (b'<?xml version="1.0" encoding="ISO-8859-2"?>', "", "iso8859-2", "in the text"),
        (b'@charset "koi8-r";', "", "koi8-r", "in the text"),
        (b"abc", "unicode_escape", "utf-8", "assumed"),
        (b"abc", "rot13", "utf-8", "assumed"),
        (b"abc", "x" * 5000, "utf-8", "assumed"),
        (b"abc", "utf\x00", "utf-8", "assumed"),
    ],
)
def test_charsets_come_from_whoever_knows_best(data, declared, name, how):
    assert charset.find_charset(data, declared) == (name, how)


def test_an_undeclared_charset_is_guessed_from_the_bytes():
    text = "Съешь же ещё этих мягких французских булок, да выпей чаю. " * 20
    found = charset.find_charset(text.encode("cp1251"))
    assert found.how == "guessed"
    assert "французских" in charset.to_text(text.encode("cp1251"), found.name)


@given(st.binary(max_size=300), st.text(max_size=20))
def test_any_charset_gives_text(data, declared):
    charset.to_text(data, charset.find_charset(data, declared).name)


LONG = 64 * 1024  # a quarter of what is highlighted; what grows with the square shows here already
HOSTILE_TEXTS = [
    "<" * LONG, "a" * LONG, "/*" * (LONG // 2), "\\" * LONG, "{" * LONG, "'" * LONG, "<a " * (LONG // 3), "\n" * LONG,
    "<!--" * (LONG // 4), "`${" * (LONG // 3), "/a" * (LONG // 2), "&" * LONG, "(" * LONG, " \t" * (LONG // 2), "a:" * (LONG // 2),
    "<script>" * (LONG // 8), "x\n" * (LONG // 2), "/\n" * (LONG // 2), "<a\n" * (LONG // 3), "-\n" * (LONG // 2),
]  # fmt: skip


@pytest.mark.parametrize("language", highlight.LANGUAGES)
def test_highlighting_is_quick_whatever_comes(language):
    assert LONG * 4 == highlight.LONGEST
    for text in HOSTILE_TEXTS:
        began = time.process_time()
        highlight.in_colour(text, language)
        assert time.process_time() - began < 1.5, text[:10]


@given(st.text(max_size=200), st.sampled_from(list(highlight.LANGUAGES)))
def test_highlighting_escapes_everything(text, language):
    html = str(highlight.in_colour(text, language))
    bare = html.replace("</span>", "")
    assert "<" not in bare.replace("<span class=", "")


@pytest.mark.parametrize(
    ("data", "media", "width", "height"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\0\x80", "image/png", 256, 128),
        (b"GIF89a\x10\0\x20\0", "image/gif", 16, 32),
        (b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08\0\x10\0\x20\x03", "image/jpeg", 32, 16),
        (b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + b"\x0f\0\0\x07\0\0", "image/webp", 16, 8),
        (b"BM" + bytes(16) + b"\x05\0\0\0\xfb\xff\xff\xff", "image/bmp", 5, 5),
        (b"\0\0\x01\0\x01\0\x10\x20", "image/x-icon", 16, 32),
        (b"\0\0\0\x1cftypavif", "image/avif", 0, 0),
    ],
)
def test_pictures_are_known_by_their_bytes(data, media, width, height):
    found = picture.recognise(data)
    assert found is not None
    assert (found.media, found.width, found.height) == (media, width, height)


@given(
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff", b"RIFF", b"BM", b"\0\0\1\0", b""]),
    st.binary(max_size=60),
)
def test_any_bytes_after_a_pictures_first_are_no_trouble(start, rest):
    found = picture.recognise(start + rest)
    assert found is None or found.media.startswith("image/")


@pytest.mark.parametrize("text", ["<svg xmlns='http://www.w3.org/2000/svg'/>", "<html>", "%PDF-1.7", ""])
def test_programs_are_no_pictures(text):
    assert picture.recognise(text.encode()) is None


def test_a_form_of_files_names_them_and_reads_none_whole():
    def pieces():
        yield b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
        yield b'--x\r\nContent-Disposition: form-data; name="film"; filename="a.bin"\r\nContent-Type: video/mp4\r\n\r\n'
        for _ in range(200):
            yield bytes(50_000)
        yield b"\r\n--x--\r\n"

    form = forms.multipart(pieces(), "x")
    assert form.problem == ""
    assert [(entry.name, entry.value, entry.file) for entry in form.entries] == [
        ("note", "hello", None),
        ("film", "", "a.bin"),
    ]
    assert form.entries[1].size == 10_000_000
    assert form.entries[1].media == "video/mp4"


@given(st.binary(max_size=300), st.integers(1, 50))
def test_any_multipart_is_parsed_as_far_as_it_goes(data, step):
    whole = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + data
    forms.multipart((whole[at : at + step] for at in range(0, len(whole), step)), "x")


def test_too_many_parts_are_said():
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    form = forms.multipart([part * 600 + b"--x--\r\n"], "x")
    assert form.problem
    form = forms.urlencoded(b"a=1&" * 600)
    assert len(form.entries) == 500
    assert form.problem


def test_events_as_a_browser_reads_them():
    stream = (
        b"\xef\xbb\xbf: hello\n\nevent: tick\ndata: 1\ndata: 2\nid: 7\n\ndata:x\r\n\r\n\r\nnothing\n\nretry: 3000\n\n"
        b"event:\rdata: y\r\rid: a\0b\ndata: \xff\n\ndata: unfinished"
    )
    found = events.events(stream)
    assert found[0].comment == "hello"
    assert found[1] == ("tick", "1\n2", "7", "", "", None)
    assert [(each.name, each.data, each.id) for each in found[2:]] == [
        ("message", "x", ""), ("", "", ""), ("message", "y", ""), ("message", "\ufffd", ""),
    ]  # fmt: skip
    assert found[3].retry == "3000"


def test_an_event_has_the_time_at_which_it_was_whole():
    stream = b"data: 1\n\ndata: 2\n\ndata: 3\n\n"
    found = events.events(stream, (Arrival(12, 0.1), Arrival(18, 0.2)))
    assert [each.at for each in found] == [0.1, 0.2, None]


def test_of_a_long_stream_the_first_events_are_shown():
    found = show(Content.made((b"data: " + b"x" * 1000 + b"\n\n") * 600, "text/event-stream"))
    assert (found.template, len(found.thing)) == ("events", 260)
    assert found.notes == ("Only its first 260 events are shown.",)


def test_the_codings_of_a_message():
    said = message("HTTP/1.1 200 OK", "Content-Encoding: gzip, identity", "content-encoding: BR")
    assert codings(said) == ("gzip", "br")
