"""Answers of two servers made comparable: what must differ is replaced, nothing else is touched."""

import enum
import hashlib
import math
import re
import time

from mlflow.entities._mlflow_object import _MlflowObject

DAY_MS = 24 * 3600 * 1000
# Where neither MLflow's documentation nor its SQL gives an order.
UNORDERED = {
    "tags",
    "params",
    "dataset_inputs",
    "model_inputs",
    "model_outputs",
    "dataset_summaries",
}
LONGEST_TEXT = 400
TOKENS = {"next_page_token", "token"}
# Metadata of traces that count bytes of spans, in which there are addresses of memory and ids.
TRACE_SIZES = {"mlflow.trace.sizeBytes", "mlflow.trace.sizeStats"}


class Normaliser:
    """
    Names each id, random name and the like after the step in which it first appeared, so that
    mix-ups show, and a step that one server refuses doesn't shift the names of all that follow.
    """

    def __init__(self, server_url: str, folders: dict[str, str]):
        self._server_url = server_url
        self._folders = folders
        self._seen: dict[str, dict[str, str]] = {}
        self._step = ""
        self._named_in_step = 0
        self._started_ms = int(time.time() * 1000)

    def start(self, step: str):
        self._step = step
        self._named_in_step = 0

    def __call__(self, value, key: str = ""):
        if isinstance(value, _MlflowObject):
            return self({name: part for name, part in value}, key)
        if isinstance(value, enum.Enum):
            return value.name
        if isinstance(value, dict):
            # Sorted: the order of appearance must not depend on the order of a server's fields.
            return {self._text(str(k)): self(value[k], str(k)) for k in sorted(value, key=str)}
        if isinstance(value, (list, tuple)):
            items = list(value)
            if key in UNORDERED or (
                key == "metrics" and items and (_one_per_key(items) or _of_models(items))
            ):
                items.sort(key=_order)
            return [self(item, key) for item in items]
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int):
            return self._integer(value)
        if isinstance(value, float):
            return _float(value)
        if isinstance(value, str):
            return self._string(value, key)
        return self._text(str(value))

    def _integer(self, value: int):
        if abs(value - self._started_ms) < DAY_MS:
            return "<now>"
        # JSON of other languages ends there.
        return value if abs(value) < 2**53 else f"integer {value}"

    def _string(self, value: str, key: str):
        if key in TOKENS:
            return "<token>" if value else value
        if key in TRACE_SIZES:
            # Not the number of spans.
            return re.sub(r'(?<!"num_spans": )\b\d+', "<bytes>", value)
        if key in ("experiment_id", "experiment_ids") and value.isdigit() and value != "0":
            return self._name("experiment", value)
        if value.isdigit() and abs(int(value) - self._started_ms) < DAY_MS:
            return "<now>"
        return self._text(value)

    def _text(self, value: str) -> str:
        # What a driver says of the error is its own affair.
        value = re.sub(r"\(sqlite3\.\w+\).*", "<text of the database>", value, flags=re.DOTALL)
        value = value.replace(self._server_url, "<server>")
        value = re.sub(r"host='127.0.0.1', port=\d+", "<server>", value)
        value = re.sub(r"\bat 0x[0-9a-f]+", "at <address>", value)
        for name, folder in self._folders.items():
            value = value.replace(folder, f"<{name}>")
        value = re.sub(
            # Those of one digit are the scenario's own.
            r"(?<![0-9a-f])(?!(.)\1{31})[0-9a-f]{32}(?![0-9a-f])",
            lambda found: self._name("id", found[0]),
            value,
        )
        value = re.sub(r"(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])", "<commit>", value)
        value = re.sub(
            r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}",
            lambda found: self._name("id", found[0]),
            value,
        )
        value = re.sub(
            r"(?<![\w-])[a-z]+-[a-z]+-\d+(?![\w-])",
            lambda found: self._name("random name", found[0]),
            value,
        )
        value = re.sub(
            r"(?<=mlflow-artifacts:/)[1-9]\d*|(?<=/artifacts/)[1-9]\d*(?=/)"
            r"|(?<=')[1-9]\d*(?=/<)|(?<=path=)[1-9]\d*(?=%2F)",
            lambda found: self._name("experiment", found[0]),
            value,
        )
        experiments = self._seen.get("experiment", {})
        value = re.sub(
            r"((?<=id=)|(?<=[Ee]xperiment )(?<!<experiment )|(?<=experiment with id )"
            # A page token's list of one.
            r"|(?<=Expected: \[')|(?<=Found: \['))\d+\b",
            lambda found: experiments.get(found[0], found[0]),
            value,
        )
        value = re.sub(
            r"<!doctype html>.*?<title>(.*?)</title>.*", r"<page: \1>", value, flags=re.DOTALL
        )
        # How Python prints a set: in another order in each process.
        value = re.sub(
            r"\{('[^'{}]*'(?:, '[^'{}]*')+)\}",
            lambda found: "{" + ", ".join(sorted(found[1].split(", "))) + "}",
            value,
        )
        if len(value) <= LONGEST_TEXT:
            return value
        digest = hashlib.sha256(value.encode()).hexdigest()[:16]
        return f"{value[:40]}<and more: {len(value)} characters, sha256 {digest}>"

    def _name(self, kind: str, value: str) -> str:
        known = self._seen.setdefault(kind, {})
        if value not in known:
            self._named_in_step += 1
            known[value] = f"<{kind} {self._named_in_step} of {self._step}>"
        return known[value]


def _float(value: float) -> str:
    """As text: 1.0 and 1, NaN and "NaN" are different answers."""
    return "float NaN" if math.isnan(value) else f"float {value!r}"


def _one_per_key(items: list) -> bool:
    keys = [item.get("key") if isinstance(item, dict) else None for item in items]
    return None not in keys and len(set(keys)) == len(keys)


def _of_models(items: list) -> bool:
    """All points of a logged model, of which MLflow promises no order."""
    return all(
        item.get("model_id") if isinstance(item, dict) else getattr(item, "model_id", None)
        for item in items
    )


def _order(item) -> str:
    return re.sub(r"(?!(.)\1{31})[0-9a-f]{32}", "", repr(_sorted(item)))


def _sorted(value):
    if isinstance(value, _MlflowObject):
        return _sorted({name: part for name, part in value})
    if isinstance(value, dict):
        return [(key, _sorted(value[key])) for key in sorted(value)]
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    return value
