"""What an administrator ordered: where it is read, and what of it forbids a captured window."""

from __future__ import annotations

import json
import plistlib

import pytest

from inspector.app.browsers.find import choose
from inspector.app.browsers.kinds import KINDS, Browser, Ordered
from inspector.app.browsers.linux import Linux
from inspector.app.browsers.macos import MacOS
from inspector.app.browsers.policies import judge
from inspector.app.browsers.windows import Windows
from inspector.app.errors import InspectorError

CHROMIUM = Browser(KINDS["chromium"], ("/usr/bin/chromium",))
FIREFOX = Browser(KINDS["firefox"], ("/usr/lib/firefox/firefox",))


def write(file, value):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value))
    return file


# --- judging -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [("ProxyMode", "system"), ("ProxyMode", "direct"), ("ProxySettings", {"ProxyMode": "pac_script"}), ("ProxyServer", "proxy:3128"),
     ("ProxyPacUrl", "http://wpad/"), ("UserDataDir", "D:/profiles"), ("BrowserSignin", 2)],
)  # fmt: skip
def test_a_policy_that_takes_the_proxy_or_the_profile_forbids_it_and_is_named(name, value):
    said = judge(
        CHROMIUM,
        [Ordered("HomepageLocation", "https://school.example", "f"), Ordered(name, value, "/etc/file")],
    )
    assert said.forbidden.startswith(f"The policy {name} (/etc/file) ")
    assert said.forbidden.endswith(": Chromium.")


@pytest.mark.parametrize(
    ("name", "value"), [("ProxyServer", ""), ("BrowserSignin", 1), ("HttpsOnlyMode", "allowed")]
)
def test_a_policy_that_leaves_both_alone_does_not(name, value):
    assert judge(CHROMIUM, [Ordered(name, value, "f")]) == ("", ())


@pytest.mark.parametrize(
    ("name", "value", "does"),
    [("HttpsOnlyMode", "force_enabled", "turns http addresses into https ones"), ("ExtensionInstallForcelist", ["abc"], "installs extensions")],
)  # fmt: skip
def test_a_policy_that_will_be_noticed_is_noted(name, value, does):
    [note] = judge(CHROMIUM, [Ordered(name, value, "f")]).notes
    assert does in note


@pytest.mark.parametrize(
    ("name", "value"),
    [("Proxy", {"Mode": "manual", "Locked": True}), ("Preferences", {"network.proxy.type": {"Value": 0, "Status": "locked"}})],
)  # fmt: skip
def test_firefox_obeys_only_what_is_locked(name, value):
    assert f"The policy {name} (f) " in judge(FIREFOX, [Ordered(name, value, "f")]).forbidden
    free = (
        {"Mode": "manual"} if name == "Proxy" else {"network.proxy.type": {"Value": 0, "Status": "default"}}
    )
    assert not judge(FIREFOX, [Ordered(name, free, "f")]).forbidden


def test_firefox_notes_forced_extensions_and_https_only():
    orders = [
        Ordered("ExtensionSettings", {"a@b": {"installation_mode": "force_installed"}}, "f"),
        Ordered("HttpsOnlyMode", "force_enabled", "f"),
    ]
    assert len(judge(FIREFOX, orders).notes) == 2


# --- reading -----------------------------------------------------------------------------------------------


def test_linux_reads_every_file_of_the_managed_folder(tmp_path):
    folder = tmp_path / "etc/chromium/policies/managed"
    write(folder / "a.json", {"ProxyMode": "direct"})
    write(folder / "b.json", {"QuicAllowed": False})
    (folder / "c.json").write_text("{broken")
    orders = Linux(tmp_path, tmp_path).orders(CHROMIUM)
    assert [(order.name, order.value) for order in orders] == [
        ("ProxyMode", "direct"),
        ("QuicAllowed", False),
    ]
    assert orders[0].where == str(folder / "a.json")


def test_linux_reads_firefox_policies_under_etc_and_beside_the_program(tmp_path):
    write(tmp_path / "etc/firefox/policies/policies.json", {"policies": {"Proxy": {"Locked": True}}})
    write(tmp_path / "usr/lib/firefox/distribution/policies.json", {"policies": {"DisablePocket": True}})
    firefox = Browser(KINDS["firefox"], ("firefox",), folder=tmp_path / "usr/lib/firefox")
    assert [order.name for order in Linux(tmp_path, tmp_path).orders(firefox)] == ["Proxy", "DisablePocket"]


def test_macos_reads_managed_preferences(tmp_path):
    file = tmp_path / "Library/Managed Preferences/com.google.Chrome.plist"
    file.parent.mkdir(parents=True)
    file.write_bytes(plistlib.dumps({"ProxySettings": {"ProxyMode": "system"}}))
    [order] = MacOS(tmp_path, tmp_path).orders(Browser(KINDS["chrome"], ("chrome",)))
    assert (order.name, order.where) == ("ProxySettings", str(file))


def test_macos_reads_firefox_policies_inside_the_application(tmp_path):
    inside = tmp_path / "Firefox.app/Contents"
    write(inside / "Resources/distribution/policies.json", {"policies": {"Proxy": {"Locked": True}}})
    firefox = Browser(KINDS["firefox"], ("firefox",), folder=inside / "MacOS")
    assert [order.name for order in MacOS(tmp_path, tmp_path).orders(firefox)] == ["Proxy"]


def test_windows_reads_the_registry_of_machine_and_user_and_json_in_it():
    key = r"Software\Policies\Google\Chrome"
    values = {
        ("HKEY_LOCAL_MACHINE", key): {
            "ProxySettings": '{"ProxyMode": "direct"}',
            "ExtensionInstallForcelist": {"1": "abc"},
        }
    }
    orders = Windows(lambda hive, name: values.get((hive, name)), {}).orders(
        Browser(KINDS["chrome"], ("chrome",))
    )
    assert orders[0] == ("ProxySettings", {"ProxyMode": "direct"}, rf"HKEY_LOCAL_MACHINE\{key}")
    assert judge(CHROMIUM, orders).forbidden
    assert judge(CHROMIUM, orders).notes


def test_windows_reads_firefoxs_registry_and_its_file(tmp_path):
    key = r"Software\Policies\Mozilla\Firefox"
    write(tmp_path / "distribution/policies.json", {"policies": {"DisablePocket": True}})
    values = {("HKEY_CURRENT_USER", key): {"Proxy": {"Mode": "none", "Locked": 1}}}
    firefox = Browser(KINDS["firefox"], ("firefox.exe",), folder=tmp_path)
    orders = Windows(lambda hive, name: values.get((hive, name)), {}).orders(firefox)
    assert [order.name for order in orders] == ["Proxy", "DisablePocket"]
    assert judge(firefox, orders).forbidden


# --- choosing ----------------------------------------------------------------------------------------------


class System:
    """A computer with these browsers, and these orders for some of them."""

    def __init__(self, *browsers, **orders):
        self.browsers, self._orders = browsers, orders

    def installed(self):
        return iter(self.browsers)

    def at(self, path):
        return FIREFOX if path.name == "firefox" else None

    def orders(self, browser):
        return self._orders.get(browser.kind.key, [])


def test_the_first_that_is_free_is_taken():
    assert choose(None, System(CHROMIUM, FIREFOX)).browser is CHROMIUM
    assert (
        choose(None, System(CHROMIUM, FIREFOX, chromium=[Ordered("ProxyMode", "system", "f")])).browser
        is FIREFOX
    )


def test_the_one_asked_for_is_taken_by_name_or_by_path():
    assert choose("Firefox", System(CHROMIUM, FIREFOX)).browser is FIREFOX
    assert choose("/opt/firefox", System(CHROMIUM)).browser is FIREFOX


def test_notes_come_with_it():
    assert choose(None, System(CHROMIUM, chromium=[Ordered("HttpsOnlyMode", "force_enabled", "f")])).notes


@pytest.mark.parametrize(
    ("asked", "system", "sentence", "cure"),
    [
        (None, System(), "None of these browsers was found", "Install one of them"),
        ("edge", System(CHROMIUM), "Microsoft Edge was not found on this computer.", "Leave --browser out"),
        ("/opt/nothing", System(CHROMIUM), "There is no program /opt/nothing.", "chrome, chromium, edge, brave, firefox"),
        (None, System(CHROMIUM, chromium=[Ordered("ProxyMode", "system", "/etc/p")]), "The policy ProxyMode (/etc/p)", "administrator"),
    ],
)  # fmt: skip
def test_where_there_is_none_it_is_said_why_and_what_to_do(asked, system, sentence, cure):
    with pytest.raises(InspectorError) as refused:
        choose(asked, system)
    assert sentence in refused.value.sentence
    assert cure in refused.value.cure
