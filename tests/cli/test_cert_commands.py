"""`inspector cert …`: files, how to use them, what is told of others' certificates, and what is said of bad input."""

from __future__ import annotations

import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from inspector.cli.main import main
from inspector.pki.authority import Authority
from inspector.pki.constraints import Scope

NAMES = ("myapp.test", "localhost", "127.0.0.1", "::1", "*.dev.test")


@pytest.fixture
def out(tmp_path):
    return tmp_path / "my certificates"


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def cert(home, out):
    """Make a certificate in `out`."""

    def run(*words):
        return CliRunner().invoke(main, ["cert", *words, "--home", str(home), "--out", str(out)])

    return run


@pytest.fixture
def ask():
    return lambda *words: CliRunner().invoke(main, ["cert", *map(str, words)])


def files(out):
    return sorted(path.name for path in out.iterdir())


# --- make ------------------------------------------------------------------------------------------------


def test_a_pair_with_the_names_that_people_know(cert, out, home):
    told = cert(*NAMES)
    assert told.exit_code == 0, told.output
    assert files(out) == ["myapp.test+4-chain.pem", "myapp.test+4-key.pem", "myapp.test+4.pem"]
    leaf = x509.load_pem_x509_certificate((out / "myapp.test+4.pem").read_bytes())
    key = load_pem_private_key((out / "myapp.test+4-key.pem").read_bytes(), None)
    assert key.public_key() == leaf.public_key()
    leaf.verify_directly_issued_by(Authority.load_or_create(home / "certs").certificate)
    assert "There was no authority yet" in told.output
    assert "neither for dev.test nor for a.b.dev.test" in told.output


def test_it_is_told_how_to_use_it_with_the_real_paths(cert, out):
    said = cert("myapp.test").output
    certificate, key = str(out / "myapp.test.pem"), str(out / "myapp.test-key.pem")
    assert f'ssl_context=("{certificate}", "{key}")' in said
    assert f"flask run --cert '{certificate}' --key '{key}'" in said
    assert f'ssl_certificate      "{certificate}";' in said
    assert (
        f'https.createServer({{ cert: fs.readFileSync("{certificate}"), key: fs.readFileSync("{key}") }}, app)'
        in said
    )


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_keys_are_private_under_an_open_umask(home, out):
    code = "import os, sys; os.umask(0); from inspector.cli.main import main; main(sys.argv[1:])"
    for words in (("a.test",), ("a.test", "--p12"), ("a.test",)):
        subprocess.run(
            [sys.executable, "-c", code, "cert", *words, "--home", str(home), "--out", str(out)], check=True, capture_output=True
        )  # fmt: skip
    assert {(out / name).stat().st_mode & 0o777 for name in ("a.test-key.pem", "a.test.p12")} == {0o600}
    assert (out / "a.test.pem").stat().st_mode & 0o777 == 0o644


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_an_authoritys_key_that_lay_open_is_warned_of(cert, out, home):
    key = Authority.load_or_create(home / "certs").folder / "ca-key.pem"
    key.chmod(0o644)
    assert "could be read by other people" in cert("a.test").output
    assert key.stat().st_mode & 0o777 == 0o600


def test_the_same_again_replaces_it(cert, out):
    cert("a.test")
    before = (out / "a.test.pem").read_bytes()
    assert cert("a.test").exit_code == 0
    assert (out / "a.test.pem").read_bytes() != before
    assert len(files(out)) == 3


@pytest.mark.parametrize("name", ["a.test.pem", "a.test-key.pem"])
def test_what_inspector_did_not_make_is_left_alone(cert, out, name):
    out.mkdir()
    (out / name).write_text("bought for much money")
    told = cert("a.test")
    assert told.exit_code == 1
    assert "Inspector did not make it" in told.output
    assert (out / name).read_text() == "bought for much money"
    assert files(out) == [name]


def test_one_file(cert, out):
    told = cert("--p12", "a.test", "--password", "secret")
    assert files(out) == ["a.test.p12"]
    assert load_pkcs12((out / "a.test.p12").read_bytes(), b"secret").cert
    assert "password secret" in told.output


def test_a_clients(cert, out):
    told = cert("--client", "me@example.com")
    assert "me@example.com-client.pem" in files(out)
    assert "curl --cert" in told.output


def test_a_request(cert, out, tmp_path):
    subprocess.run(
        ["openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", tmp_path / "k.pem", "-out", tmp_path / "r.csr",
         "-subj", "/CN=a.test", "-addext", "subjectAltName=DNS:a.test,DNS:b.test", "-addext", "keyUsage=keyCertSign"],
        check=True, capture_output=True,
    )  # fmt: skip
    told = cert("make", "--csr", str(tmp_path / "r.csr"))
    assert told.exit_code == 0, told.output
    assert files(out) == ["a.test+1-chain.pem", "a.test+1.pem"]
    assert "Not taken over from the request, since the authority decides it: keyUsage." in told.output


def test_of_a_practice_authority(cert, out, home):
    Authority.create(home / "certs", Scope.parse("example.com"))
    told = cert("www.example.org")
    assert told.exit_code == 1
    assert (
        "www.example.org is not among the names that this authority may vouch for: test, example.com."
        in told.output
    )
    assert not out.exists()
    assert cert("www.example.com").exit_code == 0
    assert len(x509.load_pem_x509_certificates((out / "www.example.com.pem").read_bytes())) == 2
    assert len(x509.load_pem_x509_certificates((out / "www.example.com-chain.pem").read_bytes())) == 3


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "inspector cert NAME… is short for"),
        (("make",), 2, "Say what it is for"),
        (("a b",), 1, "not a host name"),
        (("*.com",), 1, "Go one level down, as in *.dev.com"),
        (("a.test", "--days", "900"), 2, "Apple's systems refuse"),
        (("a.test", "--days", "0"), 2, "0 is not in the range"),
        (("a.test", "--rsa", "--ecdsa"), 2, "exclude each other"),
        (("a.test", "--csr", "x.csr"), 2, "the names come from the request"),
        (("make", "--csr", "x.csr", "--p12"), 2, "the key is somebody else's"),
        (("make", "--csr", "no-such.csr"), 1, "no-such.csr cannot be read"),
    ],
)
def test_bad_input_is_told_with_the_cure(home, out, words, code, said):
    more = ["--home", str(home), "--out", str(out)] if words else []
    told = CliRunner().invoke(main, ["cert", *words, *more])
    assert said in told.output
    assert told.exit_code == code
    assert not out.exists()


# --- show and check --------------------------------------------------------------------------------------


@pytest.fixture
def server(cert, out):
    """A TLS server with the certificate for NAMES; `host:port`."""
    cert(*NAMES)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(out / "myapp.test+4.pem", out / "myapp.test+4-key.pem")
    listener = socket.create_server(("127.0.0.1", 0), backlog=16)
    threading.Thread(target=serve, args=(listener, context), daemon=True).start()
    yield f"127.0.0.1:{listener.getsockname()[1]}"
    listener.close()


def serve(listener, context):
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            try:
                with context.wrap_socket(connection, server_side=True) as secure:
                    secure.recv(100)
            except OSError:
                continue


def test_a_file_in_words(ask, cert, out):
    cert(*NAMES)
    said = ask("show", out / "myapp.test+4-chain.pem").output
    assert "2 certificates (PEM)" in said
    assert said.index("the leaf") < said.index("a root: an authority that signed itself")
    assert ", ".join(NAMES) in said
    assert "✓ Each is signed by the next" in said


def test_a_key_is_never_shown(ask, cert, out):
    cert("a.test")
    told = ask("show", out / "a.test-key.pem")
    assert told.exit_code == 1
    assert "This is a key" in told.output
    body = (out / "a.test-key.pem").read_text().splitlines()[1]
    assert body not in told.output


def test_a_server_in_words_and_for_programs(ask, server):
    said = ask("show", server).output
    assert "answered as 127.0.0.1: TLSv1.3" in said
    assert "ECDSA, P-256" in said
    told = json.loads(ask("show", server, "--json").output)
    assert told["chain"][0]["names"] == list(NAMES)
    assert {check["id"] for check in told["checks"]} >= {"dates", "name", "trust"}


def test_a_check_goes_on_after_the_first_that_fails(ask, server):
    told = ask("check", "wrong.test", "--connect", server)
    assert told.exit_code == 1
    said = told.output
    assert "✗ A trusted root stands above it" in said
    assert "✗ It is for wrong.test" in said
    assert "✓ It is valid today" in said
    assert "✓ It speaks a version that is safe" in said
    assert "checks failed" in said


def test_nothing_is_wrong_where_the_authority_is_believed(ask, server, home):
    told = ask("check", "localhost", "--connect", server, "--ca", home / "certs" / "ca.pem")
    assert told.exit_code == 0, told.output
    assert "Nothing is wrong with it." in told.output
    found = json.loads(
        ask("check", "localhost", "--connect", server, "--ca", home / "certs" / "ca.pem", "--json").output
    )
    assert all(check["good"] is not False for check in found)


def test_one_that_cannot_be_reached(ask):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    told = ask("check", f"127.0.0.1:{port}")
    assert told.exit_code == 1
    assert "no program listens there" in told.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "./nothing.pem"), "cannot be read: No such file"),
        (("show", "x.invalid"), "There is no address for the name x.invalid"),
        (("check", "https://"), "is no server"),
        (("check", "host:99999"), "is no server"),
    ],
)
def test_what_cannot_be_looked_at_is_told(ask, words, said):
    told = ask(*words)
    assert told.exit_code in {1, 2}
    assert said in told.output


def test_a_name_of_a_command_can_still_be_a_host(cert, out):
    assert cert("make", "show", "check").exit_code == 0
    assert "show+1.pem" in files(out)


@pytest.mark.clients
@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl")
def test_curl_and_a_flask_server_as_the_recipe_says(cert, out, home):
    """The recipe's own words, run as they are."""
    cert("localhost")
    code = (
        "import flask, sys; from werkzeug.serving import make_server\n"
        "app = flask.Flask('a'); app.add_url_rule('/', view_func=lambda: 'hello')\n"
        "server = make_server('127.0.0.1', 0, app, ssl_context=(sys.argv[1], sys.argv[2]))\n"
        "print(server.port, flush=True); server.handle_request()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, out / "localhost.pem", out / "localhost-key.pem"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )  # fmt: skip
    try:
        port = process.stdout.readline().strip()
        done = subprocess.run(
            ["curl", "-sS", "--noproxy", "*", "--cacert", home / "certs" / "ca.pem", f"https://localhost:{port}/"], capture_output=True, text=True, check=False
        )  # fmt: skip
        assert done.stdout == "hello", done.stderr
    finally:
        process.kill()
        process.communicate()
