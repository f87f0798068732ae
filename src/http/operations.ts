import type { OperationName } from '../protocol/index.js';

import { artifactOperations } from './handlers/artifacts.js';
import { experimentOperations } from './handlers/experiments.js';
import { inputOperations } from './handlers/inputs.js';
import { loggedModelOperations } from './handlers/logged-models.js';
import { metricOperations } from './handlers/metrics.js';
import { modelVersionOperations } from './handlers/model-versions.js';
import { proxiedArtifactOperations } from './handlers/proxied-artifacts.js';
import { registeredModelOperations } from './handlers/registered-models.js';
import { runOperations } from './handlers/runs.js';
import { serverOperations } from './handlers/server.js';
import { traceOperations } from './handlers/traces.js';
import { webhookOperations } from './handlers/webhooks.js';
import type { Operation } from './operation.js';

const tracking = {
  ...artifactOperations,
  ...experimentOperations,
  ...inputOperations,
  ...loggedModelOperations,
  ...metricOperations,
  ...modelVersionOperations,
  ...registeredModelOperations,
  ...runOperations,
  ...webhookOperations,
  ...traceOperations,
};

/** What is served; every other endpoint of MLflow's answers 501. */
export const OPERATIONS: Readonly<Partial<Record<OperationName, Operation>>> = {
  ...tracking,
  ...proxiedArtifactOperations,
  ...serverOperations,
} satisfies Partial<Record<OperationName, Operation>>;

/** Those that `--artifacts-only` turns off. */
export const TRACKING_OPERATIONS: ReadonlySet<string> = new Set(Object.keys(tracking));
