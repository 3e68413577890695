"""
Uses the serving endpoints, models and volumes of the Databricks sandbox through Databricks' own Python SDK. Takes
DATABRICKS_HOST and DATABRICKS_TOKEN. The model main.ml.demo has three versions, and the third one cannot be built.
"""

import io
import json

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import NotFound, OperationFailed, PermissionDenied, ResourceConflict
from databricks.sdk.service import catalog, serving

w = WorkspaceClient()
MODEL = "main.ml.demo"
FLOWERS = [
    {"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2},
    {"sepal_length": 6.3, "sepal_width": 3.3, "petal_length": 6.0, "petal_width": 2.5},
]


def raises(error, call):
    try:
        call()
    except error as found:
        return str(found)
    raise AssertionError(f"{error.__name__} expected")


def entity(version):
    return serving.ServedEntityInput(
        name=f"v{version}",
        entity_name=MODEL,
        entity_version=str(version),
        workload_size="Small",
        scale_to_zero_enabled=False,
    )


def routes(**shares):
    listed = [serving.Route(traffic_percentage=share, served_entity_name=name) for name, share in shares.items()]
    return serving.TrafficConfig(routes=listed)


def ask():
    answer = w.serving_endpoints.query("iris", dataframe_records=FLOWERS)
    assert [one["species"] for one in answer.predictions] == ["setosa", "virginica"], answer
    return answer.served_model_name


def check_endpoints():
    config = serving.EndpointCoreConfigInput("iris", served_entities=[entity(1)])
    tags = [serving.EndpointTag("team", "ml")]
    created = w.serving_endpoints.create_and_wait("iris", config=config, tags=tags)
    assert created.state.ready == serving.EndpointStateReady.READY, created
    assert created.creator == w.current_user.me().user_name
    ask()

    both = [entity(1), entity(2)]
    pending = w.serving_endpoints.update_config("iris", served_entities=both, traffic_config=routes(v1=100, v2=0))
    raises(ResourceConflict, lambda: w.serving_endpoints.update_config("iris", served_entities=[entity(2)]))
    updated = pending.result()
    states = [one.state.deployment for one in updated.config.served_entities]
    assert states == [serving.ServedModelStateDeployment.DEPLOYMENT_READY] * 2, updated
    w.serving_endpoints.update_config_and_wait("iris", served_entities=both, traffic_config=routes(v1=50, v2=50))

    message = raises(
        OperationFailed, lambda: w.serving_endpoints.update_config_and_wait("iris", served_entities=[entity(3)])
    )
    assert "UPDATE_FAILED" in message, message
    failed = w.serving_endpoints.get("iris")
    assert (failed.state.ready, failed.config.config_version) == (serving.EndpointStateReady.READY, 3), failed
    [broken] = failed.pending_config.served_entities
    assert broken.state.deployment == serving.ServedModelStateDeployment.DEPLOYMENT_FAILED, broken
    assert "No matching distribution" in w.serving_endpoints.build_logs("iris", "v3").logs
    assert "Loaded the model" in w.serving_endpoints.logs("iris", "v1").logs
    ask()

    w.serving_endpoints.patch("iris", add_tags=[serving.EndpointTag("stage", "test")], delete_tags=["team"])
    assert [tag.key for tag in w.serving_endpoints.get("iris").tags] == ["stage"]
    assert [one.name for one in w.serving_endpoints.list()] == ["iris"]
    assert b"request_count_total" in w.serving_endpoints.export_metrics("iris").contents.read()
    assert "openapi" in json.load(w.serving_endpoints.get_open_api("iris").contents)
    entry = serving.ServingEndpointAccessControlRequest(
        group_name="users", permission_level=serving.ServingEndpointPermissionLevel.CAN_QUERY
    )
    granted = w.serving_endpoints.update_permissions(failed.id, access_control_list=[entry])
    assert "users" in [one.group_name for one in granted.access_control_list], granted
    w.serving_endpoints.delete("iris")
    raises(NotFound, lambda: w.serving_endpoints.get("iris"))


def check_models():
    w.registered_models.set_alias(MODEL, "champion", 2)
    assert w.model_versions.get_by_alias(MODEL, "champion").version == 2
    found = w.model_versions.get(MODEL, 2)
    assert found.status == catalog.ModelVersionInfoStatus.READY, found
    w.model_versions.update(MODEL, 2, comment="promoted")
    assert w.model_versions.get(MODEL, 2).comment == "promoted"
    assert [one.version for one in w.model_versions.list(MODEL)] == [1, 2, 3]
    aliases = w.registered_models.get(MODEL, include_aliases=True).aliases
    assert [(one.alias_name, one.version_num) for one in aliases] == [("champion", 2)], aliases
    w.registered_models.delete_alias(MODEL, "champion")
    raises(NotFound, lambda: w.model_versions.get_by_alias(MODEL, "champion"))


def check_grants():
    change = catalog.PermissionsChange(principal="account users", remove=[catalog.Privilege.EXECUTE])
    assert not w.grants.update("function", MODEL, changes=[change]).privilege_assignments
    config = serving.EndpointCoreConfigInput("mine", served_entities=[entity(1)])
    message = raises(PermissionDenied, lambda: w.serving_endpoints.create("mine", config=config))
    assert f"EXECUTE on Routine or Model '{MODEL}'" in message, message


def check_volumes():
    folder = "/Volumes/main/default/files/models/iris"
    w.files.create_directory(folder)
    w.files.upload(f"{folder}/model.json", io.BytesIO(b"{}"), overwrite=True)
    raises(Exception, lambda: w.files.upload(f"{folder}/model.json", io.BytesIO(b"{}"), overwrite=False))
    assert w.files.download(f"{folder}/model.json").contents.read() == b"{}"
    assert w.files.get_metadata(f"{folder}/model.json").content_length == 2
    assert [one.name for one in w.files.list_directory_contents(folder)] == ["model.json"]
    w.files.get_directory_metadata(folder)
    raises(Exception, lambda: w.files.delete_directory(folder))
    w.files.delete(f"{folder}/model.json")
    w.files.delete_directory(folder)
    raises(NotFound, lambda: w.files.get_directory_metadata(folder))


for check in (check_endpoints, check_models, check_grants, check_volumes):
    check()
    print(json.dumps({"passed": check.__name__}), flush=True)
