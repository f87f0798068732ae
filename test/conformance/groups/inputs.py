"""Datasets and models that runs read, models that they wrote."""

import mlflow
import numpy
import pandas
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, LoggedModelInput

START = 1_700_000_000_000


def run(rec):
    client = MlflowClient()
    step = rec.step
    experiment = mlflow.set_experiment("inputs").experiment_id

    frame = pandas.DataFrame({"a": [1, 2, 3], "b": [0.5, 1.5, float("nan")], "c": ["x", "y", "z"]})
    from_frame = mlflow.data.from_pandas(
        frame, source="https://example.com/frame.csv", name="frame", targets="a"
    )
    from_array = mlflow.data.from_numpy(
        numpy.arange(12).reshape(4, 3), source="https://example.com/array.npy", name="array"
    )
    with mlflow.start_run(run_name="fluent") as active:
        fluent = active.info.run_id
        step(
            "log_input",
            lambda: mlflow.log_input(from_frame, context="training", tags={"fold": "1"}),
        )
        step("log_input again", lambda: mlflow.log_input(from_frame, context="training"))
        step("log_input, another context", lambda: mlflow.log_input(from_frame, context="testing"))
        step(
            "log_inputs",
            lambda: mlflow.log_inputs(
                datasets=[from_array, from_frame],
                contexts=["validation", None],
                tags_list=[None, {"k": "v"}],
            ),
        )
        step(
            "without a context",
            lambda: mlflow.log_input(
                mlflow.data.from_numpy(numpy.arange(3), source="s3://b/c", name="plain")
            ),
        )
    step("run", lambda: client.get_run(fluent).inputs)
    step("found by search", lambda: client.search_runs([experiment]))

    def create(name):
        return client.create_run(experiment, start_time=START, run_name=name).info.run_id

    def dataset(name="d", digest="1", **options):
        return Dataset(
            name=name, digest=digest, source_type="local", source='{"uri": "/tmp/x"}', **options
        )

    a = create("a")
    step(
        "client",
        lambda: client.log_inputs(
            a,
            datasets=[
                DatasetInput(
                    dataset(schema='{"s": 1}', profile='{"p": 1}'),
                    tags=[InputTag("mlflow.data.context", "train"), InputTag("k", "v")],
                )
            ],
        ),
    )
    step(
        "known dataset of another schema",
        lambda: client.log_inputs(
            a, datasets=[DatasetInput(dataset(schema='{"s": 2}'), tags=[InputTag("new", "tag")])]
        ),
    )
    step(
        "another digest",
        lambda: client.log_inputs(a, datasets=[DatasetInput(dataset(digest="2"), tags=[])]),
    )
    step("run of the client", lambda: client.get_run(a).inputs)
    b = create("b")
    step(
        "same dataset, other run",
        lambda: client.log_inputs(
            b,
            datasets=[
                DatasetInput(
                    dataset(schema='{"s": 3}'), tags=[InputTag("mlflow.data.context", "test")]
                )
            ],
        ),
    )
    step("run that shares it", lambda: client.get_run(b).inputs)
    step(
        "models",
        lambda: client.log_inputs(
            b,
            models=[
                LoggedModelInput(model_id="m-" + "2" * 32),
                LoggedModelInput(model_id="m-" + "1" * 32),
            ],
        ),
    )
    step(
        "models again",
        lambda: client.log_inputs(b, models=[LoggedModelInput(model_id="m-" + "2" * 32)]),
    )
    step("run with models", lambda: client.get_run(b))
    step("none", lambda: client.log_inputs(b))
    step(
        "unknown run",
        lambda: client.log_inputs("f" * 32, datasets=[DatasetInput(dataset(), tags=[])]),
    )

    c = create("c")

    def post(name, path="log-inputs", **body):
        rec.request(f"raw {name}", "POST", f"runs/{path}", {"run_id": c} | body)

    def of(tags=(), **fields):
        data = {"name": "raw", "digest": "r", "source_type": "t", "source": "s"} | fields
        return {"tags": list(tags), "dataset": data}

    post("nothing")
    post(
        "good",
        datasets=[of([{"key": "mlflow.data.context", "value": "c"}], schema="sc", profile="pr")],
    )
    post(
        "twice in one",
        datasets=[
            of([{"key": "n", "value": "1"}], name="two"),
            of([{"key": "n", "value": "2"}], name="two", schema="later"),
        ],
    )
    rec.request("raw without run", "POST", "runs/log-inputs", {"datasets": [of()]})
    post("run id of odd characters", run_id="no such")
    bad = client.create_run(client.create_experiment("inputs, bad"), start_time=START).info.run_id
    for field in ("name", "digest", "source_type", "source"):
        post(f"without {field}", run_id=bad, datasets=[of(**{field: None})])
        post(
            f"{field} empty",
            run_id=bad,
            datasets=[of(**{field: "", "name" if field != "name" else "digest": f"e {field}"})],
        )
        post(f"{field} a number", run_id=bad, datasets=[of(**{field: 5})])
    post("by run_uuid", run_id=None, run_uuid=bad, datasets=[of(name="uuid")])
    post("dataset without itself", run_id=bad, datasets=[{"tags": []}])
    post("datasets no list", run_id=bad, datasets={"a": 1})
    post("dataset a text", run_id=bad, datasets=["a"])
    for field, longest in (("name", 500), ("digest", 36), ("source", 65535), ("schema", 1048575)):
        post(
            f"longest {field}",
            run_id=bad,
            datasets=[of(**{"name": f"long {field}", field: "x" * longest})],
        )
        post(
            f"{field} too long",
            run_id=bad,
            datasets=[of(**{"name": f"too long {field}", field: "x" * (longest + 1)})],
        )
    post(
        "longest tag",
        run_id=bad,
        datasets=[of([{"key": "k" * 255, "value": "v" * 500}], name="tag")],
    )
    post(
        "tag key too long",
        run_id=bad,
        datasets=[of([{"key": "k" * 256, "value": "v"}], name="tag 2")],
    )
    post(
        "tag value too long",
        run_id=bad,
        datasets=[of([{"key": "k", "value": "v" * 501}], name="tag 3")],
    )
    post("tag without value", run_id=bad, datasets=[of([{"key": "k"}], name="tag 4")])
    post("tag without key", run_id=bad, datasets=[of([{"value": "v"}], name="tag 5")])
    post(
        "tag twice",
        run_id=bad,
        datasets=[of([{"key": "k", "value": "1"}, {"key": "k", "value": "2"}], name="tag 6")],
    )
    post("models", models=[{"model_id": "m-" + "3" * 32}])
    post(
        "model twice in one", models=[{"model_id": "m-" + "4" * 32}, {"model_id": "m-" + "4" * 32}]
    )
    post("model without id", models=[{}])

    post(
        "outputs",
        "outputs",
        models=[
            {"model_id": "m-" + "5" * 32, "step": 3},
            {"model_id": "m-" + "6" * 32, "step": -1},
        ],
    )
    post("outputs, the same again", "outputs", models=[{"model_id": "m-" + "5" * 32, "step": 3}])
    post("outputs, without step", "outputs", models=[{"model_id": "m-" + "7" * 32}])
    post("outputs, none", "outputs", models=[])
    post("outputs, absent", "outputs")
    post("outputs, no list", "outputs", models={"a": 1})
    post(
        "outputs, unknown run",
        "outputs",
        run_id="nope",
        models=[{"model_id": "m-" + "5" * 32, "step": 3}],
    )
    rec.request(
        "raw outputs without run",
        "POST",
        "runs/outputs",
        {"models": [{"model_id": "m-1", "step": 0}]},
    )
    rec.request("raw run", "GET", f"runs/get?run_id={c}")
    rec.request(
        "raw found by search",
        "POST",
        "runs/search",
        {"experiment_ids": [experiment], "filter": "run_name = 'c'"},
    )

    good = (
        '{"run_id": "%s", "artifact_path": "m", '
        '"utc_time_created": "2026-01-01 00:00:00.000000", "flavors": {}}'
        % c
    )
    post("log-model", "log-model", model_json=good)
    post("log-model, another", "log-model", model_json=good.replace('"m"', '"n"'))
    post("log-model, no JSON", "log-model", model_json="{")
    post("log-model, fields missing", "log-model", model_json="{}")
    post(
        "log-model, one field missing",
        "log-model",
        model_json=good.replace('"flavors": {}', '"x": 1'),
    )
    post("log-model, an array", "log-model", model_json="[]")
    post("log-model, absent", "log-model")
    post("log-model, no text", "log-model", model_json=5)
    post("log-model, unknown run", "log-model", run_id="nope", model_json=good)
    rec.request("raw run with models", "GET", f"runs/get?run_id={c}", params=None)

    def datasets(name, body, path="/ajax-api/2.0/mlflow/experiments/search-datasets"):
        rec.request(f"search datasets, {name}", "POST", path, body)

    datasets("one", {"experiment_ids": [experiment]})
    datasets("one twice", {"experiment_ids": [experiment, experiment]})
    datasets("unknown", {"experiment_ids": ["987654"]})
    datasets("none", {"experiment_ids": []})
    datasets("absent", {})
    datasets("numbers", {"experiment_ids": [5]})
    datasets("no list", {"experiment_ids": "5"})
    datasets("21 of them", {"experiment_ids": [str(900000 + i) for i in range(21)]})
    datasets("below /api", {"experiment_ids": [experiment]}, "experiments/search-datasets")
    client.delete_run(b)
    client.delete_run(a)
    datasets("with deleted runs", {"experiment_ids": [experiment]})
