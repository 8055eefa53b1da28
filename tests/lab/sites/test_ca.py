"""ca.inspector.test: a real ACME client gets a certificate, the authority's own visit to the site is captured, and what breaks the rules is refused by them."""

from __future__ import annotations

import datetime as dt
import json
import time

import josepy
import pytest
from acme import challenges, client, errors, messages
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc import jws
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry

from inspector.lab.badtls.kept import ROOT
from inspector.lab.sites.ca import book as books
from inspector.lab.sites.practice import MINE
from inspector.pki.checks import run
from inspector.pki.paths import Case

CA = "https://ca.inspector.test"


class Challenged:
    """A site that answers to challenges, and to nothing else."""

    def __init__(self):
        self.answers = {}
        self.moved = ""

    def __call__(self, environ, start_response):
        token = environ["PATH_INFO"].rpartition("/")[2]
        if self.moved:
            start_response("302 Found", [("Location", self.moved), ("Content-Length", "0")])
            return []
        body = self.answers.get(token, b"")
        start_response("200 OK" if body else "404 Not Found", [("Content-Length", str(len(body)))])
        return [body]


@pytest.fixture
def site(practice):
    practice.mine = Challenged()
    yield practice.mine
    practice.mine = None


@pytest.fixture(params=["ES256", "RS256"])
def applicant(request, practice):
    """The client of certbot, with an account."""
    yield from opened(practice, request.param)


@pytest.fixture
def applicant_es256(practice):
    yield from opened(practice, "ES256")


def opened(practice, algorithm):
    if algorithm == "ES256":
        key = josepy.JWKEC(key=ec.generate_private_key(ec.SECP256R1()))
        alg = josepy.ES256
    else:
        key = josepy.JWKRSA(key=rsa.generate_private_key(65537, 2048))
        alg = josepy.RS256
    net = client.ClientNetwork(key, alg=alg, verify_ssl=practice.authority)
    net.session.trust_env = False
    net.session.proxies = {"http": practice.proxy, "https": practice.proxy}
    made = client.ClientV2(client.ClientV2.get_directory(f"{CA}/directory", net), net)
    made.new_account(
        messages.NewRegistration.from_data(email="ada@example.org", terms_of_service_agreed=True)
    )
    yield made
    net.session.close()


def request_for(*names, key=None):
    key = key or ec.generate_private_key(ec.SECP256R1())
    csr = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([]))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return csr.public_bytes(serialization.Encoding.PEM)


def soon():
    return dt.datetime.now() + dt.timedelta(seconds=20)  # noqa: DTZ005 (acme compares it with its own, which has no zone)


def prove(applicant, site, order):
    for authorization in order.authorizations:
        challenge = next(
            each for each in authorization.body.challenges if isinstance(each.chall, challenges.HTTP01)
        )
        response, answer = challenge.response_and_validation(applicant.net.key)
        site.answers[challenge.chall.encode("token")] = answer.encode()
        applicant.answer_challenge(challenge, response)


def test_a_real_client_gets_a_certificate_that_counts(applicant, site, practice):
    before = len(practice.engine.records.exchanges)
    order = applicant.new_order(request_for(MINE))
    prove(applicant, site, order)
    done = applicant.poll_and_finalize(order, deadline=soon())
    chain = tuple(
        each.public_bytes(serialization.Encoding.DER)
        for each in x509.load_pem_x509_certificates(done.fullchain_pem.encode())
    )
    root = x509.load_pem_x509_certificate((practice.folder / "lab" / ROOT).read_bytes())
    checks = run(Case(chain, MINE, dt.datetime.now(dt.UTC), [root.public_bytes(serialization.Encoding.DER)]))
    assert not [each.id for each in checks if each.good is False]
    asked = [(each.method, each.host, each.path) for each in practice.engine.records.exchanges[before:]]
    assert any(host == MINE and path.startswith("/.well-known/acme-challenge/") for _, host, path in asked)
    assert ("POST", "ca.inspector.test", "/acme/new-order") in asked


def test_a_renewal_is_another_order_by_the_same_account(applicant_es256, site):
    serials = set()
    for _ in range(2):
        order = applicant_es256.new_order(request_for(MINE))
        prove(applicant_es256, site, order)
        done = applicant_es256.poll_and_finalize(order, deadline=soon())
        serials.add(x509.load_pem_x509_certificates(done.fullchain_pem.encode())[0].serial_number)
    assert len(serials) == 2


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (None, "unauthorized"),
        (b"something else", "incorrectResponse"),
        ("https://example.com/", "connection"),
    ],
)
def test_a_site_that_does_not_answer_rightly_gets_none(applicant_es256, site, answer, kind):
    order = applicant_es256.new_order(request_for(MINE))
    challenge = order.authorizations[0].body.challenges[0]
    if isinstance(answer, str):
        site.moved = answer
    elif answer is not None:
        site.answers[challenge.chall.encode("token")] = answer
    applicant_es256.answer_challenge(challenge, challenge.response(applicant_es256.net.key))
    with pytest.raises(errors.ValidationError) as failed:
        applicant_es256.poll_and_finalize(order, deadline=soon())
    assert failed.value.failed_authzrs[0].body.challenges[0].error.code == kind


@pytest.mark.parametrize(
    ("names", "kind"),
    [(["example.com"], "rejectedIdentifier"), (["*.inspector.test"], "rejectedIdentifier"), (["inspector.test"], "rejectedIdentifier"),
     (["a_b.inspector.test"], "rejectedIdentifier"), ([f"n{each}.inspector.test" for each in range(11)], "malformed")],
    ids=["another", "a star", "itself", "an underscore", "too many"],
)  # fmt: skip
def test_names_that_it_does_not_vouch_for(applicant_es256, names, kind):
    with pytest.raises(messages.Error) as refused:
        applicant_es256.new_order(request_for(*names))
    assert refused.value.code == kind


def test_a_request_for_other_names_than_ordered_is_refused(applicant_es256, site):
    order = applicant_es256.new_order(request_for(MINE))
    prove(applicant_es256, site, order)
    other = order.update(csr_pem=request_for("shop.inspector.test"))
    with pytest.raises(messages.Error) as refused:
        applicant_es256.poll_and_finalize(other, deadline=soon())
    assert refused.value.code == "badCSR"


class Hand:
    """Requests signed by hand, so that each part of them can be wrong."""

    registry = JWSRegistry(algorithms=["ES256"], strict_check_header=False)

    def __init__(self, visitor):
        self.visitor = visitor
        self.key = ECKey.generate_key("P-256")
        self.kid = ""

    def nonce(self):
        return self.visitor.head(f"{CA}/acme/new-nonce").headers["Replay-Nonce"]

    def post(self, path, payload=None, *, content_type="application/jose+json", key=None, **header):
        who = {"kid": self.kid} if self.kid else {"jwk": self.key.as_dict(private=False)}
        protected = {"alg": "ES256", "nonce": self.nonce(), "url": CA + path, **who, **header}
        body = "" if payload is None else json.dumps(payload)
        signed = jws.serialize_json({"protected": protected}, body, key or self.key, registry=self.registry)
        return self.visitor.post(CA + path, json.dumps(signed), headers={"Content-Type": content_type})

    def open(self):
        self.kid = self.post("/acme/new-account", {}).headers["Location"]
        return self


def kind(answer):
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.json()["type"].rpartition(":")[2]


def test_what_breaks_the_rules_is_refused_by_them(visitor):
    hand = Hand(visitor).open()
    order = {"identifiers": [{"type": "dns", "value": MINE}]}
    new = "/acme/new-order"
    nonce = hand.nonce()
    assert hand.post(new, order, nonce=nonce).status_code == 201
    repeated = hand.post(new, order, nonce=nonce)
    assert (kind(repeated), bool(repeated.headers["Replay-Nonce"])) == ("badNonce", True)
    assert kind(hand.post(new, order, url=f"{CA}/acme/new-account")) == "unauthorized"
    assert kind(hand.post(new, order, key=ECKey.generate_key("P-256"))) == "unauthorized"
    assert kind(hand.post(new, order, content_type="application/json")) == "malformed"
    assert kind(hand.post(new, order, jwk=hand.key.as_dict(private=False))) == "malformed"
    assert kind(hand.post(new, order, kid=f"{CA}/acme/account/nobody")) == "accountDoesNotExist"
    assert (
        kind(hand.post(new, {"identifiers": [{"type": "ip", "value": "127.0.0.1"}]}))
        == "unsupportedIdentifier"
    )
    assert kind(hand.post(new, {"identifiers": 7})) == "malformed"
    assert kind(visitor.post(CA + new, "{", headers={"Content-Type": "application/jose+json"})) == "malformed"
    assert kind(visitor.post(CA + new, '{"protected":"e30","payload":"","signature":""}', headers={"Content-Type": "application/jose+json"})) == "badSignatureAlgorithm"  # fmt: skip


def test_an_account_is_found_again_closed_and_nobody_elses(visitor):
    hand = Hand(visitor).open()
    known, kid = hand.key, hand.kid
    hand.kid = ""
    again = hand.post("/acme/new-account", {"onlyReturnExisting": True})
    assert (again.status_code, again.headers["Location"]) == (200, kid)
    other = Hand(visitor)
    assert kind(other.post("/acme/new-account", {"onlyReturnExisting": True})) == "accountDoesNotExist"
    other.open()
    assert kind(other.post(kid.removeprefix(CA))) == "unauthorized"
    hand.kid = kid
    placed = hand.post("/acme/new-order", {"identifiers": [{"type": "dns", "value": MINE}]})
    assert other.post(placed.headers["Location"].removeprefix(CA)).status_code == 404
    assert hand.post(f"{kid.removeprefix(CA)}/orders").json() == {"orders": [placed.headers["Location"]]}
    assert kind(hand.post(placed.json()["finalize"].removeprefix(CA), {"csr": ""})) == "orderNotReady"
    assert hand.post(kid.removeprefix(CA), {"status": "deactivated"}).json()["status"] == "deactivated"
    assert kind(hand.post("/acme/new-order", {})) == "unauthorized"
    assert known.thumbprint() == hand.key.thumbprint()


def test_a_certificate_can_be_asked_for_that_ends_soon(visitor):
    hand = Hand(visitor).open()
    order = {"identifiers": [{"type": "dns", "value": MINE}]}
    ends = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    assert hand.post("/acme/new-order", {**order, "notAfter": ends.isoformat()}).status_code == 201
    for wrong in (ends + dt.timedelta(days=91), ends - dt.timedelta(hours=2), "tomorrow"):
        told = wrong if isinstance(wrong, str) else wrong.isoformat()
        assert kind(hand.post("/acme/new-order", {**order, "notAfter": told})) == "malformed"


def test_everything_has_an_end(visitor, monkeypatch):
    hand = Hand(visitor).open()
    monkeypatch.setattr("inspector.lab.sites.ca.orders.MOST_IN_A_MINUTE", 2)
    order = {"identifiers": [{"type": "dns", "value": MINE}]}
    answers = [hand.post("/acme/new-order", order) for _ in range(3)]
    assert (answers[1].status_code, kind(answers[2])) == (201, "rateLimited")
    assert answers[2].headers["Retry-After"] == "60"
    book = books.Book()
    monkeypatch.setattr(books, "MOST_NONCES", 3)
    first, *rest = [book.nonce() for _ in range(4)]
    assert [book.use(each) for each in (first, *rest, rest[0])] == [False, True, True, True, False]
    monkeypatch.setattr(books, "MOST_ORDERS", 2)
    account = book.open_account(hand.key, [])
    placed = [book.open_order(account, [MINE], None) for _ in range(3)]
    assert list(book.orders) == [each.id for each in placed[1:]]
    assert len(book.authorizations) == 2


def test_its_page_lists_orders_as_text(visitor, practice, site):
    hand = Hand(visitor).open()
    placed = hand.post("/acme/new-order", {"identifiers": [{"type": "dns", "value": MINE}]}).json()
    found = hand.post(placed["authorizations"][0].removeprefix(CA)).json()
    hand.post(found["challenges"][0]["url"].removeprefix(CA), {})
    ends = time.monotonic() + 20
    while hand.post(placed["authorizations"][0].removeprefix(CA)).json()["status"] == "pending":
        assert time.monotonic() < ends
    page = visitor.get(f"{CA}/").text
    assert f"<td>{MINE}</td><td>invalid: http://{MINE}/.well-known" in page
