"""Runs: created, named, updated, ended, deleted, restored; by the client's classes and by hand."""

from mlflow import MlflowClient
from mlflow.entities import RunStatus

START = 1_700_000_000_000


def run(rec):
    client = MlflowClient()
    step = rec.step
    experiment = client.create_experiment("runs")

    def create(**options):
        return client.create_run(experiment, start_time=START, **options)

    plain = step("create", lambda: create()).info.run_id
    named = step("create with a name", lambda: create(run_name="a name")).info.run_id
    step(
        "create with tags",
        lambda: create(run_name="tagged", tags={"a": "1", "ü": "ö", "number": 5, "empty": ""}),
    )
    step("name in a tag", lambda: create(tags={"mlflow.runName": "by tag"}))
    step("name twice, equal", lambda: create(run_name="same", tags={"mlflow.runName": "same"}))
    step("name twice, unequal", lambda: create(run_name="a", tags={"mlflow.runName": "b"}))
    step("empty name", lambda: create(run_name=""))
    step("user in a tag", lambda: create(run_name="u", tags={"mlflow.user": "somebody else"}))
    step("long name", lambda: create(run_name="n" * 250))
    step("create in an unknown experiment", lambda: client.create_run("987654"))
    step("get", lambda: client.get_run(named))
    step("get an unknown one", lambda: client.get_run("f" * 32))
    step("get an id of odd characters", lambda: client.get_run("no/such run"))
    nested = step(
        "nested", lambda: create(run_name="child", tags={"mlflow.parentRunId": named})
    ).info.run_id
    step("parent", lambda: client.get_parent_run(nested))
    step("no parent", lambda: client.get_parent_run(named))

    step("update name", lambda: client.update_run(named, name="other name"))
    step("update status", lambda: client.update_run(named, status="FINISHED"))
    step("updated", lambda: client.get_run(named))
    step("name by its tag", lambda: client.set_tag(named, "mlflow.runName", "name by tag"))
    step("named by its tag", lambda: client.get_run(named))
    step("delete the name's tag", lambda: client.delete_tag(named, "mlflow.runName"))
    step("without the name's tag", lambda: client.get_run(named))
    step("update an unknown one", lambda: client.update_run("f" * 32, name="x"))
    step("update status of no known kind", lambda: client.update_run(named, status="ASLEEP"))
    step("terminate", lambda: client.set_terminated(plain, end_time=START + 5000))
    step("terminated", lambda: client.get_run(plain).info)
    step(
        "terminate as failed",
        lambda: client.set_terminated(plain, status="FAILED", end_time=START + 6000),
    )
    step("failed", lambda: client.get_run(plain).info)
    step(
        "terminate as killed, now",
        lambda: client.set_terminated(plain, status=RunStatus.to_string(RunStatus.KILLED)),
    )
    step("killed", lambda: client.get_run(plain).info)
    step("back to running", lambda: client.update_run(plain, status="RUNNING"))
    step("running", lambda: client.get_run(plain).info)
    step("log to a run that ended", lambda: client.log_param(named, "p", "1"))

    step("delete", lambda: client.delete_run(named))
    step("deleted", lambda: client.get_run(named))
    step("delete again", lambda: client.delete_run(named))
    step("delete an unknown one", lambda: client.delete_run("f" * 32))
    step("param of a deleted one", lambda: client.log_param(named, "q", "1"))
    step("metric of a deleted one", lambda: client.log_metric(named, "q", 1))
    step("tag of a deleted one", lambda: client.set_tag(named, "q", "1"))
    step("delete a tag of a deleted one", lambda: client.delete_tag(named, "q"))
    step("batch of a deleted one", lambda: client.log_batch(named, params=[], metrics=[], tags=[]))
    rec.request("raw empty batch of a deleted one", "POST", "runs/log-batch", {"run_id": named})
    step("update a deleted one", lambda: client.update_run(named, name="x"))
    step("inputs of a deleted one", lambda: client.log_inputs(named, datasets=[]))
    rec.request(
        "raw inputs of a deleted one", "POST", "runs/log-inputs", {"run_id": named, "datasets": []}
    )
    rec.request(
        "raw outputs of a deleted one",
        "POST",
        "runs/outputs",
        {"run_id": named, "models": [{"model_id": "m-1", "step": 0}]},
    )
    rec.request(
        "raw log-model of a deleted one",
        "POST",
        "runs/log-model",
        {"run_id": named, "model_json": "{}"},
    )
    step("artifacts of a deleted one", lambda: client.list_artifacts(named))
    step("restore", lambda: client.restore_run(named))
    step("restored", lambda: client.get_run(named))
    step("restore again", lambda: client.restore_run(named))
    step("restore an unknown one", lambda: client.restore_run("f" * 32))
    step(
        "search what is there",
        lambda: client.search_runs([experiment], order_by=["attributes.run_name"]),
        view=lambda runs: [r.info.run_name for r in runs if "-" not in r.info.run_name],
        wire=False,
    )

    _raw(rec, experiment, plain)


def _raw(rec, experiment, run_id):
    def post(name, path, body, **more):
        return rec.request(f"raw {name}", "POST", f"runs/{path}", body, **more)

    post("create, bare", "create", {"experiment_id": experiment, "run_name": "bare"})
    post(
        "create with all",
        "create",
        {
            "experiment_id": experiment,
            "user_id": "me",
            "run_name": "all",
            "start_time": 5,
            "tags": [{"key": "k", "value": "v"}],
        },
    )
    post(
        "create without start time", "create", {"experiment_id": experiment, "run_name": "no time"}
    )
    post(
        "create, start time as text",
        "create",
        {"experiment_id": experiment, "run_name": "text time", "start_time": "1700000000000"},
    )
    post(
        "create, start time no number",
        "create",
        {"experiment_id": experiment, "run_name": "x", "start_time": "soon"},
    )
    post(
        "create, start time negative",
        "create",
        {"experiment_id": experiment, "run_name": "before", "start_time": -5},
    )
    post("create, experiment id a number", "create", {"experiment_id": 5})
    post("create, experiment id no number", "create", {"experiment_id": "abc"})
    post("create without experiment", "create", {"run_name": "nowhere"})
    post("create, tags no list", "create", {"experiment_id": experiment, "tags": {"a": "b"}})
    post(
        "create, tags twice",
        "create",
        {
            "experiment_id": experiment,
            "run_name": "x",
            "tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}],
        },
    )
    post(
        "create, tag without value",
        "create",
        {"experiment_id": experiment, "run_name": "tag", "tags": [{"key": "a"}]},
    )
    post("create, run name a number", "create", {"experiment_id": experiment, "run_name": 5})
    post(
        "create, status sent",
        "create",
        {"experiment_id": experiment, "run_name": "status", "status": "FINISHED"},
    )
    post(
        "create, name of other scripts",
        "create",
        {"experiment_id": experiment, "run_name": "Größe 温度 🌡"},
    )

    rec.request("raw get", "GET", f"runs/get?run_id={run_id}")
    rec.request("raw get by run_uuid", "GET", f"runs/get?run_uuid={run_id}")
    rec.request("raw get without id", "GET", "runs/get")
    rec.request("raw get, empty id", "GET", "runs/get?run_id=")
    rec.request("raw get, body", "GET", "runs/get", {"run_id": run_id})
    rec.request("raw get for pages", "GET", f"/ajax-api/2.0/mlflow/runs/get?run_id={run_id}")

    post("update nothing", "update", {"run_id": run_id})
    post("update by run_uuid", "update", {"run_uuid": run_id, "run_name": "by uuid"})
    post(
        "update, nulls",
        "update",
        {"run_id": run_id, "status": None, "end_time": None, "run_name": None},
    )
    post("update, empty name", "update", {"run_id": run_id, "run_name": ""})
    post("update without id", "update", {"status": "FINISHED"})
    post("update, status by number", "update", {"run_id": run_id, "status": 4})
    post("update, number of no status", "update", {"run_id": run_id, "status": 77})
    post("update, status unknown", "update", {"run_id": run_id, "status": "ASLEEP"})
    post("update, end time", "update", {"run_id": run_id, "end_time": 77})
    post("update, end time as text", "update", {"run_id": run_id, "end_time": "78"})
    post(
        "update, all",
        "update",
        {"run_id": run_id, "end_time": 79, "status": "FINISHED", "run_name": "the last"},
    )
    rec.request("raw updated", "GET", f"runs/get?run_id={run_id}")
    for path in ("delete", "restore"):
        post(f"{path} without id", path, {})
        post(f"{path}, id a number", path, {"run_id": 5})
        post(f"{path}", path, {"run_id": run_id})

    create = "/api/2.0/mlflow/runs/create"
    rec.request("no content type", "POST", create, data=b'{"experiment_id": "0"}')
    for name, kind in (
        ("text", "text/plain"),
        ("form", "application/x-www-form-urlencoded"),
        ("JSON in UTF-8", "application/json; charset=utf-8"),
        ("JSON of another kind", "application/vnd.api+json"),
    ):
        body = '{"experiment_id": "0", "run_name": "by type"}'
        rec.request(
            f"content type {name}", "POST", create, data=body, headers_sent={"Content-Type": kind}
        )
    json_type = {"Content-Type": "application/json"}
    for name, body in (
        ("broken", '{"run_id": '),
        ("empty", ""),
        ("blank", "  "),
        ("an array", "[1]"),
        ("a number", "5"),
        ("null", "null"),
        ("a text", '"abc"'),
        ("JSON in a text", '"{\\"run_id\\": \\"abc\\"}"'),
        ("with a byte order mark", '\ufeff{"run_id": "abc"}'),
        ("with a field twice", '{"run_id": "abc", "run_id": "abd"}'),
        ("with NaN", '{"run_id": NaN}'),
    ):
        data = body.encode()
        rec.request(
            f"body {name}", "POST", "/api/2.0/mlflow/runs/delete", data=data, headers_sent=json_type
        )
    rec.request("body in camel case", "POST", "runs/delete", {"runId": "abc"})
    rec.request(
        "body not UTF-8",
        "POST",
        "/api/2.0/mlflow/runs/delete",
        data=b'{"run_id": "\xff"}',
        headers_sent=json_type,
    )
