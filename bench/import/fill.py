"""Fills an installation of MLflow with runs, through the stock client.

    python fill.py <tracking URI> <runs> <points of each>
"""

import sys

from mlflow import MlflowClient
from mlflow.entities import Metric, Param

BATCH = 1_000
PARAMS = 10

uri, runs, points = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
client = MlflowClient(uri)
experiment = client.create_experiment("import")
for number in range(runs):
    run_id = client.create_run(experiment, run_name=f"run {number}").info.run_id
    params = [Param(f"p{index}", str(number * index)) for index in range(PARAMS)]
    client.log_batch(run_id, params=params)
    for start in range(0, points, BATCH):
        steps = range(start, min(start + BATCH, points))
        client.log_batch(
            run_id,
            metrics=[Metric("loss", 1 / (step + 1), 1_700_000_000_000 + step, step) for step in steps],
        )
    client.set_terminated(run_id)
