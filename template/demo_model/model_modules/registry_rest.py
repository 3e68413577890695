"""The registry by the REST API, as MLflow's client uses it, for a Python without that client."""

import json
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import quote, urlencode

from model_modules.registry import Version

TRACKING = "/api/2.0/mlflow/"
CATALOG = "/api/2.0/mlflow/unity-catalog/"
FILES = "/api/2.0/fs/files"
FOLDERS = "/api/2.0/fs/directories"
BYTES, JSON = "application/octet-stream", "application/json"


class RestRegistry:
    def __init__(self, host: str, token: str):
        self._host = host.rstrip("/")
        self._token = token

    def open_experiment(self, path: str) -> str:
        found = self._find(f"{TRACKING}experiments/get-by-name", experiment_name=path)
        if found is not None:
            return found["experiment"]["experiment_id"]
        return self._post(f"{TRACKING}experiments/create", name=path)["experiment_id"]

    def find_run(self, experiment_id: str, tag: str, value: str) -> str | None:
        asked = {"experiment_ids": [experiment_id], "filter": f"tags.{tag} = '{value}'", "max_results": 1}
        runs = self._post(f"{TRACKING}runs/search", **asked).get("runs", [])
        return runs[0]["info"]["run_id"] if runs else None

    def create_run(self, experiment_id: str, tags: dict[str, str]) -> str:
        created = self._post(
            f"{TRACKING}runs/create", experiment_id=experiment_id, start_time=_now(), tags=_pairs(tags)
        )
        return created["run"]["info"]["run_id"]

    def log(self, run_id: str, params: dict[str, object], metrics: dict[str, float], folder: Path):
        logged = [{**each, "timestamp": _now(), "step": 0} for each in _pairs(metrics)]
        texts = _pairs({name: str(value) for name, value in params.items()})
        self._post(f"{TRACKING}runs/log-batch", run_id=run_id, params=texts, metrics=logged)
        info = self._run_info(run_id)
        root = f"/WorkspaceInternal/Mlflow/Artifacts/{info['experiment_id']}/{run_id}/artifacts"
        self._upload(folder, f"{root}/model")

    def finish_run(self, run_id: str):
        self._post(f"{TRACKING}runs/update", run_id=run_id, status="FINISHED", end_time=_now())

    def versions_of_run(self, model: str, run_id: str) -> list[Version]:
        return self._search(f"run_id='{run_id}'", model)

    def versions(self, model: str) -> list[Version]:
        return self._search(f"name='{model}'", model)

    def version_by_alias(self, model: str, alias: str) -> Version:
        found = self._find(f"{CATALOG}registered-models/alias", name=model, alias=alias)
        if found is None:
            raise LookupError(f"No version of {model} has the alias {alias}: promote one first")
        return _version(found["model_version"])

    def register(self, model: str, run_id: str, folder: Path) -> Version:
        if self._find(f"{CATALOG}registered-models/get", name=model) is None:
            self._post(f"{CATALOG}registered-models/create", name=model)
        source = f"{self._run_info(run_id)['artifact_uri']}/model"
        created = self._post(f"{CATALOG}model-versions/create", name=model, run_id=run_id, source=source)
        number = created["model_version"]["version"]
        self._upload(folder, _folder_of(model, number))
        done = self._post(f"{CATALOG}model-versions/finalize", name=model, version=number)
        return _version(done["model_version"])

    def delete_version(self, model: str, number: str):
        body = json.dumps({"name": model, "version": number})
        self._send("DELETE", f"{CATALOG}model-versions/delete", body.encode())

    def download(self, model: str, number: str, folder: Path):
        self._download(_folder_of(model, number), folder)

    def _run_info(self, run_id: str) -> dict:
        return self._get(f"{TRACKING}runs/get", run_id=run_id)["run"]["info"]

    def _search(self, condition: str, model: str) -> list[Version]:
        found, token = [], ""
        while True:
            paging = {"page_token": token} if token else {}
            page = self._get(f"{CATALOG}model-versions/search", filter=condition, **paging)
            found += [_version(each) for each in page.get("model_versions", []) if each["name"] == model]
            token = page.get("next_page_token", "")
            if not token:
                return found

    def _upload(self, folder: Path, target: str):
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            path = f"{target}/{file.relative_to(folder).as_posix()}"
            self._send("PUT", f"{FILES}{quote(path)}?overwrite=true", file.read_bytes(), BYTES)

    def _download(self, source: str, folder: Path):
        folder.mkdir(parents=True, exist_ok=True)
        for entry in self._get(f"{FOLDERS}{quote(source)}").get("contents", []):
            if entry["is_directory"]:
                self._download(entry["path"], folder / entry["name"])
            else:
                (folder / entry["name"]).write_bytes(self._send("GET", f"{FILES}{quote(entry['path'])}"))

    def _find(self, path: str, **query: str) -> dict | None:
        try:
            return self._get(path, **query)
        except RegistryError as error:
            if error.code == "RESOURCE_DOES_NOT_EXIST":
                return None
            raise

    def _get(self, path: str, **query: str) -> dict:
        return json.loads(self._send("GET", f"{path}?{urlencode(query)}"))

    def _post(self, path: str, **body: object) -> dict:
        return json.loads(self._send("POST", path, json.dumps(body).encode(), JSON))

    def _send(self, method: str, path: str, body: bytes | None = None, content_type: str = JSON) -> bytes:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": content_type}
        request = urllib.request.Request(self._host + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            raise RegistryError(method, path, error.code, error.read()) from None


class RegistryError(RuntimeError):
    """An answer of the workspace that is an error, with its code."""

    def __init__(self, method: str, path: str, status: int, body: bytes):
        text = body.decode("utf-8", "replace")
        super().__init__(f"{method} {path.partition('?')[0]}: {status} {text}")
        try:
            self.code = json.loads(text).get("error_code", "")
        except ValueError:
            self.code = ""


def _folder_of(model: str, number: str) -> str:
    return f"/Models/{model.replace('.', '/')}/{number}"


def _version(found: dict) -> Version:
    return Version(str(found["version"]), found.get("run_id", ""), found["status"])


def _pairs(values: dict) -> list[dict]:
    return [{"key": key, "value": value} for key, value in values.items()]


def _now() -> int:
    return round(time.time() * 1000)
