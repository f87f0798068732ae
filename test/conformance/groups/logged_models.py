"""Models that runs log: created, finalized, searched, tagged, measured, deleted, loaded again."""

import math
import os

import mlflow
from mlflow import MlflowClient
from mlflow.entities import LoggedModelInput, LoggedModelOutput, LoggedModelStatus, Metric

START = 1_700_000_000_000
NO_MODEL = "m-" + "f" * 32


class Doubled(mlflow.pyfunc.PythonModel):
    """Loaded by this name, so that it need not be pickled with its code."""

    def predict(self, context, model_input, params=None):
        return [2 * value for value in model_input]


def run(rec):
    client = MlflowClient()
    experiment = mlflow.set_experiment("logged models").experiment_id
    run_id = client.create_run(experiment, start_time=START, run_name="source").info.run_id
    _lifecycle(rec, client, experiment, run_id)
    _refused(rec, client, experiment)
    _metrics(rec, client, experiment)
    _search(rec, client)
    _fluent(rec, client)
    _files(rec, client)


def _lifecycle(rec, client, experiment, run_id):
    step = rec.step
    model = step(
        "create",
        lambda: client.create_logged_model(
            experiment,
            name="detector",
            source_run_id=run_id,
            tags={"team": "x", "größe": "ü\n"},
            params={"lr": "0.1", "empty": ""},
            model_type="forest",
        ),
    )
    model_id = model.model_id
    step("get", lambda: client.get_logged_model(model_id))
    step("create with the least", lambda: client.create_logged_model(experiment))
    step("finalize", lambda: client.finalize_logged_model(model_id, LoggedModelStatus.READY))
    step("finalize by name", lambda: client.finalize_logged_model(model_id, "FAILED"))
    step("finalize, pending again", lambda: client.finalize_logged_model(model_id, "PENDING"))
    step("finalize, no such status", lambda: client.finalize_logged_model(model_id, "DONE"))
    step("set tags", lambda: client.set_logged_model_tags(model_id, {"team": "y", "n": 1}))
    step("set no tags", lambda: client.set_logged_model_tags(model_id, {}))
    step("delete tag", lambda: client.delete_logged_model_tag(model_id, "n"))
    step("delete tag again", lambda: client.delete_logged_model_tag(model_id, "n"))
    step("log params", lambda: client.log_model_params(model_id, {"depth": "3", "kind": "a b"}))
    step("another value", lambda: client.log_model_params(model_id, {"new": "1", "depth": "4"}))
    step("the same value", lambda: client.log_model_params(model_id, {"depth": "3"}))
    many = {f"p{index:03d}": str(index) for index in range(250)}
    step("many params", lambda: client.create_logged_model(experiment, "many", params=many))
    step("changed", lambda: client.get_logged_model(model_id))
    step("log inputs", lambda: client.log_inputs(run_id, models=[LoggedModelInput(model_id)]))
    step("log outputs", lambda: client.log_outputs(run_id, [LoggedModelOutput(model_id, 3)]))
    step("of a run", lambda: client.get_run(run_id))
    step("delete", lambda: client.delete_logged_model(model_id))
    step("delete again", lambda: client.delete_logged_model(model_id))
    step("get a deleted one", lambda: client.get_logged_model(model_id))
    raw(rec, "get a deleted one all the same", "GET", f"/{model_id}?allow_deleted=true")
    raw(rec, "get a deleted one, in capitals", "GET", f"/{model_id}?allow_deleted=TRUE")
    raw(rec, "get a deleted one, not so", "GET", f"/{model_id}?allow_deleted=false")
    store = client._tracking_client.store
    step("deleted, as the store has it", lambda: store.get_logged_model(model_id, True))
    step("finalize a deleted one", lambda: client.finalize_logged_model(model_id, "READY"))
    step("tag a deleted one", lambda: store.set_logged_model_tags(model_id, []))
    step("of a run when deleted", lambda: client.get_run(run_id).outputs)

    gone = client.create_experiment("logged models, deleted")
    kept = client.create_logged_model(gone, name="kept").model_id
    client.delete_experiment(gone)
    step("create in a deleted experiment", lambda: client.create_logged_model(gone, name="new"))
    step("create in none", lambda: client.create_logged_model("987654", name="new"))
    step("one of a deleted experiment", lambda: client.get_logged_model(kept))
    step("search a deleted experiment", lambda: client.search_logged_models([gone]))
    step(
        "finalize in a deleted experiment", lambda: client.finalize_logged_model(kept, "READY")
    )


def _refused(rec, client, experiment):
    for name in ("a/b", "a:b", "a.b", "50%", "it's", 'a "b"'):
        rec.step(f"name {name}", lambda: client.create_logged_model(experiment, name=name))
    step = rec.step
    step("get none", lambda: client.get_logged_model(NO_MODEL))
    step("finalize none", lambda: client.finalize_logged_model(NO_MODEL, "READY"))
    step("delete none", lambda: client.delete_logged_model(NO_MODEL))
    step("tag none", lambda: client.set_logged_model_tags(NO_MODEL, {"k": "v"}))
    step("delete a tag of none", lambda: client.delete_logged_model_tag(NO_MODEL, "k"))
    step("params of none", lambda: client.log_model_params(NO_MODEL, {"k": "v"}))

    here = {"experiment_id": experiment}
    pair = {"key": "k", "value": "v"}
    raw(rec, "raw, least", "POST", "", here)
    raw(rec, "raw, nothing", "POST", "", {})
    raw(rec, "raw, empty name", "POST", "", {**here, "name": ""})
    raw(rec, "raw, number as name", "POST", "", {**here, "name": 5})
    raw(rec, "raw, no list", "POST", "", {**here, "tags": "x"})
    raw(rec, "raw, tag twice", "POST", "", {**here, "tags": [pair, pair]})
    raw(rec, "raw, param twice", "POST", "", {**here, "params": [pair, pair]})
    raw(rec, "raw, param without value", "POST", "", {**here, "params": [{"key": "k"}]})
    raw(rec, "raw, unknown run", "POST", "", {**here, "source_run_id": "nobody"})
    raw(rec, "raw, experiment of letters", "POST", "", {"experiment_id": "abc"})

    model_id = client.create_logged_model(experiment, name="raw").model_id
    named = {"model_id": model_id}
    path = f"/{model_id}"
    raw(rec, "status by number", "PATCH", path, {**named, "status": 2})
    raw(rec, "status by name", "PATCH", path, {**named, "status": "LOGGED_MODEL_UPLOAD_FAILED"})
    raw(rec, "status of letters", "PATCH", path, {**named, "status": "DONE"})
    raw(rec, "status 7", "PATCH", path, {**named, "status": 7})
    raw(rec, "no status", "PATCH", path, named)
    raw(rec, "no model in the body", "PATCH", path, {"status": 2})
    raw(rec, "status by number as text", "PATCH", path, {**named, "status": "1"})
    raw(rec, "tags", "PATCH", f"{path}/tags", {"tags": [pair, {"key": "k", "value": "w"}]})
    raw(rec, "no tags", "PATCH", f"{path}/tags", {})
    raw(rec, "tags as text", "PATCH", f"{path}/tags", {"tags": "x"})
    raw(rec, "tag with a blank", "PATCH", f"{path}/tags", {"tags": [{"key": "a b%"}]})
    raw(rec, "delete it", "DELETE", f"{path}/tags/a%20b%25")
    raw(rec, "delete it again", "DELETE", f"{path}/tags/a%20b%25")
    raw(rec, "params", "POST", f"{path}/params", {**named, "params": [pair]})
    raw(rec, "no params", "POST", f"{path}/params", named)
    raw(rec, "params as text", "POST", f"{path}/params", {**named, "params": "x"})
    raw(rec, "params, no model in the body", "POST", f"{path}/params", {"params": []})
    raw(rec, "as it is now", "GET", path)
    raw(rec, "for pages", "GET", f"/ajax-api/2.0/mlflow/logged-models{path}")
    raw(rec, "delete with no body", "DELETE", path)


def _metrics(rec, client, experiment):
    step = rec.step
    model_id = client.create_logged_model(experiment, name="measured").model_id
    runs = [client.create_run(experiment, start_time=START).info.run_id for _ in range(2)]

    def log(key, value, at=0, number=0, **options):
        return client.log_metric(
            runs[number], key, value, START + at, at, model_id=model_id, **options
        )

    iris = {"dataset_name": "iris", "dataset_digest": "d1"}
    step("to be measured", lambda: [client.get_logged_model(model_id), runs])
    step("log_metric", lambda: log("f1", 0.5))
    step("log_metric again", lambda: log("f1", 0.5))
    step("log_metric, another value", lambda: log("f1", 0.75))
    step("log_metric, now with a dataset", lambda: log("f1", 0.5, **iris))
    step("log_metric, later", lambda: log("f1", 0.75, at=1, **iris))
    step("log_metric of another run", lambda: log("f1", 0.25, number=1))
    step("NaN", lambda: log("nan", math.nan))
    step("infinity", lambda: log("inf", -math.inf))
    step("dataset without digest", lambda: log("half", 1, dataset_name="iris"))
    batch = [
        Metric("a", 1.0, START, 0, model_id=model_id),
        Metric("a", 2.0, START, 1, model_id=model_id, **iris),
        Metric("b", 3.0, START, 0),
    ]
    step("log_batch", lambda: client.log_batch(runs[0], batch))
    step("log_batch again", lambda: client.log_batch(runs[0], batch))
    step(
        "log_batch, changed",
        lambda: client.log_batch(runs[1], [*batch, Metric("a", 9.0, START, 0, model_id=model_id)]),
    )
    step("measured", lambda: client.get_logged_model(model_id))
    step("the run", lambda: client.get_run(runs[0]).data)
    step("the other run", lambda: client.get_run(runs[1]).data)
    client.delete_logged_model(model_id)
    step("of a deleted model", lambda: log("late", 1))
    step("of a deleted run", lambda: (client.delete_run(runs[1]), log("late", 1, number=1)))


def _search(rec, client):
    experiment = client.create_experiment("logged models, search")
    other = client.create_experiment("logged models, search too")
    run_id = client.create_run(experiment, start_time=START).info.run_id
    models = {}
    for index, (name, options) in enumerate(
        {
            "alpha": {
                "params": {"lr": "0.1"},
                "tags": {"team": "x", "note": "50%"},
                "model_type": "forest",
            },
            "beta": {"params": {"lr": "0.2"}, "tags": {"team": "Y"}, "source_run_id": run_id},
            "Gamma": {"params": {"lr": "1e-3", "depth": "3"}, "model_type": "tree"},
            "delta": {"tags": {"note": "a b"}},
        }.items()
    ):
        models[name] = client.create_logged_model(experiment, name=name, **options).model_id
        for key, value, at, dataset in (
            ("f1", 0.1 * (index + 1), 0, ("iris", "d1")),
            ("f1", 0.9 - 0.1 * index, 1, ("iris", "d2")),
            ("loss/val", 0.5 * index, 0, ("wine", "d1")),
            ("f1", 0.5, 0, None),
        )[: 4 - index]:
            client.log_metric(
                run_id,
                key,
                value,
                START + 10 * at + (dataset is None),
                at,
                model_id=models[name],
                dataset_name=dataset and dataset[0],
                dataset_digest=dataset and dataset[1],
            )
    client.finalize_logged_model(models["beta"], "READY")
    client.finalize_logged_model(models["Gamma"], "FAILED")
    foreign = client.create_logged_model(other, name="alpha").model_id
    deleted = client.create_logged_model(experiment, name="alpha").model_id
    client.delete_logged_model(deleted)

    def search(name, experiments=(experiment,), **options):
        return rec.step(
            f"search, {name}",
            lambda: client.search_logged_models(list(experiments), **options),
            view=_names,
        )

    rec.step("search", lambda: client.search_logged_models([experiment]))
    search("both", [experiment, other], order_by=[{"field_name": "name"}, {"field_name": "status"}])
    search("none", [])
    search("unknown", ["987654"])
    search("no integer", ["abc"])
    for text in (
        "name = 'alpha'",
        'name = "alpha"',
        "name = alpha",
        "name != 'alpha'",
        "attributes.name = 'alpha'",
        "attribute.name = 'alpha'",
        "name LIKE '%eta'",
        "name LIKE 'g%'",
        "name ILIKE 'g%'",
        "name like 'a%'",
        "name IN ('alpha', 'Gamma')",
        "name IN ('alpha')",
        "name NOT IN ('alpha', 'Gamma')",
        "name > 'a'",
        "name IS NULL",
        "model_type = 'tree'",
        "model_type = ''",
        "lifecycle_stage = 'deleted'",
        "lifecycle_stage != 'deleted'",
        "status = '2'",
        "status = 2",
        "status = 'READY'",
        "status IN ('2', '3')",
        "artifact_location LIKE '%/artifacts'",
        "status_message = 'x'",
        f"creation_timestamp > {START}",
        f"creation_time < {START}",
        f"creation_timestamp_ms >= {START}.5",
        f"last_updated_timestamp != {START}",
        f"creation_timestamp > '{START}'",
        f"attributes.creation_timestamp > {START}",
        "creation_timestamp LIKE '1%'",
        "unknown = 'x'",
        "metrics.f1 > 0.75",
        "metrics.f1 = 0.5",
        "metrics.f1 > 0.75 AND metrics.f1 < 0.15",
        "metrics.`loss/val` <= 0.5",
        "metrics.unknown > 0",
        "metrics.f1 > '0.5'",
        "metrics.f1 LIKE '0%'",
        "params.lr = '0.1'",
        "params.lr = 0.1",
        "params.lr != '0.1'",
        "params.lr LIKE '0%'",
        "params.lr IN ('0.1', '1e-3')",
        "params.`lr` = '0.1'",
        "tags.team = 'x'",
        "tags.team ILIKE 'y'",
        "tags.team NOT IN ('x')",
        "tags.note LIKE '%!%' AND name = 'alpha'",
        "tags.team = 'x' AND params.lr = '0.1' AND metrics.f1 > 0.75 AND name LIKE 'a%'",
        "tags.team = 'x' AND params.lr = '0.2'",
        "name = 'alpha' and tags.team = 'x'",
        "name = 'alpha' OR name = 'beta'",
        "(name = 'alpha')",
        "name",
        "name = 'alpha';",
        "  ",
        "run.name = 'x'",
    ):
        search(text, filter_string=text, order_by=[{"field_name": "name"}])
    for name, value in (
        ("model_id", models["beta"]),
        ("experiment_id", experiment),
        ("source_run_id", run_id),
    ):
        search(f"by its {name}", filter_string=f"{name} = '{value}'")
    for name, datasets in (
        ("dataset", [{"dataset_name": "iris"}]),
        ("digest", [{"dataset_name": "iris", "dataset_digest": "d1"}]),
        ("another digest", [{"dataset_name": "iris", "dataset_digest": "d2"}]),
        ("dataset with digest", [{"dataset_name": "wine", "dataset_digest": "d1"}]),
        (
            "two datasets",
            [
                {"dataset_name": "iris", "dataset_digest": "d1"},
                {"dataset_name": "wine", "dataset_digest": "d1"},
            ],
        ),
        ("unknown dataset", [{"dataset_name": "nothing", "dataset_digest": "d1"}]),
        ("dataset without name", [{"dataset_name": ""}]),
    ):
        search(name, datasets=datasets, order_by=[{"field_name": "name"}])
        search(
            f"{name}, metric",
            datasets=datasets,
            filter_string="metrics.f1 > 0.15",
            order_by=[{"field_name": "name"}],
        )
    for fields in (
        [{"field_name": "name", "ascending": False}],
        [{"field_name": "creation_time", "ascending": True}],
        [{"field_name": "last_updated_timestamp", "ascending": False}],
        [{"field_name": "model_type"}, {"field_name": "name"}],
        [{"field_name": "status", "ascending": False}, {"field_name": "name"}],
        [{"field_name": "metrics.f1"}],
        [{"field_name": "metrics.f1", "ascending": False}],
        [{"field_name": "metrics.f1", "dataset_name": "iris", "dataset_digest": "d1"}],
        [{"field_name": "metrics.f1", "dataset_name": "iris"}],
        [{"field_name": "metrics.f1", "dataset_digest": "d2", "ascending": False}],
        [{"field_name": "metrics.loss/val", "ascending": False}, {"field_name": "name"}],
        [{"field_name": "metrics.unknown"}, {"field_name": "name"}],
        [{"field_name": "attributes.name"}],
        [{"field_name": "params.lr"}],
        [{"field_name": "unknown"}],
    ):
        search(f"by {_label(fields)}", order_by=fields)

    token = None
    for number in range(3):
        page = rec.step(
            f"page {number}",
            lambda: client.search_logged_models(
                [experiment],
                max_results=2,
                order_by=[{"field_name": "metrics.f1"}],
                page_token=token,
            ),
            view=lambda found: [_names(found), bool(found.token)],
        )
        token = page.token
        if token is None:
            break
    first = client.search_logged_models([experiment], max_results=1)
    search("token of another filter", filter_string="name = 'x'", page_token=first.token)
    search("token of another order", order_by=[{"field_name": "name"}], page_token=first.token)
    search("token of others", [other], page_token=first.token)
    search("no token", page_token="nonsense")

    def post(name, body):
        raw(rec, f"raw search, {name}", "POST", "/search", body)

    here = {"experiment_ids": [other]}
    post("nothing", {})
    post("no experiments", {"experiment_ids": []})
    post("least", here)
    post("experiments as text", {"experiment_ids": other})
    post("numbers", {"experiment_ids": [5]})
    post("0 results", {**here, "max_results": 0})
    post("results of letters", {**here, "max_results": "x"})
    post("order without field", {**here, "order_by": [{"ascending": True}]})
    post("order as text", {**here, "order_by": ["name"]})
    post("dataset without name", {**here, "datasets": [{"dataset_digest": "d"}]})
    post("dataset as text", {**here, "datasets": "iris"})
    rec.step(
        "fluent search",
        lambda: mlflow.search_logged_models(
            experiment_ids=[experiment], filter_string="name = 'beta'", output_format="list"
        ),
        view=_names,
    )
    rec.step(
        "as a frame",
        lambda: mlflow.search_logged_models(experiment_ids=[experiment]),
        view=lambda frame: sorted(frame.columns),
    )
    rec.step("one of the other", lambda: client.get_logged_model(foreign))


def _fluent(rec, client):
    step = rec.step
    mlflow.set_experiment("logged models, fluent")
    model = step("initialize_logged_model", lambda: mlflow.initialize_logged_model("started"))
    step(
        "finalize_logged_model",
        lambda: mlflow.finalize_logged_model(model.model_id, LoggedModelStatus.READY),
    )
    with mlflow.start_run(run_name="external") as active:
        external = step(
            "create_external_model",
            lambda: mlflow.create_external_model(
                "elsewhere", params={"n": "1"}, tags={"a": "b"}, model_type="remote"
            ),
        )
        step("outputs of it", lambda: client.get_run(active.info.run_id).outputs)
        step(
            "log_metric of it",
            lambda: mlflow.log_metric(
                "f1", 0.5, step=0, timestamp=START, model_id=external.model_id
            ),
        )
        step(
            "log_metrics of it",
            lambda: mlflow.log_metrics(
                {"a": 1, "b": 2}, step=1, timestamp=START, model_id=external.model_id
            ),
        )
        step("log_model_params", lambda: mlflow.log_model_params({"x": "y"}, external.model_id))
        step(
            "log_outputs",
            lambda: mlflow.log_outputs([LoggedModelOutput(external.model_id, step=0)]),
        )
    step("set_logged_model_tags", lambda: mlflow.set_logged_model_tags(external.model_id, {"k": 1}))
    step(
        "delete_logged_model_tag",
        lambda: mlflow.delete_logged_model_tag(external.model_id, "a"),
    )
    step("get_logged_model", lambda: mlflow.get_logged_model(external.model_id))


def _files(rec, client):
    step = rec.step
    experiment = mlflow.set_experiment("logged models, files").experiment_id
    with mlflow.start_run(run_name="logs a model") as active:
        run_id = active.info.run_id
        # The environment is not looked for, and what is sent in which order is the client's affair.
        info = step(
            "log_model",
            lambda: mlflow.pyfunc.log_model(
                name="model",
                python_model=Doubled(),
                pip_requirements=[],
                params={"factor": "2"},
                tags={"kind": "toy"},
                model_type="doubler",
                step=4,
            ),
            wire=False,
            view=lambda info: [info.name, info.model_uri, info.params, info.tags],
        )
        mlflow.log_text("beside it", "model.txt")
    model_id = info.model_id
    step("logged", lambda: client.get_logged_model(model_id))
    step("last logged", lambda: mlflow.last_logged_model().model_id)
    step("its run", lambda: client.get_run(run_id).outputs)
    step("found by search", lambda: _names(client.search_logged_models([experiment])))
    for name, uri in (
        ("by id", f"models:/{model_id}"),
        ("by run", f"runs:/{run_id}/model"),
        ("none", f"models:/{NO_MODEL}"),
    ):
        step(
            f"load {name}",
            lambda: mlflow.pyfunc.load_model(uri).predict([1, 2.5]),
            wire=False,
        )
    step("list", lambda: client.list_logged_model_artifacts(model_id), view=_paths)
    step("list below", lambda: client.list_logged_model_artifacts(model_id, "nothing"), view=_paths)
    step("of the run", lambda: client.list_artifacts(run_id), view=_paths)
    step("of the run, below", lambda: client.list_artifacts(run_id, "model"), view=_paths)
    step(
        "of the run, download",
        lambda: sorted(
            os.listdir(
                mlflow.artifacts.download_artifacts(
                    run_id=run_id,
                    artifact_path="model",
                    dst_path=os.path.join(rec.folders["temp"], "model"),
                )
            )
        ),
        wire=False,
    )
    source = os.path.join(rec.folders["temp"], "note.txt")
    with open(source, "w", encoding="utf-8") as note:
        note.write("a note")
    step("log an artifact", lambda: client.log_model_artifact(model_id, source))
    step("list with it", lambda: client.list_logged_model_artifacts(model_id), view=_paths)
    directories = f"/{model_id}/artifacts/directories"
    file = f"/ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/files"
    raw(rec, "directories, of a file", "GET", f"{directories}?artifact_directory_path=note.txt")
    raw(rec, "directories, above", "GET", f"{directories}?artifact_directory_path=../x")
    raw(rec, "directories, of none", "GET", f"/{NO_MODEL}/artifacts/directories")
    raw(rec, "file", "GET", f"{file}?artifact_file_path=note.txt")
    raw(rec, "file, missing", "GET", f"{file}?artifact_file_path=nothing.txt")
    raw(rec, "file, above", "GET", f"{file}?artifact_file_path=../x")
    raw(rec, "file, unnamed", "GET", file)
    raw(rec, "file below /api", "GET", f"/{model_id}/artifacts/files?artifact_file_path=note.txt")
    client.delete_logged_model(model_id)
    step("list of a deleted one", lambda: client.list_logged_model_artifacts(model_id))
    step(
        "load a deleted one",
        lambda: mlflow.pyfunc.load_model(f"models:/{model_id}").predict([1]),
        wire=False,
    )


def raw(rec, name, method, path, body=None):
    """A path that begins with an API is taken as it is, any other is below logged-models."""
    rec.request(name, method, path if path.startswith("/ajax") else f"logged-models{path}", body)


def _label(fields):
    return ", ".join(" ".join(str(part) for part in field.values()) for field in fields)


def _names(models):
    return [model.name for model in models]


def _paths(files):
    # Sizes of files that hold times are not the same twice.
    return [[file.path, file.is_dir] for file in files]
