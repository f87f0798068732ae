"""Prompts: registered, loaded, tagged, aliased, searched, deleted, and linked to what used them."""

import threading

import mlflow
from mlflow import MlflowClient
from mlflow.entities.model_registry import PromptModelConfig, PromptVersion
from pydantic import BaseModel

START = 1_700_000_000_000
CHAT = [{"role": "system", "content": "You are {{who}}."}, {"role": "user", "content": "Hi"}]
ASSOCIATED_RUNS = "mlflow.prompt.associatedRunIds"
LINKED_PROMPTS = "mlflow.linkedPrompts"
NO_MODEL = "m-" + "f" * 32
TRACE = "tr-" + "1" * 32

register = mlflow.genai.register_prompt


class Steps:
    """
    Steps that end when the client has also linked the prompt to what it is used in, which it does
    beside its calls: with `wire=False` where the two cross.
    """

    def __init__(self, rec):
        self._rec = rec
        self.request = rec.request

    def __call__(self, name, call, *, wire=True, view=None):
        def settled():
            try:
                return call()
            finally:
                _wait_for_links()

        return self._rec.step(name, settled, wire=wire, view=view)


def _wait_for_links():
    for thread in threading.enumerate():
        if thread.name.startswith("link_prompt"):
            thread.join()


class Answer(BaseModel):
    text: str
    score: float = 0.0


def run(rec):
    # The client links each prompt to the experiment that is set: here one that every server has.
    mlflow.set_experiment(experiment_id="0")
    client = MlflowClient()
    step = Steps(rec)
    _register(step, client)
    _load(step, client)
    _aliases(step, client)
    _tags(step, client)
    _search(step, client)
    _search_by_experiment(step, client)
    _wrong_use(step, client)
    _delete(step, client)
    _link_to_runs(step, client)
    _link_to_models(step, client)
    _link_to_traces(step, client)


def load(name_or_uri, **more):
    # From the server, not from the client's cache.
    return mlflow.genai.load_prompt(name_or_uri, cache_ttl_seconds=0, **more)


def _register(step, client):
    step(
        "register",
        lambda: register("greeting", "Hello {{name}}", commit_message="first", tags={"a": "b"}),
    )
    step("register the next", lambda: register("greeting", "Good day {{ name }}, {{ größe }}"))
    step("tags of the next", lambda: register("greeting", "Hi", tags={"a": "c", "ü": "\n"}))
    step("register a chat", lambda: register("talk", CHAT, response_format={"type": "object"}))
    step("a class as response", lambda: register("talk", CHAT, response_format=Answer))
    step(
        "a model's configuration",
        lambda: register(
            "configured",
            "text",
            model_config={"model_name": "gpt", "temperature": 0.5, "max_tokens": 9, "seed": 1},
        ),
    )
    step(
        "a configuration of its class",
        lambda: register(
            "configured",
            "text",
            model_config=PromptModelConfig(
                provider="one", top_p=1.0, stop_sequences=["a"], extra_params={"x": {"y": None}}
            ),
        ),
    )
    step("configured", lambda: client.get_model_version("configured", "2"))
    step(
        "set the configuration",
        lambda: mlflow.genai.set_prompt_model_config("configured", 1, {"model_name": "other"}),
    )
    step("its configuration", lambda: load("configured", version=1).model_config)
    step(
        "delete the configuration", lambda: mlflow.genai.delete_prompt_model_config("configured", 1)
    )
    step("no configuration", lambda: load("configured", version=1).model_config)
    step("with control flow", lambda: register("jinja", "{% if a %}{{ a }}{% endif %}"))
    step("long", lambda: register("long", "x" * 100_000).version)
    step("too long", lambda: register("too-long", "x" * 100_001))
    step("nothing stays of the too long", lambda: client.get_prompt("too-long"), view=_prompt)
    step("too long as the next", lambda: register("greeting", "x" * 100_001))
    step("with a tag that is too long", lambda: register("tagged", "x", tags={"k": "x" * 100_001}))
    step("with a bad tag", lambda: register("tagged", "x", tags={"k*": "v"}))
    step("empty", lambda: register("empty", ""))
    step(
        "only the prompt",
        lambda: client.create_prompt("bare", "what it is", {"k": "v"}),
        view=_prompt,
    )
    step("only the prompt, again", lambda: client.create_prompt("bare"))
    step("the latest of none", lambda: load("bare"))
    step("its version", lambda: client.create_prompt_version("bare", "{{x}}", "why", {"t": "u"}))
    step(
        "its version, chat",
        lambda: client.create_prompt_version(
            "bare", CHAT, response_format=Answer, model_config={"top_k": 3}
        ),
    )
    step("version of none", lambda: client.create_prompt_version("nothing", "x"))
    step("as a model", lambda: client.get_registered_model("greeting"))
    step("as a version", lambda: client.get_model_version("greeting", "1"))
    step("as the latest versions", lambda: client.get_latest_versions("greeting"))


def _load(step, client):
    step("load a version", lambda: load("greeting", version=1))
    step("load a version given as text", lambda: load("greeting", version="2"))
    step("load the latest", lambda: load("greeting"))
    step("load the latest by URI", lambda: load("prompts:/greeting@latest"))
    step("load by URI", lambda: load("prompts:/talk/1"))
    step("load a class as response", lambda: load("talk", version=2).response_format)
    step("load and format", lambda: load("talk", version=1).format(who="x"))
    step("load nothing", lambda: load("nothing", version=1))
    step("load nothing, allowed", lambda: load("nothing", version=1, allow_missing=True))
    step("load version 9", lambda: load("greeting", version=9))
    step("load version 9, allowed", lambda: load("greeting", version=9, allow_missing=True))
    step("load version x", lambda: load("greeting", version="x"))
    step("load with URI and version", lambda: load("prompts:/greeting/1", version=1))
    step("load a URI of a stage", lambda: load("prompts:/greeting/Production"))
    step("load a URI of nothing", lambda: load("prompts:/greeting"))
    step("load with less than no time", lambda: client.load_prompt("greeting", 1, False, -1))
    step("get a version", lambda: client.get_prompt_version("greeting", "1"))
    step("get version 9", lambda: client.get_prompt_version("greeting", "9"))
    step("get a version of nothing", lambda: client.get_prompt_version("nothing", "1"))

    def load_cached():
        first = mlflow.genai.load_prompt("greeting", version=1)
        return mlflow.genai.load_prompt("prompts:/greeting/1").template == first.template

    step("load twice, asked once", load_cached)


def _aliases(step, client):
    set_alias = mlflow.genai.set_prompt_alias
    step("alias", lambda: set_alias("greeting", "best", 1))
    step("load the alias", lambda: load("prompts:/greeting@best"))
    step("move the alias", lambda: set_alias("greeting", "best", 2))
    step("load the moved alias", lambda: load("prompts:/greeting@best").version)
    step("get the alias", lambda: client.get_prompt_version_by_alias("greeting", "best"))
    step("get no alias", lambda: client.get_prompt_version_by_alias("greeting", "worst"))
    step("load no alias", lambda: load("prompts:/greeting@worst"))
    step("load no alias, allowed", lambda: load("prompts:/greeting@worst", allow_missing=True))
    step("alias of version 9", lambda: set_alias("greeting", "best", 9))
    step("alias of nothing", lambda: set_alias("nothing", "best", 1))
    step("alias of a bad name", lambda: set_alias("greeting", "a b", 1))
    step("alias latest", lambda: set_alias("greeting", "latest", 1))
    step("delete the alias", lambda: mlflow.genai.delete_prompt_alias("greeting", "best"))
    step("delete the alias again", lambda: mlflow.genai.delete_prompt_alias("greeting", "best"))
    step("delete an alias of nothing", lambda: mlflow.genai.delete_prompt_alias("nothing", "a"))


def _tags(step, client):
    step("set tag", lambda: mlflow.genai.set_prompt_tag("greeting", "k", "v"))
    step("set tag again", lambda: client.set_prompt_tag("greeting", "k", "w"))
    step("set tag of nothing", lambda: client.set_prompt_tag("nothing", "k", "w"))
    step("set bad tag", lambda: client.set_prompt_tag("greeting", "k*", "w"))
    step("get", lambda: client.get_prompt("greeting"), view=_prompt)
    step("get tags", lambda: mlflow.genai.get_prompt_tags("greeting"))
    step("get nothing", lambda: client.get_prompt("nothing"))
    step("delete tag", lambda: mlflow.genai.delete_prompt_tag("greeting", "k"))
    step("delete tag again", lambda: client.delete_prompt_tag("greeting", "k"))
    step("delete tag of nothing", lambda: client.delete_prompt_tag("nothing", "k"))
    set_version_tag = mlflow.genai.set_prompt_version_tag
    step("set version tag", lambda: set_version_tag("greeting", 1, "k", "v"))
    step("set version tag, text", lambda: set_version_tag("greeting", "2", "k", "v"))
    step("set tag of version 9", lambda: set_version_tag("greeting", 9, "k", "v"))
    step("set tag of version x", lambda: set_version_tag("greeting", "x", "k", "v"))
    step("set version tag of nothing", lambda: set_version_tag("nothing", 1, "k", "v"))
    step("set too long version tag", lambda: set_version_tag("greeting", 1, "k", "x" * 100_001))
    step(
        "set too long text",
        lambda: set_version_tag("greeting", 1, "mlflow.prompt.text", "x" * 100_001),
    )
    delete_version_tag = mlflow.genai.delete_prompt_version_tag
    step("delete version tag", lambda: delete_version_tag("greeting", 1, "a"))
    step("delete version tag again", lambda: delete_version_tag("greeting", 1, "a"))
    step("delete tag of version 9", lambda: delete_version_tag("greeting", 9, "a"))
    step("version's tags", lambda: load("greeting", version=1).tags)


def _search(step, client):
    for name in ("q-a", "q-b", "Q-c"):
        register(name, "x", tags={"team": name[-1]})
    client.create_registered_model("q-model")
    _wait_for_links()

    def find(filter_string, **more):
        step(
            f"search {filter_string}{more or ''}",
            lambda: client.search_prompts(filter_string, **more),
            view=lambda page: {"names": [prompt.name for prompt in page], "token": page.token},
        )

    step("search everything", lambda: [prompt.name for prompt in mlflow.genai.search_prompts()])
    step(
        "search one",
        lambda: mlflow.genai.search_prompts("name = 'greeting'"),
        view=lambda found: [_prompt(prompt) for prompt in found],
    )
    for filter_string in (
        "name = 'q-a'",
        "name LIKE 'q-%'",
        "name ILIKE 'q-%'",
        "name != 'q-a' AND name LIKE 'q-%'",
        "tags.team = 'a'",
        "tags.team != 'a'",
        "name LIKE 'q-%' AND tags.team LIKE '%b%'",
        "name = 'q-model'",
        "experiment_id = '7654321'",
        "experiment_id = '0' AND name = 'q-a'",
        "name = 'q-a' AND experiment_id = \"0\"",
        "experiment_id = 'x'",
        "tags.`mlflow.prompt.is_prompt` = 'false'",
        "tags.`mlflow.prompt.is_prompt` != 'true'",
        "run_id = 'x'",
        "name = q-a",
        "name > 'a'",
        "name",
    ):
        find(filter_string)
    find("name ILIKE 'q-%'", max_results=2)
    find(None, max_results=0)
    find(None, max_results=1001)
    find(None, page_token="nonsense")

    def pages():
        found, token = [], None
        while True:
            page = client.search_prompts("name ILIKE 'q-%'", 1, token)
            found.append([prompt.name for prompt in page])
            token = page.token
            if not token:
                return found

    step("search page by page", pages)
    step("search versions", lambda: list(client.search_prompt_versions("greeting")))
    step(
        "search versions, a page",
        lambda: client.search_prompt_versions("greeting", max_results=2),
        view=lambda page: {"versions": [found.version for found in page], "token": page.token},
    )

    def version_pages():
        found, token = [], None
        while True:
            page = client.search_prompt_versions("greeting", 1, token)
            found.append([prompt.version for prompt in page])
            token = page.token
            if not token:
                return found

    step("search versions, page by page", version_pages)
    step("search versions of nothing", lambda: client.search_prompt_versions("nothing"))
    step("search versions of a model", lambda: client.search_prompt_versions("q-model"))
    step(
        "find models, not prompts",
        lambda: list(client.search_registered_models("name LIKE 'q-%'")),
    )
    step("find no versions of models", lambda: list(client.search_model_versions("name = 'q-a'")))


def _search_by_experiment(step, client):
    experiment = client.create_experiment("prompts of an experiment")
    mlflow.set_experiment(experiment_id=experiment)

    def names(filter_string):
        return [prompt.name for prompt in client.search_prompts(filter_string)]

    register("of-one", "x")
    _wait_for_links()
    step("search in an experiment", lambda: names(f"experiment_id = '{experiment}'"))
    load("q-a")
    _wait_for_links()
    step("search in it, after loading", lambda: names(f"experiment_id = '{experiment}'"))
    step(
        "search in it, by tag",
        lambda: names(f"experiment_id = '{experiment}' AND tags.team = 'a'"),
    )
    mlflow.set_experiment(experiment_id="0")


def _wrong_use(step, client):
    client.create_model_version("q-model", "s3://bucket/m")
    step("prompt of a model's name", lambda: register("q-model", "text"))
    step("only the prompt, of a model's name", lambda: client.create_prompt("q-model"))
    step("model of a prompt's name", lambda: client.create_registered_model("greeting"))
    step("load a model", lambda: load("q-model", version=1))
    step("get a model", lambda: client.get_prompt("q-model"))
    step("rename a prompt", lambda: client.rename_registered_model("greeting", "renamed"))
    step("update a prompt", lambda: client.update_registered_model("greeting", "x"))
    step("update a version", lambda: client.update_model_version("greeting", "1", "x"))
    step(
        "stage of a version",
        lambda: client.transition_model_version_stage("greeting", "1", "Staging"),
    )
    step(
        "download URI of a version", lambda: client.get_model_version_download_uri("greeting", "1")
    )
    for name in ("", " ", "a/b", "a:b", "a b", "ü", 5, None, "."):
        step(f"name {name!r}", lambda: register(name, "text"))
    step("name of 256 characters", lambda: register("x" * 256, "text").version)
    step("name of 257 characters", lambda: register("x" * 257, "text").version)
    for template in (None, 5, [], [{"role": "user"}]):
        step(f"template {template!r}", lambda: register("template", template))
    step("temperature -1", lambda: register("template", "x", model_config={"temperature": -1}))
    step("template stays", lambda: client.get_registered_model("template"))
    is_prompt = {"key": "mlflow.prompt.is_prompt", "value": "true"}
    for source in (
        "/etc/passwd",
        "file:///etc/passwd",
        "http://h/a/../b",
        "word",
        "models:/q-model/1",
    ):
        step.request(
            f"from {source}",
            "POST",
            "model-versions/create",
            {"name": "greeting", "source": source, "tags": [is_prompt]},
        )


def _delete(step, client):
    register("gone", "1")
    register("gone", "2")
    _wait_for_links()
    step("delete a version", lambda: client.delete_prompt_version("gone", "1"))
    step("delete it again", lambda: client.delete_prompt_version("gone", "1"))
    step("delete version x", lambda: client.delete_prompt_version("gone", "x"))
    step("delete a version of nothing", lambda: client.delete_prompt_version("nothing", "1"))
    step("load the deleted", lambda: load("gone", version=1))
    step("versions left", lambda: [v.version for v in client.search_prompt_versions("gone")])
    step("next after a deleted one", lambda: register("gone", "3").version)
    step("delete", lambda: client.delete_prompt("gone"))
    step("delete again", lambda: client.delete_prompt("gone"))
    step("load of the deleted", lambda: load("gone", version=2))
    step("get the deleted", lambda: client.get_prompt("gone"))
    step("versions of the deleted", lambda: client.search_prompt_versions("gone"))
    step("anew", lambda: register("gone", "again").version)


def _link_to_runs(step, client):
    experiment = client.create_experiment("links of prompts")

    def new_run():
        return client.create_run(experiment, start_time=START, run_name="linked").info.run_id

    run_id = new_run()
    link = client.link_prompt_version_to_run
    step("link to a run", lambda: link(run_id, "prompts:/greeting/1"), wire=False)
    step("link to a run again", lambda: link(run_id, "prompts:/greeting/1"), wire=False)
    step("link another", lambda: link(run_id, client.load_prompt("talk", 1)), wire=False)
    step("link of a run", lambda: client.get_run(run_id).data.tags)
    step("link nothing to a run", lambda: link(run_id, "prompts:/nothing/1"), wire=False)
    step("link to no run", lambda: link("0" * 32, "prompts:/greeting/1"), wire=False)
    step("link a number", lambda: link(run_id, 5))
    client.set_tag(run_id, LINKED_PROMPTS, "no JSON")
    step("link beside nonsense", lambda: link(run_id, "prompts:/greeting/1"), wire=False)
    client.set_tag(run_id, LINKED_PROMPTS, "{}")
    step("link beside an object", lambda: link(run_id, "prompts:/greeting/1"), wire=False)

    mlflow.set_experiment(experiment_id=experiment)
    with mlflow.start_run(run_name="loading") as active:
        load("greeting", version=1)
        load("talk", version=1)
        _wait_for_links()
    step("linked by loading", lambda: client.get_run(active.info.run_id).data.tags[LINKED_PROMPTS])
    step(
        "runs of a prompt",
        lambda: mlflow.search_runs(
            [experiment],
            f"tags.`{LINKED_PROMPTS}` LIKE '%\"greeting\", \"version\": \"1\"%'",
            output_format="list",
        ),
        view=lambda runs: [run.info.run_name for run in runs],
    )
    mlflow.set_experiment(experiment_id="0")

    # As older clients noted it.
    old = new_run()
    step("prompts of a run without any", lambda: client.list_logged_prompts(old))
    client.set_prompt_version_tag("greeting", 1, ASSOCIATED_RUNS, f"{run_id},{old}")
    client.set_prompt_version_tag("talk", 1, ASSOCIATED_RUNS, old)
    step("prompts of a run", lambda: client.list_logged_prompts(old))
    detach = client.detach_prompt_from_run
    step("detach", lambda: detach(old, "prompts:/greeting/1"), wire=False)
    step("detach again", lambda: detach(old, "prompts:/greeting/1"), wire=False)
    step("detach the last", lambda: detach(old, "prompts:/talk/1"), wire=False)
    step("prompts of a detached run", lambda: client.list_logged_prompts(old))
    step("prompts of the other", lambda: [p.name for p in client.list_logged_prompts(run_id)])


def _link_to_models(step, client):
    experiment = client.get_experiment_by_name("links of prompts").experiment_id
    model = client.create_logged_model(experiment, name="l").model_id
    link = client.link_prompt_version_to_model
    step("link to a model", lambda: link("greeting", "1", model))
    step("link to a model again", lambda: link("greeting", "1", model))
    step("link another to a model", lambda: link("talk", 1, model))
    step("link of a model", lambda: client.get_logged_model(model).tags)
    step("link nothing to a model", lambda: link("nothing", "1", model))
    step("link to no model", lambda: link("greeting", "1", NO_MODEL))
    step("load for a model", lambda: load("q-a", model_id=model).name, wire=False)
    step("linked by loading for a model", lambda: client.get_logged_model(model).tags)
    step(
        "models of a prompt",
        lambda: client.search_logged_models(
            [experiment], f"tags.`{LINKED_PROMPTS}` LIKE '%q-a%'"
        ),
        view=lambda models: [found.name for found in models],
    )


def _link_to_traces(step, client):
    store = client._tracking_client.store

    def link(name, trace_id, *versions):
        prompts = [PromptVersion(name, version, "") for name, version in versions]
        step(f"link to a trace{name}", lambda: store.link_prompts_to_trace(trace_id, prompts))

    link("", TRACE, ("greeting", 1), ("talk", 2))
    link(", again", TRACE, ("greeting", 1), ("greeting", 2))
    link(", nothing", TRACE)
    link(", unknown prompt", TRACE, ("nothing", 9))
    step(
        "link to an unknown trace, which the client asks for",
        lambda: client.link_prompt_versions_to_trace([PromptVersion("greeting", 1, "")], TRACE),
    )

    def raw(name, body):
        step.request(f"raw link, {name}", "POST", "traces/link-prompts", body)

    greeting = {"name": "greeting", "version": "1"}
    raw("all", {"trace_id": TRACE, "prompt_versions": [greeting]})
    raw("empty list", {"trace_id": TRACE, "prompt_versions": []})
    raw("no list", {"trace_id": TRACE})
    raw("no trace", {"prompt_versions": [greeting]})
    raw("trace of a number", {"trace_id": 1, "prompt_versions": [greeting]})
    raw("list of text", {"trace_id": TRACE, "prompt_versions": ["greeting"]})
    raw("text", {"trace_id": TRACE, "prompt_versions": "greeting"})
    raw("number as name", {"trace_id": TRACE, "prompt_versions": [{**greeting, "name": 1}]})
    raw("number as version", {"trace_id": TRACE, "prompt_versions": [{**greeting, "version": 1}]})
    raw("no name", {"trace_id": TRACE, "prompt_versions": [{"version": "1"}]})
    raw("no version", {"trace_id": TRACE, "prompt_versions": [{"name": "greeting"}]})
    raw("version x", {"trace_id": TRACE, "prompt_versions": [{**greeting, "version": "x"}]})
    raw("version 0", {"trace_id": TRACE, "prompt_versions": [{**greeting, "version": "0"}]})
    raw("twice", {"trace_id": TRACE, "prompt_versions": [{**greeting, "version": "7"}] * 2})
    raw("long id", {"trace_id": TRACE, "prompt_versions": [{**greeting, "name": "n" * 34}]})
    raw("too long id", {"trace_id": TRACE, "prompt_versions": [{**greeting, "name": "n" * 35}]})
    raw("too long trace", {"trace_id": "t" * 37, "prompt_versions": [greeting]})


def _prompt(prompt):
    # It says only its name when it is shown.
    if prompt is None:
        return None
    return {"name": prompt.name, "description": prompt.description, "tags": prompt.tags}
