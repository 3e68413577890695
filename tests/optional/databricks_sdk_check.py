"""
Uses the Databricks sandbox through Databricks' own Python SDK. Takes DATABRICKS_HOST and DATABRICKS_TOKEN, and
SERVICE_PRINCIPAL_ID and SERVICE_PRINCIPAL_SECRET.
"""

import io
import json
import os
import time
import zipfile
from datetime import timedelta

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import InvalidParameterValue, NotFound, ResourceAlreadyExists, ResourceDoesNotExist
from databricks.sdk.service import compute, iam, jobs
from databricks.sdk.service.workspace import ExportFormat, ImportFormat, Language, ObjectType

HEADER = b"# Databricks notebook source\n"
w = WorkspaceClient()


def raises(error, call):
    try:
        call()
    except error as found:
        return found
    raise AssertionError(f"{error.__name__} expected")


def check_login():
    # The environment holds a token too, so the way of logging in is named.
    config = {"auth_type": "oauth-m2m", "client_id": os.environ["SERVICE_PRINCIPAL_ID"]}
    principal = WorkspaceClient(client_secret=os.environ["SERVICE_PRINCIPAL_SECRET"], **config)
    me = principal.current_user.me()
    assert (me.user_name, me.display_name) == (config["client_id"], "Pipeline"), me
    task = jobs.Task(task_key="t", notebook_task=jobs.NotebookTask(notebook_path="/Shared/none"))
    job = principal.jobs.create(name="by a service principal", tasks=[task])
    assert w.jobs.get(job.job_id).creator_user_name == config["client_id"]
    permissions = w.jobs.get_permissions(str(job.job_id)).access_control_list
    assert permissions[0].service_principal_name == config["client_id"], permissions
    principal.jobs.delete(job.job_id)
    message = raises(Exception, lambda: WorkspaceClient(client_secret="wrong", **config).current_user.me())
    assert "invalid_client: Client authentication failed" in str(message), message


def check_workspace():
    home = f"/Users/{w.current_user.me().user_name}"
    folder = f"{home}/sdk/deep"
    w.workspace.mkdirs(folder)

    # These four come from the SDK's own integration tests against real workspaces.
    w.workspace.upload(f"{folder}/notebook.py", b"print(1)")
    assert w.workspace.download(f"{folder}/notebook.py").read() == HEADER + b"print(1)"
    w.workspace.upload(f"{folder}/notebook", b"print(1)", format=ImportFormat.SOURCE, language=Language.PYTHON)
    assert w.workspace.download(f"{folder}/notebook").read() == HEADER + b"print(1)"
    w.workspace.upload(f"{folder}/file.py", b"print(1)", format=ImportFormat.AUTO)
    assert w.workspace.download(f"{folder}/file.py").read() == b"print(1)"
    w.workspace.upload(f"{folder}/file.txt", b"text", format=ImportFormat.AUTO)
    assert w.workspace.download(f"{folder}/file.txt").read() == b"text"

    raises(ResourceAlreadyExists, lambda: w.workspace.upload(f"{folder}/file.txt", b"x", format=ImportFormat.AUTO))
    w.workspace.upload(f"{folder}/file.txt", b"new", format=ImportFormat.AUTO, overwrite=True)
    assert w.workspace.download(f"{folder}/file.txt").read() == b"new"
    raises(NotFound, lambda: w.workspace.upload(f"{folder}/none/file.txt", b"x", format=ImportFormat.AUTO))
    raises(ResourceDoesNotExist, lambda: w.workspace.get_status(f"{folder}/none"))

    found = {item.path: item.object_type for item in w.workspace.list(home, recursive=True)}
    assert found == {
        f"{folder}/file.py": ObjectType.FILE,
        f"{folder}/file.txt": ObjectType.FILE,
        f"{folder}/notebook": ObjectType.NOTEBOOK,
        f"{folder}/notebook.py": ObjectType.NOTEBOOK,
    }, found
    archive = w.workspace.download(f"{home}/sdk", format=ExportFormat.DBC).read()
    w.workspace.upload(f"{home}/copy", archive, format=ImportFormat.DBC)
    assert w.workspace.get_status(f"{home}/copy/deep/notebook").language == Language.PYTHON
    w.workspace.delete(f"{home}/copy", recursive=True)
    assert [item.path for item in w.workspace.list(home)] == [f"{home}/sdk"]


def check_jobs():
    w.workspace.mkdirs("/Shared/sdk")
    notebook = HEADER + b"dbutils.notebook.exit(dbutils.widgets.get('stage'))\n"
    w.workspace.upload("/Shared/sdk/good.py", notebook, format=ImportFormat.AUTO)
    w.workspace.upload("/Shared/sdk/bad.py", HEADER + b"raise ValueError('boom')\n", format=ImportFormat.AUTO)

    tasks = [
        jobs.Task(task_key=f"t{number}", notebook_task=jobs.NotebookTask(notebook_path="/Shared/sdk/good"))
        for number in range(150)
    ]
    wide = w.jobs.create(name="wide", tasks=tasks)
    assert len(w.jobs.get(wide.job_id).settings.tasks) == 150

    job = w.jobs.create(
        name="SDK job",
        parameters=[jobs.JobParameterDefinition(name="stage", default="dev")],
        tasks=tasks[:1],
    )
    assert [found.job_id for found in w.jobs.list(name="sdk JOB")] == [job.job_id]
    started = w.jobs.run_now(job.job_id, job_parameters={"stage": "prod"}, idempotency_token="sdk")
    assert w.jobs.run_now(job.job_id, idempotency_token="sdk").run_id == started.run_id
    run = started.result(timeout=timedelta(minutes=2))
    assert run.state.result_state == jobs.RunResultState.SUCCESS
    assert run.status.termination_details.code == jobs.TerminationCodeCode.SUCCESS
    assert w.jobs.get_run_output(run.tasks[0].run_id).notebook_output.result == "prod"
    raises(InvalidParameterValue, lambda: w.jobs.get_run_output(run.run_id))

    once = w.jobs.submit(
        run_name="once",
        tasks=[jobs.SubmitTask(task_key="bad", notebook_task=jobs.NotebookTask(notebook_path="/Shared/sdk/bad"))],
    )
    raises(Exception, once.result)
    failed = w.jobs.get_run(once.run_id)
    assert failed.state.life_cycle_state == jobs.RunLifeCycleState.INTERNAL_ERROR
    assert failed.tasks[0].state.life_cycle_state == jobs.RunLifeCycleState.TERMINATED
    assert w.jobs.get_run_output(failed.tasks[0].run_id).error == "ValueError: boom"

    w.workspace.upload("/Shared/sdk/bad.py", HEADER + b"1\n", format=ImportFormat.AUTO, overwrite=True)
    repaired = w.jobs.repair_run(once.run_id, rerun_all_failed_tasks=True).result(timeout=timedelta(minutes=2))
    assert repaired.state.result_state == jobs.RunResultState.SUCCESS
    history = w.jobs.get_run(once.run_id, include_history=True).repair_history
    assert [item.type for item in history] == [jobs.RepairHistoryItemType.ORIGINAL, jobs.RepairHistoryItemType.REPAIR]
    assert {found.run_id for found in w.jobs.list_runs()} == {run.run_id, once.run_id}
    w.jobs.delete(job.job_id)
    raises(ResourceDoesNotExist, lambda: w.jobs.get(job.job_id))


def new_cluster(name, **more):
    """Creates a cluster and waits until it runs."""
    version = w.clusters.select_spark_version(long_term_support=True)
    node_type = w.clusters.select_node_type(local_disk=True)
    created = w.clusters.create(
        cluster_name=name, spark_version=version, node_type_id=node_type, num_workers=1, **more
    )
    return created.result(timeout=timedelta(minutes=2))


def check_clusters():
    cluster = new_cluster("sdk", spark_conf={"spark.speculation": "true"})
    id = cluster.cluster_id
    assert cluster.state == compute.State.RUNNING
    assert cluster.azure_attributes.availability == compute.AzureAvailability.ON_DEMAND_AZURE
    assert (cluster.cluster_source, cluster.spec.num_workers) == (compute.ClusterSource.API, 1)
    w.clusters.ensure_cluster_is_running(id)

    w.clusters.edit(
        id, spark_version=cluster.spark_version, cluster_name="edited", node_type_id=cluster.node_type_id, num_workers=2
    ).result()
    w.clusters.resize(id, num_workers=3).result()
    update = compute.UpdateClusterResource(custom_tags={"team": "ml"})
    w.clusters.update(id, update_mask="custom_tags", cluster=update).result()
    changed = w.clusters.get(id)
    assert (changed.cluster_name, changed.num_workers, changed.spark_conf) == ("edited", 3, None), changed
    assert changed.custom_tags == {"team": "ml"}
    w.clusters.restart(id).result()
    assert w.clusters.get(id).spark_context_id != changed.spark_context_id
    message = raises(Exception, lambda: w.clusters.start(id))
    assert f"Cluster {id} is in unexpected state Running." in str(message)

    w.clusters.pin(id)
    stopped = w.clusters.delete(id).result(timeout=timedelta(minutes=2))
    assert stopped.termination_reason.code == compute.TerminationReasonCode.USER_REQUEST
    by = compute.ListClustersFilterBy(is_pinned=True, cluster_states=[compute.State.TERMINATED])
    assert [found.cluster_name for found in w.clusters.list(filter_by=by, page_size=1)] == ["edited"]
    w.clusters.ensure_cluster_is_running(id)
    types = [event.type for event in w.clusters.events(id, order=compute.GetEventsOrder.ASC, page_size=3)]
    assert types[:2] == [compute.EventType.CREATING, compute.EventType.RUNNING], types
    assert types[-2:] == [compute.EventType.STARTING, compute.EventType.RUNNING], types
    assert len(types) > 10
    raises(InvalidParameterValue, lambda: w.clusters.create(spark_version="1.x-scala2.9", num_workers=1))
    assert "unpin the cluster first" in str(raises(Exception, lambda: w.clusters.permanent_delete(id)))
    w.clusters.unpin(id)
    w.clusters.permanent_delete(id)
    raises(ResourceDoesNotExist, lambda: w.clusters.get(id))


def check_libraries():
    cluster = new_cluster("libraries")
    id = cluster.cluster_id
    wheel = "/Volumes/main/default/files/wheels/a-1.0-py3-none-any.whl"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.py", "x = 1")
    w.files.create_directory("/Volumes/main/default/files/wheels")
    w.files.upload(wheel, io.BytesIO(content.getvalue()), overwrite=True)
    assert w.files.download(wheel).contents.read() == content.getvalue()
    assert w.files.get_metadata(wheel).content_length == len(content.getvalue())
    assert [entry.name for entry in w.files.list_directory_contents("/Volumes/main/default/files")] == ["wheels"]
    raises(NotFound, lambda: w.files.download(f"{wheel}.none"))

    pandas = compute.Library(pypi=compute.PythonPyPiLibrary(package="pandas==2.2.0"))
    unknown = compute.Library(pypi=compute.PythonPyPiLibrary(package="no-such-package"))
    good = [pandas, compute.Library(whl=wheel)]
    w.libraries.install(id, good + [unknown])

    def statuses():
        return {str(entry.library.as_dict()): entry for entry in w.libraries.cluster_status(id)}

    under_way = {"PENDING", "RESOLVING", "INSTALLING"}
    while any(entry.status.value in under_way for entry in statuses().values()):
        time.sleep(0.1)
    found = statuses()
    assert [found[str(library.as_dict())].status.value for library in good] == ["INSTALLED", "INSTALLED"]
    failed = found[str(unknown.as_dict())]
    assert failed.status == compute.LibraryInstallStatus.FAILED
    assert "NO_MATCHING_DISTRIBUTION_ERROR" in failed.messages[0]
    w.libraries.uninstall(id, [unknown])
    assert statuses()[str(unknown.as_dict())].status == compute.LibraryInstallStatus.UNINSTALL_ON_RESTART
    w.clusters.restart(id).result()
    while any(entry.status.value in under_way for entry in statuses().values()):
        time.sleep(0.1)
    assert {entry.status.value for entry in statuses().values()} == {"RESTORED"}
    assert [entry.cluster_id for entry in w.libraries.all_cluster_statuses()] == [id]

    run = w.jobs.submit(
        run_name="needs a library",
        tasks=[
            jobs.SubmitTask(
                task_key="t",
                existing_cluster_id=id,
                notebook_task=jobs.NotebookTask(notebook_path="/Shared/sdk/good"),
                libraries=[unknown],
            )
        ],
    )
    raises(Exception, run.result)
    details = w.jobs.get_run(run.run_id).tasks[0].status.termination_details
    assert details.code == jobs.TerminationCodeCode.LIBRARY_INSTALLATION_ERROR
    w.clusters.permanent_delete(id)


def check_permissions():
    me = w.current_user.me().user_name
    task = jobs.Task(task_key="t", notebook_task=jobs.NotebookTask(notebook_path="/Shared/sdk/good"))
    viewers = jobs.JobAccessControlRequest(group_name="users", permission_level=jobs.JobPermissionLevel.CAN_VIEW)
    job = w.jobs.create(name="shared", tasks=[task], access_control_list=[viewers])
    id = str(job.job_id)

    def direct(permissions):
        return {
            (entry.user_name or entry.group_name, granted.permission_level.value)
            for entry in permissions.access_control_list
            for granted in entry.all_permissions
            if not granted.inherited
        }

    assert direct(w.jobs.get_permissions(id)) == {(me, "IS_OWNER"), ("users", "CAN_VIEW")}
    assert "exactly one owner" in str(raises(Exception, lambda: w.jobs.set_permissions(id, access_control_list=[viewers])))
    running = iam.AccessControlRequest(group_name="users", permission_level=iam.PermissionLevel.CAN_MANAGE_RUN)
    changed = w.permissions.update("jobs", id, access_control_list=[running])
    assert direct(changed) == {(me, "IS_OWNER"), ("users", "CAN_MANAGE_RUN")}
    assert len(w.permissions.get_permission_levels("jobs", id).permission_levels) == 4
    w.jobs.delete(job.job_id)
    raises(NotFound, lambda: w.jobs.get_permissions(id))


for check in (check_login, check_workspace, check_jobs, check_clusters, check_libraries, check_permissions):
    check()
    print(json.dumps({"passed": check.__name__}))
