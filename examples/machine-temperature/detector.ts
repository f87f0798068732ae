import type { Bin } from './load.ts';

const HOUR_MS = 3_600_000;

/** What is learnt; written out as JSON, it is the model. */
export interface Detector {
  readonly kind: 'robust-z-score-of-rolling-mean';
  /** The rolling mean looks back so many hours. */
  readonly windowHours: number;
  /** Of the rolling mean, in the normal part of the training data. */
  readonly median: number;
  /** 1.4826 × median absolute deviation: the standard deviation, if it were normal. */
  readonly scale: number;
  /** An alarm is a score above it. */
  readonly threshold: number;
}

export interface Quality {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export interface Trained {
  readonly detector: Detector;
  /** On the training data. */
  readonly quality: Quality;
  /** F1 on the training data of every threshold that was tried, ascending. */
  readonly sweep: readonly { readonly threshold: number; readonly f1: number }[];
}

export interface TrainingData {
  readonly bins: readonly Bin[];
  readonly labels: readonly boolean[];
}

const WINDOW_HOURS = [1, 3, 6, 12, 24];
const THRESHOLDS = Array.from({ length: 76 }, (_, index) => 0.5 + index / 10);

/** Window and threshold are chosen by F1 on the training data; nothing else is looked at. */
export function train(data: TrainingData): Trained {
  const candidates = WINDOW_HOURS.map((hours) => trainWindow(data, hours));
  return candidates.reduce((best, next) => (next.quality.f1 > best.quality.f1 ? next : best));
}

function trainWindow({ bins, labels }: TrainingData, windowHours: number): Trained {
  const normal = rollingMean(bins, windowHours).filter((_, index) => labels[index] === false);
  const center = median(normal);
  const untuned: Detector = {
    kind: 'robust-z-score-of-rolling-mean',
    windowHours,
    median: center,
    scale: 1.4826 * median(normal.map((value) => Math.abs(value - center))),
    threshold: Infinity,
  };
  const scores = score(untuned, bins);
  const tried = THRESHOLDS.map((threshold) => ({
    threshold,
    quality: judge(scores.map((value) => value > threshold), labels),
  }));
  const best = tried.reduce((a, b) => (b.quality.f1 > a.quality.f1 ? b : a));
  return {
    detector: { ...untuned, threshold: best.threshold },
    quality: best.quality,
    sweep: tried.map(({ threshold, quality }) => ({ threshold, f1: quality.f1 })),
  };
}

/** How many robust standard deviations the rolling mean is away from normal, up or down. */
export function score(detector: Detector, bins: readonly Bin[]): number[] {
  return rollingMean(bins, detector.windowHours).map(
    (mean) => Math.abs(mean - detector.median) / detector.scale,
  );
}

/** Bin by bin: which alarms are right, and which anomalous bins are found. */
export function judge(alarms: readonly boolean[], labels: readonly boolean[]): Quality {
  const raised = alarms.filter(Boolean).length;
  const anomalous = labels.filter(Boolean).length;
  const right = alarms.filter((alarm, index) => alarm && labels[index] === true).length;
  const precision = raised === 0 ? 0 : right / raised;
  const recall = anomalous === 0 ? 0 : right / anomalous;
  const f1 = right === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { precision, recall, f1 };
}

/** By time, not by count: a gap in the data doesn't stretch the window. */
function rollingMean(bins: readonly Bin[], hours: number): number[] {
  let first = 0;
  let sum = 0;
  return bins.map((bin, index) => {
    sum += bin.value;
    while (bins[first]!.time <= bin.time - hours * HOUR_MS) sum -= bins[first++]!.value;
    return sum / (index - first + 1);
  });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]!
    : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
