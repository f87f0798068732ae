"""Prints all that the stock client sees of a server, as JSON, so that two can be compared."""

import json
import logging
import os
import sys
import warnings

warnings.simplefilter("ignore")
uri = sys.argv[1]
os.environ["MLFLOW_TRACKING_URI"] = uri
os.environ["MLFLOW_REGISTRY_URI"] = uri

from mlflow import MlflowClient  # noqa: E402
from mlflow.entities import ViewType  # noqa: E402

logging.disable(logging.WARNING)
client = MlflowClient()


def plain(value):
    """Attributes of an entity, its own names without the leading underscore."""
    if isinstance(value, (str, int, bool)) or value is None:
        return value
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return {str(key): plain(value[key]) for key in sorted(value)}
    if isinstance(value, (list, tuple, set)):
        return sorted((plain(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    if not hasattr(value, "__dict__"):
        # A list of protobuf's.
        return plain(list(value))
    return {key.lstrip("_"): plain(item) for key, item in sorted(vars(value).items())}


def run(info):
    found = client.get_run(info.run_id)
    return {
        "run": plain(found),
        "history": {key: plain(client.get_metric_history(info.run_id, key)) for key in found.data.metrics},
    }


experiments = client.search_experiments(view_type=ViewType.ALL)
ids = [experiment.experiment_id for experiment in experiments]
prompts = "tags.`mlflow.prompt.is_prompt` = 'true'"
models = [*client.search_registered_models(), *client.search_registered_models(prompts)]
print(
    json.dumps(
        {
            "experiments": plain(experiments),
            "by name": [plain(client.get_experiment_by_name(e.name)) for e in sorted(experiments, key=lambda e: e.name)],
            "runs": {r.info.run_id: run(r.info) for r in client.search_runs(ids, run_view_type=ViewType.ALL)},
            "models": plain(models),
            "versions": plain(
                [v for model in models for v in client.search_model_versions(f"name = '{model.name}'")]
            ),
            "champion": plain(client.get_model_version_by_alias("reg", "champion")),
            "traces": [
                plain(client.get_trace(e.tags["trace"]).to_dict())
                for e in experiments
                if "trace" in e.tags
            ],
            "logged": plain(list(client.search_logged_models(ids))),
        },
        sort_keys=True,
    )
)
