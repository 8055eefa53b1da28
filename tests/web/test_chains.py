"""Both chains of an exchange on their page, as a picture and as files: told in words, harmless, and nothing secret in the picture."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from test_exchange_page import HOSTILE, Page, text_of
from web_fakes import EPOCH, connection, made, number

from inspector.engine.pages import PageAsk
from inspector.exchange.model import Connection, Fault, Tls
from inspector.explain.acceptance import CapturedWindow
from inspector.explain.chains import Chain, Dates, End, Link
from inspector.explain.remedies import REMEDIES
from inspector.pki.authority import Authority
from inspector.pki.certificates import new_key
from inspector.pki.describe import CertificateFacts
from inspector.store.captures import ArchiveGone
from inspector.web.present.chain_picture import draw
from inspector.web.present.drawing import LAYOUTS, cut, span, wrap
from inspector.web.present.palette import NAMES, THEMES
from inspector.web.untrusted import untrusted

ID = number(1).hex()
HOST = "shop.inspector.test"


@pytest.fixture(scope="module")
def minted(tmp_path_factory):
    """Chains made by a real authority, as the engine records them: (for a browser, for a site)."""
    authority = Authority.load_or_create(tmp_path_factory.mktemp("certs"), clock=lambda: EPOCH)
    leaf = authority.issue([HOST], new_key().public_key())
    return tuple(each.public_bytes(Encoding.DER) for each in (leaf, *authority.above))


@pytest.fixture
def filled(desk, minted):
    def fill(client=None, server=None, **changes):
        usual = {"version": "TLSv1.3", "sni": HOST, "chain": minted}
        desk.captures.add(made(1, **changes))
        peer = {"peer": "127.0.0.1", "local": "127.0.0.1"}
        desk.captures.connections[number(901)] = local(
            connection(901, "client", Tls(**usual | (client or {}))), **peer
        )
        desk.captures.connections[number(902)] = connection(
            902, "server", Tls(**usual | {"verified": True} | (server or {}))
        )
        return desk

    return fill


def local(line: Connection, **changes) -> Connection:
    return msgspec.structs.replace(line, **changes)


def show(browser, path=f"/exchange/{ID}/chains", status=200):
    answer = browser.get(path)
    assert answer.status_code == status
    html = answer.get_data(as_text=True)
    if "html" in answer.mimetype:
        Page(html).check_harmless()
    return html


def test_both_chains_stand_on_the_tab_and_on_the_page(filled, browser):
    filled()
    for path in (f"/exchange/{ID}?tab=connection", f"/exchange/{ID}/chains"):
        text = text_of(show(browser, path))
        for words in ("Stand-in, made by Inspector", "on this computer", "s own", "The whole certificate", "Every check:", "can't be told"):  # fmt: skip
            assert words in text.replace("&#39;", "'")


def test_a_window_that_was_told_is_said_to_know_no_authority(filled, browser, desk):
    filled(agent="Chrome 156")
    desk.windows.append(CapturedWindow("chromium", "Chromium", EPOCH - 5))
    text = text_of(show(browser))
    assert "This window was told to accept the stand-in, it doesn't know the authority." in text.replace(
        "&#39;", "'"
    )
    assert "Nobody: the window was told to accept it" in text
    assert "Why this window accepted it" in text


def test_a_failed_check_has_names_reasons_and_two_cures(filled, browser):
    filled(server={"version": "", "verified": False, "why_not": "certificate has expired", "verify_code": 10, "sni": "other.test"})  # fmt: skip
    text = text_of(show(browser))
    for words in ("NET::ERR_CERT_COMMON_NAME_INVALID", "SSL_ERROR_BAD_CERT_DOMAIN", "Why it matters", "If the site is yours", "If you only visit it"):  # fmt: skip
        assert words in text


def test_over_the_tabs_stands_why_inspector_did_not_believe_the_site(filled, browser):
    fault = Fault("tls-untrusted", "server", "tls", None, "certificate has expired", "answered 502")
    refused = {
        "version": "",
        "verified": False,
        "why_not": "certificate has expired",
        "verify_code": 10,
        "sni": "other.test",
    }
    filled(server=refused, state="failed", fault=fault.code, error=fault, status=502)
    text = text_of(show(browser, f"/exchange/{ID}?tab=messages"))
    for words in (
        "If the site is yours",
        "Browsers call it",
        "Also wrong",
        "See both chains and every check",
        "Inspector answered in the site",
    ):
        assert words in text
    assert "--upstream-ca FILE" not in text.partition("Messages")[0]


def test_the_proxy_s_own_page_names_everything_that_is_wrong(minted):
    ask = PageAsk(
        kind="fault", host="other.test", port=443, fault=Fault("tls-untrusted", "server", "tls"), chain=minted[:1], verify_code=10,
        verify_message="certificate has expired", trust_store="the trust store /etc/roots",
    )  # fmt: skip
    told = untrusted(ask)
    facts = dict(told.facts)
    assert facts["Browsers call it"].startswith("NET::ERR_CERT_DATE_INVALID (Chrome), SEC_ERROR")
    assert facts["If it is yours"] == REMEDIES["expired"].owner
    assert "It is for shop.inspector.test." in facts["Also wrong"]
    assert told.chain == ((HOST, True),)
    assert untrusted(msgspec.structs.replace(ask, chain=(), verify_code=0, verify_message="")).facts


def test_a_resumed_connection_says_where_its_certificates_were_seen(filled, browser):
    filled(server={"resumed": True, "chain": ()}, client={"resumed": True})
    text = text_of(show(browser))
    assert "A resumed session sends no certificate" in text
    assert "Not sent on this connection, which was resumed" in text


def test_a_tunnel_that_was_left_encrypted_shows_no_chain_and_says_why(desk, browser):
    desk.captures.add(
        made(1, kind="tunnel", method="CONNECT", protection="sealed", path="", resource="tunnel")
    )
    for n, side in ((901, "client"), (902, "server")):
        desk.captures.connections[number(n)] = connection(n, side)
    text = text_of(show(browser, f"/exchange/{ID}?tab=connection"))
    assert "under TLS 1.3 they travel encrypted" in text
    assert "can be read by anyone" not in text
    assert show(browser, status=404)


def test_plain_http_has_no_such_page(desk, browser):
    desk.captures.add(made(1, scheme="http", protection="none"))
    for n, side in ((901, "client"), (902, "server")):
        desk.captures.connections[number(n)] = connection(n, side)
    assert "no certificates" in show(browser, status=404)
    assert show(browser, f"/exchange/{ID}/chains.svg", 404)


def test_certificates_can_be_saved(filled, browser, minted):
    filled()
    for side, count in (("browser", 2), ("site", 2)):
        for n in range(count):
            answer = browser.get(f"/exchange/{ID}/certificate/{side}/{n}.pem")
            found = x509.load_pem_x509_certificate(answer.data).public_bytes(Encoding.DER)
            assert found == minted[n]
            assert "attachment" in answer.headers["Content-Disposition"]
    for path in ("browser/9.pem", "elsewhere/0.pem", "site/-1.pem"):
        assert browser.get(f"/exchange/{ID}/certificate/{path}").status_code == 404


def test_programs_get_both_chains_in_the_same_words(filled, browser, minted):
    filled(
        server={
            "version": "",
            "verified": False,
            "why_not": "certificate has expired",
            "verify_code": 10,
            "sni": "other.test",
        }
    )
    both = browser.get(f"/api/v1/exchanges/{ID}/chains").get_json()
    assert set(both) == {"browser", "site"}
    assert {"name", "dates"} <= set(both["site"]["failed"])
    assert both["browser"]["failed"] == []
    first = both["site"]["links"][0]
    assert base64.b64decode(first["der"]) == minted[0]
    assert (first["facts"]["subject"], first["came"]) == (HOST, "sent")
    assert browser.get("/api/v1/exchanges/" + "f" * 32 + "/chains").status_code == 404


class TestThePicture:
    @pytest.mark.parametrize("theme", ["light", "dark", "nonsense"])
    def test_it_is_a_file_of_its_own_in_either_theme(self, filled, browser, theme):
        filled()
        answer = browser.get(f"/exchange/{ID}/chains.svg?theme={theme}&save=1")
        assert answer.mimetype == "image/svg+xml"
        root = ET.fromstring(answer.data)
        assert (root.get("width"), root.get("height")) == ("1200", "630")
        assert "var(" not in answer.get_data(as_text=True)
        assert root.get("role") == "img"

    def test_its_text_alternative_says_all_of_it(self, filled, browser):
        filled()
        root = ET.fromstring(browser.get(f"/exchange/{ID}/chains.svg").data)
        alternative = root.find("{http://www.w3.org/2000/svg}title").text
        for words in ("Why your browser believed it", "Stand-in, made by Inspector", "The site's own", "passed", "ends in"):  # fmt: skip
            assert words in alternative

    def test_there_is_nothing_of_the_exchange_in_it_but_its_host(self, filled, browser):
        filled(path="/secret?token=hunter2")
        svg = browser.get(f"/exchange/{ID}/chains.svg").get_data(as_text=True)
        for secret in ("hunter2", "secret", "seen=1", "item=17"):
            assert secret not in svg
        assert HOST in svg

    def test_hostile_names_are_only_text(self, filled, browser):
        filled(client={"sni": HOSTILE}, server={"sni": HOSTILE + "\x00\x1b"})
        answer = browser.get(f"/exchange/{ID}/chains.svg")
        found = {element.tag.rpartition("}")[2] for element in ET.fromstring(answer.data).iter()}
        assert found <= {"svg", "title", "defs", "pattern", "rect", "text", "g", "path", "circle"}
        show(browser)

    @pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
    def test_every_box_has_room_in_every_layout(self, layout):
        for stand_in, site in SAMPLES:
            picture = draw(stand_in, site, layout)
            for column in picture.columns:
                for above, below in zip(column.boxes, column.boxes[1:], strict=False):
                    assert above.y + above.height < below.y
                assert column.boxes[-1].y + column.boxes[-1].height <= picture.height - 24
                for box in column.boxes:
                    assert box.height >= 2 * layout.small + 12
                    assert box.x + box.width <= layout.width
                    assert span(box.name, layout.text) <= layout.column


def sample(count, mark="good", missing="", gap=""):
    """A chain of so many certificates with very long names."""
    facts = CertificateFacts(subject="W" * 200)
    links = tuple(Link(b"%d" % n, facts, "An intermediate authority", "store", "Not sent.", Dates("30 days left", True), ("dates", "name", "strength")) for n in range(count))  # fmt: skip
    end = End(mark, "Nobody in the trust store " + "/very/long" * 20, "Because.") if count else None
    return Chain("site", "The site's own", "x" * 300, EPOCH, mark, "A verdict. " * 40, links=links, end=end, missing=missing, gap=gap)  # fmt: skip


SAMPLES = [
    (sample(1), sample(1)), (sample(2), sample(3)), (sample(2), sample(4, "bad")), (sample(3, "open"), sample(12)), (None, sample(3)), (sample(2), None),
    (sample(2), sample(0, missing="A resumed session sends no certificate. " * 20)), (sample(0), sample(0)), (sample(2), sample(4, "bad", gap="G" * 100)),
]  # fmt: skip


def test_the_palette_is_that_of_the_style_sheet():
    sheet = Path(__file__).resolve().parents[2] / "inspector/web/static/css/tokens.css"
    # before an audience they are stronger
    usual = sheet.read_text("utf-8").partition("[data-presenter] {")[0]
    found = dict(re.findall(r"--([\w-]+): light-dark\((#\w+, #\w+)\);", usual))
    for name in NAMES:
        key = name.replace("-", "_")
        assert found[name] == f"{THEMES['light'][key]}, {THEMES['dark'][key]}"


def test_text_is_cut_and_wrapped_to_its_room():
    assert cut("short", 200, 16) == "short"
    assert cut("x" * 1000, 100, 16).endswith("…")
    assert cut("a\x00b", 200, 16) == "a�b"
    lines = wrap("one two three four five six seven eight nine ten", 120, 16, 2)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert wrap("", 100, 16, 2) == ()


def test_a_connection_whose_record_is_gone_is_said_and_no_error(desk, browser, monkeypatch):
    def gone(_):
        raise ArchiveGone("The record was removed to make room.")

    id = next(iter(desk.captures.exchanges)).hex()
    monkeypatch.setattr(desk.captures, "connection", gone, raising=False)
    connection = browser.get(f"/exchange/{id}?tab=connection")
    assert connection.status_code == 200
    assert "Nothing is known of this connection" in connection.get_data(as_text=True)
    assert browser.get(f"/exchange/{id}/chains").status_code == 404
    assert browser.get(f"/exchange/{id}?tab=story").status_code == 200
