"""The model registry: models, versions, aliases, tags, stages, searches."""

from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersionTag, RegisteredModelTag

START = 1_700_000_000_000
NO_MODEL = "m-" + "f" * 32
SOURCE = "s3://bucket/models/one"
MODELS = "registered-models"
VERSIONS = "model-versions"


def run(rec):
    client = MlflowClient()
    experiment = client.create_experiment("registry")
    run_id = client.create_run(experiment, start_time=START, run_name="source").info.run_id
    _models(rec, client)
    _versions(rec, client, experiment, run_id)
    _sources(rec, client, experiment, run_id)
    _stages(rec, client)
    _aliases(rec, client)
    _rename_and_delete(rec, client)
    _search_models(rec, client)
    _search_versions(rec, client)
    _raw(rec, client)


def _models(rec, client):
    step = rec.step
    step(
        "create",
        lambda: client.create_registered_model("m", {"team": "x", "größe": "ü\n"}, "what it is"),
    )
    step("create with the least", lambda: client.create_registered_model("least"))
    step("create again", lambda: client.create_registered_model("m"))
    step("get", lambda: client.get_registered_model("m"))
    step("get none", lambda: client.get_registered_model("none"))
    step("update", lambda: client.update_registered_model("m", "another"))
    step("update to nothing", lambda: client.update_registered_model("m", ""))
    step("updated", lambda: client.get_registered_model("m"))
    step("update none", lambda: client.update_registered_model("none", "x"))
    step("set tag", lambda: client.set_registered_model_tag("m", "k", "v"))
    step("set tag again", lambda: client.set_registered_model_tag("m", "k", "w"))
    step("set tag of a number", lambda: client.set_registered_model_tag("m", "n", 1))
    step("set tag of none", lambda: client.set_registered_model_tag("none", "k", "v"))
    step("set bad tag", lambda: client.set_registered_model_tag("m", "k*", "v"))
    step("set long tag", lambda: client.set_registered_model_tag("m", "long", "x" * 100_000))
    step("set too long tag", lambda: client.set_registered_model_tag("m", "k", "x" * 100_001))
    step("set too long key", lambda: client.set_registered_model_tag("m", "k" * 251, "x"))
    step("delete tag", lambda: client.delete_registered_model_tag("m", "n"))
    step("delete tag again", lambda: client.delete_registered_model_tag("m", "n"))
    step("delete tag of none", lambda: client.delete_registered_model_tag("none", "n"))
    step("delete bad tag", lambda: client.delete_registered_model_tag("m", "k*"))
    step("tagged", lambda: client.get_registered_model("m"))
    for name in ("", " ", "a/b", "a:b", "..", ".", "..a", "a b", "ü", "a\\b", " blank "):
        step(f"name {name!r}", lambda: client.create_registered_model(name))
    for name in (" ", "a/b", ".."):
        step(f"get {name!r}", lambda: client.get_registered_model(name))


def _versions(rec, client, experiment, run_id):
    step = rec.step
    step(
        "create version",
        lambda: client.create_model_version(
            "m",
            SOURCE,
            run_id,
            tags={"a": "1", "b": ""},
            run_link="http://link",
            description="first",
        ),
    )
    step("create version with the least", lambda: client.create_model_version("m", SOURCE))
    step("create version of none", lambda: client.create_model_version("none", SOURCE))
    step(
        "create version of an unknown run",
        lambda: client.create_model_version("m", SOURCE, "0123456789abcdef"),
    )
    step("get version", lambda: client.get_model_version("m", "1"))
    step("get version by number", lambda: client.get_model_version("m", 2))
    for version in ("9", "0", "-1", "x", "1.5", "", "01"):
        step(f"get version {version!r}", lambda: client.get_model_version("m", version))
    step("get version of none", lambda: client.get_model_version("none", "1"))
    step("update version", lambda: client.update_model_version("m", "1", "changed"))
    step("update version to nothing", lambda: client.update_model_version("m", "1", ""))
    step("update version without text", lambda: client.update_model_version("m", "1", None))
    step("update version 9", lambda: client.update_model_version("m", "9", "x"))
    step("set version tag", lambda: client.set_model_version_tag("m", "1", "k", "v"))
    step("set version tag again", lambda: client.set_model_version_tag("m", "1", "k", "w"))
    step("set tag of version 9", lambda: client.set_model_version_tag("m", "9", "k", "v"))
    step("set bad version tag", lambda: client.set_model_version_tag("m", "1", "k*", "v"))
    step(
        "set too long version tag",
        lambda: client.set_model_version_tag("m", "1", "k", "x" * 100_001),
    )
    step("delete version tag", lambda: client.delete_model_version_tag("m", "1", "b"))
    step("delete version tag again", lambda: client.delete_model_version_tag("m", "1", "b"))
    step("delete tag of version 9", lambda: client.delete_model_version_tag("m", "9", "b"))
    step("version, changed", lambda: client.get_model_version("m", "1"))
    step("model, with versions", lambda: client.get_registered_model("m"))
    step("download uri", lambda: client.get_model_version_download_uri("m", "1"))
    step("download uri of version 9", lambda: client.get_model_version_download_uri("m", "9"))
    step("delete version", lambda: client.delete_model_version("m", "3"))
    step("delete version again", lambda: client.delete_model_version("m", "3"))
    step("delete version 9", lambda: client.delete_model_version("m", "9"))
    step("get deleted version", lambda: client.get_model_version("m", "3"))
    step("update deleted version", lambda: client.update_model_version("m", "3", "x"))
    step("number after a deleted one", lambda: client.create_model_version("m", SOURCE))


def _sources(rec, client, experiment, run_id):
    step = rec.step
    logged = client.create_logged_model(experiment, name="logged", source_run_id=run_id)
    alone = client.create_logged_model(experiment, name="alone")
    client.create_registered_model("sources")

    def create(name, source, **more):
        step(f"source {name}", lambda: client.create_model_version("sources", source, **more))

    create("of a logged model", f"models:/{logged.model_id}")
    create("of a logged model without run", f"models:/{alone.model_id}")
    create("and model", SOURCE, model_id=logged.model_id)
    create("and model, and run", SOURCE, model_id=alone.model_id, run_id=run_id)
    create("and unknown model", SOURCE, model_id=NO_MODEL)
    create("of a version", "models:/sources/1")
    create("of a version of a version", "models:/sources/5")
    create("of the proxy", f"mlflow-artifacts:/1/{run_id}/artifacts/model")
    create("of dbfs", "dbfs:/x/y")
    create("of http", "https://example.org/a/b?x=1")
    step("of a logged model, tagged", lambda: client.get_logged_model(logged.model_id).tags)
    for version in ("1", "2", "3", "4", "5", "6"):
        step(
            f"download uri of source {version}",
            lambda: client.get_model_version_download_uri("sources", version),
        )
    for name, source in {
        "of an unknown logged model": f"models:/{NO_MODEL}",
        "of an unknown version": "models:/sources/99",
        "of an unknown model": "models:/nothing/1",
        "of a stage": "models:/sources/Production",
        "of the latest": "models:/sources/latest",
        "of an alias": "models:/sources@best",
        "of no model": "models:/",
        "of too many parts": "models:/a/b/c",
        "local": "/etc/passwd",
        "local, relative": "some/model",
        "local file": "file:///etc/passwd",
        "of a share": "file://host/etc/passwd",
        "with dots": "s3://bucket/a/../b",
        "with encoded dots": "s3://bucket/a/%2e%2e/b",
        "with twice encoded dots": "http://host/a/%252e%252e/b",
        "with a zero byte": "http://host/a%00",
        "of the proxy, with dots": "mlflow-artifacts://host:1/../../etc",
        "relative, with a scheme": "s3:bucket/a",
        "with a double slash": "s3://bucket//a//b",
        "with a slash at the end": "s3://bucket/a/",
    }.items():
        create(name, source)
        # Of a relative one, MLflow says which folder it runs in.
        if name != "local, relative":
            create(f"{name}, and run", source, run_id=run_id)
    create("local, and unknown run", "/tmp/model", run_id="0" * 32)
    create("local, and unknown model", "/tmp/model", model_id=NO_MODEL)
    create("local, and model", "/tmp/model", model_id=logged.model_id)

    here = client.create_experiment("local artifacts", artifact_location=f"{rec.folders['temp']}/l")
    local = client.create_run(here, start_time=START)
    uri = local.info.artifact_uri
    local_id = local.info.run_id
    create("inside its run", f"{uri}/model", run_id=local_id)
    create("its run itself", uri, run_id=local_id)
    create("inside its run, as file", f"file://{uri}/model", run_id=local_id)
    create("out of its run", f"{uri}/../../x", run_id=local_id)
    create("beside its run", f"{uri}x", run_id=local_id)
    create("inside its run, without it", f"{uri}/model")
    model = client.create_logged_model(here, name="l")
    create("inside its model", model.artifact_location, model_id=model.model_id)
    create("out of its model", f"{model.artifact_location}/..", model_id=model.model_id)


def _stages(rec, client):
    step = rec.step
    client.create_registered_model("staged")
    for _ in range(4):
        client.create_model_version("staged", SOURCE)

    def move(name, version, stage, archive=False):
        step(
            f"stage {name}",
            lambda: client.transition_model_version_stage("staged", version, stage, archive),
        )

    move("production", "2", "Production")
    move("production, small", "1", "production")
    move("staging", "3", "STAGING")
    step("latest versions", lambda: client.get_latest_versions("staged"))
    step("latest of production", lambda: client.get_latest_versions("staged", ["production"]))
    step("latest of two", lambda: client.get_latest_versions("staged", ["None", "Staging"]))
    step("latest of archived", lambda: client.get_latest_versions("staged", ["Archived"]))
    step("latest of no stage", lambda: client.get_latest_versions("staged", ["Live"]))
    step("latest of none", lambda: client.get_latest_versions("none"))
    step("model with stages", lambda: client.get_registered_model("staged"))
    move("with archive", "3", "Production", True)
    step("archived", lambda: client.get_latest_versions("staged"))
    move("that is there, with archive", "3", "Production", True)
    move("archived, with archive", "3", "Archived", True)
    move("that isn't", "3", "Live")
    move("of version 9", "9", "Staging")
    move("of version 9, with archive", "9", "Staging", True)
    move("back", "3", "None")
    step("version, moved", lambda: client.get_model_version("staged", "3"))


def _aliases(rec, client):
    step = rec.step
    client.create_registered_model("aliased")
    step(
        "latest of no version", lambda: client.get_model_version_by_alias("aliased", "latest")
    )
    for _ in range(3):
        client.create_model_version("aliased", SOURCE)
    set_alias = client.set_registered_model_alias
    step("set alias", lambda: set_alias("aliased", "best", "1"))
    step("move alias", lambda: set_alias("aliased", "best", 2))
    step("set another", lambda: set_alias("aliased", "second", "2"))
    for alias in ("latest", "LATEST", "v1", "V12", "a b", "a.b", "ü", "v", "x" * 255, "x" * 256):
        step(f"set alias {alias[:9]} {len(alias)}", lambda: set_alias("aliased", alias, "1"))
    step("set alias to version 9", lambda: set_alias("aliased", "best", "9"))
    step("set alias to no version", lambda: set_alias("aliased", "best", "x"))
    step("set alias of none", lambda: set_alias("none", "best", "1"))
    step("get by alias", lambda: client.get_model_version_by_alias("aliased", "best"))
    step("get by latest", lambda: client.get_model_version_by_alias("aliased", "Latest"))
    step("get by no alias", lambda: client.get_model_version_by_alias("aliased", "nothing"))
    step("get by version alias", lambda: client.get_model_version_by_alias("aliased", "v1"))
    step("get by bad alias", lambda: client.get_model_version_by_alias("aliased", "a b"))
    step("get by alias of none", lambda: client.get_model_version_by_alias("none", "best"))
    step("aliased version", lambda: client.get_model_version("aliased", "2"))
    step("aliased model", lambda: client.get_registered_model("aliased"))
    step("aliased, latest", lambda: client.get_latest_versions("aliased"))
    step("aliased, found", lambda: list(client.search_model_versions("name = 'aliased'")))
    step("delete alias", lambda: client.delete_registered_model_alias("aliased", "second"))
    step("delete alias again", lambda: client.delete_registered_model_alias("aliased", "second"))
    step("delete bad alias", lambda: client.delete_registered_model_alias("aliased", "a b"))
    step("delete alias of none", lambda: client.delete_registered_model_alias("none", "best"))
    step("delete aliased version", lambda: client.delete_model_version("aliased", "2"))
    step("alias of a deleted version", lambda: client.get_registered_model("aliased"))
    step("get it", lambda: client.get_model_version_by_alias("aliased", "best"))


def _rename_and_delete(rec, client):
    step = rec.step
    client.create_registered_model("old", {"a": "b"}, "text")
    for _ in range(3):
        client.create_model_version("old", SOURCE, tags={"c": "d"})
    client.set_registered_model_alias("old", "best", "2")
    client.transition_model_version_stage("old", "1", "Staging")
    client.delete_model_version("old", "3")
    step("rename", lambda: client.rename_registered_model("old", "new"))
    step("renamed", lambda: client.get_registered_model("new"))
    step("renamed version", lambda: client.get_model_version("new", "2"))
    step("renamed alias", lambda: client.get_model_version_by_alias("new", "best"))
    step("the old name", lambda: client.get_registered_model("old"))
    step("a version of the old name", lambda: client.get_model_version("old", "1"))
    step("rename again", lambda: client.rename_registered_model("old", "new"))
    step("rename to its own", lambda: client.rename_registered_model("new", "new"))
    step("rename to blank", lambda: client.rename_registered_model("new", " "))
    step("rename to a path", lambda: client.rename_registered_model("new", "a/b"))
    step("version after a rename", lambda: client.create_model_version("new", SOURCE))
    step("the old name anew", lambda: client.create_registered_model("old"))
    step("a version of it", lambda: client.create_model_version("old", SOURCE))
    step("found after a rename", lambda: list(client.search_registered_models("name LIKE '%ew'")))
    step("delete model", lambda: client.delete_registered_model("new"))
    step("delete model again", lambda: client.delete_registered_model("new"))
    step("deleted model", lambda: client.get_registered_model("new"))
    step("version of a deleted model", lambda: client.get_model_version("new", "1"))
    step("alias of a deleted model", lambda: client.get_model_version_by_alias("new", "best"))
    step("deleted model anew", lambda: client.create_registered_model("new"))
    step("its first version", lambda: client.create_model_version("new", SOURCE))
    step("its aliases", lambda: client.get_registered_model("new").aliases)


def _search_models(rec, client):
    step = rec.step
    store = client._get_registry_client().store
    for name, tags in {
        "s-a": {"team": "x"},
        "s-b": {"team": "y", "n": "1"},
        "S-c": {"team": "x", "n": "1"},
        "s-d": {"mlflow.prompt.is_prompt": "true"},
        "s-e": {"mlflow.prompt.is_prompt": "false"},
        "s_f": {},
    }.items():
        # The client has another call for prompts.
        store.create_registered_model(name, [RegisteredModelTag(k, v) for k, v in tags.items()])
    client.create_model_version("s-a", SOURCE, tags={"a": "b"})

    def find(name, filter_string, **more):
        def call():
            page = client.search_registered_models(filter_string, **more)
            return {"names": [model.name for model in page], "token": page.token}

        step(f"models {name or filter_string}", call)

    step("models, all of one", lambda: list(client.search_registered_models("name = 's-a'")))
    for filter_string in (
        "name LIKE 's-%'",
        "name ILIKE 's-%'",
        "name like 's_a'",
        "name != 's-a' AND name ILIKE 's-%'",
        "tags.team = 'x'",
        "tag.team = 'x' AND tags.n = '1'",
        "tags.team != 'x'",
        "tags.team LIKE '%'",
        "tags.`mlflow.prompt.is_prompt` = 'true'",
        "tags.`mlflow.prompt.is_prompt` = 'TRUE'",
        "tags.`mlflow.prompt.is_prompt` != 'false'",
        "tags.`mlflow.prompt.is_prompt` = 'false' AND name ILIKE 's%'",
        "tags.`mlflow.prompt.is_prompt` != 'true' AND name ILIKE 's%'",
        "tags.`mlflow.prompt.is_prompt` LIKE 't%' AND name ILIKE 's%'",
        "attribute.name = 's-a'",
        "attributes.name = 's-a'",
        "name = s-a",
        "name = 1",
        "name > 'a'",
        "name IN ('s-a')",
        "tags.team > 'x'",
        "tags.team = 1",
        "tags.team = x",
        "version = '1'",
        "creation_timestamp > 1",
        "params.a = 'b'",
        "name = 's-a' OR name = 's-b'",
        "name",
        "   ",
        "name = 's-a'; name = 's-b'",
    ):
        find("", filter_string)
    mine = "name ILIKE 's-%'"
    find("by name", mine, order_by=["name DESC"])
    find("by timestamp", mine, order_by=["timestamp ASC", "name"])
    find("by last update", mine, order_by=["last_updated_timestamp ASC"])
    for key in ("creation_timestamp", "tags.a", "unheard_of", "name UP", "attribute.name"):
        find(f"by {key}", mine, order_by=[key])
    find("two", mine, max_results=2)
    find("1000", mine, max_results=1000)
    find("1001", mine, max_results=1001)
    find("with a bad token", mine, page_token="x y")

    def pages():
        names, token = [], None
        while True:
            page = client.search_registered_models(mine, 2, ["name DESC"], token)
            names.append([model.name for model in page])
            token = page.token
            if not token:
                return names

    step("models, page by page", pages)


def _search_versions(rec, client):
    step = rec.step
    for name in ("v-a", "v-b", "v-p"):
        client.create_registered_model(name)
    create = client.create_model_version
    create("v-a", "s3://v/1", "1" * 32, tags={"k": "x"})
    create("v-a", "s3://v/2", "2" * 32, tags={"k": "y", "l": "x"})
    create("v-a", "s3://v/3")
    create("v-b", "s3://v/4", tags={"k": "x"})
    create("v-b", "s3://v/5")
    client.delete_model_version("v-b", "2")
    is_prompt = [ModelVersionTag("mlflow.prompt.is_prompt", "true")]
    client._get_registry_client().store.create_model_version("v-p", "s3://v/6", tags=is_prompt)
    create("v-p", "s3://v/7")

    def find(name, filter_string, order_by=("name", "version_number"), **more):
        def call():
            page = client.search_model_versions(filter_string, order_by=list(order_by), **more)
            found = [f"{version.name} {version.version}" for version in page]
            return {"found": found, "token": page.token}

        step(f"versions {name or filter_string}", call)

    step("versions, all of one", lambda: list(client.search_model_versions("name = 'v-a'")))
    mine = "source_path LIKE 's3://v/%'"
    for filter_string in (
        mine,
        "name = 'v-a'",
        "name ILIKE 'V-%'",
        "tags.k = 'x' AND name LIKE 'v-%'",
        "tags.k != 'x' AND tags.l LIKE '%'",
        "run_id = '" + "1" * 32 + "'",
        "run_id IN ('" + "1" * 32 + "', 'abc')",
        "run_id NOT IN ('abc')",
        "name = 'v-a' AND version_number > 1",
        "name = 'v-a' AND version_number <= 2",
        "name = 'v-a' AND version_number = 2",
        "name = 'v-a' AND version_number != 2",
        "name = 'v-a' AND version_number = '2'",
        "version_number LIKE '1'",
        "version_number = x",
        "source_path = 's3://v/2'",
        "name IN ('v-a')",
        f"{mine} AND tags.`mlflow.prompt.is_prompt` = 'true'",
        f"{mine} AND tags.`mlflow.prompt.is_prompt` = 'false'",
        "current_stage = 'None'",
        "creation_timestamp > 1",
        "params.a = 'b'",
        "name > 'a'",
        "run_id > 'a'",
        "tags.k > 'a'",
        "name = 'v-a' OR name = 'v-b'",
    ):
        find("", filter_string)
    find("by number", mine, ["version_number DESC", "name"])
    find("by name", mine, ["name DESC"])
    find("by last update", "name = 'v-a'", ["last_updated_timestamp ASC", "version_number"])
    for key in ("run_id", "tags.k", "params.k", "unheard_of", "version", "attribute.name"):
        find(f"by {key}", mine, [key])
    find("two", mine, max_results=2)
    find("200001", mine, max_results=200_001)

    def pages():
        found, token = [], None
        while True:
            page = client.search_model_versions(mine, 2, ["version_number DESC", "name"], token)
            found.append([f"{version.name} {version.version}" for version in page])
            token = page.token
            if not token:
                return found

    step("versions, page by page", pages)


def _raw(rec, client):
    client.create_registered_model("raw")
    client.create_model_version("raw", SOURCE)

    def raw(name, method, path, body=None, **options):
        rec.request(f"raw, {name}", method, path, body, **options)

    raw("create, nothing", "POST", f"{MODELS}/create", {})
    raw("create, number as name", "POST", f"{MODELS}/create", {"name": 5})
    raw("create, tags as text", "POST", f"{MODELS}/create", {"name": "x", "tags": "y"})
    raw("create, number as description", "POST", f"{MODELS}/create", {"name": "x", "description": 1})
    pair = {"key": "k", "value": "v"}
    raw(
        "create, tag twice",
        "POST",
        f"{MODELS}/create",
        {"name": "raw twice", "tags": [pair, {"key": "k", "value": "w"}, {"key": "n"}]},
    )
    raw("get, by query", "GET", f"{MODELS}/get?name=raw%20twice")
    raw("get, by body", "GET", f"{MODELS}/get", {"name": "raw twice"})
    raw("get, nothing", "GET", f"{MODELS}/get?x=1")
    raw("update, no description", "PATCH", f"{MODELS}/update", {"name": "raw"})
    raw("update, nothing", "PATCH", f"{MODELS}/update", {})
    raw("rename, no new name", "POST", f"{MODELS}/rename", {"name": "raw"})
    raw("delete, nothing", "DELETE", f"{MODELS}/delete", {})
    raw("delete, by query", "DELETE", f"{MODELS}/delete?name=raw")
    raw("set tag, no value", "POST", f"{MODELS}/set-tag", {"name": "raw", "key": "k"})
    raw("set tag, no key", "POST", f"{MODELS}/set-tag", {"name": "raw", "value": "k"})
    raw("tagged", "GET", f"{MODELS}/get?name=raw")
    raw("alias, no version", "POST", f"{MODELS}/alias", {"name": "raw", "alias": "a"})
    raw("alias, number", "POST", f"{MODELS}/alias", {"name": "raw", "alias": "a", "version": 1})
    raw("alias", "POST", f"{MODELS}/alias", {"name": "raw", "alias": "a", "version": "1"})
    raw("get alias", "GET", f"{MODELS}/alias?name=raw&alias=a")
    raw("get alias, nothing", "GET", f"{MODELS}/alias?name=raw")
    raw("latest, by query", "GET", f"{MODELS}/get-latest-versions?name=raw")
    raw("latest of stages, by query", "GET", f"{MODELS}/get-latest-versions?name=raw&stages=None&stages=Staging")
    raw("latest, by body", "POST", f"{MODELS}/get-latest-versions", {"name": "raw"})
    raw("latest, stage as text", "POST", f"{MODELS}/get-latest-versions", {"name": "raw", "stages": "None"})
    raw("search, 1001", "GET", f"{MODELS}/search?max_results=1001")
    raw("search, x", "GET", f"{MODELS}/search?max_results=x")
    raw("search versions, 200001", "GET", f"{VERSIONS}/search?max_results=200001")
    raw("search versions, 0", "GET", f"{VERSIONS}/search?max_results=0")
    raw("version, nothing", "POST", f"{VERSIONS}/create", {})
    raw("version, no source", "POST", f"{VERSIONS}/create", {"name": "raw"})
    raw("version, empty source", "POST", f"{VERSIONS}/create", {"name": "raw", "source": ""})
    raw("version", "POST", f"{VERSIONS}/create", {"name": "raw", "source": SOURCE, "tags": [pair]})
    raw("version, number as run", "POST", f"{VERSIONS}/create", {"name": "raw", "source": SOURCE, "run_id": 1})
    raw("get version", "GET", f"{VERSIONS}/get?name=raw&version=2")
    raw("get version, none", "GET", f"{VERSIONS}/get?name=raw")
    raw("get version, letters", "GET", f"{VERSIONS}/get?name=raw&version=x")
    raw("update version, no description", "PATCH", f"{VERSIONS}/update", {"name": "raw", "version": "2"})
    raw("update version, number", "PATCH", f"{VERSIONS}/update", {"name": "raw", "version": 2})
    raw("stage, nothing", "POST", f"{VERSIONS}/transition-stage", {"name": "raw", "version": "2"})
    stage = {"name": "raw", "version": "2", "stage": "Staging"}
    raw("stage, archive as text", "POST", f"{VERSIONS}/transition-stage", {**stage, "archive_existing_versions": "x"})
    raw("stage", "POST", f"{VERSIONS}/transition-stage", stage)
    raw("download uri", "GET", f"{VERSIONS}/get-download-uri?name=raw&version=2")
    raw("download uri, nothing", "GET", f"{VERSIONS}/get-download-uri?x=1")
    raw("download uri, no version", "GET", f"{VERSIONS}/get-download-uri?name=raw")
    raw("version tag, no value", "POST", f"{VERSIONS}/set-tag", {"name": "raw", "version": "2", "key": "e"})
    raw("delete version tag, no key", "DELETE", f"{VERSIONS}/delete-tag", {"name": "raw", "version": "2"})
    raw("delete version", "DELETE", f"{VERSIONS}/delete", {"name": "raw", "version": "1"})
    raw("delete version, letters", "DELETE", f"{VERSIONS}/delete", {"name": "raw", "version": "x"})
