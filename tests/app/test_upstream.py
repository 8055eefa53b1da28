from __future__ import annotations

import pytest

from inspector.app import upstream
from inspector.app.addresses import Address
from inspector.app.platform import UpstreamProxy
from inspector.app.platform.linux import kind_of_mount, read_gsettings
from inspector.app.platform.macos import kind_of_mount as kind_of_mount_on_macos
from inspector.app.platform.macos import read_lsof
from inspector.app.platform.posix import proxy_in_environment

HERE = (Address("127.0.0.1", 8080),)


class Set:
    def __init__(self, url: str | None) -> None:
        self._url = url

    def system_proxy(self) -> UpstreamProxy | None:
        return UpstreamProxy(self._url, ("localhost",), "the test") if self._url else None


def test_the_systems_proxy_is_used_and_named():
    assert upstream.find("system", HERE, Set("proxy.example:3128")) == UpstreamProxy(
        "http://proxy.example:3128", ("localhost",), "the test"
    )


@pytest.mark.parametrize("own", ["http://127.0.0.1:8080", "localhost:8080", "http://127.0.0.1:8080/"])
def test_a_system_set_to_use_inspector_is_not_asked_in_circles(own):
    assert upstream.find("system", HERE, Set(own)) is None


def test_another_proxy_on_this_computer_is_not_ours():
    assert upstream.find("system", HERE, Set("http://127.0.0.1:3128")) is not None


def test_none_means_none():
    assert upstream.find("none", HERE, Set("http://proxy.example:3128")) is None
    assert upstream.find("system", HERE, Set(None)) is None


def test_a_system_setting_that_cannot_be_used_is_left_out():
    assert upstream.find("system", HERE, Set("socks5://proxy.example:1080")) is None


@pytest.mark.parametrize("url", ["socks5://host:1080", "http://", "http://host:port"])
def test_one_that_is_asked_for_but_cannot_be_used_is_refused(url):
    with pytest.raises(ValueError):
        upstream.find(url, HERE, Set(None))


def test_a_password_is_not_shown():
    assert upstream.without_password("http://me:secret@host:1") == "http://me:…@host:1"
    assert upstream.without_password("http://host:1") == "http://host:1"


def test_small_letters_come_first_in_the_environment():
    found = proxy_in_environment(
        {"HTTPS_PROXY": "http://a:1", "https_proxy": "http://b:2", "no_proxy": "x, .y,"}
    )
    assert found == UpstreamProxy("http://b:2", ("x", ".y"), "$https_proxy")
    assert proxy_in_environment({"ALL_PROXY": "http://c:3"}).url == "http://c:3"
    assert proxy_in_environment({"no_proxy": "x", "http_proxy": ""}) is None


GSETTINGS = """org.gnome.system.proxy autoconfig-url ''
org.gnome.system.proxy ignore-hosts ['localhost', '127.0.0.0/8']
org.gnome.system.proxy mode 'manual'
org.gnome.system.proxy.http host 'plain.example'
org.gnome.system.proxy.http port 8000
org.gnome.system.proxy.https host 'secure.example'
org.gnome.system.proxy.https port 8001
"""


def test_the_setting_of_a_gnome_desktop():
    assert read_gsettings(GSETTINGS) == UpstreamProxy(
        "http://secure.example:8001", ("localhost", "127.0.0.0/8"), "the desktop's settings"
    )
    assert read_gsettings(GSETTINGS.replace("'manual'", "'none'")) is None
    assert read_gsettings(GSETTINGS.replace("'secure.example'", "''")).url == "http://plain.example:8000"
    assert read_gsettings("") is None


MOUNTS = r"""22 1 254:0 / / rw - ext4 /dev/vda rw
30 22 0:30 / /home rw shared:1 - nfs4 server:/home rw
31 30 0:31 / /home/me/my\040disk rw - ext4 /dev/sdb rw
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [("/", "ext4"), ("/home/me", "nfs4"), ("/home/me/my disk/x", "ext4"), ("/homes", "ext4")],
)
def test_the_mount_that_a_folder_lies_on(folder, kind):
    from pathlib import Path

    assert kind_of_mount(MOUNTS, Path(folder)) == kind


def test_what_macos_prints():
    from pathlib import Path

    listing = "/dev/disk3s1 on / (apfs, local)\nserver:/x on /Volumes/x y (nfs, nodev)\n"
    assert kind_of_mount_on_macos(listing, Path("/Volumes/x y/home")) == "nfs"
    assert kind_of_mount_on_macos(listing, Path("/Users")) == "apfs"
    assert read_lsof("p123\ncnginx\np124\ncother\n") == "nginx (pid 123)"
    assert read_lsof("") == ""
