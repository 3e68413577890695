"""The registry by MLflow's client."""

from pathlib import Path

import mlflow
from mlflow import MlflowClient

from model_modules.registry import Version


class MlflowRegistry:
    def __init__(self):
        mlflow.set_tracking_uri("databricks")
        mlflow.set_registry_uri("databricks-uc")
        self._client = MlflowClient()

    def open_experiment(self, path: str) -> str:
        return mlflow.set_experiment(path).experiment_id

    def find_run(self, experiment_id: str, tag: str, value: str) -> str | None:
        runs = self._client.search_runs([experiment_id], f"tags.{tag} = '{value}'", max_results=1)
        return runs[0].info.run_id if runs else None

    def create_run(self, experiment_id: str, tags: dict[str, str]) -> str:
        return self._client.create_run(experiment_id, tags=tags).info.run_id

    def log(self, run_id: str, params: dict[str, object], metrics: dict[str, float], folder: Path):
        for name, value in params.items():
            self._client.log_param(run_id, name, value)
        for name, value in metrics.items():
            self._client.log_metric(run_id, name, value)
        self._client.log_artifacts(run_id, str(folder), "model")

    def finish_run(self, run_id: str):
        self._client.set_terminated(run_id)

    def versions_of_run(self, model: str, run_id: str) -> list[Version]:
        return self._search(f"run_id='{run_id}'", model)

    def versions(self, model: str) -> list[Version]:
        return self._search(f"name='{model}'", model)

    def version_by_alias(self, model: str, alias: str) -> Version:
        return _version(self._client.get_model_version_by_alias(model, alias))

    def register(self, model: str, run_id: str, folder: Path) -> Version:
        return _version(mlflow.register_model(f"runs:/{run_id}/model", model))

    def delete_version(self, model: str, number: str):
        self._client.delete_model_version(model, number)

    def download(self, model: str, number: str, folder: Path):
        mlflow.artifacts.download_artifacts(f"models:/{model}/{number}", dst_path=str(folder))

    def _search(self, condition: str, model: str) -> list[Version]:
        found = self._client.search_model_versions(condition)
        return [_version(each) for each in found if each.name == model]


def _version(found) -> Version:
    return Version(str(found.version), found.run_id, found.status)
