"""A real Chromium with its own list: believes a practice authority inside its scope, and nobody outside, however the leaf came about."""

from __future__ import annotations

import os
import re
import socket
import threading

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Error, sync_playwright

from inspector.pki import handover
from inspector.pki.authority import Authority
from inspector.pki.certificates import leaf, new_key
from inspector.pki.constraints import Scope
from inspector.pki.contexts import server_context
from inspector.pki.leaves import Leaves
from inspector.pki.trust_stores import acts
from inspector.pki.trust_stores.browsers import nss_stores
from inspector.pki.trust_stores.model import Anchor

INSIDE, OUTSIDE = "shop.inspector.test", "bank.example"


@pytest.fixture
def practice(tmp_path):
    return Authority.create(tmp_path / "practice", Scope.parse(""))


@pytest.fixture
def stolen(practice):
    """A server for a host outside, its leaf signed with the authority's very key."""
    key = new_key()
    signer = practice.above[0]
    made = leaf(
        [OUTSIDE], key.public_key(), signed_by=signer, key=practice._key,
        starts=signer.not_valid_before_utc, ends=signer.not_valid_after_utc,
    )  # fmt: skip
    context = server_context()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    handover.give(context, private + b"".join(each.public_bytes(Encoding.PEM) for each in (made, signer)))
    return context


@pytest.fixture
def serve():
    listeners = []

    def start(context):
        listener = socket.create_server(("127.0.0.1", 0), backlog=16)
        listeners.append(listener)
        threading.Thread(target=answer, args=(listener, context), daemon=True).start()
        return listener.getsockname()[1]

    yield start
    for each in listeners:
        each.close()


def answer(listener, context):
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            try:
                with context.wrap_socket(connection, server_side=True) as secure:
                    secure.recv(65536)
                    secure.sendall(
                        b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\nBELIEVED"
                    )
            except OSError:
                continue


@pytest.fixture
def visit(real, chromium_path, chromium_arguments, tmp_path):
    """What a freshly started Chromium makes of these sites: the page, or its name for what is wrong."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}

    def look(*sites):
        with sync_playwright() as playwright:
            window = playwright.chromium.launch_persistent_context(
                tmp_path / "profile", executable_path=chromium_path, env={**environment, "HOME": str(real.home)},
                args=[*chromium_arguments, "--host-resolver-rules=MAP * 127.0.0.1"],
            )  # fmt: skip
            found = [shown(window.pages[0], f"https://{host}:{port}/") for host, port in sites]
            window.close()
            return found

    return look


def shown(page, url):
    try:
        return page.goto(url).text()
    except Error as error:
        return re.search(r"ERR_\w+", error.message)[0]


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.xdist_group("chromium")
def test_chromium_holds_a_practice_authority_to_its_word(  # noqa: PLR0917 (fixtures)
    real, practice, stolen, serve, visit, certutil
):
    inside, outside = (INSIDE, serve(Leaves(practice).make(INSIDE).context)), (OUTSIDE, serve(stolen))
    [store] = [each for each in nss_stores(real) if each.id == "chromium"]
    anchor = Anchor(practice.certificate, practice.path)
    assert acts.trust(store, anchor, None, real).proof.holds
    assert visit(inside, outside) == ["BELIEVED", "ERR_CERT_INVALID"]
    assert acts.untrust(store, anchor, lambda held: held.current, real).proof.holds
    assert visit(inside) == ["ERR_CERT_AUTHORITY_INVALID"]
