"""Models logged, registered and loaded: the files go through the server's artifacts."""

import os

import mlflow
from mlflow import MlflowClient
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, Schema

NO_MODEL = "m-" + "f" * 32


class Times(mlflow.pyfunc.PythonModel):
    def __init__(self, factor):
        self.factor = factor

    def predict(self, context, model_input, params=None):
        return [self.factor * value for value in model_input]


def run(rec):
    client = MlflowClient()
    mlflow.set_experiment("registered")
    run_id, model_id = _log(rec, client)
    _load(rec, model_id, run_id)
    _describe(rec)
    _register(rec, client, run_id, model_id)
    _download(rec, client, model_id)
    _copy(rec, client)


def _log(rec, client):
    def log(factor, **more):
        return mlflow.pyfunc.log_model(
            name="model", python_model=Times(factor), pip_requirements=[], **more
        )

    def log_and_register():
        with mlflow.start_run(run_name="registering") as active:
            info = log(2, registered_model_name="times")
        return active.info.run_id, info.model_id, info.registered_model_version

    step = rec.step
    run_id, model_id, _ = step("log and register", log_and_register, wire=False)
    step("logged and registered", lambda: client.get_model_version("times", "1"))
    step("its model", lambda: client.get_registered_model("times"))
    step("its logged model", lambda: client.get_logged_model(model_id), view=_logged_model)
    step("its run's outputs", lambda: client.get_run(run_id).outputs.model_outputs)
    step(
        "log and register the next, without a run",
        lambda: log(
            3,
            registered_model_name="times",
            signature=ModelSignature(Schema([ColSpec("long")]), Schema([ColSpec("long")])),
        ).registered_model_version,
        wire=False,
    )
    step("the next", lambda: client.get_model_version("times", "2"))
    return run_id, model_id


def _logged_model(model):
    tags = {key: value for key, value in model.tags.items() if key == "mlflow.modelVersions"}
    return {
        "name": model.name,
        "status": model.status,
        "location": model.artifact_location,
        "tags": tags,
    }


def _load(rec, model_id, run_id):
    MlflowClient().set_registered_model_alias("times", "best", "1")
    for name, uri in {
        "version": "models:/times/1",
        "alias": "models:/times@best",
        "latest": "models:/times/latest",
        "stage": "models:/times/None",
        "logged model": f"models:/{model_id}",
        "run": f"runs:/{run_id}/model",
        "unknown version": "models:/times/99",
        "unknown alias": "models:/times@worst",
        "unknown stage": "models:/times/Production",
        "unknown model": "models:/nothing/1",
        "latest of an unknown model": "models:/nothing/latest",
        "unknown logged model": f"models:/{NO_MODEL}",
    }.items():
        rec.step(
            f"load by {name}",
            lambda: mlflow.pyfunc.load_model(uri).predict([1, 2]),
            wire=False,
        )


def _describe(rec):
    for name, uri in {
        "version": "models:/times/1",
        "alias": "models:/times@best",
        "signature": "models:/times/2",
        "unknown version": "models:/times/99",
    }.items():
        rec.step(
            f"describe by {name}",
            lambda: mlflow.models.get_model_info(uri),
            wire=False,
            view=lambda info: {
                "flavors": sorted(info.flavors),
                "run": info.run_id,
                "model": info.model_id,
                "path": info.artifact_path,
                "signature": info.signature_dict,
            },
        )


def _register(rec, client, run_id, model_id):
    step = rec.step
    for name, uri in {
        "version": "models:/times/1",
        "alias": "models:/times@best",
        "logged model": f"models:/{model_id}",
        "run": f"runs:/{run_id}/model",
        "unknown version": "models:/times/99",
        "unknown logged model": f"models:/{NO_MODEL}",
        "unknown artifact of a run": f"runs:/{run_id}/nothing",
        "unknown run": f"runs:/{'0' * 32}/model",
    }.items():
        step(
            f"register {name}",
            lambda: mlflow.register_model(uri, "registered", tags={"from": name}),
        )
    step("registered", lambda: client.get_registered_model("registered"))
    step(
        "registered versions",
        lambda: list(client.search_model_versions("name = 'registered'")),
    )
    step("versions of a run", lambda: list(client.search_model_versions(f"run_id = '{run_id}'")))
    for version in ("1", "2", "3", "4"):
        step(
            f"download URI {version}",
            lambda: client.get_model_version_download_uri("registered", version),
        )
        step(
            f"load registered {version}",
            lambda: mlflow.pyfunc.load_model(f"models:/registered/{version}").predict([1]),
            wire=False,
        )
    step(
        "the logged model's versions",
        lambda: client.get_logged_model(model_id),
        view=_logged_model,
    )


def _download(rec, client, model_id):
    step = rec.step
    for name, uri in {
        "version": "models:/times/1",
        "alias": "models:/times@best",
        "logged model": f"models:/{model_id}",
        "file": "models:/times/1/python_env.yaml",
        "unknown version": "models:/times/99",
    }.items():
        step(
            f"download {name}",
            lambda: mlflow.artifacts.download_artifacts(uri),
            wire=False,
            view=_content,
        )
    step(
        "list a version",
        lambda: mlflow.artifacts.list_artifacts("models:/times/1"),
        view=lambda files: sorted(file.path for file in files),
    )
    for name, query in {
        "of a version": "name=times&version=1&path=python_env.yaml",
        "of a copy": "name=registered&version=1&path=python_env.yaml",
        "unknown, of a version": "name=times&version=1&path=nothing",
        "of no version": "name=times&version=99&path=x",
        "outside of a version": "name=times&version=1&path=..%2Fx",
        "without a path": "name=times&version=1",
    }.items():
        rec.request(f"file {name}", "GET", f"/model-versions/get-artifact?{query}")


def _content(path):
    if os.path.isdir(path):
        return sorted(os.listdir(path))
    with open(path, encoding="utf-8") as file:
        return file.read()


def _copy(rec, client):
    step = rec.step
    step("copy", lambda: client.copy_model_version("models:/times/1", "copied"))
    step("copy by alias", lambda: client.copy_model_version("models:/times@best", "copied"))
    step("copy of a copy", lambda: client.copy_model_version("models:/copied/1", "copied again"))
    step("copy of nothing", lambda: client.copy_model_version("models:/times/99", "copied"))
    step("copy of a run", lambda: client.copy_model_version("runs:/x/model", "copied"))
    step("copied", lambda: client.get_registered_model("copied"))
    for uri in ("models:/copied/1", "models:/copied/2", "models:/copied again/1"):
        step(f"load {uri}", lambda: mlflow.pyfunc.load_model(uri).predict([4]), wire=False)
    client.delete_model_version("times", "1")
    step(
        "load a copy of a deleted version",
        lambda: mlflow.pyfunc.load_model("models:/copied/1").predict([4]),
        wire=False,
    )
    step("download URI of a copy", lambda: client.get_model_version_download_uri("copied", "1"))
