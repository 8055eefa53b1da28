"""Rules as they are written: what is understood, said back, and what is refused with a cure."""

from __future__ import annotations

import pytest

from inspector.rules.errors import RuleMistake
from inspector.rules.reading import plain, read_rules, read_toml
from inspector.rules.table import ACTIONS


def rule(lines):
    return f'[[rule]]\nname = "a"\n{lines}\n'


@pytest.mark.parametrize("name", ACTIONS)
def test_each_actions_example_is_a_rule_that_says_itself_and_survives_being_kept(name):
    (read,) = read_toml("[[rule]]\n" + ACTIONS[name].EXAMPLE)
    assert name == read.action.NAME
    assert read.action.effects()
    assert read.say().startswith("Exchanges ")
    assert read.say().endswith(".")
    assert read_rules([plain(read)]) == (read,)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ('when = "host:shop.test"\ndo = "block"', "Exchanges whose host is shop.test or below it: Inspector does not ask the site, and answers 403 Forbidden."),
        ('do = "block"\nhow = "reset"', "All exchanges: Inspector does not ask the site, and resets the connection."),
        ('when = "request.body:secret"\ndo = "block"\nhow = "close"', "Exchanges whose request body contains “secret”: Inspector waits until the request's body is whole, up to 8 MiB, and does not ask the site, and closes the connection."),
        ('when = "size:>1mb"\ndo = "replace"\nfind = "a"\nby = "b"', "Exchanges whose response body is more than 1 MB: Inspector waits until the response's body is whole, up to 8 MiB, and replaces “a” by “b”."),
        ('when = "status:500"\ndo = "hold"\nside = "response"', "Exchanges whose status is 500: Inspector lets the response wait for you, for 10 min at most."),
        ('do = "hold"\nside = "both"\ntimeout = "90s"', "All exchanges: Inspector lets the request, and then the response, wait for you, for 90 s at most."),
        ('do = "delay"\ntime = 250', "All exchanges: Inspector lets the request wait for 250 ms."),
        ('do = "throttle"\nprofile = "3g"\nlatency = "1s"', "All exchanges: Inspector lets the request wait for 1 s, lets at most 200 KB of the response pass a second, at most 90 KB of the request."),
        ('do = "request-fields"\nset = { A = "1" }\nremove = ["B"]', "All exchanges: Inspector takes out B, sets A: 1 in the request."),
    ],
)  # fmt: skip
def test_a_rule_is_said_in_a_sentence(lines, sentence):
    assert read_toml(rule(lines))[0].say() == sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x =", "this is not TOML"),
        ("[rule]\nname = 'a'", "each rule begins with the line [[rule]], with two brackets."),
        ("y = 1", "each rule begins with the line [[rule]]; 'y' stands outside of one."),
        ("[[rule]]\ndo = 'block'", "rule “1”, name: each rule has a name"),
        (rule(""), "rule “a”, do: what shall it do? One of: block, answer"),
        (rule("do = 'blok'"), "rule “a”, do: there is no action 'blok'. Did you mean block?"),
        (rule("do = 'block'\nstatsu = 1"), "rule “a”, statsu: block has no such line. Did you mean status?"),
        (rule("do = 'block'\nstatus = 99"), "rule “a”, status: a status is a number from 200 to 599, not 99."),
        (rule("do = 'block'\nstatus = true"), "a status is a number"),
        (rule("do = 'block'\nhow = 'gently'"), "rule “a”, how: it is one of answer, close, reset"),
        (rule("do = 'block'\non = 1"), "rule “a”, on: this is true or false."),
        (rule("do = 'block'\nwhen = 'hst:x'"), "rule “a”, when: There is no field “hst”."),
        (rule("do = 'block'\nwhen = 3"), "rule “a”, when: a filter in quotes belongs here."),
        (rule("do = 'delay'"), "rule “a”, time: this line is missing. How long."),
        (rule("do = 'delay'\ntime = '3 days'"), "'3 days' is no amount; \"500ms\" or \"2s\" would be one."),
        (rule("do = 'delay'\ntime = '1000s'"), "ten minutes at most"),
        (rule("do = 'delay'\ntime = [1]"), "an amount such as"),
        (rule("do = 'throttle'"), "it does nothing yet: name a profile"),
        (rule("do = 'throttle'\ndown = '0'"), "at least one byte a second"),
        (rule("do = 'answer'\ntext = 'a'\nfile = 'b'"), "either a text or a file"),
        (rule("do = 'answer'\ntext = 'a'\nstatus = 204"), "a response with status 204 has no body"),
        (rule("do = 'status'\nstatus = 304"), "a response with status 304 has no body"),
        (rule("do = 'folder'\nfolder = '.'\nunder = 'x'"), "a path begins with a slash."),
        (rule("do = 'request-fields'"), "it does nothing yet"),
        (rule("do = 'request-fields'\nset = { Host = 'a' }"), "use send-elsewhere"),
        (rule("do = 'request-fields'\nset = { Content-Length = '1' }"), "Content-Length says where a message ends"),
        (rule("do = 'response-fields'\nremove = ['Transfer-Encoding']"), "Transfer-Encoding says where a message ends"),
        (rule("do = 'response-fields'\nset = { 'A B' = '1' }"), "'A B' cannot be the name of a field"),
        (rule('do = "response-fields"\nset = { A = "1\\r\\nB: 2" }'), "has a character in it that no field may have"),
        (rule("do = 'send-elsewhere'\nto = 'ftp://a'"), "an address such as"),
        (rule("do = 'send-elsewhere'\nto = 'http://u:p@a/'"), "scheme, host, port and path are all"),
        (rule("do = 'send-elsewhere'\nto = 'http://a:99999/'"), "is no address"),
        (rule("do = 'send-elsewhere'\nto = 'http://é.test/'"), "it is written in ASCII"),
        (rule("do = 'hold'\ntimeout = '10ms'"), "one second at least"),
        (rule("do = 'hold'\nside = 'neither'"), "it is one of request, response, both"),
        (rule("do = 'replace'\nfind = ''"), "what to look for is missing."),
        (rule("do = 'block'") + rule("do = 'block'"), "rule “a”, name: another rule has the same name."),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_said_with_its_place(text, sentence):
    with pytest.raises(RuleMistake) as mistake:
        read_toml(text)
    assert sentence in str(mistake.value)


@pytest.mark.parametrize(
    ("do", "when", "sentence"),
    [
        ("block", "host:x status:404", "block acts when the request's head has arrived, and “status:404” can be told only when the response's head has arrived. These could: response-fields"),
        ('status"\nstatus = 500\n#', "time:>1s", "can be told only when the exchange is over."),
        ("no-cache", "response.body:secret", "“response.body:secret” can be told only when the response's body has arrived. These could: response-fields"),
        ('throttle"\nprofile = "3g"\n#', "request.body:x", "“request.body:x” can be told only when the request's body has arrived."),
        ('replace"\nfind = "a"\nside = "request"\n#', "status:200", "replace acts when the request's head has arrived"),
        ('hold"\nside = "both"\n#', "status:200", "hold acts when the request's head has arrived"),
        ('delay-response"\ntime = "1s"\n#', "is:failed", "can be told only when the exchange is over."),
    ],
)  # fmt: skip
def test_a_scope_that_needs_a_later_moment_is_refused_with_a_sentence(do, when, sentence):
    with pytest.raises(RuleMistake) as mistake:
        read_toml(rule(f'when = "{when}"\ndo = "{do}"'))
    assert sentence in str(mistake.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a = " + "[" * 100_000, "it is nested too deeply."),
        ("a = " + "{b = " * 50_000, "it is nested too deeply."),
        (".".join(["a"] * 50_000) + " = 1", "has dozens of dots"),
        ("[[" + " . ".join(['"a"'] * 50_000) + "]]", "has dozens of dots"),
        ("[[rule]]\nwhen = {" + ".".join(["'a'"] * 50_000) + " = 1}", "has dozens of dots"),
        ("a = " + "9" * 10_000, "this is not TOML"),
    ],
    ids=["lists", "tables", "a name", "a heading", "a name in a line", "a number"],
)
def test_a_file_that_would_take_all_memory_is_refused(text, sentence):
    with pytest.raises(RuleMistake, match=sentence):
        read_toml(text)


def test_texts_may_have_any_number_of_dots():
    dots = ".".join(["a"] * 1000)
    (one,) = read_toml(rule(f"do = 'replace'\nfind = '{dots}'\nby = 'such as {dots}'"))
    assert dots in one.say()
