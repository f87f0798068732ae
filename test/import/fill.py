"""Fills an MLflow installation with the stock client: one of everything it has."""

import logging
import math
import os
import sys
import warnings

warnings.simplefilter("ignore")
uri = sys.argv[1]
os.environ["MLFLOW_TRACKING_URI"] = uri
os.environ["MLFLOW_REGISTRY_URI"] = uri

import mlflow  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from mlflow.data.http_dataset_source import HTTPDatasetSource  # noqa: E402
from mlflow.data.meta_dataset import MetaDataset  # noqa: E402
from mlflow.entities import LoggedModelOutput, Metric, Param, RunTag  # noqa: E402

logging.disable(logging.WARNING)
client = MlflowClient()

one = client.create_experiment("one", tags={"team": "a", "empty": ""})
gone = client.create_experiment("gone")
first = client.create_run(one, run_name="first", tags={"x": "y"}).info.run_id
client.log_batch(
    first,
    metrics=[Metric("loss/train", 1 / (i + 1), 1000 + i, i) for i in range(30)]
    + [
        Metric("nan", math.nan, 1, 0),
        Metric("infinite", math.inf, 1, 0),
        Metric("negative", -math.inf, 1, -5),
        Metric("tiny", 1e-300, 1, 0),
        Metric("latest", 1.0, 5, 9),
        Metric("latest", 2.0, 6, 3),
    ],
    params=[Param("lr", "0.1"), Param("text", "ünï \U0001f680 'quoted' \"twice\"\nsecond line")],
    tags=[RunTag("k", "value"), RunTag("mlflow.note.content", "x" * 5000)],
)
client.set_terminated(first)
client.delete_run(client.create_run(one, run_name="deleted").info.run_id)
client.create_run(gone)
client.delete_experiment(gone)

with mlflow.start_run(experiment_id=one) as run:
    dataset = MetaDataset(HTTPDatasetSource(url="http://example.com/d.csv"), name="d", digest="abc")
    mlflow.log_input(dataset, context="training")
    model = mlflow.initialize_logged_model(
        name="mymodel", params={"depth": "3"}, tags={"t": "1"}, model_type="agent"
    )
    mlflow.log_metric("acc", 0.5, step=1, model_id=model.model_id, dataset=dataset)
    mlflow.finalize_logged_model(model.model_id, "READY")
    client.log_outputs(run.info.run_id, [LoggedModelOutput(model.model_id, 1)])

client.create_registered_model("reg", tags={"a": "b"}, description="desc")
client.create_model_version("reg", "s3://bucket/x", run_id=first, tags={"vt": "1"}, description="v1")
client.create_model_version("reg", "s3://bucket/y")
client.set_registered_model_alias("reg", "champion", "1")
client.transition_model_version_stage("reg", "2", "Staging")
client.create_registered_model("empty")
mlflow.genai.register_prompt(name="greet", template="Hi {{name}}", commit_message="m", tags={"p": "q"})

mlflow.set_experiment(experiment_id=one)
with mlflow.start_span("root") as root:
    root.set_inputs({"q": 1})
    root.set_attribute("n", 5)
    with mlflow.start_span("child", span_type="LLM") as child:
        child.set_attribute(
            "mlflow.chat.tokenUsage", {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}
        )
    root.set_outputs({"a": [1.5, None, "x"]})
trace = mlflow.get_last_active_trace_id()
mlflow.flush_trace_async_logging()
mlflow.set_trace_tag(trace, "tt", "v")
client.set_experiment_tag(one, "trace", trace)
mlflow.log_feedback(trace_id=trace, name="good", value=True, rationale="because")
mlflow.log_expectation(trace_id=trace, name="answer", value={"a": 1})

if "://" in uri:
    from mlflow.genai.datasets import create_dataset

    evaluation = create_dataset(name="evaluation", experiment_id=one, tags={"z": "1"})
    evaluation.merge_records([{"inputs": {"a.b": "q", "n": 1}, "expectations": {"a": "b"}}])
