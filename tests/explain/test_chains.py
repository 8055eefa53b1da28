"""Chains told: leaf to root, each check with what is behind it, as of when they were seen, and who vouches in the end."""

from __future__ import annotations

import datetime as dt
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.exchange.model import Connection, Decision, Exchange, Tls
from inspector.explain.acceptance import CapturedWindow
from inspector.explain.chains import MOST, Chain, TrustStore, shown_chain, site_chain, stand_in_chain
from inspector.pki.authority import Authority
from inspector.pki.certificates import new_key
from inspector.pki.constraints import Scope

SEEN = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
HOST = "www.example"


@dataclass
class Made:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


def make(name: str, by: Made | None = None, *, ca: bool = False, names: tuple[str, ...] = (), since: int = -10, days: int = 40, more: tuple[x509.ExtensionType, ...] = ()) -> Made:  # fmt: skip
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(SEEN + since * DAY)
        .not_valid_after(SEEN + (since + days) * DAY)
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
    )
    if names:
        san = x509.SubjectAlternativeName([x509.DNSName(each) for each in names])
        builder = builder.add_extension(san, critical=False)
    for each in more:
        builder = builder.add_extension(each, critical=False)
    return Made(builder.sign(by.key if by else key, hashes.SHA256()), key)


ROOT = make("Root", ca=True, days=4000)
MIDDLE = make("Middle", ROOT, ca=True, days=2000)
LEAF = make(HOST, MIDDLE, names=(HOST,))
FETCH = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier("http://ca.example/i.cer"))  # fmt: skip
PUBLIC = make(HOST, MIDDLE, names=(HOST,), more=(x509.AuthorityInformationAccess([FETCH]),))
LATE = make(HOST, MIDDLE, names=("other.example",), since=-90, days=30)
STORE = TrustStore("the trust store /etc/roots", (ROOT.der,))
EMPTY = TrustStore("the trust store /etc/roots", ())
UNLISTED = TrustStore("the Keychain of this Mac", None)


def told(*chain: Made, store: TrustStore = STORE, now: dt.datetime = SEEN, **tls: Any) -> Chain:
    facts = {
        "version": "TLSv1.3",
        "sni": HOST,
        "chain": tuple(each.der for each in chain),
        "verified": True,
    } | tls
    line = Connection(
        bytes(16), "server", SEEN.timestamp(), "192.0.2.7", 443, "192.0.2.1", 5, HOST, tls=Tls(**facts)
    )
    found = site_chain(line, store, now.timestamp())
    assert found is not None
    return found


def marks(chain: Chain) -> dict[str, str]:
    return {each.check.id: each.mark for each in chain.findings}


def refused(code: int, message: str = "refused") -> dict[str, Any]:
    return {"version": "", "verified": False, "why_not": message, "verify_code": code}


class TestTheSitesOwn:
    def test_a_good_one_goes_up_to_the_root_that_was_not_sent(self) -> None:
        chain = told(LEAF, MIDDLE)
        assert [each.facts.subject for each in chain.links] == [HOST, "Middle", "Root"]
        assert [each.came for each in chain.links] == ["sent", "sent", "store"]
        assert chain.links[2].came_words == "Not sent, and need not be: found in the trust store /etc/roots."
        assert (chain.mark, chain.failed, chain.missing) == ("good", (), "")
        assert chain.end is not None
        assert (chain.end.mark, chain.end.who) == ("good", "The trust store /etc/roots")
        assert "Root stands in the trust store /etc/roots" in chain.end.sentence

    def test_a_root_that_was_sent_too_and_one_that_has_no_place(self) -> None:
        chain = told(LEAF, MIDDLE, ROOT, make("Stray", ca=True))
        assert [each.came for each in chain.links] == ["sent"] * 3
        assert [each.facts.subject for each in chain.spare] == ["Stray"]
        assert chain.end is not None
        assert "which was sent too" in chain.end.sentence

    def test_checks_go_on_after_the_first_that_failed(self) -> None:
        chain = told(LATE, MIDDLE, **refused(10, "certificate has expired"))
        assert {each.check.id for each in chain.failed} == {"dates", "name"}
        dates = next(each for each in chain.failed if each.check.id == "dates")
        assert (dates.chromium, dates.firefox) == (
            "NET::ERR_CERT_DATE_INVALID",
            "SEC_ERROR_EXPIRED_CERTIFICATE",
        )
        assert all((each.why, each.owner, each.visitor) for each in chain.failed)
        assert chain.links[0].blamed == ("name", "dates")
        assert chain.refusal is not None
        assert chain.mark == "bad"
        assert chain.end is not None
        assert chain.end.mark == "good"  # its authority is trusted all the same

    def test_an_authority_that_expired_has_firefox_s_name_for_issuers(self) -> None:
        old = make("Old", ROOT, ca=True, since=-50, days=20)
        chain = told(make(HOST, old, names=(HOST,)), old, **refused(10))
        assert chain.failed[0].firefox == "SEC_ERROR_EXPIRED_ISSUER_CERTIFICATE"
        assert chain.links[1].blamed == ("dates",)

    def test_it_is_judged_as_of_when_it_was_seen(self) -> None:
        chain = told(LEAF, MIDDLE, now=SEEN + 100 * DAY)
        dates = next(each for each in chain.findings if each.check.id == "dates")
        assert dates.mark == "good"
        assert "Today: www.example expired on 31 March 2026" in dates.later
        assert chain.links[0].dates.then == "30 days left"
        assert chain.links[0].dates.now == "expired 70 days ago"
        assert told(LEAF, MIDDLE).links[0].dates.now == ""
        assert dates.check.title == "It was valid when it was captured"

    def test_a_certificate_that_became_valid_since_is_said_too(self) -> None:
        early = make(HOST, MIDDLE, names=(HOST,), since=3)
        chain = told(early, MIDDLE, now=SEEN + 10 * DAY, **refused(9))
        assert chain.links[0].dates.then == "not valid yet"
        assert "Today:" in chain.failed[0].later

    def test_the_verifier_is_right_where_the_checks_say_otherwise(self) -> None:
        chain = told(LEAF, MIDDLE, **refused(23, "certificate revoked"))
        assert marks(chain)["revocation"] == "bad"
        assert chain.links[0].blamed == ("revocation",)
        chain = told(LEAF, MIDDLE, **refused(41, "some extension is bad"))
        assert chain.findings[0].check.id == "form"
        assert chain.findings[0].mark == "bad"

    def test_what_was_verified_then_stays_so_when_the_store_has_changed(self) -> None:
        chain = told(LEAF, MIDDLE, store=EMPTY)
        assert marks(chain)["trust"] == marks(chain)["complete"] == "good"
        assert chain.end is not None
        assert chain.end.mark == "good"
        assert "in today's trust store it is not found" in chain.end.sentence

    @pytest.mark.parametrize(
        ("chain", "code", "failing", "chromium"),
        [
            ((make(HOST, names=(HOST,)),), 18, "trust", "NET::ERR_CERT_AUTHORITY_INVALID"),
            ((LEAF, MIDDLE, ROOT), 19, "trust", "NET::ERR_CERT_AUTHORITY_INVALID"),
            ((LEAF,), 20, "trust", "NET::ERR_CERT_AUTHORITY_INVALID"),
            ((PUBLIC,), 20, "complete", "NET::ERR_CERT_AUTHORITY_INVALID"),
        ],
    )
    def test_nobody_vouches(self, chain: tuple[Made, ...], code: int, failing: str, chromium: str) -> None:
        found = told(*chain, store=EMPTY, **refused(code))
        assert found.end is not None
        assert (found.end.mark, found.end.who) == ("bad", "Nobody in the trust store /etc/roots")
        finding = next(each for each in found.failed if each.check.id == failing)
        assert finding.chromium == chromium

    def test_a_link_that_nobody_has_is_named(self) -> None:
        chain = told(PUBLIC, store=EMPTY, **refused(20))
        assert chain.gap == "Middle"
        assert [each.check.id for each in chain.failed] == ["complete"]
        assert told(LEAF, MIDDLE).gap == told(make(HOST, names=(HOST,)), store=EMPTY, **refused(18)).gap == ""
        assert told(LEAF, MIDDLE, store=TrustStore("x", (MIDDLE.der,))).gap == ""

    def test_where_roots_cannot_be_listed_the_system_s_word_counts(self) -> None:
        good, open = told(LEAF, MIDDLE, store=UNLISTED), told(LEAF, MIDDLE, store=UNLISTED, verified=None)
        assert good.end is not None
        assert open.end is not None
        assert (good.end.mark, open.end.mark) == ("good", "open")
        assert good.end.who == "The Keychain of this Mac"

    def test_of_several_stores_the_one_that_holds_the_root_is_named(self) -> None:
        parts = (EMPTY, TrustStore("the file own-ca.pem", (ROOT.der,)))
        chain = told(LEAF, MIDDLE, store=TrustStore("both", (ROOT.der,), parts))
        assert chain.end is not None
        assert chain.end.who == "The file own-ca.pem"
        assert "found in the file own-ca.pem" in chain.links[-1].came_words

    def test_a_resumed_connection_says_where_its_chain_is_from(self) -> None:
        chain = told(LEAF, MIDDLE, resumed=True)
        assert chain.links[0].came == "earlier"
        assert chain.links[2].came == "store"
        assert any("resumed" in each for each in chain.notes)
        nothing = told(resumed=True)
        assert "A resumed session sends no certificate" in nothing.missing
        assert nothing.links == ()

    def test_unverified_is_no_tick(self) -> None:
        chain = told(LEAF, MIDDLE, verified=False)
        assert chain.mark == "bad"
        assert "anybody could have sent" in chain.verdict
        assert any("told not to verify" in each for each in chain.notes)

    def test_a_handshake_that_broke_off_has_no_chain_and_says_so(self) -> None:
        chain = told(version="", verified=None, alert="handshake_failure", alert_by="server")
        assert chain.mark == "bad"
        assert "“handshake_failure”" in chain.verdict
        assert "broke off before" in chain.missing

    def test_no_certificate_at_all_still_has_the_verifier_s_reason(self) -> None:
        chain = told(**refused(0, "no certificate sent"))
        assert [each.check.reason for each in chain.failed] == ["no-certificate"]

    def test_a_store_read_long_after_is_said_to_be_today_s(self) -> None:
        refusal = refused(20)
        assert not told(LEAF, store=EMPTY, **refusal).notes
        later = told(LEAF, store=EMPTY, now=SEEN + DAY, **refusal)
        assert "The trust store was read just now" in later.notes[0]

    def test_plain_tcp_has_none(self) -> None:
        line = Connection(bytes(16), "server", 0.0, "192.0.2.7", 80, "192.0.2.1", 5, HOST)
        assert site_chain(line, STORE, 0.0) is None

    def test_an_endless_chain_is_cut(self) -> None:
        chain = told(LEAF, MIDDLE, *[make(f"Stray {n}", ca=True) for n in range(MOST + 5)])
        assert len(chain.links) + len(chain.spare) == MOST + 1
        assert any(f"the first {MOST} are read" in each for each in chain.notes)


def exchange(agent: str = "Chrome 156", *, mirrored: bool = False) -> Exchange:
    return Exchange(
        id=bytes(16), change=1, state="done", kind="http", origin="browser", started=0.0, duration=0.1, method="GET", scheme="https",
        host=HOST, port=443, path="/", version="HTTP/1.1", status=200, reason="OK", media="", resource="page", request_size=0,
        response_size=0, client="127.0.0.1:5", agent=agent, protection="decrypted", tls="TLSv1.3", remote="", changed=False, fault="", findings=0,
        decisions=(Decision("fault-mirrored", "It expired."),) if mirrored else (),
    )  # fmt: skip


@pytest.fixture(scope="module")
def standing_in(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Chain]:
    def clock() -> float:
        return SEEN.timestamp()

    folder = tmp_path_factory.mktemp("home")
    full = Authority.load_or_create(folder / "full", clock=clock)
    practice = Authority.create(folder / "practice", Scope.parse("example"), clock=clock)

    def tell(
        *windows: CapturedWindow,
        limited: bool = False,
        mirrored: bool = False,
        agent: str = "Chrome 156",
        **tls: Any,
    ) -> Chain:
        authority = practice if limited else full
        leaf = authority.issue([HOST], new_key().public_key())
        chain = tuple(each.public_bytes(Encoding.DER) for each in (leaf, *authority.above))
        facts = {"version": "TLSv1.3", "sni": HOST, "chain": chain} | tls
        line = Connection(
            bytes(16), "client", SEEN.timestamp(), "127.0.0.1", 5, "127.0.0.1", 8080, tls=Tls(**facts)
        )
        found = stand_in_chain(exchange(agent, mirrored=mirrored), line, windows, SEEN.timestamp())
        assert found is not None
        return found

    return tell


class TestTheStandIn:
    def test_a_window_that_was_told_gets_no_tick_for_trust(self, standing_in: Callable[..., Chain]) -> None:
        window = CapturedWindow("chromium", "Chromium", SEEN.timestamp() - 5)
        chain = standing_in(window)
        assert marks(chain)["trust"] == "open"
        assert chain.mark == "open"
        assert chain.end is not None
        assert chain.end.who == "Nobody: the window was told to accept it"
        others = {
            id: mark for id, mark in marks(chain).items() if id not in ("trust", "transparency", "revocation")
        }
        assert set(others.values()) == {"good"}

    def test_a_captured_firefox_gets_one(self, standing_in: Callable[..., Chain]) -> None:
        chain = standing_in(CapturedWindow("firefox", "Firefox", SEEN.timestamp() - 5), agent="Firefox 140")
        assert marks(chain)["trust"] == chain.mark == "good"

    def test_who_refused_has_a_cross_and_a_cure(self, standing_in: Callable[..., Chain]) -> None:
        chain = standing_in(version="", alert="unknown_ca", alert_by="client")
        assert [each.check.id for each in chain.failed] == ["trust"]
        assert chain.failed[0].chromium == "NET::ERR_CERT_AUTHORITY_INVALID"
        assert "`inspector ca trust`" in chain.failed[0].check.cure

    @pytest.mark.parametrize(
        ("alert", "faulty", "mark"),
        [
            ("unknown_ca", True, "bad"), ("certificate_unknown", False, "bad"), ("certificate_unknown", True, "open"),
            ("certificate_expired", True, "open"), ("certificate_expired", False, "open"),
        ],
    )  # fmt: skip
    def test_a_refusal_is_for_its_authority_only_where_nothing_else_can_be_the_reason(
        self, standing_in: Callable[..., Chain], alert: str, faulty: bool, mark: str
    ) -> None:
        sni = "other.example" if faulty else HOST
        chain = standing_in(version="", alert=alert, alert_by="client", sni=sni)
        assert marks(chain)["trust"] == mark
        assert chain.end is not None
        assert (chain.end.mark, chain.mark) == (mark, "bad")

    def test_a_full_authority_s_root_is_sent_with_the_leaf(self, standing_in: Callable[..., Chain]) -> None:
        assert [(each.role, each.came) for each in standing_in().links] == [
            ("The stand-in certificate", "sent"), ("Inspector's authority", "sent"),
        ]  # fmt: skip

    def test_a_practice_authority_s_root_is_not(self, standing_in: Callable[..., Chain]) -> None:
        chain = standing_in(limited=True)
        assert [(each.role, each.came) for each in chain.links] == [
            ("The stand-in certificate", "sent"),
            ("Inspector's intermediate authority", "sent"),
            ("Inspector's authority", "known"),
        ]
        assert "is limited, and the names lie inside" in next(
            each.check.sentence for each in chain.findings if each.check.id == "constraints"
        )

    def test_resumed_it_was_seen_before(self, standing_in: Callable[..., Chain]) -> None:
        assert {each.came for each in standing_in(resumed=True).links} == {"earlier"}

    def test_a_mirrored_fault_is_said_to_be_one(self, standing_in: Callable[..., Chain]) -> None:
        chain = standing_in(mirrored=True)
        assert [each.came for each in chain.links] == ["sent", "known"]
        assert "the same fault as the site's own" in chain.notes[0]
        stranger = standing_in(mirrored=True, chain=(LEAF.der, MIDDLE.der, ROOT.der))
        assert [each.came for each in stranger.links] == ["sent", "sent", "sent"]

    def test_without_a_chain_it_is_not_visible(self, standing_in: Callable[..., Chain]) -> None:
        assert standing_in(chain=()).missing == "Not visible from here."


class TestShown:
    def test_a_good_one_for_a_name(self) -> None:
        chain = shown_chain((LEAF.der, MIDDLE.der), HOST, STORE, SEEN.timestamp())
        assert (chain.mark, chain.verdict) == ("good", "Nothing is wrong with it.")
        assert chain.links[-1].came_words == "Not given: found in the trust store /etc/roots."

    def test_a_bad_one_counts_what_failed(self) -> None:
        chain = shown_chain((LATE.der, MIDDLE.der), HOST, EMPTY, SEEN.timestamp())
        assert chain.mark == "bad"
        assert chain.verdict.startswith(f"{len(chain.failed)} of {len(chain.findings)} checks failed.")

    def test_an_authority_alone_is_described_and_not_judged_as_a_site(self) -> None:
        chain = shown_chain((ROOT.der,), "", STORE, SEEN.timestamp())
        assert (chain.findings, chain.end) == ((), None)
        assert "An authority's certificate" in chain.verdict


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.one_of(st.binary(max_size=40), st.sampled_from([LEAF.der, MIDDLE.der, ROOT.der, LEAF.der[:-5]])), max_size=5),
    st.sampled_from(["", "x", HOST, "::1", "\x00"]),
    st.integers(-5, 120),
    st.sampled_from([True, False, None]),
)  # fmt: skip
def test_whatever_strangers_send_is_told(
    chain: list[bytes], host: str, code: int, verified: bool | None
) -> None:
    facts = Tls(
        sni=host, chain=tuple(chain), verified=verified, why_not="x" if code > 0 else "", verify_code=code
    )
    line = Connection(
        bytes(16), "server", SEEN.timestamp(), "192.0.2.7", 443, "192.0.2.1", 5, HOST, tls=facts
    )
    for store in (STORE, EMPTY, UNLISTED):
        found = site_chain(line, store, SEEN.timestamp())
        assert found is not None
        assert found.verdict
        assert bool(found.links) == bool(chain)
    if chain:
        assert shown_chain(chain, host, STORE, SEEN.timestamp()).links


def test_real_roots_of_this_computer_can_be_told() -> None:
    roots = ssl.create_default_context().get_ca_certs(binary_form=True)
    for der in roots[:20]:
        assert (
            shown_chain((der,), "", TrustStore("the store", tuple(roots)), SEEN.timestamp())
            .links[0]
            .facts.subject
        )
