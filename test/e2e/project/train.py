"""A model that multiplies: as little as a training can be, with a bit of everything it logs."""

import sys

import mlflow
from mlflow import MlflowClient


class Scaled(mlflow.pyfunc.PythonModel):
    def __init__(self, factor):
        self.factor = factor

    def predict(self, context, model_input, params=None):
        return model_input * self.factor


factor = float(sys.argv[1])
# The run that `mlflow run` has created.
with mlflow.start_run():
    for step in range(5):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_text("it converged", "notes/report.txt")
    logged = mlflow.pyfunc.log_model(
        name="model",
        python_model=Scaled(factor),
        pip_requirements=[],
        registered_model_name="scaled",
    )
MlflowClient().set_registered_model_alias(
    "scaled", "production", logged.registered_model_version
)
