"""Searching runs: the whole filter grammar, orders, pages; as lists and as data frames."""

import base64
import math

import mlflow
import pandas
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag, ViewType

START = 1_700_000_000_000

# name, metrics, params, tags, dataset (name, digest, context), status
RUNS = [
    (
        "r0",
        {"acc": 0.9, "loss": 0.1},
        {"lr": "0.1", "model": "tree"},
        {"team": "a"},
        ("MyData", "123", "train"),
        "FINISHED",
    ),
    (
        "r1",
        {"acc": 0.8, "loss": 0.2},
        {"lr": "0.01", "model": "Tree"},
        {"team": "A"},
        ("mydata", "abc", "train"),
        "FAILED",
    ),
    (
        "r2",
        {"acc": 0.8, "loss": math.nan},
        {"lr": "1", "model": "net"},
        {"team": "b", "x.y": "dot"},
        ("mydata", "abd", "test"),
        "FINISHED",
    ),
    ("r3", {"acc": math.inf}, {"model": "net_1"}, {"note": "100%"}, None, "KILLED"),
    (
        "r4",
        {"acc": -math.inf, "val/loss": 3},
        {"model": "net 1"},
        {"note": "it's"},
        ("other", "zzz", "Test"),
        "RUNNING",
    ),
    ("r5", {"acc": math.nan}, {"model": "NET"}, {"note": ""}, None, "RUNNING"),
    ("r6", {}, {}, {}, None, "SCHEDULED"),
    (
        "r7",
        {"acc": 0.0, "k-1": 1, "a b": 2},
        {"a b": "v", "x/y": "w"},
        {"odd-key": "v", "ü": "ö"},
        None,
        "FINISHED",
    ),
    ("R8", {"acc": -0.5}, {"model": "\\d"}, {"note": 'a "quoted" word'}, None, "FINISHED"),
    ("r_9", {"acc": 10}, {"model": ""}, {"note": "a\\b"}, None, "FINISHED"),
]

FILTERS = [
    "",
    " ",
    # metrics
    "metrics.acc > 0.8",
    "metrics.acc >= 0.8",
    "metrics.acc = 0.8",
    "metrics.acc != 0.8",
    "metrics.acc < 0",
    "metrics.acc <= -0.5",
    "metrics.acc = 0",
    "metrics.acc > 1e300",
    "metrics.acc < -1e300",
    "metrics.acc > -1.5E+2",
    "metric.acc > .5",
    "metrics.acc > +0.5",
    "metrics.acc > 5.",
    "metrics.`val/loss` = 3",
    'metrics."val/loss" = 3',
    "metrics.val/loss = 3",
    "metrics.`k-1` = 1",
    "metrics.k-1 = 1",
    "metrics.`a b` = 2",
    "metrics.nothing > 0",
    "metrics.acc > '0.8'",
    "metrics.acc > abc",
    "metrics.acc LIKE '0.8'",
    "metrics.acc IN (0.8)",
    "metrics.acc IS NULL",
    "metrics.acc > 0.5 AND metrics.loss = 0.1",
    "metrics.acc>0.5 and metrics.loss=0.1",
    "metrics.acc > 0.5 AND metrics.acc < 0.85",
    # params
    "params.model = 'net'",
    "params.model != 'net'",
    'params.model = "net"',
    "param.model = 'net'",
    "parameters.model = 'net'",
    "parameter.model = 'net'",
    "params.model LIKE 'net%'",
    "params.model LIKE '%e%'",
    "params.model LIKE 'net_1'",
    "params.model LIKE 'net\\_1'",
    "params.model LIKE '\\d'",
    "params.model LIKE '\\\\d'",
    "params.model LIKE 'NET%'",
    "params.model ILIKE 'NET%'",
    "params.model ilike 'tree'",
    "params.model like ''",
    "params.model = ''",
    "params.model IS NULL",
    "params.model is not null",
    "params.model IN ('net', 'tree')",
    "params.lr > '0.05'",
    "params.lr = 0.1",
    "params.model = net",
    "params.`a b` = 'v'",
    "params.`x/y` = 'w'",
    "params.model RLIKE 'net'",
    # tags
    "tags.team = 'a'",
    "tags.team != 'a'",
    "tag.team = 'b'",
    "tags.team ILIKE 'A'",
    "tags.x.y = 'dot'",
    "tags.`x.y` = 'dot'",
    "tags.note LIKE '100%'",
    "tags.note = '100%'",
    'tags.note = "it\'s"',
    "tags.note = 'a \"quoted\" word'",
    "tags.note = 'a\\b'",
    "tags.note LIKE 'a\\b'",
    "tags.note LIKE 'a%b'",
    "tags.note = ''",
    "tags.note IS NULL",
    "tags.note IS NOT NULL AND tags.team IS NULL",
    "tags.`odd-key` = 'v'",
    "tags.odd-key = 'v'",
    "tags.`ü` = 'ö'",
    "tags.ü = 'ö'",
    "tags.`mlflow.runName` = 'r1'",
    "tags.mlflow.runName = 'r1'",
    "tags.team IN ('a')",
    "tags.team > 'a'",
    # attributes
    "run_name = 'r1'",
    "attributes.run_name = 'r1'",
    "attribute.run_name LIKE 'r_'",
    "attr.run_name ILIKE 'R_'",
    "run.run_name != 'r1'",
    "run_name LIKE 'r\\_9'",
    "`run name` = 'r1'",
    "attributes.`run name` = 'r1'",
    "attributes.`Run name` = 'r1'",
    "attributes.`Run Name` = 'r1'",
    "\"run_name\" = 'r1'",
    "run_name IN ('r1', 'r2')",
    "run_name IS NULL",
    "run_name = r1",
    "status = 'FINISHED'",
    "status != 'FINISHED'",
    "attributes.status = 'finished'",
    "status LIKE 'F%'",
    "status ILIKE 'f%'",
    "status = 3",
    "start_time = 1700000000003",
    "start_time > 1700000000003",
    "start_time <= 1700000000003 AND start_time > 1700000000001",
    "start_time != 1700000000003",
    "start_time > 1.7e12",
    "start_time > '1700000000003'",
    "attributes.created > 1700000000006",
    "created > 1700000000006",
    "attributes.Created > 1700000000006",
    "end_time > 1700000000105",
    "end_time != 5",
    "end_time = 1700000000101",
    "end_time IS NULL",
    "user_id = 'somebody'",
    "user_id = ''",
    "user_id != 'x'",
    "artifact_uri LIKE '%/artifacts'",
    "artifact_uri ILIKE 'MLFLOW-%'",
    "run_id = 'nope'",
    "run_id != 'nope'",
    "run_id IN ('nope')",
    "run_id IN ()",
    "run_id IN (1)",
    "run_id IN 'x'",
    "run_id > 'x'",
    "lifecycle_stage = 'active'",
    "experiment_id = '1'",
    "foo = 'x'",
    "attributes.foo = 'x'",
    "something.foo = 'x'",
    # datasets
    "datasets.name = 'mydata'",
    "dataset.name = 'mydata'",
    "datasets.name != 'mydata'",
    "datasets.name LIKE 'my%'",
    "datasets.name ILIKE 'MYDATA'",
    "datasets.name IN ('mydata', 'other')",
    "datasets.name NOT IN ('mydata')",
    "datasets.name IN ('MyData')",
    "datasets.digest = '123'",
    "datasets.digest IN ('123')",
    "datasets.digest LIKE 'ab%'",
    "datasets.digest NOT IN ('abc', 'zzz')",
    "datasets.context = 'train'",
    "datasets.context != 'train'",
    "datasets.context ILIKE 'TEST'",
    "datasets.context IN ('train', 'test')",
    "datasets.name = 'mydata' AND datasets.context = 'train'",
    "datasets.name = 'mydata' AND datasets.name = 'other'",
    "datasets.name = 'mydata' AND metrics.acc > 0.1 AND params.model = 'net'"
    " AND tags.team = 'b' AND status = 'FINISHED'",
    "datasets.foo = 'x'",
    "datasets.name > 'x'",
    "datasets.name IS NULL",
    # the grammar
    "metrics.acc > 0.5 OR metrics.loss = 0.1",
    "NOT metrics.acc > 0.5",
    "(metrics.acc > 0.5)",
    "metrics.acc BETWEEN 0 AND 1",
    "metrics.acc > 0.5;",
    "metrics.acc == 0.8",
    "metrics.acc <> 0.8",
    "metrics.acc > 0.5,",
    "metrics.acc > 0.5 AND",
    "AND metrics.acc > 0.5",
    "metrics.acc > 0.5 AND AND metrics.loss = 0.1",
    "metrics.acc > 0.5 metrics.loss = 0.1",
    "metrics.acc > metrics.loss",
    "0.5 < metrics.acc",
    "metrics.acc",
    "metrics",
    "metrics. = 5",
    ".acc = 5",
    "metrics.acc >",
    "> 5",
    "'x' = 'x'",
    "params.model = 'net",
    "params.model = \"net'",
    "params.`model = 'net'",
    "params.model = 'net' -- comment",
    "params.model /* c */ = 'net'",
    "METRICS.acc > 0.5",
    "Params.model = 'net'",
    "metrics.acc\n>\t0.5",
    "version = 'x'",
    "text = 'x'",
    "tags.version = 'x'",
    "params.model = 'a' AND tags.team = 'it''s'",
    "params.model = 'x AND y'",
    "tags.team = 'a' AND tags.team != 'b' AND tags.team LIKE 'a'",
]

ORDERS = [
    [],
    ["metrics.acc"],
    ["metrics.acc ASC"],
    ["metrics.acc DESC"],
    ["metrics.loss DESC"],
    ["metrics.`val/loss`"],
    ["metrics.nothing"],
    ["metrics.nothing DESC"],
    ["params.model"],
    ["params.model DESC"],
    ["params.lr", "metrics.acc DESC"],
    ["tags.team"],
    ["tags.team DESC"],
    ["tags.note", "run_name DESC"],
    ["start_time"],
    ["start_time DESC"],
    ["attributes.start_time ASC"],
    ["attribute.start_time"],
    ["created DESC"],
    ["attributes.Created"],
    ["end_time"],
    ["end_time DESC"],
    ["run_name"],
    ["run_name DESC"],
    ["attributes.`run name` DESC"],
    ["status"],
    ["status DESC", "start_time"],
    ["user_id", "start_time DESC"],
    ["artifact_uri LIKE"],
    ["start_time asc"],
    ["start_time desc"],
    ["metrics.acc DESC", "metrics.loss ASC", "start_time DESC"],
    ["metrics.acc", "metrics.acc DESC"],
    ["datasets.name"],
    ["foo"],
    ["attributes.foo"],
    ["metrics.acc UP"],
    ["metrics.acc ASC DESC"],
    ["metrics"],
    [""],
    [" start_time  DESC "],
    ["start_time DESC, run_name"],
    ["`start_time` DESC"],
    ["'start_time'"],
    ["lifecycle_stage", "start_time"],
    ["experiment_id", "start_time"],
]


def run(rec):
    client = MlflowClient()
    experiment = client.create_experiment("run search")
    other = client.create_experiment("run search, other")
    ids = []
    for index, (name, metrics, params, tags, dataset, status) in enumerate(RUNS):
        run_id = client.create_run(
            experiment,
            start_time=START + index,
            run_name=name,
            tags={"mlflow.user": "somebody"} if index < 5 else None,
        ).info.run_id
        ids.append(run_id)
        client.log_batch(
            run_id,
            [Metric(k, v, START, 0) for k, v in metrics.items()],
            [Param(k, v) for k, v in params.items()],
            [RunTag(k, v) for k, v in tags.items()],
        )
        if dataset:
            tag = [InputTag("mlflow.data.context", dataset[2])]
            client.log_inputs(
                run_id, [DatasetInput(Dataset(dataset[0], dataset[1], "local", "s"), tag)]
            )
        if status in ("FINISHED", "FAILED", "KILLED"):
            client.set_terminated(run_id, status, end_time=START + 100 + index)
        else:
            client.update_run(run_id, status=status)
    elsewhere = client.create_run(other, start_time=START + 50, run_name="elsewhere").info.run_id
    client.log_metric(elsewhere, "acc", 0.85, timestamp=START)
    gone = client.create_run(experiment, start_time=START + 60, run_name="gone").info.run_id
    client.delete_run(gone)

    def search(text="", orders=("start_time",), experiments=(experiment,), **options):
        found = client.search_runs(list(experiments), text, order_by=list(orders), **options)
        return [r.info.run_name for r in found]

    for text in FILTERS:
        rec.step(f"filter {text}", lambda: search(text), wire=False)
    both = f"run_id IN ('{ids[1]}', \"{ids[3]}\")"
    rec.step("filter by run ids", lambda: search(both), wire=False)
    rec.step("filter by run id", lambda: search(f"attributes.run_id = '{ids[2]}'"), wire=False)
    rec.step(
        "filter by all but some run ids",
        lambda: search(f"run_id NOT IN ('{ids[1]}', '{ids[3]}')"),
        wire=False,
    )
    rec.step(
        "filter by the start of a run id",
        lambda: search(f"run_id LIKE '{ids[2][:12]}%'"),
        wire=False,
    )
    rec.step(
        "filter by run ids in capitals",
        lambda: search(f"run_id IN ('{ids[1].upper()}', '{ids[3]}')"),
        wire=False,
    )
    for order in ORDERS:
        rec.step(f"order {order}", lambda: search(orders=order), wire=False)
    for view in (ViewType.ACTIVE_ONLY, ViewType.DELETED_ONLY, ViewType.ALL):
        rec.step(f"view {ViewType.to_string(view)}", lambda: search(run_view_type=view), wire=False)
    rec.step("in two experiments", lambda: search(experiments=[other, experiment]), wire=False)
    rec.step(
        "in two experiments, ordered",
        lambda: search("metrics.acc > 0.7", ["metrics.acc DESC"], [experiment, other]),
        wire=False,
    )
    rec.step("in an unknown experiment", lambda: search(experiments=["987654"]))
    rec.step("in no experiment", lambda: search(experiments=[]))
    rec.step("in one and an unknown", lambda: search(experiments=[other, "987654"]), wire=False)
    rec.step("whole runs", lambda: client.search_runs([experiment], order_by=["start_time"]))

    def pages(size, **options):
        token, found = None, []
        while True:
            page = client.search_runs([experiment], max_results=size, page_token=token, **options)
            found.append([[r.info.run_name for r in page], bool(page.token)])
            token = page.token
            if not token:
                return found

    for order in (
        None,
        ["metrics.acc DESC"],
        ["metrics.loss"],
        ["params.model", "tags.note DESC"],
        ["end_time DESC"],
    ):
        for size in (1, 3, 5, 10):
            rec.step(
                f"pages of {size}, ordered by {order}",
                lambda: pages(size, order_by=order),
                wire=False,
            )
    rec.step(
        "pages of a filter",
        lambda: pages(2, filter_string="start_time > 1700000000002", order_by=["tags.team"]),
        wire=False,
    )

    def frame(**options):
        found = mlflow.search_runs([experiment], order_by=["start_time"], **options)
        return {
            "types": {column: str(kind) for column, kind in found.dtypes.items()},
            "columns": {
                column: [
                    (
                        None
                        if value is pandas.NaT
                        else (
                            int(value.timestamp() * 1000)
                            if isinstance(value, pandas.Timestamp)
                            else value
                        )
                    )
                    for value in found[column]
                ]
                for column in found.columns
            },
        }

    rec.step("data frame", frame, wire=False)
    rec.step(
        "data frame of a filter",
        lambda: frame(filter_string="params.model LIKE 'net%'"),
        wire=False,
    )
    rec.step(
        "data frame of nothing", lambda: frame(filter_string="params.model = 'nobody'"), wire=False
    )
    rec.step("data frame of at most 3", lambda: frame(max_results=3), wire=False)
    rec.step(
        "by experiment names",
        lambda: mlflow.search_runs(
            experiment_names=["run search, other", "nobody"], output_format="list"
        ),
    )
    rec.step(
        "in all experiments",
        lambda: mlflow.search_runs(
            search_all_experiments=True,
            filter_string="run_name = 'elsewhere'",
            output_format="list",
        ),
        view=lambda runs: [r.info.run_name for r in runs],
    )

    def raw(name, body):
        rec.request(f"raw {name}", "POST", "runs/search", {"experiment_ids": [other]} | body)

    raw("search", {})
    raw(
        "two of them",
        {"experiment_ids": [experiment], "max_results": 2, "order_by": ["start_time"]},
    )
    raw("no experiments", {"experiment_ids": []})
    rec.request("raw absent experiments", "POST", "runs/search", {})
    raw("experiment ids as numbers", {"experiment_ids": [5]})
    raw("experiment id no number", {"experiment_ids": ["abc"]})
    raw("experiment ids no list", {"experiment_ids": "5"})
    raw("filter a number", {"filter": 5})
    raw("filter null", {"filter": None})
    raw("order_by no list", {"order_by": "start_time"})
    raw("order_by of numbers", {"order_by": [5]})
    raw("max_results 0", {"max_results": 0})
    raw("max_results -1", {"max_results": -1})
    raw("max_results 50000", {"max_results": 50000})
    raw("max_results 50001", {"max_results": 50001})
    raw("max_results as text", {"max_results": "5"})
    raw("max_results no number", {"max_results": "five"})
    raw("view by name", {"run_view_type": "ALL"})
    raw("view by number", {"run_view_type": 2})
    raw("view unknown", {"run_view_type": "SOME"})
    raw("bad token", {"page_token": "abc"})
    raw("token not base64", {"page_token": "!!"})
    raw("token without offset", {"page_token": base64.b64encode(b"{}").decode()})
    raw("token no JSON", {"page_token": base64.b64encode(b"hello").decode()})
    raw("unknown field", {"colour": "red"})
    rec.request("raw by GET", "GET", f"runs/search?experiment_ids={other}")
    rec.request(
        "raw for pages", "POST", "/ajax-api/2.0/mlflow/runs/search", {"experiment_ids": [other]}
    )
    client.delete_experiment(other)
    rec.step("runs of a deleted experiment", lambda: search(experiments=[other]), wire=False)
    rec.step(
        "deleted runs of a deleted experiment",
        lambda: search(experiments=[other], run_view_type=ViewType.DELETED_ONLY),
        wire=False,
    )
