"""log-batch: everything at once, its limits, and what it refuses as a whole."""

import math

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

START = 1_700_000_000_000


def run(rec):
    client = MlflowClient()
    experiment = client.create_experiment("batches")

    def create(name):
        return client.create_run(experiment, start_time=START, run_name=name).info.run_id

    a = create("a")
    full = dict(
        metrics=[Metric(f"m{i % 20}", i / 3, START + i, i // 20) for i in range(800)],
        params=[Param(f"p{i}", str(i)) for i in range(100)],
        tags=[RunTag(f"t{i}", str(i)) for i in range(100)],
    )
    rec.step("full", lambda: client.log_batch(a, **full))
    rec.step("full run", lambda: client.get_run(a))
    rec.step("full again", lambda: client.log_batch(a, **full))
    rec.step("full run again", lambda: client.get_run(a))
    rec.step("history after it", lambda: client.get_metric_history(a, "m3"), view=len)
    rec.step(
        "special values",
        lambda: client.log_batch(
            a,
            metrics=[
                Metric("nan", math.nan, START, 0),
                Metric("inf", math.inf, START, 0),
                Metric("minus inf", -math.inf, START, 0),
            ],
        ),
    )
    rec.step(
        "special values are there",
        lambda: {k: client.get_run(a).data.metrics[k] for k in ("nan", "inf", "minus inf")},
        wire=False,
    )
    rec.step(
        "client splits",
        lambda: client.log_batch(
            a,
            params=[Param(f"q{i}", "1") for i in range(250)],
            tags=[RunTag(f"u{i}", "1") for i in range(120)],
            metrics=[Metric("split", i, START, i) for i in range(1500)],
        ),
    )
    rec.step(
        "after the split",
        lambda: (
            lambda run: [
                len(run.data.params),
                len(run.data.tags),
                len(client.get_metric_history(a, "split")),
            ]
        )(client.get_run(a)),
        wire=False,
    )
    rec.step("unknown run", lambda: client.log_batch("f" * 32, params=[Param("a", "1")]))

    b = create("b")

    def post(name, **body):
        rec.request(name, "POST", "runs/log-batch", {"run_id": b} | body)

    def metric(key="m", value=1.0, timestamp=START, step=0, **more):
        return {"key": key, "value": value, "timestamp": timestamp, "step": step} | more

    def param(key="p", value="1"):
        return {"key": key, "value": value}

    post("empty")
    post("empty lists", metrics=[], params=[], tags=[])
    post("nulls", metrics=None, params=None, tags=None)
    post("unknown field", colour="red", params=[param("field")])
    rec.request("by run_uuid", "POST", "runs/log-batch", {"run_uuid": b, "params": [param("uuid")]})
    rec.request("without run", "POST", "runs/log-batch", {"params": [param()]})
    post("run id with a blank", run_id="no such")
    post("run id too long", run_id="r" * 257)
    post("run id a number", run_id=5)
    post("run id unknown", run_id="nosuch", params=[param()])

    post("1000 metrics", metrics=[metric(step=i) for i in range(1000)])
    post("1001 metrics", metrics=[metric(step=i) for i in range(1001)])
    post("100 params", params=[param(f"l{i}") for i in range(100)])
    post("101 params", params=[param(f"l{i}") for i in range(101)])
    post("100 tags", tags=[param(f"l{i}") for i in range(100)])
    post("101 tags", tags=[param(f"l{i}") for i in range(101)])
    post(
        "1000 of all",
        metrics=[metric(step=i) for i in range(900)],
        params=[param(f"l{i}") for i in range(50)],
        tags=[param(f"l{i}") for i in range(50)],
    )
    post(
        "1001 of all",
        metrics=[metric(step=i) for i in range(900)],
        params=[param(f"l{i}") for i in range(50)],
        tags=[param(f"l{i}") for i in range(51)],
    )

    post("param twice, equal", params=[param("twice"), param("twice")])
    post(
        "params twice, unequal",
        params=[param("twice"), param("twice", "2"), param("thrice"), param("thrice")],
    )
    post("param conflict", params=[param("c1", "1"), param("c2", "1")])
    post(
        "params conflict",
        params=[param("c1", "2"), param("c2", "3"), param("c3", "1")],
        metrics=[metric("conflict")],
        tags=[param("conflict")],
    )
    post("one of them equal", params=[param("c1", "1"), param("c2", "3"), param("c4", "1")])
    post("conflict with quotes", params=[param("c1", "it's")])
    post("param without value", params=[{"key": "bare"}])
    post("param without key", params=[{"value": "1"}])
    post("param key null", params=[param(None)])
    post("param value a number", params=[param("n", 5)])
    post("param value null", params=[param("nil", None)])
    post("param value too long is cut", params=[param("cut", "v" * 6001)])
    post("param key too long", params=[param("ok"), param("k" * 251)])
    post("param key odd", params=[param("ok"), param("a;b")])
    post("param key climbs", params=[param("ok"), param("a/../b")])
    post("param key empty", params=[param("")])
    post("params no list", params={"key": "a"})
    post("param no object", params=["a"])

    post("tags twice", tags=[param("t2", "1"), param("t2", "2")])
    post("tag without value", tags=[{"key": "bare"}])
    post("tag without key", tags=[{"value": "1"}])
    post("tag key too long", tags=[param("ok"), param("k" * 251)])
    post("tag key climbs", tags=[param("ok"), param("a//b")])
    post("tag value too long is cut", tags=[param("cut", "v" * 8001)])
    post("tag value a number", tags=[param("n", 5)])
    post("run name by a tag", tags=[param("mlflow.runName", "name by batch")])

    for field in ("key", "value", "timestamp", "step"):
        one = metric("missing")
        del one[field]
        post(f"metric without {field}", metrics=[one])
        post(f"metric, {field} null", metrics=[metric("null") | {field: None}])
    for value in ("1.5", "NaN", "Infinity", "-Infinity"):
        post(f"metric, value {value!r}", metrics=[metric("value", value)])
    for timestamp in (-1, 0, "5"):
        post(f"metric, timestamp {timestamp!r}", metrics=[metric("time", 1.0, timestamp)])
    for step in (-1, "5", 2**62):
        post(f"metric, step {step!r}", metrics=[metric("step", 1.0, START, step)])
    for value in ("x", True, [1]):
        post(f"metric, value {value!r}", metrics=[metric("odd value", value)])
    for value in (1.5, "x"):
        post(f"metric, timestamp {value!r}", metrics=[metric("odd time", 1.0, value)])
        post(f"metric, step {value!r}", metrics=[metric("odd step", 1.0, START, value)])
    post("metric key too long", metrics=[metric("ok"), metric("k" * 251)])
    post("metric key odd", metrics=[metric("ok"), metric("a;b")])
    post("metric key climbs", metrics=[metric("ok"), metric("../b")])
    post("metric key a number", metrics=[metric(5)])
    post("metrics no list", metrics={"key": "a"})
    post("metric twice", metrics=[metric("twice"), metric("twice")])
    post(
        "metric of NaN twice",
        metrics=[metric("nan twice", "NaN"), metric("nan twice", "NaN"), metric("beside nan")],
    )
    post("metric of two values", metrics=[metric("two", 1.0), metric("two", 2.0)])
    post(
        "metric with a model",
        metrics=[
            metric("odd model", model_id="m-" + "1" * 32, dataset_name="d", dataset_digest="x")
        ],
    )
    post(
        "bad metric and good param", metrics=[metric("a;b")], params=[param("beside a bad metric")]
    )
    post("bad tag and good metric", metrics=[metric("beside a bad tag")], tags=[param("a;b")])
    rec.step(
        "what came in",
        lambda: client.get_run(b).data,
        view=lambda data: {
            "params": {k: v[:20] for k, v in data.params.items() if k not in ("uuid", "n")},
            "metrics": {k: v for k, v in data.metrics.items() if "odd" not in k and "nan" not in k},
            "tags": {k: v[:20] for k, v in data.tags.items() if k not in ("n",)},
        },
        wire=False,
    )
    for key in ("twice", "two", "nan twice", "value", "time", "step"):
        rec.request(
            f"points of {key}",
            "GET",
            "metrics/get-history",
            params={"run_id": b, "metric_key": key, "max_results": 100},
        )
