"""Export and import on the dashboard and in a terminal, over a real home."""

from __future__ import annotations

import json
import re
import threading

import pytest
from click.testing import CliRunner
from export_samples import asked
from har_files import CHROME, entry, log, text

from inspector.cli.main import main
from inspector.export.har_file import Told, har
from inspector.store.captures import Captures
from inspector.store.importing import Importer
from inspector.store.marks import Marks
from inspector.store.recorder import Recorder
from inspector.store.settings import Settings
from inspector.web.app import create_app
from inspector.web.imports import Imports
from inspector.web.settings import WebSettings
from inspector.web.tickets import Keys

HOST = "inspector.localhost:8081"
SECRET = "verysecretvalue"
HOSTILE = "<script>alert(1)</script>"


class Desk:
    """A signed-in browser before a dashboard over a home of its own."""

    def __init__(self, home):
        (home / "run").mkdir(parents=True)
        self.home = home
        settings = WebSettings(
            run=str(home / "run"),
            addresses=("127.0.0.1:8081",),
            names=(HOST,),
            captures_path=str(home / "captures"),
        )
        self.captures = Captures(home)
        self.app = create_app(settings, self.captures, Settings(home), tuple)
        self.client = self.app.test_client()
        ticket = Keys.load_or_create(home / "run").mint()
        self.get(f"/sign-in?ticket={ticket}")
        with self.client.session_transaction(base_url=f"http://{HOST}") as session:
            session["csrf"] = self.token = "token"

    def get(self, path, **more):
        return self.client.get(path, base_url=f"http://{HOST}", buffered=True, **more)

    def post(self, path, **more):
        return self.client.post(
            path,
            base_url=f"http://{HOST}",
            headers={"X-CSRF-Token": self.token, **more.pop("headers", {})},
            **more,
        )

    def record(self):
        recorder = Recorder(self.home)
        while recorder.step():
            pass
        recorder.close()

    def ids(self):
        return [row.id.hex() for row in self.captures.page(limit=50).rows]


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path / "home")
    data = b"".join(
        har(
            [
                asked("GET", b"/?q=1", ((b"Cookie", b"session=" + SECRET.encode()),)),
                asked("POST", b"/" + HOSTILE.encode(), ((b"X", HOSTILE.encode()),), HOSTILE.encode(), host="other.test", answered=HOSTILE.encode()),
            ],
            Told(), version="1", key=None,
        )
    )  # fmt: skip
    path = tmp_path / "made.har"
    path.write_bytes(data)
    with path.open("rb") as file:
        Importer(made.home, Settings(made.home), Marks(made.home)).take(file, "made.har")
    made.record()
    yield made
    made.captures.close()


# -- out


def test_one_exchange_as_a_command_is_redacted_until_that_is_switched_off(desk):
    address = f"/exchange/{desk.ids()[0]}/as/curl"
    answer = desk.get(address)
    assert answer.mimetype == "text/plain"
    assert SECRET not in answer.text
    assert answer.text.startswith("# 1 secret is replaced")
    assert desk.post("/export/secrets", data={"keep": "yes", "next": "/traffic"}).status_code == 303
    assert SECRET in desk.get(address).text
    with desk.client.session_transaction(base_url=f"http://{HOST}") as session:
        session["presenter"] = True
    assert SECRET not in desk.get(address).text
    assert SECRET not in desk.get("/traffic/export/file?format=har&secrets=keep").text


def test_a_message_as_bytes_is_a_file(desk):
    answer = desk.get(f"/exchange/{desk.ids()[1]}/as/raw-request")
    assert answer.data.endswith(b"\r\n\r\n" + HOSTILE.encode())
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert desk.get(f"/exchange/{desk.ids()[1]}/as/nothing").status_code == 404


@pytest.mark.parametrize("format", ["har", "html", "curl"])
def test_a_file_holds_what_the_filter_shows(desk, format):
    whole = desk.get(f"/traffic/export/file?format={format}")
    part = desk.get(f"/traffic/export/file?format={format}&q=host:shop.test")
    assert "attachment" in whole.headers["Content-Disposition"]
    assert "other.test" in whole.text
    assert "shop.test" in part.text
    assert "other.test" not in part.text
    assert SECRET not in whole.text
    assert SECRET in desk.get(f"/traffic/export/file?format={format}&secrets=keep").text
    assert "other.test" not in desk.get(f"/traffic/export/file?format={format}&id={desk.ids()[0]}").text


def test_the_report_runs_nothing_and_asks_for_nothing(desk):
    report = desk.get("/traffic/export/file?format=html").text
    assert "<script" not in report
    assert "&lt;script&gt;" in report
    assert not re.search(r"(?:src|href|action|url)\s*=?\s*[\"'(]?https?:", report)
    assert "default-src 'none'" in report


def test_the_pages_say_what_there_is(desk):
    assert "2 exchanges" in desk.get("/traffic/export").text
    assert "Nothing yet." in desk.get("/traffic/import").text
    traffic = desk.get("/traffic?q=host:shop.test").text
    assert "/traffic/export/file?format=har&amp;q=host:shop.test" in traffic
    assert f"/exchange/{desk.ids()[0]}/as/httpie" in desk.get(f"/exchange/{desk.ids()[0]}").text


# -- in


def sent(desk, data, name="a.har", piece=1000, **asks):
    """A file sent as the page's script does it, and what came of it."""
    job = desk.post("/api/v1/imports", json={"name": name, "size": len(data), **asks}).json
    for at in range(0, len(data), piece):
        answer = desk.post(
            f"/api/v1/imports/{job['id']}?at={at}",
            data=data[at : at + piece],
            content_type="application/octet-stream",
        )
        assert answer.status_code == 200
    return finished(desk, job["id"])


def finished(desk, id):
    wait = threading.Event()
    while (told := desk.get(f"/api/v1/imports/{id}").json)["state"] in ("waiting", "reading"):
        wait.wait(0.01)
    return told


def test_a_file_comes_in_pieces_and_into_the_list(desk):
    told = sent(desk, text(CHROME), name="C:\\files\\chrome.har")
    assert (told["state"], told["kept"], told["lost"], told["name"], told["share"]) == (
        "done",
        4,
        0,
        "chrome.har",
        1.0,
    )
    desk.record()
    assert told["first"] in desk.ids()
    page = desk.get("/traffic/import").text
    assert "4 exchanges imported, from a file made by WebInspector 537.36" in page
    assert (
        "read from a file, chrome.har"
        in desk.get(f"/exchange/{told['first']}?tab=messages&side=changes").text
    )
    again = sent(desk, text(CHROME))
    assert again["state"] == "known"
    assert "nothing was added" in desk.get("/traffic/import/jobs").text
    assert sent(desk, text(CHROME), again=True)["kept"] == 4


def test_what_is_wrong_in_a_file_is_on_the_page(desk):
    told = sent(
        desk, text(log(entry(), entry(request={"url": HOSTILE}))), name=HOSTILE.replace("/", "") + ".har"
    )
    assert (told["kept"], told["lost"]) == (1, 1)
    page = desk.get("/traffic/import").text
    assert "1 entry could not be read and is left out" in page
    assert "/log/entries/1/request/url" in page
    assert "<script>alert" not in page
    assert sent(desk, b"<html>")["problem"].startswith("This is XML or HTML")


def test_pieces_in_another_order_and_too_large_files_are_refused(desk):
    job = desk.post("/api/v1/imports", json={"name": "a.har", "size": 10}).json
    assert desk.post(f"/api/v1/imports/{job['id']}?at=5", data=b"12345").status_code == 409
    assert desk.post(f"/api/v1/imports/{job['id']}?at=0", data=b"12345678901").status_code == 409
    assert desk.post("/api/v1/imports", json={"name": "a.har", "size": 1 << 40}).status_code == 413
    assert desk.post("/api/v1/imports", json={"name": "a.har"}).status_code == 400
    assert desk.post("/api/v1/imports/nothing?at=0", data=b"1").status_code == 404
    desk.post(f"/api/v1/imports/{job['id']}?at=0", data=b"1234567890")
    assert finished(desk, job["id"])["state"] == "failed"


def test_a_small_file_comes_in_without_script(desk):
    import io

    answer = desk.post(
        "/traffic/import",
        data={"file": (io.BytesIO(text(CHROME)), "chrome.har")},
        headers={"Accept": "text/html"},
    )
    assert answer.status_code == 303
    assert finished(desk, desk.get("/api/v1/imports").json["imports"][0]["id"])["kept"] == 4


def test_a_file_that_nobody_sends_on_is_given_up(tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    imports = Imports(Importer(home, Settings(home)), home)
    job = imports.begin("a.har", 10)
    monkeypatch.setattr("inspector.web.imports._PATIENCE", -1.0)
    other = imports.begin("b.har", 10)
    assert (job.state, job.file.closed) == ("failed", True)
    other.file.close()


# -- in a terminal


def run(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def test_the_terminal_exports_and_imports(desk, tmp_path):
    out = tmp_path / "out.har"
    done = run("export", "--home", desk.home, "--filter", "host:shop.test", out)
    assert done.exit_code == 0
    assert "1 exchange. 1 secret was replaced" in done.stderr
    assert [each["request"]["url"] for each in json.loads(out.read_text())["log"]["entries"]] == [
        "http://shop.test/?q=1"
    ]
    assert "is there already" in run("export", "--home", desk.home, out).stderr
    assert run("export", "--home", desk.home, "--replace", "--keep-secrets", out).exit_code == 0
    assert SECRET in out.read_text()
    other = tmp_path / "other"
    assert "2 exchanges imported, from a file made by Inspector" in run("import", "--home", other, out).stdout
    assert "nothing was added" in run("import", "--home", other, out).stdout
    report = tmp_path / "report.html"
    assert run("export", "--home", other, report).exit_code == 0
    assert report.read_text().startswith("<!doctype html>")
    assert "curl" in run("export", "--home", other, "--format", "curl", "-").stdout


def test_the_terminal_says_what_is_wrong(desk, tmp_path):
    assert (
        "Did you mean status:>=200"
        in run("export", "--home", desk.home, "--filter", "stats:>=200", tmp_path / "x").stderr
    )
    assert "Nothing was captured" in run("export", "--home", tmp_path / "none", tmp_path / "x").stderr
    broken = tmp_path / "broken.har"
    broken.write_bytes(text(log(entry(), entry(request={"url": ""}))))
    done = run("import", "--home", tmp_path / "other", broken)
    assert (
        done.exit_code,
        "left out" in done.stdout,
        "/log/entries/1/request/url: an address was expected" in done.stdout,
    ) == (0, True, True)
    broken.write_bytes(b"<x>")
    done = run("import", "--home", tmp_path / "other", "--json", broken)
    assert (done.exit_code, json.loads(done.stdout)[0]["problem"][:11]) == (1, "This is XML")
