"""Reads configuration files with Databricks' own SDK: cases as JSON on standard input, what it reads on standard output."""

import json
import os
import pathlib
import sys
import tempfile

from databricks.sdk.core import Config

NAMES = [
    "host", "token", "client_id", "client_secret", "auth_type", "azure_workspace_resource_id", "azure_tenant_id",
    "azure_environment", "databricks_cli_path", "username", "password", "azure_client_id", "azure_client_secret",
]


class Recording:
    """Credentials that sign in nowhere, and keep what the loader read."""

    def __init__(self):
        self.values = {}
        self.profile = None

    def auth_type(self):
        return "recording"

    def __call__(self, config):
        self.values = {name: config.as_dict()[name] for name in NAMES if name in config.as_dict()}
        self.profile = config.profile
        return lambda: {}


# It would ask the workspace.
Config._resolve_host_metadata = lambda self: None


def reading_of(case, home):
    for name in list(os.environ):
        if name.startswith(("DATABRICKS_", "ARM_", "GOOGLE_")):
            del os.environ[name]
    os.environ["HOME"] = str(home)
    os.environ.update(case.get("environment", {}))
    if "place" in case:
        os.environ["DATABRICKS_CONFIG_FILE"] = "~/" + case["place"]
    if "file" in case:
        file = home / case.get("place", ".databrickscfg")
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(case["file"].encode("utf-8"))
    recording = Recording()
    options = {name: case[name] for name in ("profile", "host") if name in case}
    try:
        Config(credentials_strategy=recording, **options)
    except Exception as error:  # each is a refusal, whatever its class
        return {"refused": type(error).__name__}
    return {"values": recording.values, "profile": recording.profile}


readings = {}
for each in json.load(sys.stdin):
    with tempfile.TemporaryDirectory() as folder:
        readings[each["title"]] = reading_of(each, pathlib.Path(folder))
json.dump(readings, sys.stdout, indent=2)
