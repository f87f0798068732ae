"""Metrics: points, latest values, histories whole and in pages, for one run and for many."""

import hashlib
import math

from mlflow import MlflowClient
from mlflow.entities import Metric

START = 1_700_000_000_000
MANY = 25_003


def run(rec):
    client = MlflowClient()
    step = rec.step
    experiment = client.create_experiment("metrics")

    def create(name):
        return client.create_run(experiment, start_time=START, run_name=name).info.run_id

    a = create("a")

    def history(key, run_id=None):
        return [[m.value, m.timestamp, m.step] for m in client.get_metric_history(run_id or a, key)]

    def latest(run_id=None):
        return dict(client.get_run(run_id or a).data.metrics)

    def log(key, value, timestamp, at):
        client.log_metric(a, key, value, timestamp=START + timestamp, step=at)

    step("log", lambda: client.log_metric(a, "m", 1.5, timestamp=START, step=0))
    step("log as of now", lambda: client.log_metric(a, "now", 2))
    step("history as of now", lambda: history("now"))
    step(
        "log synchronously",
        lambda: client.log_metric(a, "sync", 2, timestamp=START, step=3, synchronous=True),
    )
    for key, value in (
        ("nan", math.nan),
        ("inf", math.inf),
        ("minus inf", -math.inf),
        ("tiny", 5e-324),
        ("huge", 1.7976931348623157e308),
        ("third", 1 / 3),
        ("zero", 0.0),
        ("minus zero", -0.0),
        ("negative", -5.25),
        ("large integer", 2**60),
        ("bool", True),
        ("exponent", 1e21),
        ("small exponent", 1e-7),
        ("almost", 0.1 + 0.2),
    ):
        step(f"value {key}", lambda: log(key, value, 0, 0))
        step(f"history of {key}", lambda: history(key))
    step("latest values", lambda: client.get_run(a).data.metrics)
    for value in ("abc", None, [1], "1.5"):
        step(
            f"value {value!r}",
            lambda: client.log_metric(a, "odd value", value, timestamp=START, step=0),
        )

    # The latest is the one of the highest step, then time, then value.
    for name, points in (
        ("later step", [(1, 0, 0), (2, 0, 5)]),
        ("earlier step after it", [(3, 100, 4)]),
        ("later time", [(4, 1, 5)]),
        ("earlier time after it", [(5, 0, 5)]),
        ("greater value", [(6, 1, 5)]),
        ("smaller value after it", [(5.5, 1, 5)]),
        ("NaN at the same place", [(math.nan, 1, 5)]),
        ("negative step", [(7, 900, -3)]),
    ):
        for value, timestamp, at in points:
            client.log_metric(a, "latest", value, timestamp=START + timestamp, step=at)
        step(f"latest after a {name}", latest, view=lambda found: found["latest"])
    step("history of all those", lambda: history("latest"))
    for key, values in (
        ("nan over negative", [-5.0, math.nan]),
        ("nan over zero", [0.0, math.nan]),
        ("zero over nan", [math.nan, 0.0]),
        ("one over nan", [math.nan, 1.0]),
        ("nan over one", [1.0, math.nan]),
        ("inf over one", [1.0, math.inf]),
        ("nan over minus inf", [-math.inf, math.nan]),
    ):

        def both():
            for value in values:
                log(key, value, 0, 0)
            return latest()[key]

        step(f"latest, {key}", both, wire=False)
    step("a point again", lambda: [log("again", 1, 0, 0) for _ in range(3)])
    step("it is there once", lambda: history("again"))
    step("NaN once", lambda: log("nan again", math.nan, 0, 0))
    step("NaN again", lambda: log("nan again", math.nan, 0, 0))
    step("NaN is there once", lambda: history("nan again"))
    step("infinity again", lambda: [log("inf again", math.inf, 0, 0) for _ in range(2)])
    step("infinity is there once", lambda: history("inf again"))
    step("history of nothing", lambda: history("nothing"))
    step("history of an unknown run", lambda: history("m", "f" * 32))
    step("metric of an unknown run", lambda: client.log_metric("f" * 32, "m", 1))
    for key in (
        "loss/train",
        "a.b-c_d e:f",
        "größe",
        "温度",
        "k" * 250,
        "k" * 251,
        "a//b",
        "./a",
        "a/",
        "/a",
        "..",
        "...",
        "a..b",
        "a/../b",
        "🌡",
        "a;b",
        "a%",
        "",
        " ",
    ):
        step(f"key {key!r}", lambda: log(key, 1, 0, 0))
    step("keys that came in", latest)

    _raw(rec, a)
    _many(rec, client, create)
    _bulk(rec, client, create)


def _raw(rec, run_id):
    def post(name, body):
        rec.request(f"raw {name}", "POST", "runs/log-metric", body)

    good = {"run_id": run_id, "key": "raw", "value": 1, "timestamp": START}

    def without(field):
        return {key: value for key, value in good.items() if key != field}

    post("log", good)
    post("log by run_uuid", without("run_id") | {"run_uuid": run_id})
    for field in good:
        post(f"without {field}", without(field))
        post(f"{field} null", good | {field: None})
        post(f"{field} a list", good | {field: [1]})
        post(f"{field} empty", good | {field: ""})
    for value in ("1.5", "abc", "NaN", "Infinity", "-Infinity", 10**30, "1e3", "-.5"):
        post(f"value {value!r}", good | {"key": "raw value", "value": value})
    for value in ("nan", "inf", True, False, " 2 "):
        post(f"value {value!r}", good | {"key": f"odd {value!r}".replace("'", ""), "value": value})
    for timestamp in (-4, 0, "12", 2.0, "x", 2**62):
        post(f"timestamp {timestamp!r}", good | {"key": "raw time", "timestamp": timestamp})
    for at in (-4, "12", 2.0, "x", 2**62, -(2**62), None):
        post(f"step {at!r}", good | {"key": "raw step", "step": at})
    for value in (1.5, True, 2**63 - 1, -(2**63), 2**63):
        post(f"timestamp {value!r}", good | {"key": "odd time", "timestamp": value})
        post(f"step {value!r}", good | {"key": "odd step", "step": value})
    post("key a number", good | {"key": 5})
    rec.request(
        "raw bare NaN",
        "POST",
        "/api/2.0/mlflow/runs/log-metric",
        data=f'{{"run_id": "{run_id}", "key": "bare", "value": NaN, "timestamp": 1}}',
        headers_sent={"Content-Type": "application/json"},
    )
    rec.request(
        "raw bare infinity",
        "POST",
        "/api/2.0/mlflow/runs/log-metric",
        data=f'{{"run_id": "{run_id}", "key": "bare", "value": -Infinity, "timestamp": 2}}',
        headers_sent={"Content-Type": "application/json"},
    )
    rec.request(
        "raw steps of 64 bits",
        "GET",
        f"metrics/get-history?run_id={run_id}&metric_key=raw%20step&max_results=100",
    )
    rec.request(
        "raw values",
        "GET",
        f"metrics/get-history?run_id={run_id}&metric_key=raw%20value&max_results=100",
    )
    rec.request(
        "raw bare values",
        "GET",
        f"metrics/get-history?run_id={run_id}&metric_key=bare&max_results=100",
    )
    rec.step(
        "what came in",
        lambda: MlflowClient().get_run(run_id).data.metrics,
        view=lambda found: {k: v for k, v in found.items() if not k.startswith(("odd", "bare"))},
        wire=False,
    )


def _many(rec, client, create):
    run_id = create("many")
    points = [
        Metric("loss", math.sin(i) if i % 1000 else math.nan, START + i // 3, i)
        for i in range(MANY)
    ]
    # Not in order: what is read is ordered by the server.
    sent = points[::2] + points[1::2]
    rec.step(
        f"log {MANY} points",
        lambda: [
            client.log_batch(run_id, metrics=sent[i : i + 1000]) for i in range(0, MANY, 1000)
        ],
        wire=False,
        view=len,
    )

    def digest(history):
        lines = "\n".join(f"{m.timestamp} {m.step} {m.value!r} {m.key}" for m in history)
        return {
            "points": len(history),
            "different": len({(m.timestamp, m.step) for m in history}),
            "sha256": hashlib.sha256(lines.encode()).hexdigest(),
            "in order": [m.step for m in history] == list(range(MANY)),
        }

    rec.step(
        "whole history", lambda: client.get_metric_history(run_id, "loss"), view=digest, wire=False
    )
    rec.step("latest of many", lambda: client.get_run(run_id).data.metrics)

    few = create("few")
    client.log_batch(
        few,
        metrics=[
            Metric("loss", float(i % 7), START + (i * 37) % 101 // 4, i % 25 - 5)
            for i in range(410)
        ],
    )

    def pages(size):
        token, found = None, []
        while True:
            page = client._tracking_client.store.get_metric_history(
                few, "loss", max_results=size, page_token=token
            )
            found.append([[m.timestamp - START, m.step, m.value] for m in page])
            token = page.token
            if not token:
                return found

    for size in (40, 1, 203, 1000):
        rec.step(f"pages of {size}", lambda: pages(size), wire=size == 203)
    rec.step(
        "in one",
        lambda: [
            [m.timestamp - START, m.step, m.value] for m in client.get_metric_history(few, "loss")
        ],
    )

    def get(name, query):
        rec.request(f"raw history, {name}", "GET", f"metrics/get-history{query}")

    loss = f"?run_id={few}&metric_key=loss"
    get("three", f"{loss}&max_results=3")
    get("no limit", f"{loss}")
    get("limit 0", f"{loss}&max_results=0")
    get("limit -1", f"{loss}&max_results=-1")
    get("limit no number", f"{loss}&max_results=x")
    get("by run_uuid", f"?run_uuid={few}&metric_key=loss&max_results=1")
    get("no key", f"?run_id={few}&max_results=1")
    get("no run", "?metric_key=loss&max_results=1")
    get("unknown key", f"?run_id={few}&metric_key=nope&max_results=5")
    get("unknown run", "?run_id=nope&metric_key=loss&max_results=5")
    get("bad token", f"{loss}&max_results=3&page_token=abc")
    get("empty token", f"{loss}&max_results=1&page_token=")


def _bulk(rec, client, create):
    runs = [create(f"bulk {i}") for i in range(4)]
    for index, run_id in enumerate(runs[:3]):
        client.log_batch(
            run_id,
            metrics=[Metric("acc", i / 10 + index, START + i, i * (index + 1)) for i in range(60)],
        )
    client.log_metric(runs[0], "acc", math.nan, timestamp=START + 70, step=70)
    client.log_metric(runs[0], "acc", math.inf, timestamp=START + 71, step=71)
    # In the order of their ids, which is by chance.
    by_id = sorted(runs)
    number = {run_id: str(i) for i, run_id in enumerate(runs)}

    def bulk(name, query, **options):
        def read():
            response = rec.session.get(
                f"{rec.url}/ajax-api/2.0/mlflow/metrics/get-history-bulk{query}"
            )
            if response.status_code != 200:
                return {"status": response.status_code, "body": response.json()}
            found = response.json()["metrics"]
            ordered = [by_id.index(m["run_id"]) for m in found]
            for m in found:
                m["run_id"] = number[m["run_id"]]
            return {
                "by run id": ordered == sorted(ordered),
                "metrics": sorted(found, key=lambda m: (m["run_id"], m["timestamp"], m["step"]))[
                    :: max(1, len(found) // 40)
                ],
                "points": len(found),
            }

        rec.step(f"bulk, {name}", read, wire=False)

    ids = "&".join(f"run_id={run_id}" for run_id in runs)
    bulk("all", f"?{ids}&metric_key=acc")
    bulk(
        "at most 90", f"?{'&'.join(f'run_id={r}' for r in runs[:1])}&metric_key=acc&max_results=40"
    )
    bulk("unknown key", f"?{ids}&metric_key=nope")
    bulk("unknown run", "?run_id=nope&metric_key=acc")
    bulk("no run", "?metric_key=acc")
    bulk("no key", f"?{ids}")
    bulk("max_results no number", f"?{ids}&metric_key=acc&max_results=x")
    bulk("max_results 0", f"?{ids}&metric_key=acc&max_results=0")
    bulk("max_results too big", f"?{ids}&metric_key=acc&max_results=99999999")
    bulk("101 runs", "?" + "&".join(f"run_id={i}" for i in range(101)) + "&metric_key=acc")
    rec.request("bulk, below /api", "GET", f"metrics/get-history-bulk?{ids}&metric_key=acc")

    def interval(name, query):
        rec.request(f"interval, {name}", "GET", f"metrics/get-history-bulk-interval{query}")

    ids = "&".join(f"run_ids={run_id}" for run_id in runs)
    acc = f"?{ids}&metric_key=acc"
    interval("all", acc)
    for most in (1, 2, 7, 50, 2500):
        interval(f"at most {most}", f"{acc}&max_results={most}")
    interval("steps 10 to 40", f"{acc}&start_step=10&end_step=40")
    interval("steps 10 to 40, at most 5", f"{acc}&start_step=10&end_step=40&max_results=5")
    interval("steps -5 to 5", f"{acc}&start_step=-5&end_step=5")
    interval("steps 40 to 10", f"{acc}&start_step=40&end_step=10")
    interval("steps 7 to 7", f"{acc}&start_step=7&end_step=7")
    interval("start alone", f"{acc}&start_step=10")
    interval("end alone", f"{acc}&end_step=10")
    interval("start no number", f"{acc}&start_step=x&end_step=10")
    interval("max_results 0", f"{acc}&max_results=0")
    interval("max_results 2501", f"{acc}&max_results=2501")
    interval("max_results no number", f"{acc}&max_results=x")
    interval("one run twice", f"?run_ids={runs[0]}&run_ids={runs[0]}&metric_key=acc&max_results=2")
    interval(
        "runs in another order",
        "?" + "&".join(f"run_ids={r}" for r in reversed(runs)) + "&metric_key=acc&max_results=2",
    )
    interval("unknown key", f"?{ids}&metric_key=nope")
    interval("unknown run", "?run_ids=nope&metric_key=acc")
    interval("no run", "?metric_key=acc")
    interval("no key", f"?{ids}")
    interval("101 runs", "?" + "&".join(f"run_ids={i}" for i in range(101)) + "&metric_key=acc")
    below = create("below zero")
    client.log_batch(below, metrics=[Metric("acc", float(i), START + i, i) for i in range(-3, 4)])
    interval("negative steps", f"?run_ids={below}&metric_key=acc")
    rec.request(
        "interval for pages",
        "GET",
        f"/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval{acc}&max_results=2",
    )
