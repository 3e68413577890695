"""
Uses the Databricks sandbox through MLflow's own client. Takes DATABRICKS_HOST and DATABRICKS_TOKEN, and MODEL_FOLDER: an
MLflow model with a signature.
"""

import json
import os
import tempfile
from pathlib import Path

import mlflow
from databricks.sdk import WorkspaceClient
from databricks.sdk.service.serving import EndpointCoreConfigInput, ServedEntityInput
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

mlflow.set_tracking_uri("databricks")
mlflow.set_registry_uri("databricks-uc")
client = MlflowClient()
model_folder = os.environ["MODEL_FOLDER"]
name = "main.ml.iris"


def raises(call, text):
    try:
        call()
    except MlflowException as error:
        assert text in str(error), error
        return
    raise AssertionError(f"An error expected: {text}")


def log_run():
    mlflow.set_experiment("/Shared/iris")
    with mlflow.start_run(run_name="training") as run:
        mlflow.log_params({"epochs": 300, "seed": 1936})
        mlflow.log_metrics({"accuracy": 0.9667}, step=1)
        mlflow.log_metric("accuracy", 0.97, step=2)
        mlflow.set_tag("stage", "dev")
        mlflow.log_dict({"rows": 150}, "data/summary.json")
        mlflow.log_artifacts(model_folder, "model")
    found = mlflow.get_run(run.info.run_id)
    assert found.info.status == "FINISHED", found
    assert found.data.params == {"epochs": "300", "seed": "1936"}, found
    assert found.data.metrics == {"accuracy": 0.97}, found
    assert found.data.tags["stage"] == "dev", found
    history = client.get_metric_history(run.info.run_id, "accuracy")
    assert [metric.value for metric in history] == [0.9667, 0.97], history
    assert mlflow.artifacts.load_dict(f"{found.info.artifact_uri}/data/summary.json") == {"rows": 150}
    files = {file.path for file in client.list_artifacts(run.info.run_id, "model")}
    assert "model/MLmodel" in files, files
    runs = mlflow.search_runs([found.info.experiment_id], output_format="list")
    assert [one.info.run_id for one in runs] == [run.info.run_id], runs
    return run.info.run_id


def register(run_id, uses_files_api):
    os.environ["MLFLOW_USE_DATABRICKS_SDK_MODEL_ARTIFACTS_REPO_FOR_UC"] = str(uses_files_api).lower()
    version = mlflow.register_model(f"runs:/{run_id}/model", name)
    assert (version.status, version.run_id) == ("READY", run_id), version
    with tempfile.TemporaryDirectory() as folder:
        mlflow.artifacts.download_artifacts(f"models:/{name}/{version.version}", dst_path=folder)
        for file in ("MLmodel", "model.json"):
            logged = Path(model_folder, file).read_bytes()
            assert Path(folder, file).read_bytes() == logged, file
    return version.version


def check_metadata(first, second):
    client.set_registered_model_alias(name, "champion", first)
    client.set_registered_model_alias(name, "champion", second)
    assert client.get_model_version_by_alias(name, "champion").version == second
    client.set_model_version_tag(name, second, "verdict", "passed")
    client.update_model_version(name, second, "by the pipeline")
    found = client.get_model_version(name, second)
    assert (found.tags, found.description, found.aliases) == ({"verdict": "passed"}, "by the pipeline", ["champion"])
    client.set_registered_model_tag(name, "team", "ml")
    model = client.get_registered_model(name)
    assert (model.tags, model.aliases) == ({"team": "ml"}, {"champion": second}), model
    versions = client.search_model_versions(f"name='{name}'")
    assert sorted(one.version for one in versions) == [first, second], versions
    assert [one.name for one in client.search_registered_models()] == [name]
    client.delete_model_version_tag(name, second, "verdict")
    client.delete_registered_model_alias(name, "champion")
    raises(lambda: client.get_model_version_by_alias(name, "champion"), "RESOURCE_DOES_NOT_EXIST")
    raises(lambda: client.set_registered_model_alias(name, "latest", first), "reserved")
    raises(lambda: client.create_registered_model("iris"), "specify all three levels")
    raises(lambda: client.create_registered_model(name), "already exists")


def check_signature(run_id):
    with tempfile.TemporaryDirectory() as folder:
        description = Path(model_folder, "MLmodel").read_text()
        Path(folder, "MLmodel").write_text(description.split("signature:")[0])
        client.log_artifacts(run_id, folder, "unsigned")
    raises(lambda: mlflow.register_model(f"runs:/{run_id}/unsigned", name), "signature metadata")


def check_serving(version):
    """The version answers with the model that was logged, whose weights are not those of the demo model."""
    w = WorkspaceClient()
    entity = ServedEntityInput(
        entity_name=name, entity_version=version, workload_size="Small", scale_to_zero_enabled=False
    )
    w.serving_endpoints.create_and_wait("logged", config=EndpointCoreConfigInput("logged", served_entities=[entity]))
    answer = w.serving_endpoints.query("logged", dataframe_records=[{"width": 1.0}, {"width": -1.0}])
    assert [one["species"] for one in answer.predictions] == ["wide", "narrow"], answer


run = log_run()
print(json.dumps({"passed": "log_run"}), flush=True)
made = [register(run, True), register(run, False)]
print(json.dumps({"passed": "register"}), flush=True)
check_metadata(*made)
check_signature(run)
print(json.dumps({"passed": "metadata"}), flush=True)
check_serving(made[0])
print(json.dumps({"passed": "serving"}), flush=True)
