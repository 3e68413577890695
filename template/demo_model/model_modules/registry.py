"""
Logs trainings to MLflow, and registers and loads the versions of a model in Unity Catalog.

With MLflow's client where it is installed, as on every Databricks runtime; else with the REST API that it
uses.
"""

import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

# The tag of an MLflow run that says which run of the job it belongs to.
TRAINING_TAG = "training_run"


@dataclass(frozen=True)
class Version:
    """A version of a registered model, and the MLflow run that registered it."""

    number: str
    run_id: str
    status: str


class Registry(Protocol):
    """What is used of MLflow's tracking and of Unity Catalog."""

    def open_experiment(self, path: str) -> str: ...
    def find_run(self, experiment_id: str, tag: str, value: str) -> str | None: ...
    def create_run(self, experiment_id: str, tags: dict[str, str]) -> str: ...
    def log(self, run_id: str, params: dict[str, object], metrics: dict[str, float], folder: Path): ...
    def finish_run(self, run_id: str): ...
    def versions_of_run(self, model: str, run_id: str) -> list[Version]: ...
    def versions(self, model: str) -> list[Version]: ...
    def version_by_alias(self, model: str, alias: str) -> Version: ...
    def register(self, model: str, run_id: str, folder: Path) -> Version: ...
    def delete_version(self, model: str, number: str): ...
    def download(self, model: str, number: str, folder: Path): ...


def open_registry(dbutils) -> Registry:
    """The registry of the workspace in which the notebook runs."""
    if find_spec("mlflow") is not None:
        from model_modules.registry_mlflow import MlflowRegistry

        return MlflowRegistry()
    from model_modules.registry_rest import RestRegistry

    context = dbutils.notebook.entry_point.getDbutils().notebook().getContext()
    return RestRegistry(context.apiUrl().get(), context.apiToken().get())


@dataclass(frozen=True)
class Training:
    """What is known of a training when it has ended."""

    experiment: str
    params: dict[str, object]
    metrics: dict[str, float]
    # The run of the job; empty for a notebook that a person runs.
    job_run: str


def register_training(registry: Registry, model: str, training: Training, folder: Path) -> Version:
    """Logs the training, and registers one version of its model, also when the run of the job is retried."""
    experiment_id = registry.open_experiment(training.experiment)
    key = training.job_run
    run_id = registry.find_run(experiment_id, TRAINING_TAG, key) if key else None
    run_id = run_id or registry.create_run(experiment_id, {TRAINING_TAG: key} if key else {})
    earlier = registry.versions_of_run(model, run_id)
    version = next((each for each in earlier if each.status == "READY"), None)
    if version is None:
        # Of attempts that were interrupted while they uploaded the files.
        for unfinished in earlier:
            registry.delete_version(model, unfinished.number)
        registry.log(run_id, training.params, training.metrics, folder)
        version = registry.register(model, run_id, folder)
    registry.finish_run(run_id)
    return version


def newest_version(registry: Registry, model: str) -> Version:
    """The version that was registered last."""
    ready = [version for version in registry.versions(model) if version.status == "READY"]
    if not ready:
        raise LookupError(f"There is no version of {model}: run the training notebook first")
    return max(ready, key=lambda version: int(version.number))


def find_version(registry: Registry, model_uri: str) -> tuple[str, str]:
    """The name and the version number that `models:/catalog.schema.model@alias` or `…/3` stand for."""
    name, at, alias = model_uri.removeprefix("models:/").partition("@")
    if at:
        return name, registry.version_by_alias(name, alias).number
    name, slash, number = name.partition("/")
    if not slash or not model_uri.startswith("models:/"):
        raise ValueError(f"model_uri must be like models:/main.default.churn@champion, not {model_uri!r}")
    return name, number


def download_version(registry: Registry, model: str, number: str) -> Path:
    """The files of a version, in a folder that ends with the notebook."""
    folder = Path(tempfile.mkdtemp())
    registry.download(model, number, folder)
    return folder
