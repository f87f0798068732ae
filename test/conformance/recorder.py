"""Runs the steps of a scenario and keeps what each answered, also on the wire."""

import hashlib
import json

import requests
from mlflow.exceptions import MlflowException

from normalise import Normaliser

HEADERS = ("content-type", "content-disposition", "x-content-type-options", "x-frame-options")
# A longer answer is kept as its hash: two of them are compared, not read.
LONGEST_KEPT = 20_000


class Recorder:
    def __init__(self, url: str, folders: dict[str, str]):
        self.url = url
        self.folders = folders
        self.session = requests.Session()
        self.steps: list[dict] = []
        self.group = ""
        self._normalise = Normaliser(url, folders)
        self._exchanges: list[dict] | None = None
        self._listen()

    def step(self, name: str, call, *, wire: bool = True, view=None):
        """Calls, and records the answer (as `view` reduces it) or the error. Answers the answer."""
        self._exchanges = []
        self._normalise.start(f"{self.group}: {name}")
        step = {"group": self.group, "step": name}
        answer = None
        try:
            answer = call()
            step["answer"] = self._kept(view(answer) if view else answer)
        except MlflowException as error:
            step["error"] = self._normalise({"code": error.error_code, "message": error.message})
        except Exception as error:
            step["error"] = self._normalise(
                {"type": type(error).__name__, "message": str(error)[:500]}
            )
        if wire:
            step["wire"] = [
                {key: self._kept(part, key) for key, part in exchange.items()}
                for exchange in self._exchanges
            ]
        self._exchanges = None
        self._add(step)
        return answer

    def request(
        self,
        name: str,
        method: str,
        path: str,
        body=None,
        *,
        headers_sent=None,
        headers=(),
        **options,
    ):
        """
        One request as the client doesn't send it. A relative path is below /api/2.0/mlflow/.
        `headers` names those to record besides the usual; `options` are those of `requests`.
        """
        self._normalise.start(f"{self.group}: {name}")
        url = self.url + (path if path.startswith("/") else f"/api/2.0/mlflow/{path}")
        if body is not None:
            options["json"] = body
        with requests.Session() as session:
            response = session.request(method, url, headers=headers_sent, timeout=60, **options)
        kept = {
            "status": response.status_code,
            "headers": {h: response.headers[h] for h in HEADERS if h in response.headers},
            "body": _body(response),
        }
        kept["headers"].update({h: response.headers.get(h) for h in headers})
        self._add({"group": self.group, "step": name, "answer": self._kept(kept)})
        return response

    def _add(self, step: dict):
        if any(s["step"] == step["step"] and s["group"] == self.group for s in self.steps):
            raise ValueError(f"two steps named {step['step']!r} in {self.group}")
        self.steps.append(step)

    def _kept(self, value, key: str = ""):
        value = self._normalise(value, key)
        text = json.dumps(value, sort_keys=True)
        if len(text) <= LONGEST_KEPT:
            return value
        return {"characters": len(text), "sha256": hashlib.sha256(text.encode()).hexdigest()}

    def _listen(self):
        """Notes what goes over the wire of the client, which stays as it is."""
        send = requests.Session.send

        def noted_send(session, request, **options):
            response = send(session, request, **options)
            if self._exchanges is not None:
                self._exchanges.append(
                    {
                        "request": f"{request.method} {request.path_url.split('?')[0]}",
                        "status": response.status_code,
                        "type": response.headers.get("content-type"),
                        "body": "<stream>" if options.get("stream") else _body(response),
                    }
                )
            return response

        requests.Session.send = noted_send


def _body(response: requests.Response):
    if response.headers.get("content-type", "").startswith("application/json"):
        try:
            return response.json()
        except ValueError:
            return {"not JSON": response.text}
    return response.text
