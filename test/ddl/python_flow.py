"""The basic flow of tracking, through the server of the Python mlflow-cratedb, on adopted tables."""

import json
import sys
import time

import mlflow
from mlflow import MlflowClient

uri, experiment, run_id = sys.argv[1:4]
mlflow.set_tracking_uri(uri)
client = MlflowClient(uri)

# What was there before.
assert client.get_experiment_by_name("made by python").experiment_id == experiment
old = client.get_run(run_id)
assert old.data.params["lr"] == "2" and old.data.params["text"] == "ä" * 300
assert len(client.get_metric_history(run_id, "loss")) == 20
assert len(client.get_metric_history(run_id, "twice")) == 1
assert client.get_model_version_by_alias("python model", "champion").run_id == run_id
traces = mlflow.search_traces(locations=[experiment], return_type="list")
assert len(traces) == 3 and all(trace.info.tags["reviewed"] == "yes" for trace in traces)
assert traces[0].data.spans[0].inputs == {"question": "why"}

# And what is new.
name = f"after {time.time()}"
mine = client.create_experiment(name)
with mlflow.start_run(experiment_id=mine) as run:
    mlflow.log_param("lr", 0.1)
    for step in range(5):
        mlflow.log_metric("loss", step / 10, step=step)
    mlflow.log_metrics({"a": 1.0, "b": 2.0})
    mlflow.set_tag("phase", "two")
    mlflow.log_text("hello", "note.txt")
[found] = client.search_runs([mine], "metrics.loss > 0.3 and params.lr = '0.1'")
assert found.info.run_id == run.info.run_id and found.data.tags["phase"] == "two"
assert [point.value for point in client.get_metric_history(found.info.run_id, "loss")] == [
    0.0, 0.1, 0.2, 0.3, 0.4,
]
assert [item.path for item in client.list_artifacts(found.info.run_id)] == ["note.txt"]
client.create_model_version("python model", run.info.artifact_uri, found.info.run_id)
mlflow.set_experiment(experiment_id=mine)
with mlflow.start_span("later") as span:
    span.set_inputs({"a": 1})
mlflow.flush_trace_async_logging()
assert len(mlflow.search_traces(locations=[mine], return_type="list")) == 1
client.delete_run(found.info.run_id)
client.rename_experiment(mine, f"{name} renamed")
print(json.dumps({"experiment": mine, "run": found.info.run_id}))
