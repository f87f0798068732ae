"""Finds the failures of a machine in its temperature, and logs how well, with the stock MLflow client.

    npx mlflow-cratedb server &
    MLFLOW_TRACKING_URI=http://127.0.0.1:5000 python main.py --data machine_temperature_system_failure.csv

The data is part of https://github.com/numenta/NAB (data/realKnownCause); --data takes a path or a URL.
"""

import argparse
import os

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import mlflow
import numpy as np
import pandas as pd

# As the benchmark labels them, UTC, both ends included.
ANOMALY_WINDOWS = [
    (pd.Timestamp(start), pd.Timestamp(end))
    for start, end in [
        ("2013-12-10 06:25", "2013-12-12 05:35"),
        ("2013-12-15 17:50", "2013-12-17 17:00"),
        ("2014-01-27 14:20", "2014-01-29 13:30"),
        ("2014-02-07 14:55", "2014-02-09 14:05"),
    ]
]
TRAIN_END = pd.Timestamp("2013-12-15")


def load_hours(source: str) -> pd.Series:
    """Mean temperature of each hour; a gap is filled from its two sides."""
    data = pd.read_csv(source, parse_dates=["timestamp"])
    five_minutes = data.groupby(data["timestamp"].dt.floor("5min"))["value"].mean()
    return five_minutes.resample("1h").mean().interpolate()


def label(index: pd.DatetimeIndex) -> np.ndarray:
    """Whether any part of the hour lies in a window."""
    anomalous = np.zeros(len(index), dtype=bool)
    for start, end in ANOMALY_WINDOWS:
        anomalous |= (index + pd.Timedelta(hours=1) > start) & (index <= end)
    return anomalous


def lagged(values: np.ndarray, lags: int, horizon: int) -> np.ndarray:
    """Row t: the `lags` values that were known `horizon` hours before t + lags + horizon, and 1."""
    rows = [values[t - horizon - lags + 1 : t - horizon + 1] for t in range(lags + horizon, len(values))]
    return np.column_stack([np.array(rows), np.ones(len(rows))])


def train(inputs: np.ndarray, targets: np.ndarray, epochs: int, learning_rate: float) -> np.ndarray:
    """A linear forecast by gradient descent; the loss of each epoch is logged as it is known.

    The learning rate is a part of the longest step that can't raise the loss.
    """
    weights = np.zeros(inputs.shape[1])
    step = learning_rate * len(targets) / np.linalg.norm(inputs, 2) ** 2
    for epoch in range(epochs):
        errors = inputs @ weights - targets
        mlflow.log_metric("loss", float(np.mean(errors**2)), step=epoch)
        weights -= step * inputs.T @ errors / len(targets)
    return weights


def judge(alarms: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    right = float((alarms & labels).sum())
    precision = right / alarms.sum() if alarms.any() else 0.0
    recall = right / labels.sum() if labels.any() else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return {"precision": precision, "recall": recall, "f1": f1}


def plot(hours: pd.Series, scores: pd.Series, threshold: float) -> plt.Figure:
    figure, (upper, lower) = plt.subplots(2, sharex=True, figsize=(12, 6))
    upper.plot(hours, linewidth=0.8)
    upper.set_ylabel("temperature, °F")
    lower.plot(scores, linewidth=0.8, color="dimgray")
    lower.axhline(threshold, linestyle="--", color="firebrick")
    lower.set_ylabel("colder than forecast, σ")
    for axes in (upper, lower):
        axes.axvline(TRAIN_END, linestyle=":", color="black")
        for start, end in ANOMALY_WINDOWS:
            axes.axvspan(start, end, color="orange", alpha=0.3)
    alarms = scores.index[scores > threshold]
    upper.plot(alarms, hours[alarms], ".", markersize=3, color="firebrick")
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", required=True, help="path or URL of the CSV")
    parser.add_argument("--epochs", type=int, default=200)
    parser.add_argument("--learning-rate", type=float, default=0.5)
    parser.add_argument("--lags", type=int, default=24, help="hours that the forecast looks back")
    parser.add_argument("--horizon", type=int, default=24, help="hours that it looks ahead")
    parser.add_argument("--smoothing", type=int, default=6, help="hours over which the score is averaged")
    options = parser.parse_args()
    if "MLFLOW_TRACKING_URI" not in os.environ:
        parser.error("set MLFLOW_TRACKING_URI, for example to http://127.0.0.1:5000")

    hours = load_hours(options.data)
    first = options.lags + options.horizon
    times = hours.index[first:]
    labels = label(times)
    training = times < TRAIN_END
    normal = hours[(hours.index < TRAIN_END) & ~label(hours.index)]
    standard = ((hours - normal.mean()) / normal.std()).to_numpy()
    inputs, targets = lagged(standard, options.lags, options.horizon), standard[first:]

    mlflow.set_experiment("machine-temperature")
    with mlflow.start_run(run_name="linear-forecast") as run:
        mlflow.log_params({**vars(options), "data": os.path.basename(options.data), "model": "linear forecast"})
        fit = training & ~labels
        weights = train(inputs[fit], targets[fit], options.epochs, options.learning_rate)

        colder = pd.Series(inputs @ weights - targets, index=times)
        scores = colder.rolling(options.smoothing, min_periods=1).mean()
        # Chosen on the training data alone.
        thresholds = np.arange(0.1, 5, 0.05)
        train_f1 = [judge((scores > t).to_numpy()[training], labels[training])["f1"] for t in thresholds]
        threshold = float(thresholds[int(np.argmax(train_f1))])
        mlflow.log_params({"threshold": round(threshold, 2)})

        alarms = (scores > threshold).to_numpy()
        quality = judge(alarms[~training], labels[~training])
        mlflow.log_metrics({**quality, "train_f1": max(train_f1)})
        for step, (start, end) in enumerate(ANOMALY_WINDOWS):
            found = times[alarms & ~training & (times >= start) & (times <= end)]
            if len(found) > 0:
                mlflow.log_metric("time_to_detect_minutes", (found[0] - start).total_seconds() / 60, step=step)

        mlflow.log_figure(plot(hours, scores, threshold), "plot.png")
        mlflow.log_dict(
            {
                "kind": "linear forecast",
                "mean": float(normal.mean()),
                "std": float(normal.std()),
                "lags": options.lags,
                "horizon": options.horizon,
                "smoothing": options.smoothing,
                "threshold": threshold,
                "weights": weights.tolist(),
            },
            "model.json",
        )
    print("Test: " + ", ".join(f"{key} {value:.3f}" for key, value in quality.items()))
    print(f"Run {run.info.run_id} at {os.environ['MLFLOW_TRACKING_URI']}, artifacts plot.png and model.json")


if __name__ == "__main__":
    main()
