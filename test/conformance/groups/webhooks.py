"""Webhooks: what is stored, what is refused, and what a receiver is told."""

import base64
import hashlib
import hmac
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import mlflow
from mlflow import MlflowClient

ISO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
SECRET = "geheim ü"
SOURCE = "s3://bucket/models/one"
IS_PROMPT = {"mlflow.prompt.is_prompt": "true"}
EVENTS = [
    "registered_model.created",
    "model_version.created",
    "model_version_tag.set",
    "model_version_tag.deleted",
    "model_version_alias.created",
    "model_version_alias.deleted",
    "prompt.created",
    "prompt_version.created",
    "prompt_tag.set",
    "prompt_tag.deleted",
    "prompt_version_tag.set",
    "prompt_version_tag.deleted",
    "prompt_alias.created",
    "prompt_alias.deleted",
    "budget_policy.exceeded",
]
NONE = "00000000-0000-4000-8000-000000000000"


class Receiver:
    """Answers as its path says, `/status/500`, and keeps what it was sent."""

    def __init__(self):
        self.calls = []
        self._changed = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                with receiver._changed:
                    receiver.calls.append((self.path, dict(self.headers), body))
                    receiver._changed.notify_all()
                status = re.fullmatch(r"/status/(\d+)", self.path)
                answer = "größer\n".encode()
                self.send_response(int(status[1]) if status else 200)
                self.send_header("Content-Type", "text/plain; charset=utf-8")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def take(self, count=1, seconds=30):
        """The calls since the last time; fewer than `count` is an error."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.calls) >= count, seconds):
                raise TimeoutError(f"{len(self.calls)} of {count} calls came")
            calls, self.calls = self.calls, []
        return [self._seen(*call) for call in calls]

    def close(self):
        self._server.shutdown()

    def _seen(self, path, headers, body):
        names = {name.lower(): value for name, value in headers.items()}
        delivery_id = names["x-mlflow-delivery-id"]
        timestamp = names["x-mlflow-timestamp"]
        signed = f"{delivery_id}.{timestamp}.{body.decode()}".encode()
        digest = hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()
        signature = "v1," + base64.b64encode(digest).decode()
        return {
            "path": path,
            "content-type": names["content-type"],
            "delivery id": bool(UUID.fullmatch(delivery_id)),
            "timestamp": abs(int(timestamp) - time.time()) < 60,
            "signature": {None: "none", signature: "right"}.get(
                names.get("x-mlflow-signature"), "wrong"
            ),
            # As text: its blanks and its order are part of what is signed.
            "body": ISO_TIME.sub("<iso time>", body.decode()),
        }


def _hook(hook):
    return {
        "webhook_id": hook.webhook_id,
        "name": hook.name,
        "url": hook.url,
        "events": [str(event) for event in hook.events],
        "description": hook.description,
        "status": str(hook.status),
        "secret": hook.secret,
        "creation_timestamp": hook.creation_timestamp,
        "last_updated_timestamp": hook.last_updated_timestamp,
        "workspace": hook.workspace,
    }


def run(rec):
    client = MlflowClient()
    receiver = Receiver()
    rec.folders["receiver"] = receiver.url
    try:
        _crud(rec, client, receiver)
        _refused(rec, client, receiver)
        _raw(rec, receiver)
        _tests(rec, client, receiver)
        _delivered(rec, client, receiver)
    finally:
        receiver.close()


def _crud(rec, client, receiver):
    def step(name, call, view=None):
        return rec.step(name, call, view=view)

    def hook_step(name, call):
        return rec.step(name, call, view=_hook)

    hook = hook_step(
        "create",
        lambda: client.create_webhook(
            "first",
            f"{receiver.url}/first",
            ["model_version.created", "registered_model.created"],
            description="größer",
            secret=SECRET,
            status="ACTIVE",
        ),
    )
    least = hook_step(
        "create with the least",
        lambda: client.create_webhook("least", f"{receiver.url}/least", ["prompt.created"]),
    )
    hook_step(
        "create of the same name",
        lambda: client.create_webhook("least", f"{receiver.url}/least", ["prompt.created"]),
    )
    hook_step(
        "create disabled with all events",
        lambda: client.create_webhook("all", f"{receiver.url}/all", EVENTS, status="DISABLED"),
    )
    hook_step("get", lambda: client.get_webhook(hook.webhook_id))
    hook_step("get none", lambda: client.get_webhook(NONE))
    step("list", lambda: [h.name for h in client.list_webhooks()])
    first = step(
        "list one",
        lambda: client.list_webhooks(max_results=1),
        view=lambda page: [_hook(hook) for hook in page],
    )
    step(
        "list the next two",
        lambda: client.list_webhooks(max_results=2, page_token=first.token),
        view=lambda page: [h.name for h in page],
    )
    for count in (-1, 0, 1000, 1001):
        step(
            f"list {count}",
            lambda: client.list_webhooks(max_results=count),
            view=lambda page: len(page),
        )
    hook_step("update name", lambda: client.update_webhook(least.webhook_id, name="more"))
    hook_step(
        "update all",
        lambda: client.update_webhook(
            least.webhook_id,
            name="even.more",
            description="d",
            url=f"{receiver.url}/more",
            events=["prompt_tag.set", "model_version_alias.deleted"],
            secret="s",
            status="DISABLED",
        ),
    )
    hook_step("updated", lambda: client.get_webhook(least.webhook_id))
    hook_step("update nothing", lambda: client.update_webhook(least.webhook_id))
    hook_step("update to nothing", lambda: client.update_webhook(least.webhook_id, description=""))
    hook_step("update none", lambda: client.update_webhook(NONE, name="x"))
    hook_step("update none badly", lambda: client.update_webhook(NONE, name="-"))
    step("delete", lambda: client.delete_webhook(least.webhook_id))
    step("delete again", lambda: client.delete_webhook(least.webhook_id))
    step("delete none", lambda: client.delete_webhook(NONE))
    hook_step("get deleted", lambda: client.get_webhook(least.webhook_id))
    hook_step("update deleted", lambda: client.update_webhook(least.webhook_id, name="x"))
    step("test deleted", lambda: client.test_webhook(least.webhook_id))
    step("list without it", lambda: [h.name for h in client.list_webhooks()])


def _refused(rec, client, receiver):
    step = rec.step
    url = f"{receiver.url}/x"
    for name in ("", " ", "a", "a b", "-a", "a-", "a.b_c-d", "A1", "ü", "a/b", "a" * 63, "a" * 64):
        step(
            f"name {name!r}",
            lambda: client.create_webhook(name, url, ["prompt.created"]),
            view=lambda hook: hook.name,
        )
    urls = ("", " ", "x", "ftp://a.b/c", "//a/b", "http://", "http:///a", "mailto:a@b")
    for bad in (*urls, "HTTP://127.0.0.1:1/a"):
        step(
            f"url {bad!r}",
            lambda: client.create_webhook("x", bad, ["prompt.created"]),
            view=lambda hook: hook.url,
        )
    hook = client.create_webhook("x", url, ["prompt.created"])
    step("update to a bad name", lambda: client.update_webhook(hook.webhook_id, name="-"))
    step("update to a bad url", lambda: client.update_webhook(hook.webhook_id, url="x"))
    step("no events", lambda: client.create_webhook("x", url, []))
    step(
        "a bad action",
        lambda: client.create_webhook("x", url, ["model_version.updated"]),
    )
    for hook in list(client.list_webhooks()):
        client.delete_webhook(hook.webhook_id)


def _raw(rec, receiver):
    def create(step_name, **fields):
        body = {
            "name": "raw",
            "url": f"{receiver.url}/raw",
            "events": [{"entity": "PROMPT", "action": "CREATED"}],
            **fields,
        }
        body = {field: value for field, value in body.items() if value != "-"}
        return rec.request(step_name, "POST", "webhooks", body)

    hook = create("raw create").json()["webhook"]
    rec.request("raw list", "GET", "webhooks", params={"max_results": 1})
    create("raw without a name", name="-")
    create("raw without a url", url="-")
    create("raw without events", events="-")
    create("raw with empty events", events=[])
    create("raw with events that are no list", events="PROMPT")
    create("raw with a name that is no text", name=1)
    create("raw with numbers", events=[{"entity": 1, "action": 1}], status=2)
    create("raw with empty texts", description="", secret="")
    tag_set = {"entity": "PROMPT_TAG", "action": "SET"}
    create("raw with another event", events=[tag_set], status="DISABLED")
    create("raw with an unknown entity", events=[{"entity": "MODEL", "action": "CREATED"}])
    create("raw with an unknown action", events=[{"entity": "PROMPT", "action": "MADE"}])
    create("raw with an unspecified entity", events=[{"entity": 0, "action": 1}])
    create("raw without an entity", events=[{"action": "CREATED"}])
    create("raw with a wrong action", events=[{"entity": "PROMPT_TAG", "action": "CREATED"}])
    create(
        "raw with an event twice",
        events=[{"entity": "PROMPT", "action": "CREATED"}] * 2,
    )
    create("raw with an unknown status", status="PAUSED")
    create("raw with a long url", url=f"{receiver.url}/" + "x" * 500)
    create("raw with a long description", description="x" * 1001)
    create("raw with a long secret", secret="x" * 2000)
    path = f"webhooks/{hook['webhook_id']}"
    rec.request("raw get", "GET", path)
    rec.request("raw get none", "GET", "webhooks/none")
    rec.request("raw update", "PATCH", path, {"description": "d"})
    rec.request("raw update of nothing", "PATCH", path, {})
    rec.request("raw update to no events", "PATCH", path, {"events": []})
    rec.request("raw update to an unknown status", "PATCH", path, {"status": "PAUSED"})
    rec.request("raw update of none", "PATCH", "webhooks/none", {})
    rec.request("raw list of too many", "GET", "webhooks", params={"max_results": 1001})
    rec.request("raw list with bad text", "GET", "webhooks", params={"max_results": "x"})
    rec.request("raw list with a bad token", "GET", "webhooks", params={"page_token": "x"})
    rec.request("raw test of none", "POST", "webhooks/none/test", {})
    rec.request("raw delete", "DELETE", path, {})
    rec.request("raw delete of none", "DELETE", "webhooks/none", {})
    client = MlflowClient()
    for standing in list(client.list_webhooks(max_results=100)):
        client.delete_webhook(standing.webhook_id)


def _tests(rec, client, receiver):
    step = rec.step
    hook = client.create_webhook("tested", f"{receiver.url}/tested", EVENTS, secret=SECRET)
    step("test", lambda: client.test_webhook(hook.webhook_id))
    step("test called", lambda: receiver.take(), wire=False)
    for event in EVENTS:
        step(f"test {event}", lambda: client.test_webhook(hook.webhook_id, event))
        step(f"test {event} called", lambda: receiver.take(), wire=False)
    step(
        "test a bad event",
        lambda: rec.session.post(
            f"{rec.url}/api/2.0/mlflow/webhooks/{hook.webhook_id}/test",
            json={"event": {"entity": "PROMPT", "action": "SET"}},
        ).json(),
        wire=False,
    )
    client.update_webhook(hook.webhook_id, status="DISABLED")
    step("test disabled", lambda: client.test_webhook(hook.webhook_id))
    client.delete_webhook(hook.webhook_id)
    for status in (201, 400, 404):
        other = client.create_webhook("s", f"{receiver.url}/status/{status}", ["prompt.created"])
        step(f"test answered {status}", lambda: client.test_webhook(other.webhook_id))
        client.delete_webhook(other.webhook_id)
    receiver.take()
    other = client.create_webhook("s", "http://127.0.0.1:1/nobody", ["prompt.created"])
    step("test of nobody", lambda: client.test_webhook(other.webhook_id))
    client.delete_webhook(other.webhook_id)


def _delivered(rec, client, receiver):
    hook = client.create_webhook("heard", f"{receiver.url}/heard", EVENTS, secret=SECRET)
    plain = client.create_webhook("plain", f"{receiver.url}/plain", ["model_version_tag.set"])

    def told(name, call, count=1):
        """The call, and what the webhooks are told of it."""
        call()
        rec.step(
            name, lambda: sorted(receiver.take(count), key=lambda seen: seen["path"]), wire=False
        )

    def silent(name, call):
        """Nobody is told: what comes next is the event that follows."""
        call()
        told(name, lambda: client.set_registered_model_alias("hooked", f"a{len(name)}", "1"))

    client.create_registered_model("hooked-0")
    receiver.take()
    told(
        "told of a model",
        lambda: client.create_registered_model(
            "hooked", {"z": "ü\u0001\u007f😀", "2": "", "1": '"'}, "d"
        ),
    )
    told("told of a model with the least", lambda: client.create_registered_model("hooked-2"))
    told(
        "told of a version",
        lambda: client.create_model_version(
            "hooked", SOURCE, tags={"b": "1", "a": "2"}, description="d"
        ),
    )
    told("told of a version with the least", lambda: client.create_model_version("hooked", SOURCE))
    told("told of a tag", lambda: client.set_model_version_tag("hooked", "1", "k", "v"), 2)
    told(
        "told of a tag of a number",
        lambda: client.set_model_version_tag("hooked", "1", "n", 1.5),
        2,
    )
    told("told of a tag's end", lambda: client.delete_model_version_tag("hooked", "1", "k"))
    told("told of the end of no tag", lambda: client.delete_model_version_tag("hooked", "1", "k"))
    told("told of an alias", lambda: client.set_registered_model_alias("hooked", "best", "2"))
    told("told of an alias moved", lambda: client.set_registered_model_alias("hooked", "best", "1"))
    told("told of an alias's end", lambda: client.delete_registered_model_alias("hooked", "best"))
    told(
        "told of the end of no alias",
        lambda: client.delete_registered_model_alias("hooked", "best"),
    )
    silent("a model's tag", lambda: client.set_registered_model_tag("hooked", "k", "v"))
    silent("end of a model's tag", lambda: client.delete_registered_model_tag("hooked", "k"))
    silent(
        "a description of the model",
        lambda: client.update_registered_model("hooked", "other"),
    )
    silent("a stage", lambda: client.transition_model_version_stage("hooked", "1", "Staging"))
    silent("a deleted version", lambda: client.delete_model_version("hooked", "2"))

    def post(path, **body):
        """As the client doesn't let one: a prompt in the calls for models."""
        body["tags"] = [{"key": k, "value": v} for k, v in body["tags"].items()]
        rec.session.post(f"{rec.url}/api/2.0/mlflow/{path}/create", json=body).raise_for_status()

    # Which tells prompts from models no more than the server does.
    registry = client._get_registry_client()
    tags = {**IS_PROMPT, "_mlflow_prompt_type": "text", "team": "x"}
    models, versions = "registered-models", "model-versions"
    told("told of a prompt", lambda: post(models, name="asked", tags=tags, description="d"))
    told(
        "told of a prompt's version",
        lambda: post(
            versions,
            name="asked",
            source="prompt-template",
            tags={**tags, "mlflow.prompt.text": "Hello {{name}}", "b": ""},
            description="d",
        ),
    )
    told(
        "told of a prompt's version without a text",
        lambda: post(versions, name="asked", source="dummy-source", tags=dict(IS_PROMPT)),
    )
    told("told of a prompt's tag", lambda: registry.set_registered_model_tag("asked", "k", "v"))
    told("told of a prompt's tag's end", lambda: registry.delete_registered_model_tag("asked", "k"))
    told("told of a version's tag", lambda: registry.set_model_version_tag("asked", "1", "k", "v"))
    told(
        "told of a version's tag's end",
        lambda: registry.delete_model_version_tag("asked", "1", "k"),
    )
    told(
        "told of a prompt's alias",
        lambda: registry.set_registered_model_alias("asked", "best", "1"),
    )
    told(
        "told of a prompt's alias's end",
        lambda: registry.delete_registered_model_alias("asked", "best"),
    )
    told(
        "told of a prompt that says false",
        lambda: post(models, name="false", tags={"mlflow.prompt.is_prompt": "false"}),
    )
    told(
        "told of a model that becomes a prompt",
        lambda: registry.set_registered_model_tag("false", "mlflow.prompt.is_prompt", "True"),
    )
    silent(
        "a prompt that becomes a model",
        lambda: registry.delete_registered_model_tag("false", "mlflow.prompt.is_prompt"),
    )
    told(
        "told of a prompt by the client",
        lambda: mlflow.genai.register_prompt("by-client", "Hello {{name}}", "first"),
        2,
    )
    for standing in (hook, plain):
        client.delete_webhook(standing.webhook_id)
