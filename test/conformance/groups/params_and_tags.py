"""Params, which are written once, and tags of runs, which change."""

from mlflow import MlflowClient

START = 1_700_000_000_000


def run(rec):
    client = MlflowClient()
    step = rec.step
    experiment = client.create_experiment("params and tags")
    a = client.create_run(experiment, start_time=START, run_name="a").info.run_id

    step("log", lambda: client.log_param(a, "lr", 0.01))
    step("log it again", lambda: client.log_param(a, "lr", 0.01))
    step("log another value", lambda: client.log_param(a, "lr", 0.02))
    for value in (
        1,
        True,
        None,
        [1, 2],
        {"a": "b"},
        "",
        " ",
        "it's",
        '"quoted"',
        "multi\nline",
        "ü 温 🌡",
        "\\",
        "\t",
    ):
        step(
            f"value {value!r}", lambda: client.log_param(a, f"v {str(value).encode().hex()}", value)
        )
    step("value of a zero byte", lambda: client.log_param(a, "zero byte", "a\u0000b"))
    step(
        "values",
        lambda: {k: v for k, v in client.get_run(a).data.params.items() if k != "zero byte"},
        wire=False,
    )
    step("longest value", lambda: client.log_param(a, "longest", "v" * 6000))
    step("value too long is cut", lambda: client.log_param(a, "cut", "v" * 6001))
    step("same value after the cut", lambda: client.log_param(a, "cut", "v" * 7000))
    step("other value after the cut", lambda: client.log_param(a, "cut", "w" * 7000))
    step(
        "lengths",
        lambda: {k: len(v) for k, v in client.get_run(a).data.params.items() if k != "zero byte"},
        wire=False,
    )
    step("length in code points", lambda: client.log_param(a, "code points", "🌡" * 6001))
    step("its length", lambda: len(client.get_run(a).data.params["code points"]), wire=False)
    for key in (
        "k" * 250,
        "k" * 251,
        "größe",
        "a/b.c-d_e f:g",
        "a//b",
        "./a",
        "a/",
        "/a",
        "..",
        "a..b",
        "a/../b",
        "🌡",
        "a;b",
        "a\nb",
        "",
        ".",
    ):
        step(f"key {key!r}", lambda: client.log_param(a, key, "1"))
    step("of an unknown run", lambda: client.log_param("f" * 32, "a", "1"))

    def param(name, body):
        rec.request(f"raw param, {name}", "POST", "runs/log-parameter", body)

    param("good", {"run_id": a, "key": "raw", "value": "1"})
    param("by run_uuid", {"run_uuid": a, "key": "raw", "value": "1"})
    param("conflict", {"run_id": a, "key": "raw", "value": "2"})
    param("without run", {"key": "raw", "value": "1"})
    param("without key", {"run_id": a, "value": "1"})
    param("without value", {"run_id": a, "key": "raw none"})
    param("value null", {"run_id": a, "key": "raw null", "value": None})
    param("value a number", {"run_id": a, "key": "raw number", "value": 5})
    param("key a number", {"run_id": a, "key": 5, "value": "5"})
    param("key empty", {"run_id": a, "key": "", "value": "5"})
    param("key climbs", {"run_id": a, "key": "a/../b", "value": "5"})
    param("key too long", {"run_id": a, "key": "k" * 251, "value": "5"})
    param("unknown run", {"run_id": "nope", "key": "a", "value": "5"})
    param("run id of odd characters", {"run_id": "no pe/..", "key": "a", "value": "5"})

    step("set a tag", lambda: client.set_tag(a, "stage", "draft"))
    step("change it", lambda: client.set_tag(a, "stage", "final"))
    step("set an empty one", lambda: client.set_tag(a, "empty", ""))
    step("set a number", lambda: client.set_tag(a, "number", 5))
    step("note", lambda: client.set_tag(a, "mlflow.note.content", "# Title\n\ntext"))
    step("longest tag", lambda: client.set_tag(a, "longest", "v" * 8000))
    step("tag too long is cut", lambda: client.set_tag(a, "cut", "v" * 9000))
    step(
        "tags",
        lambda: {k: v if len(v) < 99 else len(v) for k, v in client.get_run(a).data.tags.items()},
        wire=False,
    )
    step("delete", lambda: client.delete_tag(a, "stage"))
    step("delete again", lambda: client.delete_tag(a, "stage"))
    step("delete of an unknown run", lambda: client.delete_tag("f" * 32, "stage"))
    step("tag of an unknown run", lambda: client.set_tag("f" * 32, "stage", "x"))
    for key in ("k" * 250, "k" * 251, "größe", "a//b", "a/../b", "a;b", "", "."):
        step(f"tag key {key!r}", lambda: client.set_tag(a, key, "1"))

    def tag(name, body, path="set-tag"):
        rec.request(f"raw tag, {name}", "POST", f"runs/{path}", body)

    tag("good", {"run_id": a, "key": "raw", "value": "1"})
    tag("by run_uuid", {"run_uuid": a, "key": "raw", "value": "2"})
    tag("without run", {"key": "raw", "value": "1"})
    tag("without key", {"run_id": a, "value": "1"})
    tag("without value", {"run_id": a, "key": "raw none"})
    tag("value null", {"run_id": a, "key": "raw null", "value": None})
    tag("value a number", {"run_id": a, "key": "raw number", "value": 5})
    tag("key too long", {"run_id": a, "key": "k" * 251, "value": "5"})
    tag("run name, empty", {"run_id": a, "key": "mlflow.runName", "value": ""})
    tag("delete", {"run_id": a, "key": "raw"}, "delete-tag")
    tag("delete a missing one", {"run_id": a, "key": "nope"}, "delete-tag")
    tag("delete without key", {"run_id": a}, "delete-tag")
    tag("delete without run", {"key": "raw"}, "delete-tag")
    tag("delete, key a number", {"run_id": a, "key": 5}, "delete-tag")
    step(
        "run",
        lambda: client.get_run(a).data,
        view=lambda data: {
            "params": {k: v for k, v in data.params.items() if k != "zero byte"},
            "tags": data.tags,
        },
        wire=False,
    )
