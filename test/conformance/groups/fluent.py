"""A day with the fluent API: what a person writes in a notebook."""

import math

import mlflow
from mlflow import MlflowClient

START = 1_700_000_000_000


def run(rec):
    client = MlflowClient()
    step = rec.step
    step("set_experiment", lambda: mlflow.set_experiment("fluent"))
    step("active run before", lambda: mlflow.active_run())
    step(
        "start_run",
        lambda: mlflow.start_run(run_name="parent", tags={"a": "1"}, description="what it does"),
    )
    parent = mlflow.active_run().info.run_id
    step("log_param", lambda: mlflow.log_param("lr", 0.1))
    step("log_params", lambda: mlflow.log_params({"depth": 3, "kind": None, "list": [1, 2]}))
    step("log_metric", lambda: mlflow.log_metric("loss", 0.5, step=1, timestamp=START))
    step(
        "log_metrics",
        lambda: mlflow.log_metrics(
            {"loss": 0.25, "acc": math.nan, "big": math.inf}, step=2, timestamp=START + 1
        ),
    )
    step("set_tag", lambda: mlflow.set_tag("stage", "draft"))
    step("set_tags", lambda: mlflow.set_tags({"stage": "final", "n": 1}))
    step("delete_tag", lambda: mlflow.delete_tag("n"))
    step("log_param conflict", lambda: mlflow.log_param("lr", 0.2))
    step("log_params conflict", lambda: mlflow.log_params({"lr": 0.3, "new": 1}))
    step("start_run again", lambda: mlflow.start_run())
    for index in range(3):
        with mlflow.start_run(run_name=f"child {index}", nested=True) as child:
            for at in range(5):
                mlflow.log_metric("loss", 1 / (at + index + 1), step=at, timestamp=START + at)
            step(f"child {index}", lambda: client.get_run(child.info.run_id))
    step(
        "children",
        lambda: mlflow.search_runs(
            filter_string=f"tags.mlflow.parentRunId = '{parent}'",
            order_by=["metrics.loss ASC"],
            output_format="list",
        ),
        view=lambda runs: [[r.info.run_name, r.data.metrics["loss"]] for r in runs],
    )
    step("end_run", lambda: mlflow.end_run())
    step("parent", lambda: client.get_run(parent))
    step("last active run", lambda: mlflow.last_active_run())
    with mlflow.start_run(run_id=parent):
        step("resumed", lambda: client.get_run(parent).info.status)
        mlflow.log_metric("later", 1, step=0, timestamp=START)
    step("ended again", lambda: client.get_run(parent))

    def fails():
        with mlflow.start_run(run_name="fails"):
            raise KeyError("on purpose")

    step("run that fails", fails)
    step(
        "it has failed",
        lambda: mlflow.search_runs(filter_string="run_name = 'fails'", output_format="list")[
            0
        ].info.status,
    )
    with mlflow.start_run() as unnamed:
        pass
    step("run without a name", lambda: client.get_run(unnamed.info.run_id))
    step("its name", lambda: len(unnamed.info.run_name.split("-")))
    step("start a run that is not there", lambda: mlflow.start_run(run_id="f" * 32))
    step(
        "start a deleted run",
        lambda: (
            mlflow.delete_run(unnamed.info.run_id),
            mlflow.start_run(run_id=unnamed.info.run_id),
        ),
    )
    step("get_run", lambda: mlflow.get_run(parent).info.run_name)
    step("get_experiment", lambda: mlflow.get_experiment("0").name)
    step("get_experiment_by_name", lambda: mlflow.get_experiment_by_name("fluent").name)
    step("search_experiments", lambda: mlflow.search_experiments(filter_string="name = 'fluent'"))
    step("history", lambda: client.get_metric_history(parent, "loss"))
    step("log asynchronously", lambda: _asynchronously(client, parent), wire=False)
    step(
        "delete_experiment",
        lambda: mlflow.delete_experiment(mlflow.get_experiment_by_name("fluent").experiment_id),
    )
    step("start a run in the deleted experiment", lambda: mlflow.start_run())


def _asynchronously(client, run_id):
    waiting = [
        mlflow.log_metrics(
            {f"async {i}": i}, step=i, timestamp=START, run_id=run_id, synchronous=False
        )
        for i in range(20)
    ] + [mlflow.log_params({"async": 1}, synchronous=False, run_id=run_id)]
    for operation in waiting:
        operation.wait()
    metrics = client.get_run(run_id).data.metrics
    return {key: value for key, value in metrics.items() if key.startswith("async")}
