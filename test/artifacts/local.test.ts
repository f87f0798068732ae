import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ReadableStream } from 'node:stream/web';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ArtifactRepository } from '../../src/artifacts/index.js';
import { createArtifacts } from '../../src/artifacts/index.js';

let folder: string;
let destination: string;
let artifacts: ArtifactRepository;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mlflow-artifacts-'));
  destination = join(folder, 'destination');
  artifacts = createArtifacts({ destination });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const RUN = 'mlflow-artifacts:/1/run/artifacts';

function brokenStream(): ReadableStream<Uint8Array> {
  let sent = false;
  return new ReadableStream({
    pull(controller) {
      if (sent) controller.error(new Error('the sender went away'));
      else controller.enqueue(Buffer.from('half'));
      sent = true;
    },
  });
}

describe('artifacts on the local file system', () => {
  it('writes, reads, lists and deletes', async () => {
    await artifacts.write(RUN, 'a/b c.txt', 'hello');
    await artifacts.write(RUN, 'z.bin', new Uint8Array([1, 2, 3]));
    await artifacts.write(
      RUN,
      'a.txt',
      new Blob(['streamed']).stream() as ReadableStream<Uint8Array>,
    );
    expect(await artifacts.list(RUN)).toEqual([
      { path: 'a', isDirectory: true },
      { path: 'a.txt', isDirectory: false, size: 8 },
      { path: 'z.bin', isDirectory: false, size: 3 },
    ]);
    expect(await artifacts.list(RUN, 'a')).toEqual([
      { path: 'a/b c.txt', isDirectory: false, size: 5 },
    ]);
    const { stream, size, name } = await artifacts.read(RUN, 'a/b c.txt');
    expect([await text(stream), size, name]).toEqual(['hello', 5, 'b c.txt']);
    expect(readFileSync(join(destination, '1/run/artifacts/a/b c.txt'), 'utf8')).toBe('hello');

    await artifacts.delete(RUN, 'a');
    await artifacts.delete(RUN, 'never/was');
    expect((await artifacts.list(RUN)).map(({ path }) => path)).toEqual(['a.txt', 'z.bin']);
    await artifacts.delete(RUN);
    expect(await artifacts.list(RUN)).toEqual([]);
  });

  it('means the same by all URIs of the proxy', async () => {
    await artifacts.write('mlflow-artifacts://host/1/r', 'f', 'x');
    const http = 'http://host/api/2.0/mlflow-artifacts/artifacts/1/r';
    expect(await artifacts.list(http)).toHaveLength(1);
    expect(await artifacts.proxied.list('1/r')).toEqual([
      { path: '1/r/f', isDirectory: false, size: 1 },
    ]);
  });

  it('takes local directories as they are', async () => {
    const elsewhere = join(folder, 'else where');
    await artifacts.write(elsewhere, 'f', 'x');
    expect(await artifacts.list(`file://${elsewhere.replace(' ', '%20')}`)).toHaveLength(1);
  });

  it('lists a file, or what is not there, as nothing', async () => {
    await artifacts.write(RUN, 'f', 'x');
    expect(await artifacts.list(RUN, 'f')).toEqual([]);
    expect(await artifacts.list(RUN, 'f/below')).toEqual([]);
    expect(await artifacts.list('mlflow-artifacts:/none')).toEqual([]);
  });

  it('says what is wrong with a path', async () => {
    await artifacts.write(RUN, 'd/f', 'x');
    await expect(artifacts.read(RUN, 'nope')).rejects.toMatchObject({
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
      message: "No such artifact: '1/run/artifacts/nope'",
    });
    await expect(artifacts.read(RUN, 'd')).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
    });
    await expect(artifacts.write(RUN, 'd', 'x')).rejects.toThrow("'d' is a directory");
    await expect(artifacts.write(RUN, 'd/f/g', 'x')).rejects.toThrow('would be below a file');
    await expect(artifacts.write(RUN, '', 'x')).rejects.toThrow('Invalid path');
    await expect(artifacts.write(RUN, 'n'.repeat(300), 'x')).rejects.toThrow('Invalid path');
  });

  it('leaves nothing of an upload that breaks off, and the old file if there was one', async () => {
    await artifacts.write(RUN, 'old', 'old');
    await expect(artifacts.write(RUN, 'old', brokenStream())).rejects.toThrow('went away');
    await expect(artifacts.write(RUN, 'new', brokenStream())).rejects.toThrow('went away');
    expect(readdirSync(join(destination, '1/run/artifacts'))).toEqual(['old']);
    expect(await text((await artifacts.read(RUN, 'old')).stream)).toBe('old');
  });

  it('does not list what a dead process left half written', async () => {
    await artifacts.write(RUN, 'f', 'x');
    const left = '.00000000-0000-4000-8000-000000000000.mlflow-cratedb-tmp';
    writeFileSync(join(destination, '1/run/artifacts', left), 'half');
    expect((await artifacts.list(RUN)).map(({ path }) => path)).toEqual(['f']);
  });

  it('never leaves the root, whatever the path or the URI', async () => {
    writeFileSync(join(folder, 'secret'), 'secret');
    for (const path of [
      '../../../secret',
      '%2e%2e/%2e%2e/%2e%2e/secret',
      '..%252f..%252f..%252fsecret',
    ]) {
      await expect(artifacts.read(RUN, path)).rejects.toThrow('Invalid path');
      await expect(artifacts.write(RUN, path, 'x')).rejects.toThrow('Invalid path');
      await expect(artifacts.list(RUN, path)).rejects.toThrow('Invalid path');
      await expect(artifacts.delete(RUN, path)).rejects.toThrow('Invalid path');
    }
    await expect(artifacts.read('mlflow-artifacts:/..', 'secret')).rejects.toThrow('Invalid path');
    await expect(artifacts.list('mlflow-artifacts:/%2e%2e')).rejects.toThrow('Invalid path');
    expect(readFileSync(join(folder, 'secret'), 'utf8')).toBe('secret');
  });

  it('follows no link out of the root', async () => {
    const outside = join(folder, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'secret'), 'secret');
    await artifacts.write(RUN, 'inside', 'x');
    const root = join(destination, '1/run/artifacts');
    symlinkSync(outside, join(root, 'link'));
    symlinkSync(join(outside, 'secret'), join(root, 'file-link'));
    symlinkSync(join(root, 'inside'), join(root, 'good-link'));
    symlinkSync(join(outside, 'not-there'), join(root, 'dangling'));

    const refusal = 'resolved path is outside the artifact directory';
    await expect(artifacts.read(RUN, 'link/secret')).rejects.toThrow(refusal);
    await expect(artifacts.read(RUN, 'file-link')).rejects.toThrow(refusal);
    await expect(artifacts.list(RUN, 'link')).rejects.toThrow(refusal);
    await expect(artifacts.write(RUN, 'link/new', 'x')).rejects.toThrow(refusal);
    await expect(artifacts.write(RUN, 'link/deep/new', 'x')).rejects.toThrow(refusal);
    await expect(artifacts.delete(RUN, 'link/secret')).rejects.toThrow(refusal);
    expect((await artifacts.list(RUN)).map(({ path }) => path)).toEqual(['good-link', 'inside']);

    // What is written or deleted is the link, not what it leads to.
    await artifacts.write(RUN, 'dangling', 'x');
    await artifacts.write(RUN, 'file-link', 'mine');
    await artifacts.delete(RUN, 'link');
    expect(readdirSync(outside)).toEqual(['secret']);
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret');
  });
});

describe('uploads in parts', () => {
  const path = '1/run/artifacts/big.bin';

  it('joins the parts in their order, whatever the order they came in', async () => {
    const { uploads } = artifacts.proxied;
    const id = await uploads.create(path, 3);
    const parts = [];
    for (const partNumber of [3, 1, 2]) {
      const etag = await uploads.writePart(path, id, partNumber, `part ${partNumber};`);
      parts.push({ partNumber, etag });
    }
    expect(await artifacts.list(RUN)).toEqual([]);
    await uploads.complete(path, id, parts);
    expect(await text((await artifacts.read(RUN, 'big.bin')).stream)).toBe('part 1;part 2;part 3;');
    expect(readdirSync(join(destination, '.mlflow-uploads'))).toEqual([]);
    expect((await artifacts.proxied.list()).map((info) => info.path)).toEqual(['1']);
  });

  it('takes a part again; the ETag says which one counts', async () => {
    const { uploads } = artifacts.proxied;
    const id = await uploads.create(path, 1);
    const first = await uploads.writePart(path, id, 1, 'first');
    const second = await uploads.writePart(path, id, 1, 'second');
    expect(first).toMatch(/^"[0-9a-f]{32}"$/);
    expect(second).not.toBe(first);
    await uploads.complete(path, id, [{ partNumber: 1, etag: first.replaceAll('"', '') }]);
    expect(await text((await artifacts.read(RUN, 'big.bin')).stream)).toBe('first');
  });

  it('refuses what does not fit', async () => {
    const { uploads } = artifacts.proxied;
    const id = await uploads.create(path, 2);
    const etag = await uploads.writePart(path, id, 1, 'x');
    await expect(uploads.complete(path, id, [{ partNumber: 1, etag }])).rejects.toThrow(
      'has 2 parts',
    );
    await expect(
      uploads.complete(path, id, [
        { partNumber: 1, etag },
        { partNumber: 2, etag },
      ]),
    ).rejects.toThrow('Part 2 was not uploaded');
    await expect(uploads.writePart(path, id, 3, 'x')).rejects.toThrow('no part 3');
    await expect(uploads.writePart('other', id, 1, 'x')).rejects.toThrow('No multipart upload');
    await expect(uploads.writePart(path, '../../x', 1, 'x')).rejects.toThrow('No multipart upload');
    await expect(uploads.create(path, 0)).rejects.toThrow('1 to 10000 parts');
    await expect(uploads.create('../x', 1)).rejects.toThrow('Invalid path');
    await expect(uploads.writePart(path, id, 2, brokenStream())).rejects.toThrow('went away');
    await uploads.abort(path, id);
    await expect(uploads.writePart(path, id, 1, 'x')).rejects.toThrow('No multipart upload');
  });

  it('keeps its folder out of reach', async () => {
    await artifacts.proxied.uploads.create(path, 1);
    await expect(artifacts.proxied.list('.mlflow-uploads')).rejects.toThrow('Invalid path');
    await expect(artifacts.list('mlflow-artifacts:/.mlflow-uploads')).rejects.toThrow(
      'Invalid path',
    );
  });
});
