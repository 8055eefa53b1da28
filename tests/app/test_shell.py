"""The variables for a terminal: what they say, how they are undone, and how each shell is told."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from inspector.app.errors import InspectorError
from inspector.app.home import Home, prepare
from inspector.app.notice import Running
from inspector.app.shell import variables as shell
from inspector.app.shell.words import SHELLS, guess, lines
from inspector.pki.authority import Authority

AWKWARD = 'it\'s a "quoted" $HOME `id` \\ and; more'


@pytest.fixture
def place(tmp_path):
    home = Home(tmp_path / "a home", tmp_path / "a home")
    prepare(home)
    Authority.load_or_create(home.certs)
    return home


def running(**more):
    usual = {"pid": 1, "version": "1", "started": 0.0, "home": "/h", "listen": ("127.0.0.1:8080",), "web": ("127.0.0.1:8081",),
             "web_name": "inspector.localhost", "dashboard": "http://inspector.localhost:8081/"}  # fmt: skip
    return Running(**usual | more)


def test_every_program_is_sent_to_the_proxy_and_the_dashboard_is_left_out(place):
    told = shell.variables(place, running(), {})
    assert {told[name] for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")} == {
        "http://127.0.0.1:8080"
    }
    assert told["no_proxy"] == told["NO_PROXY"] == "inspector.localhost,127.0.0.1:8081,localhost:8081"


def test_what_replaces_a_store_holds_the_systems_roots_and_ours_and_no_key(place):
    told = shell.variables(place, running(), {})
    text = Path(told["SSL_CERT_FILE"]).read_text()
    assert text.startswith((place.certs / "ca.pem").read_text())
    assert text.count("BEGIN CERTIFICATE") > 20
    assert "PRIVATE" not in text
    assert told["NODE_EXTRA_CA_CERTS"] == str(place.certs / "ca.pem")


@pytest.mark.skipif(os.name != "posix", reason="modes")
def test_its_files_are_their_owners_alone(place):
    shell.variables(place, running(), {})
    folder = place.run / shell.FOLDER
    assert [folder.stat().st_mode & 0o777, *(file.stat().st_mode & 0o777 for file in folder.iterdir())] == [
        0o700,
        0o600,
        0o600,
    ]


def test_options_for_java_and_node_are_added_to_those_that_are_set_and_quoted(place):
    told = shell.variables(
        place, running(), {"JAVA_TOOL_OPTIONS": "-Xmx1g", "NODE_OPTIONS": "--trace-warnings"}
    )
    assert told["NODE_OPTIONS"].startswith("--trace-warnings --require=")
    assert told["JAVA_TOOL_OPTIONS"].startswith("-Xmx1g -Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=8080 ")
    assert f'"-Djavax.net.ssl.trustStore={place.run}/env/java-truststore.p12"' in told["JAVA_TOOL_OPTIONS"]
    assert " -Dhttp.nonProxyHosts= " in told["JAVA_TOOL_OPTIONS"]


def test_set_twice_is_as_set_once_and_what_was_before_comes_back(place):
    earlier = {"http_proxy": "http://school:3128", "JAVA_TOOL_OPTIONS": "-Xmx1g", "OTHER": "x"}
    once = shell.variables(place, running(), earlier)
    twice = shell.variables(place, running(listen=("127.0.0.1:9090",)), {**earlier, **once})
    assert twice["JAVA_TOOL_OPTIONS"].count("-Dhttp.proxyHost") == 1
    undone = shell.restored({**earlier, **twice})
    assert undone["http_proxy"] == "http://school:3128"
    assert undone["JAVA_TOOL_OPTIONS"] == "-Xmx1g"
    assert undone["SSL_CERT_FILE"] == undone[shell.BEFORE] == ""
    assert set(undone) == set(once)
    assert "OTHER" not in undone


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"PATH": "/evil", "http_proxy": 3}'])
def test_what_was_before_is_read_with_care(broken):
    assert set(shell.before({shell.BEFORE: broken})) <= {"http_proxy"}


def test_a_log_in_is_taken_from_the_terminal_only_and_only_where_it_is_asked_for(place):
    guarded = running(listen=("0.0.0.0:8080",), proxy_auth=True)
    told = shell.variables(place, guarded, {shell.LOGIN: "ada:p@ss/word"})
    assert told["http_proxy"] == "http://ada:p%40ss%2Fword@127.0.0.1:8080"
    with pytest.raises(InspectorError, match="asks for a log-in"):
        shell.variables(place, guarded, {})
    both = running(listen=("0.0.0.0:8080", "[::1]:8082"), proxy_auth=True)
    assert shell.variables(place, both, {})["http_proxy"] == "http://[::1]:8082"


def test_in_front_of_one_site_there_is_nothing_to_set(place):
    with pytest.raises(InspectorError, match="stands in front of"):
        shell.variables(place, running(reverse="http://127.0.0.1:5000"), {})


def test_files_that_cannot_be_written_are_said(place):
    (place.certs / "ca.pem").unlink()
    with pytest.raises(InspectorError, match="cannot be written"):
        shell.variables(place, running(), {})


# --- shells ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("shell", "word"), [("bash", "bash"), ("bash", "sh"), ("fish", "fish")])
def test_an_awkward_value_arrives_as_it_is(shell, word):
    program = shutil.which(word)
    if program is None:
        pytest.skip(f"{word} is not installed")
    script = "\n".join(
        [
            *lines(shell, {"AWKWARD": AWKWARD}),
            'printf %s "$AWKWARD"',
            *lines(shell, {"AWKWARD": ""}),
            'printf "[%s]" "$AWKWARD"',
        ]
    )
    assert (
        subprocess.run([program, "-c", script], capture_output=True, text=True, check=True).stdout
        == f"{AWKWARD}[]"
    )


def test_powershell_and_cmd_as_they_want_it():
    assert lines("powershell", {"A": "it's", "B": ""}) == [
        "$env:A = 'it''s'",
        "Remove-Item Env:B -ErrorAction SilentlyContinue",
    ]
    assert lines("cmd", {"A": "a b", "B": ""}) == ['set "A=a b"', 'set "B="']


def test_fish_escapes_what_it_must():
    assert lines("fish", {"A": "it's \\"}) == ["set -gx A 'it\\'s \\\\'"]


@pytest.mark.parametrize(
    ("environment", "windows", "expected"),
    [
        ({"SHELL": "/usr/bin/fish"}, False, "fish"),
        ({"SHELL": "/bin/zsh"}, False, "bash"),
        ({}, False, "bash"),
        ({"PSModulePath": "a;b;c"}, True, "powershell"),
        ({"PSModulePath": "a;b"}, True, "cmd"),
        ({"SHELL": "/usr/bin/bash"}, True, "bash"),
    ],
)
def test_the_shell_is_guessed(environment, windows, expected):
    assert guess(environment, windows=windows) == expected


def test_every_shell_says_how_it_reads_the_lines():
    assert all("COMMAND" in words.read for words in SHELLS.values())
    assert json.dumps(list(SHELLS)) == '["bash", "fish", "powershell", "cmd"]'
