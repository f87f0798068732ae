"""
What the stock client calls only with settings of its own, or from its inner parts.

    python seldom_calls.py http://127.0.0.1:5000

Prints what each answered as one JSON object.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "0"
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
os.environ["MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD"] = "true"
os.environ["MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE"] = "1000"
os.environ["MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE"] = "400"
os.environ["GIT_PYTHON_REFRESH"] = "quiet"

import mlflow
from mlflow import MlflowClient
from mlflow.models import Model
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

WRITTEN = bytes(range(256)) * 4


def main(url):
    mlflow.set_tracking_uri(url)
    client = MlflowClient()
    run = client.create_run("0")
    run_id = run.info.run_id
    artifacts = get_artifact_repository(run.info.artifact_uri)
    answers = {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "large.bin")
        file.write_bytes(WRITTEN)
        client.log_artifact(run_id, str(file), "parts")
        read = Path(client.download_artifacts(run_id, "parts/large.bin", folder)).read_bytes()
        answers["uploaded in parts"] = read == WRITTEN

        begun = artifacts.create_multipart_upload("given-up.bin", 2, "parts")
        answers["parts to upload"] = len(begun.credentials)
        artifacts.abort_multipart_upload("given-up.bin", begun.upload_id, "parts")
        answers["after an abort"] = [a.path for a in client.list_artifacts(run_id, "parts")]

        artifacts.delete_artifacts("parts/large.bin")
        answers["after a delete"] = [a.path for a in client.list_artifacts(run_id, "parts")]

    model = Model(artifact_path="m", run_id=run_id, flavors={"python_function": {}})
    client._record_logged_model(run_id, model)
    history = client.get_run(run_id).data.tags["mlflow.log-model.history"]
    answers["recorded models"] = [each["artifact_path"] for each in json.loads(history)]

    answers["workspaces"] = client._tracking_client.store.supports_workspaces
    print(json.dumps(answers))


main(sys.argv[1])
