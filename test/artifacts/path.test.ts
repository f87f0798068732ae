import { describe, expect, it } from 'vitest';

import { locateArtifacts, safeSegments } from '../../src/artifacts/index.js';

describe('safeSegments', () => {
  it.each([
    ['a/b.txt', ['a', 'b.txt']],
    ['', []],
    ['a//b/./c/', ['a', 'b', 'c']],
    ['a b/é', ['a b', 'é']],
    ['a%20b', ['a b']],
    ['100%', ['100%']],
    ['a..b/...', ['a..b', '...']],
    ['a\\b', ['a\\b']],
    // MLflow keeps control characters in its file names like this.
    ['a\u0000b%0a', ['a%00b%0a']],
  ])('%j is %j', (path, segments) => {
    expect(safeSegments(path)).toEqual(segments);
  });

  it.each([
    '..',
    '../a',
    'a/../../b',
    'a/..',
    '%2e%2e/a',
    'a/%2E%2E/b',
    '%252e%252e/a',
    '%25252e%25252e%25252fa',
    '..%2f..%2fetc/passwd',
    '/etc/passwd',
    '%2Fetc/passwd',
    '%252Fetc',
    'C:/windows',
    'C:\\windows',
    'c%3A%5Cwindows',
    '\\\\server\\share',
    '%5C%5Cserver',
    'a#b',
    'a%23b',
    'file:///etc/passwd',
    'FILE:a',
    // More layers than anyone encodes by accident.
    `%${'25'.repeat(12)}2e`,
  ])('refuses %j', (path) => {
    expect(() => safeSegments(path)).toThrow('Invalid path');
  });
});

describe('locateArtifacts', () => {
  it.each([
    ['mlflow-artifacts:/1/r', { kind: 'proxied', path: '1/r' }],
    ['mlflow-artifacts:/', { kind: 'proxied', path: '' }],
    ['mlflow-artifacts://host:5000/1/r', { kind: 'proxied', path: '1/r' }],
    ['mlflow-artifacts:/../x', { kind: 'proxied', path: '../x' }],
    ['http://h/api/2.0/mlflow-artifacts/artifacts/1/r', { kind: 'proxied', path: '1/r' }],
    ['https://h:1/p/api/2.0/mlflow-artifacts/artifacts', { kind: 'proxied', path: '' }],
    ['/data/a', { kind: 'local', directory: '/data/a' }],
    ['file:///data/a%20b', { kind: 'local', directory: '/data/a b' }],
  ])('%s', (uri, location) => {
    expect(locateArtifacts(uri)).toEqual(location);
  });

  it('refuses what it cannot reach', () => {
    expect(() => locateArtifacts('s3://bucket/a')).toThrow("the scheme 's3' are not implemented");
    expect(() => locateArtifacts('http://h/else')).toThrow('does not lead to an MLflow artifacts');
    expect(() => locateArtifacts('http://h/api/2.0/mlflow-artifacts/artifactsX')).toThrow(
      'does not',
    );
  });
});
