"""Uses the Databricks sandbox through Databricks' own Python SDK. Takes DATABRICKS_HOST and DATABRICKS_TOKEN."""

import json
from datetime import timedelta

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import InvalidParameterValue, NotFound, ResourceAlreadyExists, ResourceDoesNotExist
from databricks.sdk.service import compute, jobs
from databricks.sdk.service.workspace import ExportFormat, ImportFormat, Language, ObjectType

HEADER = b"# Databricks notebook source\n"
w = WorkspaceClient()


def raises(error, call):
    try:
        call()
    except error as found:
        return found
    raise AssertionError(f"{error.__name__} expected")


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


def check_clusters():
    version = w.clusters.select_spark_version(long_term_support=True)
    node_type = w.clusters.select_node_type(local_disk=True)
    created = w.clusters.create(cluster_name="sdk", spark_version=version, node_type_id=node_type, num_workers=1)
    cluster = created.result(timeout=timedelta(minutes=2))
    assert cluster.state == compute.State.RUNNING
    w.clusters.ensure_cluster_is_running(cluster.cluster_id)
    stopped = w.clusters.delete(cluster.cluster_id).result(timeout=timedelta(minutes=2))
    assert stopped.termination_reason.code == compute.TerminationReasonCode.USER_REQUEST
    assert [found.cluster_name for found in w.clusters.list()] == ["sdk"]
    w.clusters.permanent_delete(cluster.cluster_id)
    raises(ResourceDoesNotExist, lambda: w.clusters.get(cluster.cluster_id))


for check in (check_workspace, check_jobs, check_clusters):
    check()
    print(json.dumps({"passed": check.__name__}))
