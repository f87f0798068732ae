"""A server on an empty database, before anyone wrote: what it says of itself, whom it refuses."""

from mlflow import MlflowClient


def run(rec):
    rec.request("health", "GET", "/health")
    rec.request("version", "GET", "/version")
    rec.request("server info", "GET", "/api/3.0/mlflow/server-info")
    rec.request("server info for pages", "GET", "/ajax-api/3.0/mlflow/server-info")

    client = MlflowClient()
    rec.step("first experiments", client.search_experiments)
    rec.step("default experiment", lambda: client.get_experiment("0"))
    rec.step("default experiment by name", lambda: client.get_experiment_by_name("Default"))
    rec.step("runs of the default experiment", lambda: client.search_runs(["0"]))

    rec.request("unknown path", "GET", "/api/2.0/mlflow/nothing")
    rec.request("path with a slash more", "POST", "runs/create/", {"experiment_id": "0"})
    rec.request("wrong method", "GET", "runs/create")
    rec.request("wrong method on a read", "DELETE", "runs/get")

    foreign = {"Origin": "https://elsewhere.example"}
    local = {"Origin": "http://localhost:3000"}
    create = {"name": "by origin"}
    rec.request(
        "host of somebody else",
        "GET",
        "experiments/get?experiment_id=0",
        headers_sent={"Host": "elsewhere.example"},
    )
    rec.request("health for any host", "GET", "/health", headers_sent={"Host": "elsewhere.example"})
    rec.request(
        "write from another origin", "POST", "experiments/create", create, headers_sent=foreign
    )
    rec.request(
        "write from a local origin",
        "POST",
        "experiments/create",
        create,
        headers_sent=local,
        headers=["access-control-allow-origin"],
    )
    rec.request(
        "read from another origin",
        "GET",
        "experiments/get?experiment_id=0",
        headers_sent=foreign,
        headers=["access-control-allow-origin"],
    )
    asks = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    preflight = ["access-control-allow-origin", "access-control-max-age"]
    rec.request(
        "preflight of a local origin",
        "OPTIONS",
        "experiments/create",
        headers_sent=local | asks,
        headers=preflight,
    )
    rec.request(
        "preflight of another origin",
        "OPTIONS",
        "experiments/create",
        headers_sent=foreign | asks,
        headers=preflight,
    )
    rec.request("options without an origin", "OPTIONS", "experiments/create")

    rec.request(
        "workspace named where there are none",
        "GET",
        "experiments/get?experiment_id=0",
        headers_sent={"X-MLFLOW-WORKSPACE": "w"},
    )
    rec.request(
        "workspace named, server info",
        "GET",
        "/api/3.0/mlflow/server-info",
        headers_sent={"X-MLFLOW-WORKSPACE": "w"},
    )
    rec.request(
        "blank workspace",
        "GET",
        "experiments/get?experiment_id=0",
        headers_sent={"X-MLFLOW-WORKSPACE": ""},
    )
