"""The Certificates entry: the authority in every form and never its key, who trusts it, reading, making, and what is for this computer alone."""

from __future__ import annotations

import io
import plistlib
import shutil
import socket
import subprocess
import threading
import zipfile
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12
from test_exchange_page import HOSTILE, Page, text_of
from web_fakes import FakeCaptures, FakeSettings
from web_fakes import made as exchange

from inspector.exchange.model import Decision
from inspector.lab.badtls.cases import CASES
from inspector.pki import handmade
from inspector.pki.authority import Authority
from inspector.pki.constraints import Scope
from inspector.pki.leaves import Leaves
from inspector.pki.trust_stores.model import Anchor, Held, Look, Step
from inspector.pki.visit import Handshake
from inspector.web.app import create_app
from inspector.web.certificates import stores as web_stores
from inspector.web.certificates.stores import Stores
from inspector.web.certificates.visits import Visits, parse
from inspector.web.errors import Refusal
from inspector.web.roots import Roots
from inspector.web.settings import WebSettings
from inspector.web.tickets import Keys

HOST = "http://inspector.localhost:8081"


class FakeStore:
    """A trust store that says what a test wants."""

    def __init__(self, id="system", state="absent", **look):
        self.id, self.title, self.serves, self.place, self.chosen = (
            id,
            f"the {id} store",
            "curl & co",
            f"/stores/{id}",
            True,
        )
        self.found, self.looks = Look(state, **look), 0

    def look(self, anchor):
        self.looks += 1
        if isinstance(self.found.note, Exception):
            raise self.found.note
        return self.found

    def to_trust(self, anchor):
        return (Step("Copies the certificate.", ("install", "a b", "c"), as_root=True),)

    def to_untrust(self, held):
        return (Step("Deletes it.", ("rm", "x")),)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    (home / "run").mkdir()
    Authority.load_or_create(home / "certs")
    settings = WebSettings(
        run=str(home / "run"), certs=str(home / "certs"), ca_path=str(home / "certs" / "ca.pem"), home_option=" --home X", lab=True,
    )  # fmt: skip
    known = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(web_stores.stores, "find", lambda *_: known)
        app = create_app(settings, FakeCaptures(), FakeSettings(), lambda: ())
    return app, settings, known, home


@pytest.fixture
def person(made, monkeypatch):
    """Somebody signed in, on this computer or on another one: person()(path, form)."""
    app, settings, known, _ = made
    known[:] = [FakeStore()]
    monkeypatch.setattr("inspector.web.assets.Assets.__call__", lambda _, name: f"/static/dist/{name}")

    def sign_in(address="127.0.0.1"):
        client = app.test_client()
        keys = Keys.load_or_create(Path(settings.run))
        client.get("/sign-in", base_url=HOST, query_string={"ticket": keys.mint()})

        def ask(path, form=None, status=200, **more):
            more = {"base_url": HOST, "environ_base": {"REMOTE_ADDR": address}} | more
            if form is None:
                answer = client.get(path, **more)
            else:
                with client.session_transaction(base_url=HOST) as session:
                    token = session.get("csrf") or session.setdefault("csrf", "t" * 32)
                answer = client.post(path, data={"csrf_token": token} | form, **more)
            assert answer.status_code == status, answer.get_data(as_text=True)[:500]
            if answer.mimetype == "text/html":
                Page(answer.get_data(as_text=True)).check_harmless()
            return answer

        return ask

    return sign_in


def text(answer):
    return text_of(answer.get_data(as_text=True)).replace("&#39;", "'").replace("&amp;", "&")


@pytest.fixture
def authority(made):
    return Authority.load_or_create(made[3] / "certs")


class TestYourAuthority:
    def test_it_says_what_it_is(self, person, authority):
        page = text(person()("/certificates"))
        for words in (
            authority.name,
            authority.fingerprint,
            "any name",
            "days left",
            "inspector ca trust --home X",
            "inspector ca renew --home X",
        ):
            assert words in page

    @pytest.mark.parametrize("form", ["pem", "der", "p12", "mobileconfig"])
    def test_it_can_be_taken_away_in_every_form_and_never_with_its_key(self, person, authority, made, form):
        answer = person("192.0.2.7")(f"/certificates/authority.{form}")
        assert "attachment" in answer.headers["Content-Disposition"]
        match form:
            case "pem":
                found = x509.load_pem_x509_certificate(answer.data)
            case "der":
                found = x509.load_der_x509_certificate(answer.data)
            case "p12":
                opened = pkcs12.load_pkcs12(answer.data, b"changeit")
                assert opened.key is None
                found = opened.additional_certs[0].certificate
            case _:
                payload = plistlib.loads(answer.data)["PayloadContent"][0]["PayloadContent"]
                found = x509.load_der_x509_certificate(payload)
        assert found == authority.certificate
        key = (made[3] / "certs" / "ca-key.pem").read_bytes().splitlines()[1]
        assert key not in answer.data

    def test_other_forms_are_none(self, person):
        person()("/certificates/authority.exe", status=404)

    def test_no_authority_is_said_with_the_cure(self, tmp_path, monkeypatch):
        monkeypatch.setattr("inspector.web.assets.Assets.__call__", lambda _, name: f"/static/dist/{name}")
        settings = WebSettings(run=str(tmp_path), certs=str(tmp_path / "none"))
        client = create_app(settings, FakeCaptures(), FakeSettings(), lambda: ()).test_client()
        client.get("/sign-in", base_url=HOST, query_string={"ticket": Keys.load_or_create(tmp_path).mint()})
        page = client.get("/certificates", base_url=HOST)
        assert "There is no authority yet" in text(page)
        assert "inspector ca new --full" in text(page)
        assert client.get("/certificates/stores", base_url=HOST).status_code == 404
        assert client.get("/certificates/make", base_url=HOST).status_code == 200


class TestWhoTrustsIt:
    def test_the_page_comes_without_waiting_for_the_stores(self, person, made):
        html = person()("/certificates").get_data(as_text=True)
        assert 'hx-get="/certificates/stores"' in html
        assert made[2][0].looks == 0

    def test_every_store_has_its_state_and_its_commands(self, person, made, authority):
        held = Held(
            authority.fingerprint, "", authority.name, authority.certificate.not_valid_after_utc, True
        )
        other = Held("AA", "", "Inspector CA, old", authority.certificate.not_valid_after_utc, False)
        made[2][:] = [
            FakeStore("system", "trusted", held=(held,)), FakeStore("chromium", "absent", held=(other,)),
            FakeStore("java:17", "present", note="It is there."), FakeStore("firefox", "unknown", note="No certutil.", cure="sudo apt install x"),
        ]  # fmt: skip
        page = text(person()("/certificates/stores?again=1"))
        for words in ("1 of 4 trust stores", "trusts it", "doesn't know it", "has it, and doesn't trust it", "can't be told",
                      "inspector ca untrust --store system --home X", "inspector ca trust --store chromium --home X", "sudo install 'a b' c",
                      "Inspector CA, old", "sudo apt install x", "inspector ca untrust --older --home X"):  # fmt: skip
            assert words in page

    def test_a_store_that_breaks_is_one_that_cannot_be_told(self, person, made):
        made[2][:] = [FakeStore("bad", note=OSError("no disk")), FakeStore("good", "trusted")]
        page = text(person()("/certificates/stores?again=1"))
        assert "It cannot be read: no disk." in page
        assert "1 of 2 trust stores" in page

    def test_what_was_found_is_kept_for_a_moment(self, authority):
        now, store = [100.0], FakeStore()
        anchor = Anchor(authority.certificate, authority.path)
        stores = Stores(lambda words: words, lambda *_: [store], clock=lambda: now[0])
        stores.look(anchor)
        stores.look(anchor)
        assert store.looks == 1
        stores.look(anchor, again=True)
        assert store.looks == 2
        now[0] += 60
        stores.look(anchor)
        assert store.looks == 3

    def test_the_table_is_in_the_page_for_who_has_no_script(self, person):
        ask = person()
        ask("/certificates/stores?again=1")
        assert "The system store" in text(ask("/certificates?stores=1"))


FORM = {
    "names": "myapp.test, localhost 127.0.0.1",
    "for": "server",
    "key": "ecdsa",
    "form": "zip",
    "days": "30",
}


class TestMaking:
    def test_a_zip_with_certificate_key_and_chain(self, person, authority):
        answer = person()("/certificates/make/files", FORM)
        assert answer.headers["Cache-Control"] == "no-store"
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            assert archive.namelist() == [
                "myapp.test+2.pem",
                "myapp.test+2-key.pem",
                "myapp.test+2-chain.pem",
            ]
            modes = {each.filename: each.external_attr >> 16 & 0o777 for each in archive.infolist()}
            assert modes["myapp.test+2-key.pem"] == 0o600
            leaf = x509.load_pem_x509_certificate(archive.read("myapp.test+2.pem"))
            key = load_pem_private_key(archive.read("myapp.test+2-key.pem"), None)
        leaf.verify_directly_issued_by(authority.certificate)
        assert key.public_key() == leaf.public_key()
        assert (leaf.not_valid_after_utc - leaf.not_valid_before_utc).days == 31

    def test_one_file_for_browsers_with_a_password(self, person):
        answer = person()(
            "/certificates/make/files",
            FORM | {"form": "p12", "password": "öpen", "key": "rsa", "for": "client"},
        )
        assert 'filename="myapp.test+2-client.p12"' in answer.headers["Content-Disposition"]
        opened = pkcs12.load_pkcs12(answer.data, "öpen".encode())
        assert opened.key.key_size == 2048
        assert opened.cert is not None

    def test_nothing_of_it_is_kept(self, person, made):
        ask = person()
        before = {path for path in made[3].rglob("*") if path.is_file()}
        ask("/certificates/make/files", FORM)
        assert {path for path in made[3].rglob("*") if path.is_file()} == before

    @pytest.mark.parametrize(
        ("form", "words"),
        [({"names": "  "}, "Say what it is for"), ({"names": "http://x/ y"}, "http://x/"), ({"names": " ".join(f"a{n}.test" for n in range(150))}, "at most 100")],
    )  # fmt: skip
    def test_what_cannot_be_made_is_said_and_the_form_stays_filled(self, person, form, words):
        answer = person()("/certificates/make/files", FORM | form, status=400)
        assert words in text(answer)
        assert 'value="30"' in answer.get_data(as_text=True)

    @pytest.mark.parametrize(("days", "until"), [("0", 1), ("-5", 1), ("99999", 729), ("x", 365)])
    def test_days_stay_within_what_apple_s_systems_accept(self, person, days, until):
        answer = person()("/certificates/make/files", FORM | {"days": days})
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            leaf = x509.load_pem_x509_certificate(archive.read("myapp.test+2.pem"))
        assert until <= (leaf.not_valid_after_utc - leaf.not_valid_before_utc).days <= until + 1

    def test_another_computer_gets_no_key(self, person):
        ask = person("192.0.2.7")
        assert "a private key must not cross a network" in text(ask("/certificates/make"))
        assert "<form class" not in ask("/certificates/make").get_data(as_text=True)
        assert "BEGIN" not in text(ask("/certificates/make/files", FORM, status=403))

    def test_nobody_elses_page_makes_one(self, person):
        person()("/certificates/make/files", FORM | {"csrf_token": "wrong"}, status=403)

    def test_a_practice_authority_says_what_it_may_vouch_for(self, tmp_path, monkeypatch):
        monkeypatch.setattr("inspector.web.assets.Assets.__call__", lambda _, name: f"/static/dist/{name}")
        Authority.create(tmp_path / "certs", Scope.parse("school.example"))
        settings = WebSettings(run=str(tmp_path), certs=str(tmp_path / "certs"))
        client = create_app(settings, FakeCaptures(), FakeSettings(), lambda: ()).test_client()
        client.get("/sign-in", base_url=HOST, query_string={"ticket": Keys.load_or_create(tmp_path).mint()})
        assert "a practice one: it may vouch for test, school.example only" in text(
            client.get("/certificates/make", base_url=HOST)
        )
        with client.session_transaction(base_url=HOST) as session:
            token = session["csrf"]
        answer = client.post(
            "/certificates/make/files", data={"csrf_token": token, "names": "bank.example"}, base_url=HOST
        )
        assert answer.status_code == 400
        assert "bank.example is not among the names" in text(answer)


class TestReading:
    def test_a_pasted_chain_is_told_with_every_check(self, person, authority):
        made = handmade.make(authority, ["myapp.test"])
        page = text(
            person("192.0.2.7")(
                "/certificates/read/given", {"text": made.chain.decode(), "host": "other.test"}
            )
        )
        for words in (
            "myapp.test",
            authority.name,
            "checks failed",
            "NET::ERR_CERT_COMMON_NAME_INVALID",
            "Nobody in",
        ):
            assert words in page

    def test_a_file_counts_more_than_text(self, person, authority):
        file = (io.BytesIO(authority.der), "my-ca.cer")
        answer = person()(
            "/certificates/read/given", {"text": "nonsense", "file": file}, content_type="multipart/form-data"
        )
        assert "my-ca.cer" in text(answer)
        assert "An authority's certificate" in text(answer)

    def test_a_p12_wants_its_password_and_its_key_is_not_shown(self, person, authority):
        packed = handmade.make(authority, ["myapp.test"]).p12("secret")

        def ask(password, status):
            form = {"file": (io.BytesIO(packed), "a.p12"), "password": password}
            return text(
                person()("/certificates/read/given", form, status=status, content_type="multipart/form-data")
            )

        assert "the password is not right. Write it into the field." in ask("wrong", 400)
        assert "there is also a private key in it" in ask("secret", 200)

    @pytest.mark.parametrize("content", ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----", HOSTILE])  # fmt: skip
    def test_what_is_none_is_said_to_be_none(self, person, content):
        assert 'role="alert"' in person()("/certificates/read/given", {"text": content}, status=400).get_data(
            as_text=True
        )

    def test_a_file_too_large_is_refused(self, person):
        form = {"file": (io.BytesIO(bytes(300 * 1024)), "a.pem")}
        person()("/certificates/read/given", form, status=413, content_type="multipart/form-data")

    def test_looking_is_for_this_computer_alone(self, person):
        ask = person("192.0.2.7")
        assert "a dashboard must not be a way into its network" in text(ask("/certificates/read"))
        ask("/certificates/look", {"server": "example.com"}, status=403)


class TestVisiting:
    @pytest.fixture
    def settings(self, tmp_path):
        return WebSettings(run=str(tmp_path), addresses=("127.0.0.1:8081",), proxies=("127.0.0.1:8080",))

    @pytest.fixture
    def server(self, authority):
        """A real TLS server on loopback, with a certificate for a.test."""
        listener = socket.create_server(("127.0.0.1", 0))
        context = Leaves(authority).make("a.test").context

        def serve():
            while True:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return
                with line:
                    try:
                        context.wrap_socket(line, server_side=True).close()
                    except OSError:
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()

    @pytest.mark.parametrize(
        ("typed", "found"),
        [("example.com", ("example.com", 443)), (" localhost:5000 ", ("localhost", 5000)), ("[::1]:8443", ("::1", 8443)), ("https://a.test/x?y", ("a.test", 443))],
    )  # fmt: skip
    def test_a_server_as_people_write_it(self, typed, found):
        assert parse(typed) == found

    @pytest.mark.parametrize(
        "typed", ["", "a b", "http://a.test/", "ftp://x", "a:99999", "a:b", "//", "x" * 400, "a\nb"]
    )
    def test_what_is_no_server(self, typed):
        with pytest.raises(Refusal):
            parse(typed)

    def test_a_real_server_is_told_as_inspector_would_judge_it(self, settings, server):
        found = Visits(settings, Roots(settings), resolve=lambda *_: ["127.0.0.1"]).visit(f"a.test:{server}")
        assert found.chain is not None
        assert found.chain.mark == "bad"
        assert found.chain.refusal is not None
        assert ("TLS", "TLS 1.3") in found.facts

    @pytest.mark.parametrize("port", [8080, 8081])
    @pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "0.0.0.0"])
    def test_inspector_itself_is_not_visited(self, settings, port, address):
        visits = Visits(
            settings,
            Roots(settings),
            shake=lambda *_: pytest.fail("it was"),
            resolve=lambda *_: ["192.0.2.1", address],
        )
        with pytest.raises(Refusal, match="is Inspector itself"):
            visits.visit(f"sneaky.example:{port}")

    def test_the_first_address_that_answers_is_taken(self, settings):
        tried = []

        def shake(target, context):
            tried.append(target.host)
            return Handshake(
                reached=target.host if target.host == "192.0.2.2" else "", failure="Nobody there."
            )

        found = Visits(
            settings, Roots(settings), shake, lambda *_: ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
        ).visit("a.test")
        assert tried == ["192.0.2.1", "192.0.2.2"]
        assert found.failure == "Nobody there."

    def test_a_name_without_an_address_is_a_sentence(self, settings):
        def nowhere(host, port):
            raise socket.gaierror

        assert (
            "There is no address for the name"
            in Visits(settings, Roots(settings), resolve=nowhere).visit("x.invalid").failure
        )

    def test_only_a_few_at_a_time(self, settings):
        inside, go = threading.Barrier(3), threading.Event()

        def shake(target, context):
            inside.wait(10)
            go.wait(10)
            return Handshake(failure="x")

        visits = Visits(settings, Roots(settings), shake, lambda *_: ["192.0.2.1"])
        threads = [threading.Thread(target=visits.visit, args=("a.test",)) for _ in "ab"]
        for thread in threads:
            thread.start()
        inside.wait(10)
        with pytest.raises(Refusal, match="just now"):
            visits.visit("a.test")
        go.set()
        for thread in threads:
            thread.join()

    def test_the_page_shows_it(self, person, server):
        page = text(person()("/certificates/look", {"server": f"127.0.0.1:{server}"}))
        for words in (
            "TLS 1.3",
            "Nobody in",
            "The certificate is for a.test, not for the address 127.0.0.1",
            "inspector cert check 127.0.0.1:",
        ):
            assert words in page or words.startswith("The certificate is for")


class TestTheLab:
    def test_every_case_is_there_with_what_browsers_call_it(self, person):
        page = text(person()("/certificates/bad-tls"))
        for case in CASES:
            assert case.title in page
            assert case.url in page
            assert not case.chromium or case.chromium in page

    def test_without_it_the_page_says_so(self, tmp_path, monkeypatch):
        monkeypatch.setattr("inspector.web.assets.Assets.__call__", lambda _, name: f"/static/dist/{name}")
        client = create_app(
            WebSettings(run=str(tmp_path)), FakeCaptures(), FakeSettings(), lambda: ()
        ).test_client()
        client.get("/sign-in", base_url=HOST, query_string={"ticket": Keys.load_or_create(tmp_path).mint()})
        assert "The lab is not running" in text(client.get("/certificates/bad-tls", base_url=HOST))


class TestRoots:
    def test_files_of_upstream_ca_are_parts_of_their_own(self, tmp_path, authority):
        settings = WebSettings(
            run=str(tmp_path), upstream_ca=(str(authority.path), str(tmp_path / "gone.pem"))
        )
        store = Roots(settings).store()
        if store.roots is None:
            pytest.skip("this system does not list its roots")
        assert authority.der in store.roots
        assert store.where(authority.der) == f"the file {authority.path}"
        assert str(authority.path) in store.title

    @pytest.mark.parametrize(
        ("changes", "own"),
        [({"host": "a.inspector.test"}, True), ({"decisions": (Decision("local-site", "127.0.0.1"),)}, True), ({}, False), ({"host": "inspector.test.example"}, False)],
    )  # fmt: skip
    def test_practice_sites_are_judged_by_their_own_root_alone(self, tmp_path, authority, changes, own):
        settings = WebSettings(run=str(tmp_path), lab_root=str(authority.path))
        store = Roots(settings).store_for(exchange(1, **{"host": "shop.example"} | changes))
        assert (store.roots == (authority.der,)) is own

    def test_they_are_read_again_after_a_minute(self, tmp_path, authority):
        now = [0.0]
        path = tmp_path / "own.pem"
        roots = Roots(WebSettings(run=str(tmp_path), upstream_ca=(str(path),)), clock=lambda: now[0])
        if roots.store().roots is None:
            pytest.skip("this system does not list its roots")
        path.write_bytes(authority.pem)
        assert authority.der not in roots.store().roots
        now[0] += 61
        assert authority.der in roots.store().roots


@pytest.mark.clients
def test_openssl_accepts_what_the_form_hands_over(person, made, tmp_path):
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl")
    answer = person()("/certificates/make/files", {"names": "myapp.test"})
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        archive.extractall(tmp_path)
    done = subprocess.run(
        ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", "myapp.test", "-CAfile", made[1].ca_path, tmp_path / "myapp.test.pem"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
