"""Logs through the server of the Python mlflow-cratedb: a small part of all that a test wants."""

import sys

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

uri = sys.argv[1]
mlflow.set_tracking_uri(uri)
client = MlflowClient(uri)

experiment = client.create_experiment("made by python", tags={"team": "a"})
other = client.create_experiment("deleted by python")
client.delete_experiment(other)
for number in range(3):
    run = client.create_run(experiment, run_name=f"python {number}")
    run_id = run.info.run_id
    client.log_batch(
        run_id,
        metrics=[Metric("loss", 1.0 / (step + 1), 1000 + step, step) for step in range(20)]
        + [Metric("nan", float("nan"), 1000, 0), Metric("inf", float("inf"), 1000, 0)],
        params=[Param("lr", str(number)), Param("text", "ä" * 300)],
        tags=[RunTag("phase", "one")],
    )
    # The same point twice: nothing keeps it from being there twice.
    for _ in range(2):
        client.log_metric(run_id, "twice", 0.5, timestamp=77, step=1)
    client.set_terminated(run_id)

client.create_registered_model("python model", tags={"kind": "m"}, description="d")
client.create_model_version("python model", run.info.artifact_uri, run_id, tags={"v": "1"})
client.set_registered_model_alias("python model", "champion", "1")

mlflow.set_experiment(experiment_id=experiment)
for number in range(3):
    with mlflow.start_span(f"span {number}") as span:
        span.set_inputs({"question": "why"})
        span.set_outputs({"answer": number})
mlflow.flush_trace_async_logging()
for trace in mlflow.search_traces(locations=[experiment], return_type="list"):
    client.set_trace_tag(trace.info.trace_id, "reviewed", "yes")
print(experiment, run_id)
