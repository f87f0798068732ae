"""Experiments: created, renamed, tagged, deleted, restored."""

import mlflow
from mlflow import MlflowClient
from mlflow.entities import ExperimentTag, ViewType


def run(rec):
    client = MlflowClient()
    step = rec.step

    first = step("set a new one", lambda: mlflow.set_experiment("exp first"))
    step("set it again", lambda: mlflow.set_experiment("exp first"))
    step("set by id", lambda: mlflow.set_experiment(experiment_id=first.experiment_id))
    step("set an unknown id", lambda: mlflow.set_experiment(experiment_id="987654"))
    tagged = step(
        "create with location and tags",
        lambda: client.create_experiment(
            "exp tagged",
            artifact_location=f"file://{rec.folders['temp']}/own place",
            tags={"team": "a", "mlflow.note.content": "what it's for"},
        ),
        view=lambda _: "created",
    )
    step("get it", lambda: client.get_experiment(tagged))
    step("by name", lambda: client.get_experiment_by_name("exp tagged"))
    step("by an unknown name", lambda: client.get_experiment_by_name("exp nobody"))
    step("get an unknown one", lambda: client.get_experiment("987654"))
    step(
        "fluent create",
        lambda: mlflow.create_experiment("exp fluent", tags={"k": "v"}),
        view=lambda _: "created",
    )
    step("create a taken name", lambda: client.create_experiment("exp tagged"))
    step(
        "name in another case",
        lambda: client.create_experiment("EXP tagged"),
        view=lambda _: "created",
    )
    step(
        "names of other scripts",
        lambda: client.create_experiment("exp Größe 温度 🌡"),
        view=lambda _: "created",
    )

    step("set a tag", lambda: client.set_experiment_tag(tagged, "team", "b"))
    step("set tags of the active one", lambda: mlflow.set_experiment_tags({"one": 1, "two": 2.5}))
    step("set an empty tag", lambda: client.set_experiment_tag(tagged, "empty", ""))
    step("tags are there", lambda: client.get_experiment(tagged).tags)
    step("delete a tag", lambda: client.delete_experiment_tag(tagged, "team"))
    step("delete it again", lambda: client.delete_experiment_tag(tagged, "team"))
    step("tags that are left", lambda: client.get_experiment(tagged).tags)
    step("tag of an unknown one", lambda: client.set_experiment_tag("987654", "a", "b"))
    step("longest tag", lambda: client.set_experiment_tag(tagged, "k" * 250, "v" * 5000))
    step("tag key too long", lambda: client.set_experiment_tag(tagged, "k" * 251, "v"))
    step("tag value too long", lambda: client.set_experiment_tag(tagged, "k", "v" * 5001))
    step("tag key of odd characters", lambda: client.set_experiment_tag(tagged, "a;b", "v"))
    step("tag key that climbs", lambda: client.set_experiment_tag(tagged, "../b", "v"))

    step("rename", lambda: client.rename_experiment(tagged, "exp renamed"))
    step("renamed", lambda: client.get_experiment(tagged))
    step("old name", lambda: client.get_experiment_by_name("exp tagged"))
    step("rename to its own name", lambda: client.rename_experiment(tagged, "exp renamed"))
    step("rename to a taken name", lambda: client.rename_experiment(tagged, "exp first"))
    step(
        "old name is free", lambda: client.create_experiment("exp tagged"), view=lambda _: "created"
    )
    step("rename an unknown one", lambda: client.rename_experiment("987654", "exp x"))

    run_id = client.create_run(tagged, start_time=1_700_000_000_000, run_name="kept").info.run_id
    gone = client.create_run(tagged, start_time=1_700_000_000_001, run_name="gone").info.run_id
    client.delete_run(gone)
    step("delete", lambda: client.delete_experiment(tagged))
    step("deleted", lambda: client.get_experiment(tagged))
    step("deleted by name", lambda: client.get_experiment_by_name("exp renamed"))
    step("delete again", lambda: client.delete_experiment(tagged))
    step("set a deleted one", lambda: mlflow.set_experiment("exp renamed"))
    step("create a deleted name", lambda: client.create_experiment("exp renamed"))
    step("rename a deleted one", lambda: client.rename_experiment(tagged, "exp other"))
    step("tag a deleted one", lambda: client.set_experiment_tag(tagged, "a", "b"))
    step("delete a tag of a deleted one", lambda: client.delete_experiment_tag(tagged, "empty"))
    step("create a run in a deleted one", lambda: client.create_run(tagged))
    step("its runs are deleted", lambda: client.get_run(run_id).info.lifecycle_stage)
    step("log to a run of a deleted one", lambda: client.log_param(run_id, "p", "1"))
    step(
        "search its runs",
        lambda: client.search_runs([tagged], run_view_type=ViewType.ALL),
        view=lambda runs: [r.info.run_name for r in runs],
    )
    step("restore", lambda: client.restore_experiment(tagged))
    step("restored", lambda: client.get_experiment(tagged))
    step("restore an active one", lambda: client.restore_experiment(tagged))
    step(
        "its runs are active",
        lambda: [client.get_run(r).info.lifecycle_stage for r in (run_id, gone)],
    )
    step("delete an unknown one", lambda: client.delete_experiment("987654"))
    step("restore an unknown one", lambda: client.restore_experiment("987654"))
    step("delete the default one", lambda: client.delete_experiment("0"))
    step("restore the default one", lambda: client.restore_experiment("0"))

    step(
        "name of 500 characters",
        lambda: client.create_experiment("n" * 500),
        view=lambda _: "created",
    )
    step("name of 501 characters", lambda: client.create_experiment("n" * 501))
    step("no name", lambda: client.create_experiment(""))
    step("location as fragment", lambda: client.create_experiment("exp bad", "s3://b/a#frag"))
    step("location with params", lambda: client.create_experiment("exp bad", "http://b/a;p=1"))
    step(
        "location with dots in the query",
        lambda: client.create_experiment("exp bad", "http://b/a?p=../x"),
    )
    step("location of a run", lambda: client.create_experiment("exp bad", "runs:/x/y"))
    step("location too long", lambda: client.create_experiment("exp bad", "s3://b/" + "a" * 2048))
    elsewhere = step(
        "location elsewhere",
        lambda: client.create_experiment("exp s3", "s3://bucket/some//path/"),
        view=lambda _: "created",
    )
    step("run elsewhere", lambda: client.create_run(elsewhere, start_time=1, run_name="r").info)
    step(
        "tags of many kinds",
        lambda: client.get_experiment(
            client.create_experiment("exp many tags", tags={f"t{i}": str(i) for i in range(30)})
        ).tags,
    )

    post = lambda name, path, body: rec.request(name, "POST", f"experiments/{path}", body)
    post(
        "raw create with double tags",
        "create",
        {"name": "exp twice", "tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]},
    )
    post("raw create without name", "create", {})
    post("raw create, name null", "create", {"name": None})
    post("raw create, name a number", "create", {"name": 5})
    post("raw create, tags no list", "create", {"name": "exp t", "tags": {"key": "a"}})
    post(
        "raw create, tag without value", "create", {"name": "exp bare tag", "tags": [{"key": "a"}]}
    )
    post("raw create, unknown field", "create", {"name": "exp unknown field", "colour": "red"})
    post(
        "raw create, relative location", "create", {"name": "exp relative", "artifact_location": 7}
    )
    post("raw delete without id", "delete", {})
    post("raw delete, id a number", "delete", {"experiment_id": 5})
    post("raw delete, id no number", "delete", {"experiment_id": "abc"})
    post("raw restore, id no number", "restore", {"experiment_id": "abc"})
    post("raw update without name", "update", {"experiment_id": first.experiment_id})
    post("raw update, id no number", "update", {"experiment_id": "abc", "new_name": "x"})
    post(
        "raw tag without value",
        "set-experiment-tag",
        {"experiment_id": first.experiment_id, "key": "bare"},
    )
    post(
        "raw tag without key",
        "set-experiment-tag",
        {"experiment_id": first.experiment_id, "value": "v"},
    )
    post(
        "raw delete a missing tag",
        "delete-experiment-tag",
        {"experiment_id": first.experiment_id, "key": "nope"},
    )
    for name, query in (
        ("no argument", ""),
        ("id no number", "?experiment_id=abc"),
        ("negative id", "?experiment_id=-1"),
        ("huge id", "?experiment_id=99999999999999999999999"),
        ("id with blanks", "?experiment_id=%200%20"),
        ("empty id", "?experiment_id="),
        ("other argument", "?foo=1"),
    ):
        rec.request(f"raw get, {name}", "GET", f"experiments/get{query}")
    rec.request("raw get, body", "GET", "experiments/get", {"experiment_id": "0"})
    rec.request("raw get by name, none", "GET", "experiments/get-by-name")
    rec.request("raw get by name, unknown", "GET", "experiments/get-by-name?experiment_name=nobody")
    rec.request("raw get for pages", "GET", "/ajax-api/2.0/mlflow/experiments/get?experiment_id=0")
    step("tag entity", lambda: ExperimentTag("a", "b"))
