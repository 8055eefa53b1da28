"""How a browser or a system comes to believe the authority, by hand, as one table; and which of them is asking, from what it says of itself.

The steps are for somebody who holds the certificate's file, `form`, in their hands. What `inspector ca trust` does by itself on this computer is first
where it can be done. Names in quotation marks are those that stand on the screen there.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Visitor(NamedTuple):
    """Who asks: a browser's family and a system, either empty where it doesn't say. `name` is the browser's own name."""

    browser: str
    system: str
    name: str = ""


class Guide(NamedTuple):
    """The steps for one browser on one system. `browsers` and `systems` are those it is for, empty for any; `form` the file that it takes (`pki.exports`)."""

    id: str
    title: str
    browsers: tuple[str, ...]
    systems: tuple[str, ...]
    form: str
    steps: tuple[str, ...]
    undo: str


_CHROMIUM = ("chrome", "edge", "opera", "samsung", "chromium")

GUIDES = (
    Guide(
        "firefox", "Firefox on a computer", ("firefox",), ("windows", "macos", "linux", ""), "pem",
        (
            "Save the file.",
            "Menu ☰, “Settings”, “Privacy & Security”; under “Certificates” press “View Certificates…”.",
            "“Authorities”, “Import…”, and choose the file.",
            "Tick “Trust this CA to identify websites.”, then “OK”.",
        ),
        "The same list, select the Inspector CA, “Delete or Distrust…”.",
    ),
    Guide(
        "windows", "Chrome, Edge and most programs on Windows", _CHROMIUM, ("windows",), "der",
        (
            "Save the file and open it.",
            "“Install Certificate…”, “Current User”, “Next”.",
            "“Place all certificates in the following store”, “Browse…”, “Trusted Root Certification Authorities”.",
            "“Finish”, and answer the warning with “Yes”. Then start the browser again.",
        ),
        "Press Windows+R, type `certmgr.msc`, “Trusted Root Certification Authorities”, “Certificates”; delete the Inspector CA.",
    ),
    Guide(
        "macos", "Safari, Chrome and most programs on a Mac", ("safari", *_CHROMIUM), ("macos",), "der",
        (
            "Save the file and open it: Keychain Access asks where to put it. Choose “login”.",
            "In Keychain Access look for “Inspector CA”, and open it by a double click.",
            "Under “Trust”, set “When using this certificate” to “Always Trust”.",
            "Close the window and give your password. Then start the browser again.",
        ),
        "Keychain Access, the same entry: delete it.",
    ),
    Guide(
        "linux", "Chrome, Chromium and their kin on Linux", _CHROMIUM, ("linux", ""), "pem",
        (
            "The quick way, on the computer where Inspector runs: `inspector ca trust --store chromium`.",
            "By hand: save the file, and open `chrome://certificate-manager/localcerts/usercerts` in a new tab.",
            "Beside “Trusted Certificates” press “Import”, and choose the file.",
            "Start the browser again.",
        ),
        "The same page: delete the Inspector CA; or `inspector ca untrust`.",
    ),
    Guide(
        "ios", "iPhone and iPad", (), ("ios",), "mobileconfig",
        (
            "Open this page in Safari and load the profile. Answer “Allow”.",
            "Settings, “Profile Downloaded” (or General, “VPN & Device Management”), “Install”, and give your code.",
            "Then switch the authority on, or nothing believes it: Settings, General, About, “Certificate Trust Settings”, the switch beside the Inspector CA.",
        ),
        "Settings, General, “VPN & Device Management”: remove the profile.",
    ),
    Guide(
        "android", "Chrome and most browsers on Android", _CHROMIUM, ("android",), "der",
        (
            "Save the file. It can't be opened from here: Android takes it from its settings only.",
            (
                "Settings, “Security & privacy”, “More security settings”, “Encryption & credentials”, “Install a certificate”, “CA certificate”. (Or search the "
                "settings for “CA certificate”.)"
            ),
            "“Install anyway”, unlock, and choose the file.",
            "Browsers believe it from now on. Apps do so only if their makers allowed it; most didn't.",
        ),
        "Settings, search for “User credentials” or “Trusted credentials”, “User”: remove the Inspector CA.",
    ),
    Guide(
        "android-firefox", "Firefox on Android", ("firefox",), ("android",), "der",
        (
            "Install the certificate in Android's own settings first, as for Chrome.",
            "In Firefox: Settings, “About Firefox”, tap the logo five times.",
            "Back to Settings: “Secret Settings”, switch on “Use third party CA certificates”. Start Firefox again.",
        ),
        "Switch it off there, and remove the Inspector CA under “User credentials” in Android's settings.",
    ),
    Guide(
        "chromeos", "Chromebook", (), ("chromeos",), "pem",
        (
            "Save the file.",
            "Chrome: Settings, “Privacy and security”, “Security”, “Manage certificates”, “Authorities”, “Import”, and choose the file.",
            "Tick “Trust this certificate for identifying websites”.",
        ),
        "The same list: delete the Inspector CA.",
    ),
    Guide(
        "java", "Java programs", (), (), "p12",
        (
            "Save the file, a store of the kind that Java reads. Its password is `changeit`.",
            "Start the program with `-Djavax.net.ssl.trustStore=inspector-ca.p12 -Djavax.net.ssl.trustStorePassword=changeit`.",
            "It then believes this authority only; a store made by `inspector env` holds all the others too.",
        ),
        "Leave these options out.",
    ),
    Guide(
        "programs", "curl, Python, Node, git and other programs", (), (), "pem",
        (
            'On this computer, for everything in one terminal: `eval "$(inspector env)"`.',
            "curl: `--cacert inspector-ca.pem`. Python: `SSL_CERT_FILE` or, for requests, `REQUESTS_CA_BUNDLE`. Node: `NODE_EXTRA_CA_CERTS`. git: `http.sslCAInfo`.",
        ),
        "Leave these out again, or close the terminal.",
    ),
)  # fmt: skip

_BY_ID = {guide.id: guide for guide in GUIDES}
_BROWSERS = (  # the most particular first: an Edge also says Chrome, a Chrome also says Safari
    (r"FxiOS/", "firefox", "Firefox"), (r"Firefox/|; rv:[\d.]+\) Gecko/", "firefox", "Firefox"), (r"SamsungBrowser/", "samsung", "Samsung Internet"),
    (r"Edg(?:A|iOS)?/", "edge", "Edge"), (r"OPR/", "opera", "Opera"), (r"CriOS/|HeadlessChrome/|Chrome/", "chrome", "Chrome"),
    (r"Version/[\d.]+.* Safari/", "safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    (r"iPhone|iPad|iPod", "ios"),
    (r"Android", "android"),
    (r"CrOS", "chromeos"),
    (r"Windows NT|Win64|Windows", "windows"),
    (r"Macintosh|Mac OS X", "macos"),
    (r"Linux|X11", "linux"),
)
_HINTED = {
    "Windows": "windows",
    "macOS": "macos",
    "Linux": "linux",
    "Android": "android",
    "iOS": "ios",
    "Chrome OS": "chromeos",
    "Chromium OS": "chromeos",
}
_SYSTEM_WORDS = {
    "windows": "Windows", "macos": "a Mac", "linux": "Linux", "ios": "an iPhone or iPad", "android": "Android", "chromeos": "a Chromebook",
}  # fmt: skip


def recognise(agent: str, platform: str = "") -> Visitor:
    """Who asks, from User-Agent and Sec-CH-UA-Platform. An iPad that calls itself a Macintosh cannot be told from one."""
    text = agent[:512]
    if not text.startswith("Mozilla/"):
        return Visitor("", "")
    browser, name = next(
        ((id, name) for pattern, id, name in _BROWSERS if re.search(pattern, text)), ("", "")
    )
    hinted = _HINTED.get(platform.strip().strip('"'))
    system = hinted or next((id for pattern, id in _SYSTEMS if re.search(pattern, text)), "")
    return Visitor(browser, system, name)


def guides_for(visitor: Visitor) -> tuple[Guide, tuple[Guide, ...]]:
    """The guide for this very browser, and the others."""
    first = next(
        (each for each in GUIDES if _fits(each, visitor)),
        _BY_ID["programs"] if not visitor.browser else _BY_ID["firefox"],
    )
    return first, tuple(each for each in GUIDES if each is not first)


def called(visitor: Visitor) -> str:
    """`Firefox on Linux`; empty for a program."""
    if not visitor.name:
        return ""
    system = _SYSTEM_WORDS.get(visitor.system, "")
    return f"{visitor.name} on {system}" if system else visitor.name


def _fits(guide: Guide, visitor: Visitor) -> bool:
    if not guide.browsers and not guide.systems:
        return False
    if visitor.system == "ios":  # every browser there is Safari inside
        return guide.id == "ios"
    return (not guide.browsers or visitor.browser in guide.browsers) and (
        not guide.systems or visitor.system in guide.systems
    )
