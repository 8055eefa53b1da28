"""Programs that connect to the proxy, as one table: how each is recognised, and how each is made to believe Inspector's authority.

`{ca}` stands for the file of the authority's certificate. Commands stand between back-ticks. What `inspector env` sets is in
docs/env.md; here is what a person types who wants to mend one program only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from inspector.exchange.agents import agent_name
from inspector.wire.fields import parse_fields


class Program(NamedTuple):
    """One program. `names` match what it calls itself at the beginning of its User-Agent; `stacks` are TLS libraries that betray it without.

    `trust` is how it comes to believe the authority, the best way first.
    """

    id: str
    title: str
    names: tuple[str, ...]
    stacks: tuple[str, ...]
    trust: tuple[str, ...]


_WINDOW = "Use a captured window, which accepts the stand-in already: “Open a captured window” on the dashboard, or `inspector browse`."
_SYSTEM = "Let this computer believe the authority: `inspector ca trust` (and `inspector ca untrust` takes it back). Then start the program again."
_SHELL = 'For everything in one terminal: `eval "$(inspector env)"`.'

PROGRAMS = (
    Program(
        "curl", "curl", ("curl", "libcurl"), ("openssl", "schannel"),
        ("Give it the authority: `curl --cacert {ca} …`.", _SHELL,
         "On Windows curl asks Windows: `inspector ca trust`, and `--ssl-no-revoke`, since nobody publishes lists of revoked stand-ins."),
    ),
    Program("wget", "wget", ("wget", "Wget"), ("gnutls",), ("Give it the authority: `wget --ca-certificate={ca} …`.", _SHELL)),
    Program(
        "git", "git", ("git",), ("gnutls", "openssl"),
        ("For one repository: `git config http.sslCAInfo {ca}`; for one command: `git -c http.sslCAInfo={ca} clone …`.", _SHELL),
    ),
    Program(
        "pip", "pip", ("pip",), ("python",), ("`pip --cert {ca} install …`, or set `PIP_CERT={ca}`.", _SHELL),
    ),
    Program(
        "requests", "Python requests", ("requests", "python-requests"), ("python",),
        ('Set `REQUESTS_CA_BUNDLE={ca}`, or write `requests.get(url, verify="{ca}")`.', _SHELL),
    ),
    Program(
        "httpx", "Python httpx", ("httpx", "python-httpx"), ("python",),
        ('Set `SSL_CERT_FILE={ca}`, or write `httpx.Client(verify=ssl.create_default_context(cafile="{ca}"))`.', _SHELL),
    ),
    Program(
        "python", "Python (urllib, aiohttp and others)", ("Python", "urllib", "Python-urllib", "aiohttp"), ("python",),
        ("Set `SSL_CERT_FILE={ca}`: what uses Python's own ssl goes by it.",
         "For requests and what is built on it: `REQUESTS_CA_BUNDLE={ca}`.", _SHELL),
    ),
    Program(
        "node", "Node", ("node", "undici", "axios", "got", "npm", "node-fetch", "Bun", "Deno"), ("node",),
        ("Set `NODE_EXTRA_CA_CERTS={ca}` before it starts (a running Node does not look again).", _SHELL),
    ),
    Program(
        "java", "Java", ("Java", "Java-http-client", "Apache-HttpClient", "Jetty", "ReactorNetty"), ("java",),
        (("Make its kind of store: `inspector ca export --format p12 --output inspector.p12`, and start it with "
         "`-Djavax.net.ssl.trustStore=inspector.p12 -Djavax.net.ssl.trustStorePassword=changeit`."),
         "Or for every Java here: `inspector ca trust --store java`.", _SHELL),
    ),
    Program(
        "go", "a program written in Go", ("Go-http-client", "go", "docker", "kubectl", "terraform"), ("go",),
        ("Set `SSL_CERT_FILE={ca}` before it starts (Linux).", _SYSTEM),
    ),
    Program("ruby", "Ruby", ("Ruby", "Faraday", "rest-client"), ("openssl",), ("Set `SSL_CERT_FILE={ca}` before it starts.", _SHELL)),
    Program("php", "PHP", ("PHP", "GuzzleHttp"), ("openssl",), ("Set `curl.cainfo` and `openssl.cafile` in php.ini to `{ca}`.", _SHELL)),
    Program(
        "dotnet", ".NET or PowerShell", ("Mozilla-PowerShell", "PowerShell", ".NET", "WinHTTP", "Microsoft-CryptoAPI"), ("schannel",),
        (_SYSTEM, "On Linux .NET goes by `SSL_CERT_FILE={ca}`."),
    ),
    Program(
        "firefox", "Firefox", ("Firefox",), ("nss",),
        (_WINDOW, ("Or add the authority to your own Firefox: `inspector ca trust`; by hand in Settings, Privacy & Security, Certificates, View "
         "Certificates, Authorities, Import: `{ca}`. Restart it.")),
    ),
    Program(
        "chromium", "Chrome, Edge or another of their kin", ("Chrome", "Edge", "Opera", "Brave", "Vivaldi"), ("boringssl",),
        (_WINDOW, "Or let this computer's browsers believe the authority: `inspector ca trust`, then start the browser again."),
    ),
    Program(
        "safari", "Safari, or an app on an iPhone, iPad or Mac", ("Safari", "CFNetwork", "MobileSafari"), ("apple",),
        (("On an iPhone or iPad open `http://inspector.test/` through the proxy, install the profile, and then switch the authority on: Settings, "
         "General, About, Certificate Trust Settings."), "On a Mac: `inspector ca trust`."),
    ),
    Program(
        "android", "an Android app", ("okhttp", "Dalvik", "Android", "Dart", "ktor-client"), ("boringssl",),
        (("Apps believe authorities that a person added only if the app says so: in a debug build of your own app, add `network_security_config` with "
         '`<certificates src="user" />` under `<debug-overrides>`.'),
         "In Chrome on Android an added authority counts: Settings, Security, Encryption & credentials, Install a certificate, CA certificate."),
    ),
    Program(
        "postman", "Postman, Insomnia or another API client", ("PostmanRuntime", "insomnia", "HTTPie", "vscode-restclient"), ("node",),
        ("Add `{ca}` under Settings, Certificates, CA certificates.",),
    ),
)  # fmt: skip
ANYTHING = Program(
    "any", "a program that does not say its name", (), (),
    (_SHELL, _SYSTEM, "Or give it the file `{ca}` the way its documentation says (look for “CA certificate”)."),
)  # fmt: skip

_BY_ID = {program.id: program for program in PROGRAMS}
_COMMAND = re.compile(r"(`|\$\()inspector ((?:ca|browse|env|doctor|run|cert)\b[^`)]*)(`|\))")
_LONG = re.compile(r"^(?P<first>[^/\s(]+)")
_HIDDEN = {
    "okhttp": "android",
    "Dalvik": "android",
    "CFNetwork": "safari",
    "aiohttp": "python",
    "pip": "pip",
    "axios": "node",
}


def typed(step: str, command: Callable[[str], str], ca: str) -> str:
    """A step with the paths and commands of one home in it: `command` makes `ca trust` what one would type here."""
    commands = _COMMAND.sub(lambda found: f"{found[1]}{command(found[2])}{found[3]}", step)
    return commands.replace("{ca}", ca or "ca.pem")


def name_in(asked: bytes) -> str:
    """The User-Agent in the head of a CONNECT, or in any other; empty where there is none."""
    values = (field.value for field in parse_fields(asked) if field.name.lower() == b"user-agent")
    return next(values, b"")[:512].decode("latin-1")


def program_named(agent: str) -> Program | None:
    """The program behind a User-Agent, or behind its short name (`exchange.agents`)."""
    whole = agent.strip()
    if not whole:
        return None
    for part, id in _HIDDEN.items():
        if re.search(rf"\b{re.escape(part)}\b", whole):
            return _BY_ID[id]
    found = _LONG.match(agent_name(whole.encode("latin-1", "replace")) or whole)
    first = found["first"].lower() if found else ""
    return next((each for each in PROGRAMS if first in {name.lower() for name in each.names}), None)


def programs_of(stack: str) -> tuple[Program, ...]:
    """The programs that speak with this TLS library."""
    return tuple(each for each in PROGRAMS if stack in each.stacks)
