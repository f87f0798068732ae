import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

import { pythonWithMlflow } from '../helpers/python.js';
import { REGISTRY_METHODS, TRACKING_METHODS } from './store-methods.js';

const python = await pythonWithMlflow();

describe.skipIf(python === undefined)('the list of store methods (needs Python)', () => {
  it('is that of the stock package', async () => {
    const program = `
import inspect, json
from mlflow.store.model_registry.abstract_store import AbstractStore as Registry
from mlflow.store.tracking.abstract_store import AbstractStore as Tracking

def methods(store):
    found = inspect.getmembers(store, inspect.isfunction)
    return [name for name, _ in found if not name.startswith("_")]

print(json.dumps([methods(Tracking), methods(Registry)]))
`;
    const { stdout } = await promisify(execFile)(python ?? '', ['-c', program]);
    const [tracking, registry] = JSON.parse(stdout) as [string[], string[]];
    expect(TRACKING_METHODS.toSorted()).toEqual(tracking.toSorted());
    expect(REGISTRY_METHODS.toSorted()).toEqual(registry.toSorted());
  });
});
