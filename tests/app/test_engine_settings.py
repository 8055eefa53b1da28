"""What the engine is told of a run."""

from __future__ import annotations

from inspector.app.engine_process import engine_settings
from inspector.app.settings import RunSettings
from inspector.engine.settings import LocalSite
from inspector.lab.sites.practice import HOSTS


def run_settings(**settings):
    return RunSettings(name="a run", home="/home", data="/data", **settings)


def test_the_names_of_the_lab_lead_to_its_two_addresses():
    settings = engine_settings(run_settings(lab=("127.0.0.1:4001", "127.0.0.1:4002")))
    names = ("badtls.inspector.test", "*.badtls.inspector.test", *HOSTS)
    assert settings.local_sites == tuple(LocalSite(name, "127.0.0.1", 4001, 4002) for name in names)
    assert settings.lab_ca == "/data/lab/lab-root.pem"


def test_without_a_lab_there_are_no_local_sites():
    settings = engine_settings(run_settings())
    assert (settings.local_sites, settings.lab_ca) == ((), "")
