"""Each fault fails its own check and leaves the others alone; several faults fail several checks."""

from __future__ import annotations

import datetime as dt
import ipaddress

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from inspector.pki import checks, paths
from inspector.pki.paths import Case
from inspector.pki.reasons import REASONS

NOW = dt.datetime.now(dt.UTC)
AIA = x509.AuthorityInformationAccess([
    x509.AccessDescription(
        AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier("http://ca.example/i.cer")
    )
])  # fmt: skip


def usage(*uses):
    every = "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign encipher_only decipher_only"
    return x509.KeyUsage(**{use: use in uses for use in every.split()})


@pytest.fixture
def root(forge):
    return forge("Root", ca=True, days=900)


@pytest.fixture
def middle(forge, root):
    return forge("Middle", by=root, ca=True, days=800)


@pytest.fixture
def home_of_logs(forge):
    """Makes leaves with the receipts of so many logs: www.example, by an authority."""

    def make(by, count):
        extensions = [x509.UnrecognizedExtension(SCT_LIST, sct_list(count))] if count else []
        return forge("www.example", by=by, names=["www.example"], extensions=extensions)

    return make


SCT_LIST = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")


def sct_list(count):
    """RFC 6962 §3.3 in an OCTET STRING: version 0, log id, milliseconds, no extensions, an ECDSA signature that is none."""
    receipts = b""
    for n in range(count):
        receipt = (
            b"\0" + bytes([n + 1]) * 32 + (1_700_000_000_000).to_bytes(8, "big") + b"\0\0" + b"\4\3\0\2xx"
        )
        receipts += len(receipt).to_bytes(2, "big") + receipt
    inner = len(receipts).to_bytes(2, "big") + receipts
    size = len(inner)
    return b"\4" + (bytes([size]) if size < 128 else b"\x81" + bytes([size])) + inner


def run(chain, roots, host="www.example", now=NOW):
    found = checks.run(Case(tuple(each.der for each in chain), host, now, [each.der for each in roots]))
    return {check.id: check for check in found}


def failed(found):
    return {id for id, check in found.items() if check.good is False}


def test_a_good_chain_passes_all_of_them(forge, root, middle):
    leaf = forge("www.example", by=middle, names=["www.example"])
    found = run([leaf, middle], [root])
    assert {id for id, check in found.items() if check.good is not True} == {"transparency", "revocation"}
    assert not any(check.reason or check.blamed for check in found.values())
    assert found["signatures"].sentence == "www.example ← Middle ← Root"


@pytest.mark.parametrize(
    ("options", "host", "failing"),
    [
        ({"since": -40}, "www.example", {"dates"}),
        ({"since": 2}, "www.example", {"dates"}),
        ({}, "other.example", {"name"}),
        ({"names": ()}, "www.example", {"name"}),
        ({"days": 860}, "www.example", {"lifetime"}),
        ({"key": rsa.generate_private_key(65537, 1024)}, "www.example", {"strength"}),
        ({"extensions": [x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING])]}, "www.example", {"purpose"}),
        ({"extensions": [usage("crl_sign")]}, "www.example", {"key-usage"}),
        ({"ca": True}, "www.example", {"leaf", "key-usage"}),
        ({"since": -40, "key": rsa.generate_private_key(65537, 1024)}, "other.example", {"dates", "strength", "name"}),
    ],
)  # fmt: skip
def test_each_fault_fails_its_own_check_and_goes_on(  # noqa: PLR0917 (fixtures)
    forge, root, middle, options, host, failing
):
    leaf = forge("www.example", by=middle, **{"names": ["www.example"], **options})
    found = run([leaf, middle], [root], host)
    assert failed(found) == failing
    assert all(found[id].sentence for id in failing)
    assert all(found[id].reason in REASONS and found[id].blamed == (0,) for id in failing)


def test_a_missing_intermediate_is_told_from_an_unknown_root(forge, root, middle):
    public = forge("www.example", by=middle, names=["www.example"], extensions=[AIA])
    found = run([public], [root])
    assert failed(found) == {"complete", "trust"}
    assert "http://ca.example/i.cer" in found["complete"].sentence
    private = forge("www.example", by=middle, names=["www.example"])
    assert run([private], [root])["complete"].good is None


def test_a_root_that_is_not_believed(forge, root, middle):
    leaf = forge("www.example", by=middle, names=["www.example"])
    found = run([leaf, middle, root], [])
    assert failed(found) == {"trust"}
    assert "Root is not in the trust store" in found["trust"].sentence


def test_one_of_inspectors_own_names_the_cure(authority, forge):
    from inspector.pki import handmade

    made = handmade.make(authority, ["www.example"])
    from cryptography.hazmat.primitives.serialization import Encoding

    case = Case((made.leaf.public_bytes(Encoding.DER), authority.der), "www.example", NOW, ())
    trust = next(check for check in checks.run(case) if check.id == "trust")
    assert "inspector ca trust" in trust.cure


def test_signed_by_itself(forge):
    found = run([forge("www.example", names=["www.example"])], [])
    assert failed(found) == {"trust"}
    assert "nobody vouches for it" in found["trust"].sentence


def test_a_signature_by_another_key_of_the_same_name(forge, root):
    impostor = forge("Middle", by=root, ca=True)
    real = forge("Middle", by=root, ca=True)
    leaf = forge("www.example", by=real, names=["www.example"])
    found = run([leaf, impostor], [root])
    assert "signatures" in failed(found)


def test_a_signer_that_is_no_authority_and_one_too_many(forge, root):
    plain = forge("Plain", by=root, names=["plain.example"])
    leaf = forge("www.example", by=plain, names=["www.example"])
    assert "authorities" in failed(run([leaf, plain], [root]))
    short = forge("Short", by=root, ca=True, path_length=0)
    below = forge("Below", by=short, ca=True)
    leaf = forge("www.example", by=below, names=["www.example"])
    assert failed(run([leaf, below, short], [root])) == {"path-length"}


def test_names_outside_the_constraints(forge, root):
    limits = x509.NameConstraints([x509.DNSName("school.example")], None)
    limited = forge("Limited", by=root, ca=True, extensions=[limits])
    outside = forge("www.example", by=limited, names=["www.example", "a.school.example"])
    found = run([outside, limited], [root])
    assert failed(found) == {"constraints"}
    assert "Limited may not vouch for www.example." in found["constraints"].sentence
    inside = forge("a.school.example", by=limited, names=["a.school.example"])
    assert failed(run([inside, limited], [root], "a.school.example")) == set()


def test_a_root_that_others_signed_too_is_believed_by_itself(forge, root):
    """As after an authority's old root expired: who knows the new one needs nothing above it."""
    old = forge("Old root", ca=True, since=-400)
    crossed = forge("Root", by=old, ca=True, key=root.key)
    leaf = forge("www.example", by=root, names=["www.example"])
    found = run([leaf, crossed], [root])
    assert failed(found) == set()


def test_another_order_and_too_many(forge, root, middle):
    leaf = forge("www.example", by=middle, names=["www.example"])
    found = run([leaf, root, middle], [root])
    assert found["complete"].good
    assert "another order" in found["complete"].sentence


@pytest.mark.parametrize(
    ("name", "host", "matches"),
    [
        ("*.dev.test", "a.dev.test", True), ("*.dev.test", "dev.test", False), ("*.dev.test", "a.b.dev.test", False),
        ("*.test", "a.test", False), ("WWW.Example", "www.example.", True), ("127.0.0.1", "127.0.0.1", True),
        ("::1", "[::1]", True), ("a.example", "b.example", False),
    ],
)  # fmt: skip
def test_which_names_fit(forge, root, name, host, matches):
    try:
        ipaddress.ip_address(name)
    except ValueError:
        assert paths.matches(name, host) is matches
    leaf = forge("x", by=root, names=[name])
    assert (run([leaf], [root], host)["name"].good) is matches


def test_where_roots_cannot_be_listed_trust_is_left_open(forge, root, middle):
    leaf = forge("www.example", by=middle, names=["www.example"])
    found = {each.id: each for each in checks.run(Case((leaf.der, middle.der), "www.example", NOW, None))}
    assert found["trust"].good is None
    assert found["complete"].good is None


def test_nothing_and_garbage(root):
    assert checks.run(Case((), "www.example", NOW, []))[0].good is False
    for roots in ([], [root.der], None):
        assert checks.run(Case((b"garbage",), "www.example", NOW, roots))[0].id == "form"


def test_each_certificate_that_is_to_blame_is_named(forge, root):
    late = forge("Late", by=root, ca=True, since=-40)
    leaf = forge("www.example", by=late, names=["www.example"], since=-40)
    dates = run([leaf, late], [root])["dates"]
    assert dates.blamed == (0, 1)
    assert dates.sentence.startswith("www.example expired on")
    assert "Late expired on" in dates.sentence


def test_receipts_of_logs_are_noted(home_of_logs, root):
    for count, good in ((0, None), (1, None), (2, True), (3, True)):
        found = run([home_of_logs(root, count)], [root])["transparency"]
        assert found.good is good, count
    assert "receipts of 3 logs" in found.sentence


POINTERS = [
    ([], 30, "names no place where one could ask"),
    ([], 6, "it lives so short that it need not"),
    (["ocsp"], 30, "asked by OCSP at http://ocsp.example/. Inspector did not ask."),
    (["crl"], 30, "asked by a list at http://crl.example/a.crl."),
    (["ocsp", "crl", "staple"], 30, "OCSP at http://ocsp.example/ and a list at http://crl.example/a.crl. Inspector did not ask. Its server has to"),
]  # fmt: skip


@pytest.mark.parametrize(("kinds", "days", "words"), POINTERS)
def test_where_one_could_ask_for_revocation_is_named(forge, root, kinds, days, words):
    ocsp = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier("http://ocsp.example/"))  # fmt: skip
    point = x509.DistributionPoint([x509.UniformResourceIdentifier("http://crl.example/a.crl")], None, None, None)  # fmt: skip
    made = {
        "ocsp": x509.AuthorityInformationAccess([ocsp]),
        "crl": x509.CRLDistributionPoints([point]),
        "staple": x509.TLSFeature([x509.TLSFeatureType.status_request]),
    }
    leaf = forge(
        "www.example", by=root, names=["www.example"], days=days, extensions=[made[kind] for kind in kinds]
    )
    found = run([leaf], [root])["revocation"]
    assert found.good is None
    assert words in found.sentence
