"""
Deploys models to online endpoints of the Azure sandbox with Microsoft's own client, azure-ai-ml.

ARM, ENTRA, TENANT, CLIENT_ID and CLIENT_SECRET name the sandbox; WORK is a folder with `model`, `code` and `conda.yml`.
"""

import json
import os

import requests
from azure.ai.ml import MLClient
from azure.ai.ml.entities import (
    CodeConfiguration,
    Environment,
    ManagedOnlineDeployment,
    ManagedOnlineEndpoint,
    Model,
)
from azure.core.exceptions import HttpResponseError
from azure.core.polling.base_polling import LROBasePolling
from azure.identity import ClientSecretCredential

work = os.environ["WORK"]
identity = ClientSecretCredential(
    os.environ["TENANT"],
    os.environ["CLIENT_ID"],
    os.environ["CLIENT_SECRET"],
    authority=os.environ["ENTRA"],
    disable_instance_discovery=True,
)


class Credential:
    """The client takes the address of Resource Manager for its audience."""

    def get_token(self, *_scopes, **_options):
        return identity.get_token("https://management.azure.com/.default")


send = requests.Session.request


def send_blobs_plainly(session, method, url, *args, **options):
    """The client takes HTTPS for blobs whatever the datastore says; the proxy knows HTTP alone."""
    if ".blob.core.windows.net" in url:
        url = url.replace("https://", "http://", 1)
    return send(session, method, url, *args, **options)


requests.Session.request = send_blobs_plainly
# Operations have no Retry-After; the client would wait 30 seconds each time.
LROBasePolling._extract_delay = lambda _self: 0.1

client = MLClient(
    Credential(),
    os.environ["SUBSCRIPTION_ID"],
    "models",
    "ml",
    cloud="Sandbox",
    cloud_metadata={
        "azure_portal": "https://portal.azure.com/",
        "resource_manager": os.environ["ARM"],
        "active_directory": os.environ["ENTRA"],
        "aml_resource_id": "https://ml.azure.com/",
        "storage_endpoint": "core.windows.net",
        "registry_discovery_endpoint": "https://eastus.api.azureml.ms/",
    },
    show_progress=False,
    enable_telemetry=False,
)


def passed(name):
    print(json.dumps({"passed": name}), flush=True)


def request_file(value):
    path = os.path.join(work, "request.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file)
    return path


def deploy(name, **options):
    deployment = ManagedOnlineDeployment(
        name=name, endpoint_name="score", instance_type="Standard_DS3_v2", instance_count=1, **options
    )
    return client.online_deployments.begin_create_or_update(deployment).result()


def refusal(act):
    try:
        act()
    except HttpResponseError as error:
        return str(error)
    raise AssertionError("It was not refused")


def check_assets():
    model = Model(path=os.path.join(work, "model"), name="demo", type="mlflow_model", version="1")
    assert client.models.create_or_update(model).version == "1"
    assert client.models.create_or_update(model).version == "1"
    assert client.models.get("demo", label="latest").version == "1"
    conda_file = os.path.join(work, "conda.yml")
    environment = Environment(name="env", version="1", image="mcr.microsoft.com/azureml/base", conda_file=conda_file)
    assert client.environments.create_or_update(environment).version == "1"


def check_deployments():
    endpoint = ManagedOnlineEndpoint(name="score", auth_mode="key")
    assert client.online_endpoints.begin_create_or_update(endpoint).result().scoring_uri
    assert deploy("blue", model="azureml:demo:1").provisioning_state == "Succeeded"
    code = CodeConfiguration(code=os.path.join(work, "code"), scoring_script="score.py")
    green = deploy("green", model="azureml:demo:1", environment="azureml:env:1", code_configuration=code)
    assert green.provisioning_state == "Succeeded"
    endpoint = client.online_endpoints.get("score")
    endpoint.traffic = {"blue": 100}
    assert client.online_endpoints.begin_create_or_update(endpoint).result().traffic == {"blue": 100}


def check_scoring():
    flower = {"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2}
    file = request_file({"input_data": [flower]})
    answer = client.online_endpoints.invoke("score", request_file=file)
    assert json.loads(answer)[0]["species"] == "setosa", answer
    file = request_file({"data": [1, 2]})
    answer = client.online_endpoints.invoke("score", request_file=file, deployment_name="green")
    assert json.loads(answer) == {"rows": 2}, answer
    assert "Container logs:\nready\n" in client.online_deployments.get_logs("green", "score", lines=5)


def check_failures():
    model = Model(path=os.path.join(work, "model"), name="demo-crash", type="mlflow_model", version="1")
    assert "User container has crashed" in refusal(lambda: deploy("red", model=model))
    assert "unrecoverable state" in refusal(lambda: deploy("red", model=model))
    live = refusal(lambda: client.online_deployments.begin_delete("blue", "score").result())
    assert "has live traffic" in live


def check_deletions():
    client.online_deployments.begin_delete("green", "score").result()
    client.online_endpoints.begin_delete("score").result()
    assert list(client.online_endpoints.list()) == []


for check in (check_assets, check_deployments, check_scoring, check_failures, check_deletions):
    check()
    passed(check.__name__)
