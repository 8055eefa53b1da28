"""What a User-Agent says of the program, the system and the device. Anybody can write anything there."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BROWSERS = (
    (re.compile(r"\bEdgA?/(\d+)"), "Microsoft Edge"),
    (re.compile(r"\bEdgiOS/(\d+)"), "Microsoft Edge"),
    (re.compile(r"\bOPR/(\d+)"), "Opera"),
    (re.compile(r"\bVivaldi/(\d+)"), "Vivaldi"),
    (re.compile(r"\bSamsungBrowser/(\d+)"), "Samsung Internet"),
    (re.compile(r"\bYaBrowser/(\d+)"), "Yandex Browser"),
    (re.compile(r"\bFxiOS/(\d+)"), "Firefox"),
    (re.compile(r"\bFirefox/(\d+)"), "Firefox"),
    (re.compile(r"\bHeadlessChrome/(\d+)"), "Chrome without a window"),
    (re.compile(r"\bCriOS/(\d+)"), "Chrome"),
    (re.compile(r"\bChrome/(\d+)"), "Chrome, or a browser made from Chromium"),
    (re.compile(r"\bVersion/(\d+)[\d.]*.*\bSafari/"), "Safari"),
)
_SYSTEMS = (
    (re.compile(r"Android (\d+)"), "Android {0}"),
    (re.compile(r"\b(?:iPhone|iPad);.*? OS (\d+)"), "iOS {0}"),
    (re.compile(r"Windows NT 10\.0"), "Windows 10 or 11"),
    (re.compile(r"Windows NT 6\.1"), "Windows 7"),
    (re.compile(r"Windows"), "Windows"),
    (re.compile(r"CrOS"), "ChromeOS"),
    (re.compile(r"Mac OS X"), "macOS"),
    (re.compile(r"Linux"), "Linux"),
    (re.compile(r"FreeBSD"), "FreeBSD"),
)
_BOTS = re.compile(r"(?i)([A-Za-z-]{0,30}(?:bot|crawler|spider|slurp))\b")
_DEVICES = ((re.compile(r"iPad|Tablet"), "a tablet"), (re.compile(r"iPhone|Mobile"), "a phone"))
_LIBRARIES = {
    "curl": "curl, a program for the command line",
    "wget": "Wget, a program for the command line",
    "python-requests": "Python's requests library",
    "python-httpx": "Python's httpx library",
    "python-urllib": "Python's own urllib",
    "aiohttp": "Python's aiohttp library",
    "node": "Node.js",
    "node-fetch": "the node-fetch library",
    "undici": "Node.js (undici)",
    "axios": "the axios library for JavaScript",
    "go-http-client": "a program written in Go",
    "java": "a program written in Java",
    "okhttp": "Android's or Java's OkHttp library",
    "apache-httpclient": "Java's HttpClient library",
    "postmanruntime": "Postman",
    "insomnia": "Insomnia",
    "httpie": "HTTPie, a program for the command line",
    "git": "Git",
    "pip": "pip, which installs Python packages",
    "npm": "npm, which installs JavaScript packages",
    "apt-http": "apt, which installs Debian packages",
    "debian apt-http": "apt, which installs Debian packages",
    "ruby": "a program written in Ruby",
    "dart": "a program written in Dart, perhaps with Flutter",
    "werkzeug": "Flask's test client",
}


@dataclass(frozen=True, slots=True)
class Agent:
    """`program` with its `version`, `system` and `device` in words; each empty where it isn't told."""

    program: str = ""
    version: str = ""
    system: str = ""
    device: str = ""
    robot: bool = False


def read_agent(value: str) -> Agent:
    text = value[:512].strip()
    bot = _BOTS.search(text)
    if bot:
        return Agent(bot[1], robot=True)
    if not text.startswith("Mozilla/"):
        name, _, version = text.partition(" ")[0].partition("/")
        if text.lower().startswith("debian apt-http"):
            return Agent(_LIBRARIES["debian apt-http"])
        return Agent(_LIBRARIES.get(name.lower(), name), version)
    system = next(
        (words.format(*found.groups()) for pattern, words in _SYSTEMS if (found := pattern.search(text))), ""
    )
    device = next((words for pattern, words in _DEVICES if pattern.search(text)), "")
    for pattern, name in _BROWSERS:
        found = pattern.search(text)
        if found:
            return Agent(name, found[1], system, device)
    return Agent("", "", system, device)
