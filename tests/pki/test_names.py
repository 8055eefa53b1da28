from __future__ import annotations

import idna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.pki.errors import BadName
from inspector.pki.names import canonical, general_name


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("example.com", "example.com"),
        ("EXAMPLE.Com.", "example.com"),
        ("localhost", "localhost"),
        ("my_app.internal", "my_app.internal"),
        ("_dmarc.example.com", "_dmarc.example.com"),
        ("a-.example.com", "a-.example.com"),
        ("-a.example.com", "-a.example.com"),
        ("r3---sn-4g5e6nez.example.com", "r3---sn-4g5e6nez.example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("xn--not-really-punycode-.example", "xn--not-really-punycode-.example"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]", "::1"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("example.com..", None),
        ("1.2.3", None),
        ("0x7f.1", None),
        ("256.1.1.1", None),
        ("example.0x1f", None),
        ("", None),
        (".", None),
        ("..", None),
        ("a..b", None),
        (".example.com", None),
        ("exa mple.com", None),
        ("*.example.com", None),
        ("example.com/x", None),
        ("example.com:443", None),
        ("user@example.com", None),
        ("a\x00b.com", None),
        ("a\nb.com", None),
        ("example.com\n", None),
        ("\udcff.com", None),
        ("a" * 63 + ".com", "a" * 63 + ".com"),
        ("a" * 64 + ".com", None),
        (".".join(["a" * 63] * 3 + ["a" * 61]), ".".join(["a" * 63] * 3 + ["a" * 61])),
        (".".join(["a" * 63] * 3 + ["a" * 62]), None),
        ("a." * 127 + "a", None),
        ("x" * 100_000, None),
    ],
)
def test_every_name_has_one_spelling_or_none(given, expected):
    if expected is None:
        with pytest.raises(BadName):
            canonical(given)
    else:
        assert canonical(given) == expected


@given(st.text(max_size=300))
def test_any_text_is_a_name_or_refused(text):
    try:
        name = canonical(text)
    except BadName as error:
        name = None
        said = str(error)
    if name is None:
        assert said.isprintable()
        assert len(said) < 1000
        return
    assert name.isascii()
    assert canonical(name) == name
    general_name(name)


@given(
    st.from_regex(r"[a-z]([a-z0-9-]{0,20}[a-z0-9])?(\.[a-z]([a-z0-9-]{0,20}[a-z0-9])?){0,3}", fullmatch=True)
)
def test_an_ordinary_host_name_is_its_own_spelling(name):
    assert canonical(name.upper() + ".") == name


@given(st.ip_addresses())
def test_every_address_is_a_name(address):
    assert canonical(str(address)) == str(address)
    assert general_name(str(address)).value == address


def test_unicode_names_agree_with_idna():
    assert canonical("straße.de") == idna.encode("straße.de").decode()
