"""
Everything of MLflow's tracking core, done with the stock `mlflow` client against one server.

    python scenario.py --server http://127.0.0.1:5000 --out answers.json experiments runs ...

Writes an ordered list of {group, step, answer | error, wire}. Two servers that behave alike write
the same list: ids, times, random names and folders are replaced, see normalise.py.
"""

import argparse
import importlib
import json
import os
import tempfile

# Before mlflow is imported: an answer of status 500 is a finding here, not worth a retry.
os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "0"
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"
# What the client would find out about the machine, and send.
os.environ["LOGNAME"] = "somebody"
os.environ["GIT_PYTHON_REFRESH"] = "quiet"

import mlflow

from recorder import Recorder


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--server", required=True)
    arguments.add_argument("--out", required=True)
    arguments.add_argument(
        "--artifacts", required=True, help="the folder where the server has them"
    )
    arguments.add_argument("groups", nargs="+")
    options = arguments.parse_args()

    mlflow.set_tracking_uri(options.server)
    with tempfile.TemporaryDirectory() as folder:
        folders = {"temp": folder, "artifacts": options.artifacts}
        recorder = Recorder(options.server, folders)
        for group in options.groups:
            recorder.group = group
            importlib.import_module(f"groups.{group}").run(recorder)

    with open(options.out, "w", encoding="utf-8") as out:
        json.dump(recorder.steps, out, allow_nan=False, indent=1, sort_keys=True)


main()
