"""From the command line to settings, without starting anything."""

from __future__ import annotations

import os

import pytest
from click.testing import CliRunner

from inspector.app.platform import UpstreamProxy
from inspector.cli import run as run_module
from inspector.cli.main import main
from inspector.engine.settings import Limits, Timeouts
from inspector.pki.authority import Authority


@pytest.fixture
def told(monkeypatch, tmp_path):
    """What `run` would be started with."""
    seen = []
    monkeypatch.setattr(run_module, "run", lambda settings, place, _screen: seen.append((settings, place)))
    monkeypatch.setattr(run_module, "remove_leftovers", lambda: 0)

    def ask(*arguments, home=True):
        where = ["--home", str(tmp_path)] if home else []
        result = CliRunner().invoke(main, ["run", *where, *arguments])
        return result, (seen[-1] if seen else None)

    return ask


def test_without_options_everything_is_as_documented(told):
    result, (settings, place) = told("--upstream-proxy", "none")
    assert result.exit_code == 0
    assert settings.listen == ("127.0.0.1:8080",)
    assert settings.web == ("127.0.0.1:8081",)
    assert settings.limits == Limits()
    assert settings.timeouts == Timeouts()
    assert settings.capture
    assert settings.verify_upstream
    assert not settings.upstream_ca
    assert settings.my == ""
    assert place.root == type(place.root)(settings.home)


def test_a_folder_of_ones_own_is_served_from_wherever_it_was_named(told, tmp_path, monkeypatch):
    (tmp_path / "site").mkdir()
    monkeypatch.chdir(tmp_path)
    assert told("--my", "site")[1][0].my == str(tmp_path / "site")
    for wrong in (
        ("--my", "elsewhere"),
        ("--my", "site", "--no-lab"),
        ("--my", "site", "--reverse", "http://127.0.0.1:5000"),
    ):
        assert told(*wrong)[0].exit_code == 2


def test_each_option_reaches_its_setting(told, tmp_path):
    authority = tmp_path / "up.pem"
    authority.write_bytes(Authority.load_or_create(tmp_path / "company").pem)
    _, (settings, _) = told(
        "--listen", "127.0.0.1:1", "--listen", "[::1]:2", "--web", "3", "--web-name", "x.localhost", "--no-capture",
        "--upstream-ca", str(authority), "--no-verify-upstream", "--upstream-proxy", "http://p:3128",
        "--max-body", "1MiB", "--keep-ciphertext", "0", "--max-headers", "7", "--connect-timeout", "500ms", "--keep-alive", "1m",
        "--retention-size", "1G", "--retention-count", "9", "--retention-age", "7d", "--proxy-auth", "me:se:cret",
    )  # fmt: skip
    assert settings.listen == ("127.0.0.1:1", "[::1]:2")
    assert settings.web == ("127.0.0.1:3",)
    assert settings.web_name == "x.localhost"
    assert not settings.capture
    assert settings.upstream_ca == (str(authority),)
    assert not settings.verify_upstream
    assert settings.upstream_proxy == "http://p:3128"
    assert settings.limits == Limits(captured_body=1 << 20, fields=7, ciphertext=0)
    assert settings.timeouts == Timeouts(connect=0.5, pool=60.0)
    assert (settings.retention.size, settings.retention.count, settings.retention.age) == (
        1 << 30,
        9,
        604800.0,
    )
    assert settings.proxy_auth == "me:se:cret"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--listen", "0.0.0.0:8080"), "--proxy-auth USER:PASSWORD"),
        (("--listen", "127.0.0.1:1", "--listen", "[::]:8080"), "Other computers can reach [::]:8080"),
        (("--listen", "nonsense"), "not a port"),
        (("--proxy-auth", "nobody"), "USER:PASSWORD"),
        (("--proxy-auth", ":secret"), "USER:PASSWORD"),
        (("--listen", "8081"), "127.0.0.1:8081 is given twice"),
        (("--store", "postgresql://x"), "only sqlite"),
        (("--reverse", "127.0.0.1:5000"), "as in http://127.0.0.1:5000"),
        (("--reverse", "http://"), "write the site's address"),
        (("--upstream-proxy", "socks5://x:1"), "cannot be used; one"),
        (("--upstream-ca", "/no/such/file"), "does not exist"),
        (("--max-body", "big"), "is not a size"),
        (("--fresh",), "leave out --home, or --fresh"),
        (("--no-such-option",), "No such option"),
    ],
)
def test_a_wrong_command_line_is_exit_code_2_with_a_sentence(told, arguments, words):
    result, started = told(*arguments)
    assert result.exit_code == 2
    assert words in " ".join(result.output.split())
    assert started is None


def test_with_a_log_in_other_computers_may_come(told):
    result, (settings, _) = told("--listen", "0.0.0.0:8080", "--proxy-auth", "me:secret")
    assert result.exit_code == 0
    assert settings.listen == ("0.0.0.0:8080",)


def test_the_log_in_may_come_from_the_environment(told, monkeypatch):
    monkeypatch.setenv("INSPECTOR_PROXY_AUTH", "me:secret")
    _, (settings, _) = told()
    assert settings.proxy_auth == "me:secret"


def test_one_site_may_be_shown_to_others_without_a_log_in(told):
    result, _ = told("--listen", "0.0.0.0:8080", "--reverse", "http://127.0.0.1:5000")
    assert result.exit_code == 0


def test_the_systems_proxy_is_used_and_named(told, monkeypatch):
    class System:
        def system_proxy(self):
            return UpstreamProxy("http://p:3128", ("localhost",), "the test")

        def resolves_dashboard_names(self):
            return False

    monkeypatch.setattr(run_module, "here", System)
    _, (settings, _) = told()
    assert settings.upstream_proxy == "http://p:3128"
    assert settings.upstream_bypass == ("localhost",)
    assert settings.upstream_found_in == "the test"
    assert settings.web_name == "127.0.0.1"


def test_a_fresh_home_is_a_new_one(told, monkeypatch, tmp_path):
    monkeypatch.setattr(run_module.fresh, "make", lambda: tmp_path / "new")
    _, (settings, place) = told("--fresh", home=False)
    assert place.fresh
    assert settings.home == str(tmp_path / "new")


def test_the_file_for_session_keys_is_made_before_anything_starts(told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, (settings, _) = told("--keylog", "keys.log")
    assert settings.keylog == str(tmp_path / "keys.log")
    assert (tmp_path / "keys.log").exists()


@pytest.mark.skipif(os.name != "posix", reason="modes")
def test_one_that_others_can_open_stops_the_start_with_the_cure(told, tmp_path):
    (tmp_path / "keys.log").touch(mode=0o644)
    (tmp_path / "keys.log").chmod(0o644)
    result, started = told("--keylog", str(tmp_path / "keys.log"))
    assert (result.exit_code, started) == (1, None)
    assert "could read the keys." in result.stderr
    assert "chmod 600" in result.stderr


def test_several_authorities_may_be_trusted_too(told, tmp_path):
    files = [tmp_path / "one.pem", tmp_path / "two.pem"]
    for number, file in enumerate(files):
        file.write_bytes(Authority.load_or_create(tmp_path / str(number)).pem)
    _, (settings, _) = told(*(part for file in files for part in ("--upstream-ca", str(file))))
    assert settings.upstream_ca == tuple(map(str, files))


def test_a_file_without_any_authority_is_told_at_once(told, tmp_path):
    file = tmp_path / "ca.der"
    file.write_bytes(b"\x30\x03\x02\x01\x00")
    result, started = told("--upstream-ca", str(file))
    assert result.exit_code == 1
    assert "holds no certificate in PEM form" in result.output
    assert "openssl x509 -inform der" in result.output
    assert started is None


def test_hosts_to_open_and_to_leave(told):
    _, (settings, _) = told(
        "--only", "Example.com, *.b.test", "--only", "10.1.2.3/8", "--passthrough", "bank.example"
    )
    assert settings.only == ("example.com", "*.b.test", "10.0.0.0/8")
    assert settings.passthrough == ("bank.example",)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--only", "https://example.com/"), "--only: 'https://example.com/' is an address of a page"),
        (("--passthrough", "a.test:443"), "--passthrough: 'a.test:443': ports make no difference"),
        (("--only", ","), "--only names no host"),
        (("--mirror-faults", "--no-verify-upstream"), "leave out --no-verify-upstream"),
    ],
)
def test_what_cannot_be_is_told(told, arguments, words):
    result, started = told(*arguments)
    assert result.exit_code == 2
    assert words in " ".join(result.output.split())
    assert started is None
