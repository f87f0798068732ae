"""Traces: logged by the client as people log them, read, tagged, linked, and sent raw."""

import threading

import mlflow
from mlflow import MlflowClient
from mlflow.entities import AssessmentError, AssessmentSource, SpanType, TraceState
from mlflow.entities.model_registry import PromptVersion

START_NS = 1_700_000_000_123_456_789
NO_TRACE = "tr-" + "f" * 32
LINKED_PROMPTS = "mlflow.linkedPrompts"


def run(rec):
    client = MlflowClient()
    experiment = client.create_experiment("traces")
    rec.step("set the experiment", lambda: mlflow.set_experiment("traces").name)
    _log(rec, experiment)
    _fixed_times(rec, client, experiment)
    _assess(rec)
    _tags(rec, client, experiment)
    _prompts(rec, client)
    _link_to_run(rec, client, experiment)
    _start_raw(rec, experiment)
    _get_raw(rec)
    _tags_raw(rec)
    _link_raw(rec)
    _deleted_experiment(rec, client)
    mlflow.set_experiment(experiment_id="0")


def settled():
    """Whatever the client does beside its calls is done."""
    mlflow.flush_trace_async_logging()
    for thread in threading.enumerate():
        if thread.name.startswith("link_prompt"):
            thread.join()


def _info(info):
    """Without times and with where the spans are left out, which is a step of its own."""
    shown = info.to_dict()
    for field in ("request_time", "execution_duration", "execution_duration_ms"):
        shown.pop(field, None)
    shown["tags"].pop("mlflow.trace.spansLocation", None)
    for assessment in shown.get("assessments", []):
        for field in ("create_time", "last_update_time"):
            assessment.pop(field)
    shown["assessments"] = sorted(
        shown.get("assessments", []), key=lambda assessment: assessment["assessment_name"]
    )
    return shown


def _trace(trace):
    return {
        "info": _info(trace.info),
        "spans": [
            {
                "name": span.name,
                "type": span.span_type,
                "parent": names.get(span.parent_id),
                "inputs": span.inputs,
                "outputs": span.outputs,
                "status": str(span.status.status_code),
                "attributes": dict(span.attributes),
                "events": [event.name for event in span.events],
            }
            for names in [{span.span_id: span.name for span in trace.data.spans}]
            for span in trace.data.spans
        ],
    }


@mlflow.trace(span_type=SpanType.TOOL, attributes={"own": 1})
def double(number):
    return {"doubled": number * 2}


@mlflow.trace
def fail():
    raise ValueError("on purpose")


def _log(rec, experiment):
    def traced():
        double(21)
        settled()
        return mlflow.get_trace(mlflow.get_last_active_trace_id())

    rec.step("a traced function", traced, view=_trace, wire=False)
    rec.step(
        "where its spans are",
        lambda: mlflow.get_trace(mlflow.get_last_active_trace_id()).info.tags.get(
            "mlflow.trace.spansLocation"
        ),
        wire=False,
    )

    def failing():
        try:
            fail()
        except ValueError:
            pass
        settled()
        return mlflow.get_trace(mlflow.get_last_active_trace_id())

    def names_only(trace):
        return {
            "state": trace.info.state,
            "spans": [(span.name, [e.name for e in span.events]) for span in trace.data.spans],
        }

    rec.step("a function that fails", failing, view=names_only, wire=False)

    def nested():
        with mlflow.start_span("root", span_type=SpanType.CHAIN) as root:
            root.set_inputs({"question": "größe?", "n": 1, "big": 2**60, "f": 1.0})
            for index in range(3):
                double(index)
            with mlflow.start_span("model", span_type=SpanType.CHAT_MODEL) as span:
                span.set_attribute(
                    "mlflow.chat.tokenUsage",
                    {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7},
                )
            root.set_outputs({"answer": [1, None, True, "x"]})
            mlflow.update_current_trace(
                tags={"team": "a", "any*key": "ü"},
                metadata={"mlflow.trace.session": "s-1", "mlflow.trace.user": "u-1"},
                client_request_id="request-1",
                request_preview="a question",
                response_preview="an answer",
            )
        settled()
        return mlflow.get_trace(root.trace_id)

    rec.step("spans in spans", nested, view=_trace, wire=False)
    rec.step("a trace that is not there", lambda: mlflow.get_trace(NO_TRACE), wire=False)
    rec.step("its information", lambda: MlflowClient()._tracing_client.get_trace_info(NO_TRACE))

    def within_run():
        with mlflow.start_run(experiment_id=experiment, run_name="traced"):
            double(1)
        settled()
        info = mlflow.get_trace(mlflow.get_last_active_trace_id()).info
        return "mlflow.sourceRun" in info.trace_metadata, info.tags["mlflow.traceName"]

    rec.step("in a run", within_run, wire=False)

    def many():
        ids = []
        for index in range(20):
            with mlflow.start_span(f"span {index}") as span:
                ids.append(span.trace_id)
        settled()
        return [mlflow.get_trace(trace_id).data.spans[0].name for trace_id in ids]

    rec.step("twenty", many, wire=False)

    def several():
        with mlflow.start_span("first") as first, mlflow.start_span("inner"):
            pass
        with mlflow.start_span("second") as second:
            pass
        settled()
        store = MlflowClient()._tracking_client.store
        return store.batch_get_trace_infos([second.trace_id, NO_TRACE, first.trace_id])

    rec.step(
        "several at once",
        several,
        view=lambda infos: [_info(info) for info in infos],
        wire=False,
    )


def _fixed_times(rec, client, experiment):
    def log(end):
        root = client.start_trace(
            "fixed",
            inputs={"x": 1},
            tags={"t": "1"},
            experiment_id=experiment,
            start_time_ns=START_NS,
        )
        child = client.start_span(
            "child", root.trace_id, root.span_id, start_time_ns=START_NS + 1_000_000
        )
        client.end_span(root.trace_id, child.span_id, end_time_ns=START_NS + 2_000_000)
        end(root.trace_id)
        settled()
        return client.get_trace(root.trace_id)

    def times(trace):
        info = trace.info
        return {
            "times": [info.request_time, info.execution_duration, info.state],
            "spans": [(s.name, s.start_time_ns, s.end_time_ns) for s in trace.data.spans],
        }

    rec.step(
        "begun and ended",
        lambda: log(
            lambda trace_id: client.end_trace(
                trace_id, outputs="y", status="OK", end_time_ns=START_NS + 1_500_000_000
            )
        ),
        view=times,
        wire=False,
    )
    rec.step(
        "ended as an error",
        lambda: log(
            lambda trace_id: client.end_trace(
                trace_id, status="ERROR", end_time_ns=START_NS + 2_000_000_000
            )
        ),
        view=times,
        wire=False,
    )


def _assess(rec):
    def assessed():
        with mlflow.start_span("assessed") as span:
            trace_id = span.trace_id
            mlflow.log_feedback(
                trace_id=trace_id,
                name="a-number",
                value=0.5,
                rationale="because",
                source=AssessmentSource("HUMAN", "me"),
                metadata={"k": "v"},
            )
            mlflow.log_feedback(trace_id=trace_id, name="b-object", value={"a": [1, True, None]})
            mlflow.log_feedback(
                trace_id=trace_id, name="c-error", error=AssessmentError("E", "why", "where")
            )
            mlflow.log_expectation(trace_id=trace_id, name="d-object", value={"n": 1, "f": 1.0})
            mlflow.log_expectation(trace_id=trace_id, name="e-text", value="größe")
            mlflow.log_expectation(trace_id=trace_id, name="f-integer", value=7)
        settled()
        return mlflow.get_trace(trace_id).info

    rec.step("assessed while it runs", assessed, view=_info, wire=False)


def _tags(rec, client, experiment):
    with mlflow.start_span("tagged") as span:
        trace_id = span.trace_id
    settled()

    def tags():
        return {
            key: value
            for key, value in client.get_trace(trace_id).info.tags.items()
            if key != "mlflow.trace.spansLocation"
        }

    rec.step("set tag", lambda: mlflow.set_trace_tag(trace_id, "k", "v"))
    rec.step("set tag again", lambda: client.set_trace_tag(trace_id, "k", "größe"))
    rec.step("set number as tag", lambda: client.set_trace_tag(trace_id, "n", 5))
    rec.step("tags", tags, wire=False)
    rec.step("delete tag", lambda: mlflow.delete_trace_tag(trace_id, "k"))
    rec.step("delete tag again", lambda: client.delete_trace_tag(trace_id, "k"))
    rec.step("set immutable tag", lambda: client.set_trace_tag(trace_id, "mlflow.user", "x"))
    rec.step("set tag of none", lambda: client.set_trace_tag(NO_TRACE, "k", "v"))
    rec.step("delete tag of none", lambda: client.delete_trace_tag(NO_TRACE, "k"))
    rec.step("set bad tag", lambda: client.set_trace_tag(trace_id, "a/../b", "v"))
    rec.step("set too long tag", lambda: client.set_trace_tag(trace_id, "k" * 251, "v"))
    rec.step("tags in the end", tags, wire=False)


def _prompts(rec, client):
    for template in ("Hello {{name}}", "Hi {{name}}"):
        mlflow.genai.register_prompt("traced", template)
    settled()

    def linked(trace_id):
        settled()
        return client.get_trace(trace_id).info.tags.get(LINKED_PROMPTS)

    def loaded():
        with mlflow.start_span("loads") as span:
            mlflow.genai.load_prompt("traced", version=1, cache_ttl_seconds=0)
        return linked(span.trace_id)

    rec.step("a prompt loaded inside", loaded, wire=False)
    with mlflow.start_span("links") as span:
        trace_id = span.trace_id
    settled()

    def link(*versions):
        prompts = [PromptVersion("traced", version, "") for version in versions]
        client.link_prompt_versions_to_trace(prompts, trace_id)
        return linked(trace_id)

    rec.step("link a prompt", lambda: link(1), wire=False)
    rec.step("link it again", lambda: link(1), wire=False)
    rec.step("link another with it", lambda: link(1, 2), wire=False)
    rec.step(
        "link to none",
        lambda: client.link_prompt_versions_to_trace([PromptVersion("traced", 1, "")], NO_TRACE),
    )


def _link_to_run(rec, client, experiment):
    with mlflow.start_span("of a run") as span:
        trace_id = span.trace_id
    settled()
    run_id = client.create_run(experiment, run_name="with traces").info.run_id
    link = client.link_traces_to_run
    rec.step("link to a run", lambda: link([trace_id, NO_TRACE], run_id))
    rec.step("link to a run again", lambda: link([trace_id], run_id))
    rec.step("link to no run", lambda: link([trace_id], "0" * 32))
    rec.step("link nothing to a run", lambda: link([], run_id))
    rec.step("link to an empty run", lambda: link([trace_id], ""))
    rec.step("link too many", lambda: link([f"tr-{index}" for index in range(101)], run_id))


def _start_raw(rec, experiment):
    location = {
        "type": "MLFLOW_EXPERIMENT",
        "mlflow_experiment": {"experiment_id": experiment},
    }
    whole = {
        "trace_id": "tr-raw",
        "trace_location": location,
        "request_time": "2023-11-24T10:54:28.422Z",
        "execution_duration": "1.500s",
        "state": "OK",
    }

    def post(name, body):
        rec.request(f"raw start, {name}", "POST", "/api/3.0/mlflow/traces", body)

    def start(name, **fields):
        post(name, {"trace": {"trace_info": {**whole, **fields}}})

    start(
        "all",
        client_request_id="c",
        request_preview="rq",
        response_preview="rs",
        trace_metadata={
            "m": "1",
            "mlflow.trace.tokenUsage": '{"input_tokens": 3, "output_tokens": 4}',
        },
        tags={"t": "1", "u": "2"},
    )
    start("again", state="IN_PROGRESS", tags={"t": "2", "u": "3", "v": "4"}, request_preview="")
    start("again, tags left out", state="ERROR", tags={"w": "5"}, trace_metadata={"n": "2"})
    start("no time", trace_id="tr-raw-time", request_time=None, execution_duration=None)
    start("no state", trace_id="tr-raw-state", state=None)
    start("state 3", trace_id="tr-raw-state-3", state=3)
    start("unknown state", trace_id="tr-raw-unknown", state="DONE")
    start("no duration", trace_id="tr-raw-0", execution_duration="0s")
    start("negative duration", trace_id="tr-raw-negative", execution_duration="-1.5s")
    start("fine duration", trace_id="tr-raw-fine", execution_duration="1.234999999s")
    start("offset", trace_id="tr-raw-offset", request_time="2023-11-24T10:54:28.4229+02:00")
    start("before 1970", trace_id="tr-raw-1960", request_time="1960-01-01T00:00:00.001Z")
    start("no time at all", trace_id="tr-raw-word", request_time="yesterday")
    start("no such duration", trace_id="tr-raw-long", execution_duration="long")
    start("empty texts", trace_id="tr-raw-empty", client_request_id="", response_preview="")
    start("any keys", trace_id="tr-raw-keys", tags={"a*b": "1", "": "2", "a//b": "3"})
    start(
        "own places",
        trace_id="tr-raw-own",
        tags={"mlflow.artifactLocation": "/etc"},
        trace_metadata={"mlflow.trace.infoFinalized": "no"},
    )
    start("number as tag", trace_id="tr-raw-number", tags={"a": 1})
    start(
        "nonsense as tokens",
        trace_id="tr-raw-nonsense",
        trace_metadata={"mlflow.trace.tokenUsage": "nonsense"},
    )
    start("long preview", trace_id="tr-raw-preview", request_preview="x" * 1001)
    start("long request id", trace_id="tr-raw-request", client_request_id="x" * 51)
    start("long tag", trace_id="tr-raw-tag", tags={"k": "x" * 5000})
    start("long metadata", trace_id="tr-raw-metadata", trace_metadata={"k": "x" * 300})
    start("long id", trace_id="t" * 51)
    start("a path as id", trace_id="../x")
    start("no location", trace_location=None)
    start("another location", trace_location={"type": "INFERENCE_TABLE"})
    start(
        "no experiment",
        trace_location={
            "type": "MLFLOW_EXPERIMENT",
            "mlflow_experiment": {"experiment_id": "987654"},
        },
    )
    start(
        "word as experiment",
        trace_location={"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "x"}},
    )
    assessment = {"assessment_name": "f", "source": {"source_type": "CODE", "source_id": "s"}}
    start("no kind of assessment", trace_id="tr-raw-kind", assessments=[assessment])
    start(
        "an issue",
        trace_id="tr-raw-issue",
        assessments=[
            {
                **assessment,
                "assessment_id": "a-issue",
                "issue": {"issue_name": "slow"},
                "create_time": "2023-11-24T10:54:28Z",
                "last_update_time": "2023-11-24T10:54:28Z",
            }
        ],
    )
    post("nothing", {})
    post("no information", {"trace": {}})
    post("text", {"trace": "x"})


def _get_raw(rec):
    def get(name, path, **query):
        rec.request(f"raw get, {name}", "GET", f"/api/3.0/mlflow/traces/{path}", params=query)

    get("one", "tr-raw")
    get("none", "tr-none")
    get("with an issue", "tr-raw-issue")

    def several(name, body):
        path = "/api/3.0/mlflow/traces/batchGetInfos"
        rec.request(f"raw get several, {name}", "POST", path, body)

    several("in their order", {"trace_ids": ["tr-raw-state", "tr-none", "tr-raw-0"]})
    several("none", {"trace_ids": []})
    several("unknown", {"trace_ids": ["tr-none"]})
    several("numbers", {"trace_ids": [1]})
    several("no list", {})


def _tags_raw(rec):
    for version in ("2.0", "3.0"):
        path = f"/api/{version}/mlflow/traces/tr-raw/tags"

        def send(name, method, body, path=path, version=version):
            rec.request(f"raw tag, {version}: {name}", method, path, body)

        send("set", "PATCH", {"key": "raw", "value": version})
        send("no value", "PATCH", {"key": "empty"})
        send("no key", "PATCH", {"value": "v"})
        send("number", "PATCH", {"key": "raw", "value": 5})
        send("delete", "DELETE", {"key": "raw"})
        send("delete again", "DELETE", {"key": "raw"})
        send("delete without key", "DELETE", {})
        send("delete by query", "DELETE", None, path=f"{path}?key=empty")


def _link_raw(rec):
    def link(name, body):
        rec.request(f"raw link to run, {name}", "POST", "traces/link-to-run", body)

    link("one twice", {"trace_ids": ["tr-twice", "tr-twice"], "run_id": "r"})
    link("no list", {"run_id": "r"})
    link("no run", {"trace_ids": ["tr-raw"]})
    link("numbers", {"trace_ids": [1], "run_id": "r"})
    link("empty id", {"trace_ids": [""], "run_id": "r"})
    link("too long id", {"trace_ids": ["t" * 37], "run_id": "r"})


def _deleted_experiment(rec, client):
    experiment = client.create_experiment("traces to be deleted")
    with mlflow.start_run(experiment_id=experiment):
        double(1)
    settled()
    trace_id = mlflow.get_last_active_trace_id()
    client.delete_experiment(experiment)
    rec.step(
        "read in a deleted experiment",
        lambda: mlflow.get_trace(trace_id).info.state == TraceState.OK,
        wire=False,
    )
    location = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": experiment}}
    rec.request(
        "start in a deleted experiment",
        "POST",
        "/api/3.0/mlflow/traces",
        {"trace": {"trace_info": {"trace_id": "tr-late", "trace_location": location}}},
    )
