"""HAR files: written valid, whatever was captured; read from any tool; in and out again without loss; broken ones as far as they go."""

from __future__ import annotations

import copy
import gzip
import io
import json
import subprocess
from contextlib import closing

import msgspec
import pytest
from export_samples import ANSWER, asked
from har_files import ALL, CHROME, entry, log, text

from inspector.exchange.mark import Mark
from inspector.exchange.model import Body, Connection, Decision, Fault, Leg, Message, Tls
from inspector.export.har_file import Told, har
from inspector.export.har_parsing import Found, HarText, NotHar
from inspector.export.whole import Whole
from inspector.store.captures import Captures
from inspector.store.importing import Importer
from inspector.store.marks import Marks
from inspector.store.recorder import Recorder
from inspector.store.selecting import chosen, newest
from inspector.store.settings import Settings

KEY = b"k" * 16
SET_COOKIE = (
    b"session=secretsecret; Path=/; HttpOnly; Secure; SameSite=Lax; Expires=Wed, 21-Oct-2037 07:28:00 GMT"
)
ODD = [
    asked("GET", b'/a b"<>\xff?x=1&y=%zz&&=&z', ((b"Cookie", b"a=1; b; =c"), (b"X", b"\xff\xfe"))),
    asked("POST", b"/form", ((b"Content-Type", b"application/x-www-form-urlencoded"),), b"a=1&password=hunter22&%ff=%fe"),
    asked("POST", b"/up", ((b"Content-Type", b"multipart/form-data; boundary=B"),),
          b'--B\r\nContent-Disposition: form-data; name="f"; filename="a.bin"\r\nContent-Type: x/y\r\n\r\n\x00\xff\r\n--B\r\nContent-Disposition: form-data; name="t"\r\n\r\nhi\r\n--B--\r\n'),
    asked("PUT", b"/bytes", (), bytes(range(256)), answer=ANSWER.replace(b"text/plain", b"image/png"), answered=bytes(range(255, -1, -1))),
    asked("GET", b"/gz", answer=b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nSet-Cookie: " + SET_COOKIE + b"\r\n\r\n", answered=gzip.compress(b"hello " * 100, mtime=0)),
    asked("GET", b"/broken-gz", answer=b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", answered=b"not gzip"),
    asked("GET", b"/", answer=b"", answered=b"", fault="connect-refused", error=Fault("connect-refused", "server", "connect", None, "", "answered 502")),
    asked("CONNECT", b"shop.test:443", kind="tunnel", scheme="", port=443, started=-5.0, duration=None, remote="[2001:db8::7%eth0]:443"),
    asked("GET", b"http://shop.test/absolute?q=1", host="::1", port=8080, remote="", started=1e18),
    Whole(asked().exchange, mark=Mark(True, "red", "look at this", ("odd",)), missing="The body is no longer kept."),
    Whole(msgspec.structs.replace(asked().exchange, client_leg=None, server_leg=None, method="", host="", scheme="", port=0)),
]  # fmt: skip


def written(*exchanges: Whole, key: bytes | None = KEY) -> bytes:
    return b"".join(har(exchanges, Told(), version="1.0", key=key))


class Home:
    """A home into which files are imported."""

    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.settings, self.marks = Settings(folder), Marks(folder)
        self._opened = [self.settings, self.marks]

    def close(self):
        for each in self._opened:
            each.close()

    def take(self, data, name="made.har", **asks):
        outcome = Importer(self.folder, self.settings, self.marks).take(io.BytesIO(data), name, **asks)
        recorder = Recorder(self.folder)
        while recorder.step():
            pass
        recorder.close()
        return outcome

    def captures(self):
        self._opened.append(Captures(self.folder))
        return self._opened[-1]

    def export(self, key=None):
        captures = self.captures()
        data = written(*chosen(captures, self.marks, until=newest(captures)), key=key)
        captures.close()
        return data


@pytest.fixture
def home(tmp_path):
    with closing(Home(tmp_path / "home")) as made:
        yield made


@pytest.fixture(scope="module")
def judge(npm_packages, tmp_path_factory):
    """har-validator's verdict on some files."""

    def verdicts(*files: bytes) -> list[list[str]]:
        folder = tmp_path_factory.mktemp("judged")
        paths = [folder / f"{number}.har" for number in range(len(files))]
        for path, data in zip(paths, files, strict=True):
            path.write_bytes(data)
        done = subprocess.run(
            ["node", npm_packages / "validate-har.cjs", *paths], capture_output=True, text=True, check=True
        )
        told = {each["name"]: each["wrong"] for each in map(json.loads, done.stdout.splitlines())}
        return [told[str(path)] for path in paths]

    return verdicts


# -- out


@pytest.mark.clients
def test_every_export_is_valid(judge, tmp_path):
    broken = copy.deepcopy(CHROME)
    broken["log"]["entries"][0] |= {
        "time": "soon",
        "cache": {"beforeRequest": 5},
        "timings": {},
        "serverIPAddress": "",
    }
    broken["log"]["entries"][1]["request"] |= {"headers": "none", "cookies": None, "bodySize": 1.5}
    broken["log"]["entries"][1]["response"].pop("redirectURL")
    homes = {name: Home(tmp_path / name) for name in [*ALL, "broken"]}
    for name, each in homes.items():
        each.take(text(ALL.get(name, broken)))
    files = [written(*ODD), written(*ODD, key=None), written()]
    files += [each.export(key) for each in homes.values() for key in (None, KEY)]
    for each in homes.values():
        each.close()
    assert judge(*files) == [[]] * len(files)


def test_an_entry_says_what_har_has_a_place_for():
    (made,) = json.loads(written(ODD[4], key=None))["log"]["entries"]
    assert made["startedDateTime"] == "2025-10-09T08:53:20.250000Z"
    assert made["time"] == sum(
        value for name, value in made["timings"].items() if value > 0 and name != "ssl"
    )
    assert made["timings"] == {
        "blocked": 40.0,
        "dns": 10.0,
        "connect": 50.0,
        "ssl": -1,
        "send": 10.0,
        "wait": 190.0,
        "receive": 200.0,
    }
    assert made["serverIPAddress"] == "192.0.2.7"
    assert made["response"]["content"] == {
        "size": 600,
        "mimeType": "x-unknown",
        "compression": 600 - len(ODD[4].exchange.client_leg.response.body.inline),
        "text": "hello " * 100,
    }
    assert made["response"]["cookies"] == [{"name": "session", "value": "secretsecret", "httpOnly": True, "secure": True, "path": "/", "sameSite": "Lax", "expires": "2037-10-21T07:28:00Z"}]  # fmt: skip


def test_forms_say_their_parts_and_bytes_are_base64():
    entries = json.loads(written(*ODD[1:4], key=None))["log"]["entries"]
    form, parts, data = (each["request"]["postData"] for each in entries)
    assert [each["name"] for each in form["params"]] == ["a", "password", "\ufffd"]
    assert parts["params"] == [
        {"name": "f", "contentType": "x/y", "fileName": "a.bin"},
        {"name": "t", "value": "hi"},
    ]
    assert data["encoding"] == entries[2]["response"]["content"]["encoding"] == "base64"


def test_secrets_are_replaced_everywhere_and_counted():
    told = Told()
    data = b"".join(har([ODD[1], ODD[4]], told, version="1", key=KEY))
    assert b"hunter22" not in data
    assert b"secretsecret" not in data
    assert told.hidden == 2
    log = json.loads(data)["log"]
    assert log["_inspector"] | {"format": 1} == {
        "format": 1,
        "redacted": True,
        "secretsReplaced": 2,
        "exchanges": 2,
        "incomplete": 0,
    }
    assert log["comment"] == "2 exchanges. 2 secrets were replaced by marks such as ***3f9a."


def test_what_is_no_longer_kept_is_said():
    (made,) = json.loads(written(ODD[9]))["log"]["entries"]
    assert made["comment"] == "look at this"
    assert made["_inspector"]["missing"] == "The body is no longer kept."


# -- in and out again


@pytest.mark.parametrize("tool", ALL)
def test_what_a_tool_wrote_leaves_as_it_came(tool, home):
    outcome = home.take(text(ALL[tool]))
    assert (outcome.lost, outcome.kept) == (0, len(ALL[tool]["log"]["entries"]))
    again = json.loads(home.export())
    for made, was in zip(again["log"]["entries"], ALL[tool]["log"]["entries"], strict=True):
        made.pop("_inspector")
        if "[" in was.get("serverIPAddress", ""):  # Chrome's way to write an IPv6 address isn't valid
            made["serverIPAddress"] = was["serverIPAddress"]
        assert made == was
    assert again["log"]["pages"] == ALL[tool]["log"].get("pages", [])


def test_our_own_comes_back_without_loss(home, tmp_path):
    line = Connection(
        b"c" * 16,
        "server",
        1.5,
        "192.0.2.7",
        443,
        "192.0.2.1",
        4000,
        "shop.test",
        tls=Tls("TLSv1.3", chain=(b"\x30\x00\xff",)),
    )
    big = Body(200_000, 200_000, bytes(range(200)) * 1000)
    found = asked(decisions=(Decision("hop-by-hop", "Proxy-Connection"),))
    request = found.exchange.client_leg.request
    exchange = msgspec.structs.replace(
        found.exchange,
        server_leg=Leg(
            line.id,
            request,
            Message(ANSWER, big, b"X-Trailer: \xff\r\n\r\n"),
            (Message(b"HTTP/1.1 103 Early Hints\r\n\r\n"),),
            (),
            2,
        ),
        client_leg=Leg(b"", request, Message(ANSWER, Body(200_000, 200_000, note="same"))),
    )
    first = written(Whole(exchange, None, line, Mark(True, "red", "mine", ("a",))), *ODD[:7], key=None)
    assert home.take(first).own == 8
    second = home.export()
    other = Home(tmp_path / "other")
    other.take(second)
    third = other.export()
    other.close()
    told = [
        [_without_ids(each) for each in json.loads(data)["log"]["entries"]] for data in (first, second, third)
    ]
    assert told[0] == told[1] == told[2]
    captures = home.captures()
    row = captures.page(limit=20).rows[0]
    kept = captures.exchange(row.id)
    assert (kept.origin, kept.decisions[0].code, kept.decisions[1].code) == (
        "import",
        "imported-own",
        "hop-by-hop",
    )
    assert captures.connection(kept.server_leg.connection).tls.chain == (b"\x30\x00\xff",)
    assert b"".join(captures.body(row.id, kept.server_leg.response.body)) == big.inline
    assert home.marks.one(row.id) == Mark(True, "red", "mine", ("a",))
    captures.close()


def _without_ids(entry):
    own = entry.pop("_inspector")
    entry.pop("connection", None)
    exchange = own["exchange"]
    for name in ("id", "change", "origin", "decisions"):
        exchange.pop(name, None)
    for name in ("client_leg", "server_leg"):
        (exchange.get(name) or {}).pop("connection", None)
    for each in own.get("connections", ()):
        each.pop("id")
    own.pop("sentences")
    return entry | {"own": own}


def test_the_pages_of_two_files_keep_apart(home):
    other = copy.deepcopy(CHROME)
    other["log"]["pages"][0]["title"] = "another"
    home.take(text(CHROME))
    home.take(text(other))
    made = json.loads(home.export())["log"]
    assert [page["id"] for page in made["pages"]] == ["page_1", "page_1-2"]
    assert [each["pageref"] for each in made["entries"] if "pageref" in each] == ["page_1", "page_1-2"]


# -- in


def test_a_foreign_entry_becomes_an_exchange(home):
    home.take(text(CHROME))
    captures = home.captures()
    rows = captures.page(limit=10).rows
    assert [
        (row.method, row.scheme, row.host, row.port, row.status, row.resource, row.state, row.origin)
        for row in rows
    ] == [
        ("GET", "https", "shop.test", 443, 200, "style", "done", "import"),
        ("GET", "wss", "shop.test", 443, 101, "socket", "done", "import"),
        ("GET", "https", "gone.test", 443, 0, "other", "failed", "import"),
        ("POST", "https", "shop.test", 443, 200, "page", "done", "import"),
    ]
    assert rows[0].started == 1772359200.125
    first = captures.exchange(rows[0].id)
    assert first.client_leg.request.head == (
        b"GET /s.css?v=1%202 HTTP/2\r\naccept-encoding: gzip, deflate, br, zstd\r\nsec-fetch-dest: style\r\n\r\n"
    )
    assert first.client_leg.response.head == (
        b"HTTP/2 200\r\ncontent-encoding: br\r\ncontent-type: text/css\r\nset-cookie: a=1; Path=/\r\nset-cookie: b=2\r\n\r\n"
    )
    assert first.timeline.tls_end == pytest.approx(0.0232)
    assert (rows[2].fault, captures.exchange(rows[2].id).error.detail) == (
        "import-failed",
        "net::ERR_NAME_NOT_RESOLVED",
    )
    assert "made.har, made by WebInspector 537.36, entry 1" in first.decisions[0].detail
    captures.close()


def test_a_body_that_is_not_in_the_file_is_said_to_be(home):
    home.take(text(log(entry(response={"content": {"size": 5000, "mimeType": "text/html"}}))))
    captures = home.captures()
    body = captures.exchange(captures.page(limit=1).rows[0].id).client_leg.response.body
    assert (body.size, body.captured, body.note) == (5000, 0, "absent")
    captures.close()


def test_a_field_cannot_make_lines_of_its_own(home):
    home.take(text(log(entry(request={"headers": [{"name": "X\r\nEvil: 1", "value": "a\r\nEvil: 2"}]}))))
    captures = home.captures()
    head = captures.exchange(captures.page(limit=1).rows[0].id).client_leg.request.head
    assert [line.partition(b":")[0] for line in head.split(b"\r\n")[1:-2]] == [b"X  Evil", b"X  Evil"]
    captures.close()


def test_the_same_file_is_not_imported_twice_unless_asked(home):
    data = text(CHROME)
    assert home.take(data).before == 0
    again = home.take(data)
    assert (again.kept, again.before > 0) == (0, True)
    assert home.take(data, again=True).kept == 4
    home.settings.wish_to_forget()
    assert home.take(data).kept == 4


# -- broken files


def read(data: bytes, step: int = 1 << 20):
    file = io.BytesIO(data)
    parser = HarText(lambda size: file.read(min(size, step)))
    found = list(parser.entries())
    return [each for each in found if isinstance(each, Found)], [
        each for each in found if not isinstance(each, Found)
    ]


FOUR = log(*(entry(comment=f"number {number}") for number in range(4)))
WHOLE = text(FOUR)
PLACES = {
    "a comma is missing": (WHOLE.replace(b'"time": 25.05,', b'"time": 25.05', 2).replace(b'"time": 25.05\n', b'"time": 25.05,\n', 1), [0, 2, 3], "/log/entries/1"),
    "a quotation mark is missing": (WHOLE.replace(b'"comment": "number 1"', b'"comment": "number 1', 1), [0, 2, 3], "/log/entries/1"),
    "a number is none": (WHOLE.replace(b'"comment": "number 2"', b'"comment": nothing', 1), [0, 1, 3], "/log/entries/2"),
    "a bracket is missing": (WHOLE.replace(b'"cache": {}', b'"cache": {', 1), [1, 2, 3], "/log/entries/0"),
    "an entry is no object": (WHOLE.replace(b'"entries": [', b'"entries": [7,', 1), [0, 1, 2, 3], "/log/entries/0"),
    "it is cut off in a text": (WHOLE[: WHOLE.index(b"number 3") + 4], [0, 1, 2], "/log/entries/3"),
    "it is cut off between entries": (WHOLE[: WHOLE.index(b"number 2") + 12], [0, 1], "/log/entries/2"),
    "it is cut off after an entry": (json.dumps(FOUR).encode()[:-2], [0, 1, 2, 3], "/log/entries"),
    "in one line": (json.dumps(FOUR).encode().replace(b'"number 1"', b'"number 1', 1), [0, 2, 3], "/log/entries/1"),
}  # fmt: skip


@pytest.mark.parametrize("step", [1 << 20, 97])
@pytest.mark.parametrize("case", PLACES)
def test_all_that_is_whole_is_read_and_the_place_is_named(case, step):
    data, kept, pointer = PLACES[case]
    found, troubles = read(data, step)
    assert [each.value["comment"] for each in found] == [f"number {number}" for number in kept]
    assert troubles[0].pointer == pointer
    place = troubles[0].place
    assert place.offset <= len(data)
    assert place.line == data.count(b"\n", 0, place.offset) + 1


def test_an_entry_that_says_nothing_usable_is_left_out_with_its_place(home):
    outcome = home.take(
        text(
            log(
                entry(),
                entry(request={"url": "nowhere"}),
                entry(request=5),
                entry(response={"headers": [5, {"name": "A", "value": "b"}]}),
            )
        )
    )
    assert (outcome.kept, outcome.lost) == (2, 2)
    assert [(each.pointer, each.expected) for each in outcome.troubles] == [
        ("/log/entries/1/request/url", "an address with a host"), ("/log/entries/2/request", "an object"),
        ("/log/entries/3/response/headers/0", "an object with name and value, both texts"),
    ]  # fmt: skip
    assert outcome.troubles[0].place.line == text(log(entry())).count(b"\n") - 1


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "empty"), (b"<?xml version='1.0'?>", "Charles"), (b"PK\x03\x04", "zip"), (b"123:4:host;", "mitmdump"), (b"[1, 2]", "begin with {"), (b"\xff\x00", "not a HAR")],
)  # fmt: skip
def test_what_is_no_har_file_says_what_it_is(data, said, home):
    with pytest.raises(NotHar, match=said):
        home.take(data)
    assert not list((home.folder / "captures").glob("*/*.seg"))


@pytest.mark.parametrize(
    "packed",
    [gzip.compress, lambda data: b"\xef\xbb\xbf" + data, lambda data: data.decode().encode("utf-16")],
)
def test_packed_files_and_other_encodings_are_read(packed, home):
    assert home.take(packed(text(FOUR))).kept == 4


HOSTILE = {
    "deep": b'{"log":{"entries":[' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"]}}",
    "deep and open": b'{"log":{"entries":[' + b"[" * 200_000,
    "many quotes": b'{"log":{"entries":[{"a":"' + b'\\"' * 500_000,
    "a huge number": b'{"log":{"entries":[{"time":1e999,"request":{"url":"http://a/","method":"GET"},"response":{"status":1e308}}]}}',
    "huge sizes": text(log(entry(time=1e300, startedDateTime="9999-12-31T23:59:59Z", response={"bodySize": 2**70, "content": {"size": 2**64}}))),
    "our own with wrong types": text(log(entry(_inspector={"exchange": {"id": "zz", "started": "x"}}), entry(_inspector={"exchange": {"started": 1e300}}))),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_do_no_harm(case, home):
    outcome = home.take(HOSTILE[case])
    captures = home.captures()
    assert len(captures.page(limit=10).rows) == outcome.kept
    captures.close()


def test_an_invalid_number_of_ours_reads_as_anyones(home):
    outcome = home.take(HOSTILE["our own with wrong types"])
    assert (outcome.kept, outcome.own) == (2, 0)
    assert outcome.troubles[0].pointer.startswith("/log/entries/0/_inspector/exchange/")
