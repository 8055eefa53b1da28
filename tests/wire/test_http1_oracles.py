"""Heads made at random: any cut gives the same, nothing raises, and two other parsers say the same as ours."""

import h11
import httptools
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.wire.http1 import Problem, RequestHead, ResponseHead, parse_request, parse_response, pass_on
from inspector.wire.rules import RULES

METHODS = st.sampled_from(
    [b"GET", b"POST", b"OPTIONS", b"CONNECT", b"HEAD", b"M-SEARCH", b"get", b"G(T", b"", b"G T"]
)
TARGETS = st.sampled_from([
    b"/", b"/a?b=c", b"*", b"a.test:443", b"http://a.test/", b"http://a.test", b"http://u@a.test/", b"/a b", b"/a#b", b"",
    b"/\xc3\xa9", b"a.test:0", b"//x", b"/\x7f", b"http://[::1]:80/x",
])  # fmt: skip
VERSIONS = st.sampled_from([b"HTTP/1.1"] * 6 + [b"HTTP/1.0", b"HTTP/2.0", b"http/1.1", b"HTTP/1.1 ", b""])
SPACES = st.sampled_from([b" "] * 9 + [b"  ", b"\t", b""])
ENDS = st.sampled_from([b"\r\n"] * 30 + [b"\n", b"\r", b"\r\r\n", b"\n\r\n"])
LINES = st.sampled_from([
    b"Host: a.test", b"host:b.test:80", b"Host:", b"Host : a", b"Content-Length: 5", b"content-length:5", b"Content-Length: 6",
    b"Content-Length: +5", b"Content-Length: 5, 5", b"Transfer-Encoding: chunked", b"Transfer-Encoding: Chunked",
    b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: identity", b"TE: trailers", b"Connection: close",
    b"Connection: keep-alive, Foo", b"Connection: upgrade", b"Upgrade: websocket", b"Foo: bar", b"foo:  bar \t ", b"X:",
    b" folded", b"\tfolded", b": empty", b"no colon", b"X: \x01", b"X: \x00", b"X: a\rb", b"X: \xff\xfe", b"X y: z",
    b"X\x0b: y", b"Expect: 100-continue", b"Keep-Alive: timeout=5", b"Cookie: a=b; c=d", b"Transfer-Encoding:\tchunked",
])  # fmt: skip
GOOD_LINES = st.sampled_from([
    b"Foo: bar", b"foo:  bar \t ", b"X:", b"X: \xff\xfe", b"Connection: close", b"Connection: Foo, keep-alive",
    b"Cookie: a=b; c=d", b"Accept: */*", b"X-!#$%&'*+-.^_`|~: y", b"Keep-Alive: timeout=5", b'Quoted: "a\\\\b"',
])  # fmt: skip
FRAMINGS = st.sampled_from([
    [], [b"Content-Length: 5"], [b"content-length:0"], [b"Transfer-Encoding: chunked"], [b"transfer-encoding:CHUNKED"],
])  # fmt: skip


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    line = draw(METHODS) + draw(SPACES) + draw(TARGETS) + draw(SPACES) + draw(VERSIONS)
    lines = draw(st.lists(LINES, max_size=5))
    if draw(st.booleans()):
        lines = [b"Host: a.test", *lines]
    return b"".join(part + draw(ENDS) for part in [line, *lines, b""])


@st.composite
def good_requests(draw: st.DrawFn) -> bytes:
    version = draw(st.sampled_from([b"HTTP/1.1", b"HTTP/1.0"]))
    framing = [] if version == b"HTTP/1.0" else draw(FRAMINGS)
    target = draw(
        st.sampled_from([b"GET /", b"POST /a?b=%20|{}", b"OPTIONS *", b"PUT http://b.test:80/x", b"x-y //z"])
    )
    lines = [b"Host: a.test", *framing, *draw(st.lists(GOOD_LINES, max_size=6))]
    lines = draw(st.permutations(lines))
    return b"\r\n".join([target + b" " + version, *lines]) + b"\r\n\r\n"


@st.composite
def responses(draw: st.DrawFn) -> bytes:
    status = draw(
        st.sampled_from(
            [b"200 OK", b"204 ", b"304", b"100 Continue", b"404 \xff", b"99 x", b"1000 x", b"+20 x"]
        )
    )
    line = (
        draw(st.sampled_from([b"HTTP/1.1"] * 4 + [b"HTTP/1.0", b"HTTP/2.0", b"ICY"])) + draw(SPACES) + status
    )
    return b"".join(part + draw(ENDS) for part in [line, *draw(st.lists(LINES, max_size=5)), b""])


@st.composite
def good_responses(draw: st.DrawFn) -> bytes:
    line = draw(
        st.sampled_from(
            [b"HTTP/1.1 200 OK", b"HTTP/1.1 404 Not Found", b"HTTP/1.1 599 ", b"HTTP/1.1 302 \xe9\t"]
        )
    )
    lines = [*draw(FRAMINGS), *draw(st.lists(GOOD_LINES, max_size=6))]
    return b"\r\n".join([line, *draw(st.permutations(lines))]) + b"\r\n\r\n"


@st.composite
def damaged(draw: st.DrawFn, whole: st.SearchStrategy[bytes]) -> bytes:
    data = bytearray(draw(whole))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data)))
        byte = draw(st.sampled_from(b"\x00\r\n\t :;#@\x7f\x80\xffA0\x16") | st.integers(0, 255))
        match draw(st.sampled_from(["insert", "change", "remove"])):
            case "insert":
                data.insert(at, byte)
            case "change":
                data[at : at + 1] = bytes([byte])
            case "remove":
                del data[at : at + 1]
    return bytes(data)


def check(data: bytes, result: RequestHead | ResponseHead | Problem | None) -> None:
    if isinstance(result, Problem):
        assert result.code in RULES
        assert 0 <= result.offset <= len(data)
        assert result.code != "head-too-large"
    elif result is None:
        assert b"\r\n\r\n" not in data.lstrip(b"\r\n")
    else:
        assert data[: result.consumed].endswith(result.raw)
        block = result.clean[result.fields_at :]
        assert block.count(b"\r\n") == block.count(b"\r") == block.count(b"\n") == len(result.fields) + 1
        assert b"\0" not in result.raw
        passed = pass_on(result)
        assert passed.endswith(b"\r\n")
        assert not set(passed.lower().split(b"\r\n")) & {b"connection: close", b"keep-alive: timeout=5"}


REQUESTS = requests() | damaged(good_requests()) | good_requests()
RESPONSES = responses() | damaged(good_responses()) | good_responses()


@settings(max_examples=150, deadline=None)
@given(REQUESTS | st.binary(max_size=60), st.binary(max_size=20))
def test_any_request_gives_an_answer(data: bytes, after: bytes) -> None:
    check(data, parse_request(data))
    check(data + after, parse_request(data + after))


@settings(max_examples=150, deadline=None)
@given(RESPONSES | st.binary(max_size=60).map(lambda data: b"HTTP/1.1 " + data))
def test_any_response_gives_an_answer(data: bytes) -> None:
    check(data, parse_response(data))


@settings(max_examples=150, deadline=None)
@given(REQUESTS, st.lists(st.integers(0, 300), max_size=4))
def test_a_request_is_the_same_however_it_arrives(data: bytes, cuts: list[int]) -> None:
    whole = parse_request(data)
    seen = 0
    for end in [*sorted(cut for cut in cuts if cut < len(data)), len(data)]:
        result = parse_request(data[:end], seen=seen)
        if result is not None:
            break
        seen = end
    if isinstance(whole, Problem):
        assert isinstance(result, Problem)
        assert result[:2] == whole[:2]
    elif whole is not None:
        assert result == whole


@settings(max_examples=150, deadline=None)
@given(RESPONSES, st.lists(st.integers(0, 300), max_size=4))
def test_a_response_is_the_same_however_it_arrives(data: bytes, cuts: list[int]) -> None:
    whole = parse_response(data)
    for end in [*sorted(cut for cut in cuts if cut < len(data)), len(data)]:
        result = parse_response(data[:end])
        if result is not None:
            break
    if isinstance(whole, Problem):
        assert isinstance(result, Problem)
        assert result[:2] == whole[:2]
    elif whole is not None:
        assert result == whole


@settings(max_examples=60, deadline=None)
@given(good_requests())
def test_a_good_request_is_accepted(data: bytes) -> None:
    assert isinstance(parse_request(data), RequestHead)


@settings(max_examples=60, deadline=None)
@given(good_responses())
def test_a_good_response_is_accepted(data: bytes) -> None:
    assert isinstance(parse_response(data), ResponseHead)


@settings(max_examples=150, deadline=None)
@given(REQUESTS)
def test_what_we_accept_h11_accepts_and_reads_the_same(data: bytes) -> None:
    ours = parse_request(data)
    if not isinstance(ours, RequestHead):
        return
    server = h11.Connection(h11.SERVER)
    server.receive_data(ours.raw)
    theirs = server.next_event()
    assert isinstance(theirs, h11.Request)
    assert (theirs.method, theirs.target) == (ours.method, ours.target)
    assert theirs.http_version == b"1.%d" % ours.minor
    assert list(theirs.headers) == [
        (name, value.lower() if name == b"transfer-encoding" else value) for name, value in ours.fields
    ]


@settings(max_examples=150, deadline=None)
@given(RESPONSES)
def test_what_we_accept_of_a_response_h11_accepts_and_reads_the_same(data: bytes) -> None:
    ours = parse_response(data)
    if not isinstance(ours, ResponseHead) or ours.notes:
        return  # space before a colon is a fault to h11, in responses too
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method="GET", target="/", headers=[("Host", "a.test")]))
    client.send(h11.EndOfMessage())
    client.receive_data(ours.raw)
    theirs = client.next_event()
    assert isinstance(theirs, (h11.Response, h11.InformationalResponse))
    assert (theirs.status_code, theirs.reason) == (ours.status, ours.reason)
    assert [(name, value) for name, value in theirs.headers if name != b"transfer-encoding"] == [
        field for field in ours.fields if field[0] != b"transfer-encoding"
    ]


class Heard:
    """What httptools reports, put together."""

    def __init__(self) -> None:
        self.url = b""
        self.reason = b""
        self.fields: list[tuple[bytes, bytes]] = []
        self.complete = False
        self.stays = False
        self.parser: httptools.HttpRequestParser | None = None

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_status(self, reason: bytes) -> None:
        self.reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        self.fields.append((name.lower(), value.rstrip(b" \t")))

    def on_headers_complete(self) -> None:
        self.complete = True
        assert self.parser
        self.stays = self.parser.should_keep_alive()


def heard_by_httptools(kind: type, raw: bytes) -> tuple[object, Heard] | None:
    heard = Heard()
    parser = heard.parser = kind(heard)
    try:
        parser.feed_data(raw)
    except httptools.HttpParserUpgrade:
        pass
    except httptools.HttpParserError:
        return None
    return (parser, heard) if heard.complete else None


@settings(max_examples=150, deadline=None)
@given(REQUESTS)
def test_what_httptools_accepts_too_it_reads_the_same(data: bytes) -> None:
    ours = parse_request(data)
    if not isinstance(ours, RequestHead):
        return
    theirs = heard_by_httptools(httptools.HttpRequestParser, ours.raw)
    if theirs is None:
        return
    parser, heard = theirs
    assert (parser.get_method(), parser.get_http_version()) == (ours.method, f"1.{ours.minor}")  # type: ignore[attr-defined]
    assert (heard.url, heard.fields) == (ours.target, ours.fields)
    undecided = {b"close", b"keep-alive"} <= set(ours.options)
    if not ours.upgrade and not undecided and ours.form != "absolute":
        assert heard.stays == ours.keep_alive


@settings(max_examples=150, deadline=None)
@given(good_responses())
def test_what_httptools_accepts_of_a_response_it_reads_the_same(data: bytes) -> None:
    ours = parse_response(data)
    assert isinstance(ours, ResponseHead)
    theirs = heard_by_httptools(httptools.HttpResponseParser, ours.raw)
    if theirs is None:
        return
    parser, heard = theirs
    assert (parser.get_status_code(), heard.fields) == (ours.status, ours.fields)  # type: ignore[attr-defined]
