import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { findRoute, ROUTES } from '../../src/protocol/index.js';

/** Method and path of each endpoint of MLflow 3.12. */
const STOCK = readFileSync(new URL('stock-endpoints.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.replace(/\{(\w+)\}/g, '<$1>'));

describe('the table of endpoints', () => {
  it('has each endpoint of the stock server, and one of our own', () => {
    const ours = ROUTES.map(({ method, pattern }) => `${method} ${pattern}`);
    const own = ['/api/2.0', '/ajax-api/2.0'].map(
      (prefix) => `PUT ${prefix}/mlflow-artifacts/mpu/part/<path:artifact_path>`,
    );
    expect(ours.toSorted()).toEqual([...STOCK, ...own].toSorted());
    expect(STOCK).toHaveLength(393);
  });

  it('finds each by a path made from its pattern', () => {
    for (const { method, pattern, operation } of ROUTES) {
      const path = pattern.replace(/<path:\w+>/g, 'a/b%2Fc').replace(/<\w+>/g, 'x1');
      const match = findRoute(method, path);
      expect([pattern, match.kind === 'route' && match.route.operation]).toEqual([
        pattern,
        operation,
      ]);
    }
  });

  it('puts a fixed path before a pattern', () => {
    const search = findRoute('POST', '/api/3.0/mlflow/traces/search');
    expect(search.kind === 'route' && search.route.operation).toBe('searchTracesV3');
    const one = findRoute('GET', '/api/3.0/mlflow/traces/search');
    expect(one.kind === 'route' && one.params).toEqual({ trace_id: 'search' });
  });

  it('gives path parameters as they stand in the URL', () => {
    const match = findRoute('PUT', '/api/2.0/mlflow-artifacts/artifacts/a/%252e%252e/b');
    expect(match.kind === 'route' && match.params).toEqual({ artifact_path: 'a/%252e%252e/b' });
  });

  it('knows the methods of a path, and what is none', () => {
    expect(findRoute('POST', '/api/2.0/mlflow/experiments/get')).toEqual({
      kind: 'wrong-method',
      allowed: ['GET'],
    });
    expect(findRoute('GET', '/api/2.0/mlflow/experiments/get/')).toEqual({ kind: 'unknown' });
    expect(findRoute('GET', '/api/2.0/mlflow/metrics/get-history-bulk')).toEqual({
      kind: 'unknown',
    });
  });
});
