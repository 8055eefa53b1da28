"""TLS towards browsers, judged by other people's programs: Mozilla's intermediate list, a list of what was revoked, no odd groups."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from e2e_relay import Relay

pytestmark = [pytest.mark.clients, pytest.mark.timeout(240)]
HOST = "inspector.test"
HARMLESS = {"OK", "INFO", "LOW"}


@pytest.fixture(scope="module")
def running(start_running: Any) -> Any:
    return start_running().wait_until_ready()


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def shake_hands(running: Any, *options: str) -> str:
    """What OpenSSL's client says of a handshake through the proxy."""
    done = subprocess.run(
        [program("openssl"), "s_client", "-proxy", running.proxy, "-connect", f"{HOST}:443", "-servername", HOST,
         "-CAfile", str(running.ca), "-verify_return_error", *options],
        input="", capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.mark.parametrize("group", ["X25519", "P-256", "P-384"])
def test_the_usual_key_exchanges_are_taken(running: Any, group: str) -> None:
    said = shake_hands(running, "-groups", group)
    assert "Verify return code: 0 (ok)" in said
    assert "Server Temp Key:" in said


@pytest.mark.parametrize("group", ["X448", "P-521"])
def test_others_are_not(running: Any, group: str) -> None:
    assert "handshake failure" in shake_hands(running, "-groups", group)


def test_a_phone_without_aes_gets_chacha(running: Any) -> None:
    chacha, aes = "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"
    assert f"Cipher is {chacha}" in shake_hands(running, "-ciphersuites", f"{chacha}:{aes}")
    assert f"Cipher is {chacha}" not in shake_hands(running, "-ciphersuites", f"{aes}:{chacha}")


def test_the_list_of_revoked_certificates_is_where_the_leaf_says(running: Any) -> None:
    pem = shake_hands(running, "-showcerts").partition("-----BEGIN")
    leaf = x509.load_pem_x509_certificate((pem[1] + pem[2]).encode())
    place = leaf.extensions.get_extension_for_class(x509.CRLDistributionPoints).value[0].full_name[0].value
    answer = requests.get(place, proxies={"http": running.proxy_url}, timeout=20)
    assert answer.headers["Content-Type"] == "application/pkix-crl"
    assert x509.load_der_x509_crl(answer.content).is_signature_valid(
        x509.load_pem_x509_certificate(running.ca.read_bytes()).public_key()
    )


@pytest.fixture
def direct(running: Any) -> Any:
    """A port that leads straight to the TLS of a host, for programs that know no proxy."""
    with Relay(running.door, HOST) as relay:
        yield relay.port


def test_sslyze_finds_it_as_mozilla_wants_it(running: Any, direct: int) -> None:
    done = subprocess.run(
        [program("sslyze"), "--sni", HOST, "--mozilla_config=intermediate", "--certinfo_ca_file", str(running.ca),
         f"127.0.0.1:{direct}"],
        capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    compliance = done.stdout.partition("COMPLIANCE AGAINST")[2]
    assert f"127.0.0.1:{direct}: OK - Compliant." in compliance, compliance or done.stderr


def test_testssl_finds_nothing_above_low(running: Any, direct: int, tmp_path: Path) -> None:
    found = tmp_path / "found.json"
    # Short-lived certificates are no fault; it halves its thresholds by itself where Let's Encrypt is the issuer.
    environment = os.environ | {"DAYS2WARN1": "30", "DAYS2WARN2": "15"}
    # Everything but what browsers would choose: that is told, never judged, and takes a third of the time.
    judged = (
        "--protocols",
        "--std",
        "--pfs",
        "--server-preference",
        "--server-defaults",
        "--headers",
        "--vulnerable",
    )
    done = subprocess.run(
        [program("testssl"), *judged, "--ip", "127.0.0.1", "--nodns", "min", "--color", "0", "--warnings", "off",
         "--add-ca", str(running.ca), "--jsonfile", str(found), f"{HOST}:{direct}"],
        env=environment, capture_output=True, text=True, timeout=230, check=False,
    )  # fmt: skip
    findings = json.loads(found.read_text())
    assert len(findings) > 80, done.stdout[-2000:]
    assert [each for each in findings if each["severity"] not in HARMLESS] == []
