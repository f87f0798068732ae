import { describe, expect, it } from 'vitest';

import { artifactLocationOf, runArtifactUri } from '../../src/domain/index.js';
import { normalizePosixPath } from '../../src/domain/posix-path.js';
import { asciiJson, pythonFloat, pythonString } from '../../src/domain/python-text.js';

describe('texts as Python prints them', () => {
  it.each([
    ['abc', "'abc'"],
    ["it's", '"it\'s"'],
    ['a"b', "'a\"b'"],
    ['a"b\'c', "'a\"b\\'c'"],
    ['a\nb\t\r\\', String.raw`'a\nb\t\r\\'`],
    ['\u0000\u007f\u0080', String.raw`'\x00\x7f\x80'`],
    ['é日😀', "'é日😀'"],
    ['\u200b\u2028\u00a0', String.raw`'\u200b\u2028\xa0'`],
    ['\u{e0001}', String.raw`'\U000e0001'`],
  ])('repr of %j', (text, expected) => {
    expect(pythonString(text)).toBe(expected);
  });

  it.each([
    [1, '1.0'],
    [-0, '-0.0'],
    [0.1, '0.1'],
    [1e15, '1000000000000000.0'],
    [1e16, '1e+16'],
    [123456789012345680, '1.2345678901234568e+17'],
    [1e22, '1e+22'],
    [0.0001234, '0.0001234'],
    [0.00001, '1e-05'],
    [5e-324, '5e-324'],
    [NaN, 'nan'],
    [-Infinity, '-inf'],
  ])('repr of the float %d', (value, expected) => {
    expect(pythonFloat(value)).toBe(expected);
  });

  it('JSON of ASCII characters only', () => {
    expect(asciiJson('é"\u007f😀\n')).toBe(String.raw`"\u00e9\"\u007f\ud83d\ude00\n"`);
  });
});

describe('normalizePosixPath', () => {
  it.each([
    ['', '.'],
    ['./', '.'],
    ['a//b', 'a/b'],
    ['a/b/../c/./d', 'a/c/d'],
    ['a/../..', '..'],
    ['../../a', '../../a'],
    ['/..', '/'],
    ['//', '//'],
    ['//a', '//a'],
    ['///a', '/a'],
  ])('%j is %j', (path, expected) => {
    expect(normalizePosixPath(path)).toBe(expected);
  });
});

describe('artifact URIs', () => {
  it.each([
    ['/a/b', '/a/b/12', '/a/b/r/artifacts'],
    ['/a/b/', '/a/b/12', '/a/b/r/artifacts'],
    ['rel', 'rel/12', 'rel/r/artifacts'],
    ['', '12', 'r/artifacts'],
    ['s3://b', 's3://b/12', 's3://b/r/artifacts'],
    ['s3://b/p?x=1', 's3://b/p/12?x=1', 's3://b/p/r/artifacts?x=1'],
    ['mlflow-artifacts:/', 'mlflow-artifacts:/12', 'mlflow-artifacts:/r/artifacts'],
    ['http://h:1/p?q=1#f', 'http://h:1/p/12?q=1#f', 'http://h:1/p/r/artifacts?q=1#f'],
    ['/odd?name#here', '/odd?name#here/12', '/odd?name#here/r/artifacts'],
  ])('below %j', (root, location, uri) => {
    expect(artifactLocationOf(root, '12')).toBe(location);
    expect(runArtifactUri(root, 'r')).toBe(uri);
  });
});
