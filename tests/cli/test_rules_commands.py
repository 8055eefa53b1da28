"""Rules into a file and out of one, on a home where nothing runs; and where a mistake is said to be."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from inspector.cli.main import main
from inspector.exchange.consulting import Draft
from inspector.exchange.held import Content, Row, Word
from inspector.store.captures import Captures
from inspector.store.held import HeldMessages
from inspector.store.settings import Settings

TWO = """\
# two rules
[[rule]]
name = "No trackers"
when = "host:metrics.test"
do = "block"

[[rule]]
name = "Slow"
when = "host:api.test"
do = "delay"
time = "2s"
on = false
"""


@pytest.fixture
def rules(tmp_path):
    """`inspector rules …` on a home of its own."""
    (tmp_path / "home").mkdir()

    def ask(*words, input=None):
        return CliRunner().invoke(main, ["rules", *words, "--home", str(tmp_path / "home")], input=input)

    return ask


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text(TWO)
    return path


def test_rules_are_read_listed_and_written_as_they_were(rules, file, tmp_path):
    told = rules("import", str(file))
    assert told.output == f"{file}: 2 rules, obeyed from the next start on.\n"
    assert [(each["name"], each["on"]) for each in json.loads(rules("list", "--json").output)] == [
        ("No trackers", True),
        ("Slow", False),
    ]
    assert "off  Slow\n     Exchanges whose host is api.test" in rules("list").output
    assert rules("export", str(tmp_path / "out.toml")).exit_code == 0
    rules("clear", "--yes")
    assert rules("list").output == "There are no rules: traffic passes unchanged.\n"
    assert rules("import", "-", input=(tmp_path / "out.toml").read_text()).exit_code == 0
    assert rules("export").output == (tmp_path / "out.toml").read_text()


def test_a_rule_of_the_same_name_takes_the_others_place_and_the_rest_stays_unless_replaced(rules, file):
    rules("import", str(file))
    other = '[[rule]]\nname = "Slow"\nwhen = ""\ndo = "no-cache"\n'
    rules("import", "-", input=other)
    assert [each["do"] for each in json.loads(rules("list", "--json").output)] == ["block", "no-cache"]
    rules("import", "-", "--replace", input=other)
    assert [each["name"] for each in json.loads(rules("list", "--json").output)] == ["Slow"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TWO.replace('"2s"', '"soon"'), "line 11: rule “Slow”, time"),
        (TWO.replace('"delay"', '"dealy"'), "line 10: rule “Slow”, do: there is no action 'dealy'. Did you mean delay?"),
        (TWO.replace('"host:api.test"', '"hots:api.test"'), "line 9: rule “Slow”, when"),
        (TWO.replace('name = "Slow"\n', ""), "line 7: rule “2”, name"),
        (TWO.replace('"Slow"', '"No trackers"'), "line 8: rule “No trackers”, name: another rule has the same name"),
        (TWO.replace('do = "block"', "do = block"), "line 5, column 6"),
        ("rules = 1\n", "'rules' stands outside of one"),
        ("\xff", "is no text in UTF-8"),
        ("#" * 300_000, "256 KiB are the most"),
    ],
    ids=["value", "action", "filter", "no name", "name twice", "no TOML", "other key", "no text", "too large"],
)  # fmt: skip
def test_a_mistake_is_said_with_its_place_and_changes_nothing(rules, file, text, said):
    rules("import", str(file))
    file.write_bytes(text.encode("latin-1" if text == "\xff" else "utf-8"))
    told = rules("import", str(file), "--replace")
    assert told.exit_code == 1
    assert said in told.output
    assert len(json.loads(rules("list", "--json").output)) == 2


def test_clearing_asks_first(rules, file):
    rules("import", str(file))
    told = rules("clear", input="n\n")
    assert told.exit_code == 1
    assert "Remove 2 rules?" in told.output
    assert rules("clear", input="y\n").exit_code == 0
    assert rules("clear").output == "There are no rules.\n"


def test_a_file_that_is_there_is_left_alone(rules, file):
    rules("import", str(file))
    told = rules("export", str(file))
    assert told.exit_code == 1
    assert "is there already" in told.output
    assert rules("export", str(file), "--replace").exit_code == 0


def test_no_home_is_made_only_to_look(rules, tmp_path):
    for word in ("list", "export", "clear"):
        told = rules(word)
        assert told.exit_code == 1
        assert "There is no Inspector's home" in told.output
    assert not list((tmp_path / "home").iterdir())


HAR = {"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": [{
    "startedDateTime": "2026-01-01T00:00:00Z", "time": 1,
    "request": {"method": "GET", "url": "https://api.test/stock", "httpVersion": "HTTP/1.1", "headers": [], "cookies": [], "queryString": [], "headersSize": -1, "bodySize": 0},
    "response": {"status": 418, "statusText": "Pot", "httpVersion": "HTTP/1.1", "headers": [{"name": "X-Left", "value": "0"}], "cookies": [],
                 "content": {"size": 4, "mimeType": "text/plain", "text": "none"}, "redirectURL": "", "headersSize": -1, "bodySize": 4},
    "cache": {}, "timings": {"send": 0, "wait": 1, "receive": 0},
}]}}  # fmt: skip


def test_a_response_is_copied_from_the_captures_of_the_home(rules, tmp_path):
    home = tmp_path / "home"
    (tmp_path / "one.har").write_text(json.dumps(HAR))
    assert CliRunner().invoke(main, ["import", str(tmp_path / "one.har"), "--home", str(home)]).exit_code == 0
    captures = Captures(home)
    [row] = captures.page().rows
    captures.close()
    told = rules("import", "-", input=f'[[rule]]\nname = "So"\ndo = "answer"\nexchange = "{row.id.hex()}"\n')
    assert told.exit_code == 0, told.output
    [rule] = json.loads(rules("list", "--json").output)
    assert (rule["status"], rule["fields"], rule["text"], "exchange" in rule) == (
        418,
        {"X-Left": "0"},
        "none",
        False,
    )
    told = rules("import", "-", input=f'[[rule]]\nname = "No"\ndo = "answer"\nexchange = "{"0" * 32}"\n')
    assert told.exit_code == 1
    assert "line 4: rule “No”, exchange: there is no exchange with this number." in told.output


@pytest.mark.parametrize("words", [("clear", "--yes"), ("import", "-", "--replace")])
def test_what_a_removed_breakpoint_holds_goes_on(rules, tmp_path, words):
    rules("import", "-", input='[[rule]]\nname = "mine"\ndo = "hold"\n')
    held = HeldMessages(tmp_path / "home")
    row = Row("1-request", bytes(16), "request", "http://a.test/", "GET", "mine", 1.0, 2.0, 0, True)
    held.put(row, Content(Draft(b"GET / HTTP/1.1\r\n\r\n")), engine=b"e", worker=1)
    assert rules(*words, input=TWO).exit_code == 0
    assert held.take(b"e") == (Word("1-request", "go-on"),)
    held.close()


def test_what_was_read_is_what_an_engine_obeys(rules, file, tmp_path):
    rules("import", str(file))
    settings = Settings(tmp_path / "home")
    assert [each["do"] for each in settings.read()["rules"]] == ["block", "delay"]
    settings.close()
