import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import type { Client } from './client.js';
import { clientOf, invalidBody } from './client.js';
import { RUN, RUN_ID } from './fake-store.js';

let client: Client;
afterEach(() => client.dispose());

const PROXY = '/api/2.0/mlflow-artifacts';
const ROOT = `1/${RUN_ID}/artifacts`;

function place(path: string, content = 'hello'): void {
  const file = join(client.destination, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

const json = (value: unknown) => ({
  body: JSON.stringify(value),
  headers: { 'Content-Type': 'application/json' },
});

describe('the artifacts of a run', () => {
  it('are listed', async () => {
    client = clientOf();
    expect((await client.get(`artifacts/list?run_id=${RUN_ID}`)).text).toBe(
      `{"root_uri":"mlflow-artifacts:/${ROOT}"}`,
    );
    place(`${ROOT}/d/a b.txt`);
    place(`${ROOT}/z.png`);
    expect((await client.get(`artifacts/list?run_id=${RUN_ID}`)).text).toBe(
      `{"root_uri":"mlflow-artifacts:/${ROOT}","files":[{"path":"d","is_dir":true},` +
        '{"path":"z.png","is_dir":false,"file_size":5}]}',
    );
    expect((await client.get(`artifacts/list?run_id=${RUN_ID}&path=d`)).text).toBe(
      `{"root_uri":"mlflow-artifacts:/${ROOT}","files":[{"path":"d/a b.txt","is_dir":false,"file_size":5}]}`,
    );
  });

  it.each(['..', '%2e%2e', '%252e%252e', '/etc', 'a%2523b', 'C:%5Ca'])(
    'refuses path=%s',
    async (path) => {
      client = clientOf();
      const refusal = { status: 400, text: invalidBody('Invalid path') };
      expect(await client.get(`artifacts/list?run_id=none&path=${path}`)).toMatchObject(refusal);
      expect(await client.send('GET', `/get-artifact?run_id=none&path=${path}`)).toMatchObject(
        refusal,
      );
      expect(
        await client.send(
          'POST',
          `/ajax-api/2.0/mlflow/upload-artifact?run_uuid=none&path=${path}`,
          { body: 'x' },
        ),
      ).toMatchObject(refusal);
      expect(client.calls).toEqual([]);
    },
  );

  it('are downloaded as attachments', async () => {
    client = clientOf();
    place(`${ROOT}/z.png`);
    const answer = await client.send('GET', `/get-artifact?run_id=${RUN_ID}&path=z.png`);
    expect(answer.text).toBe('hello');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': '5',
      'content-disposition': 'attachment; filename=z.png',
      'x-content-type-options': 'nosniff',
    });
    expect(await client.send('GET', `/get-artifact?run_id=${RUN_ID}&path=zz.png`)).toMatchObject({
      status: 404,
      text:
        `{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "No such artifact: '${ROOT}/zz.png'", ` +
        '"sqlstate": "KAM00", "error_class": "RESOURCE_NOT_FOUND"}',
    });
    expect((await client.send('GET', '/get-artifact?run_uuid=nope&path=z')).text).toContain(
      'Run with id=nope not found',
    );
    // The stock server answers these two with pages of HTML.
    expect((await client.send('GET', `/get-artifact?run_id=${RUN_ID}`)).status).toBe(400);
    expect((await client.send('GET', `/get-artifact?run_id=${RUN_ID}&path=.`)).status).toBe(400);
  });

  it('are uploaded by the UI, up to 10 MiB', async () => {
    client = clientOf();
    const upload = (query: string, body?: string) =>
      client.send(
        'POST',
        `/ajax-api/2.0/mlflow/upload-artifact?${query}`,
        body === undefined ? {} : { body },
      );
    expect((await upload(`run_uuid=${RUN_ID}&path=u/v.txt`, 'hi')).status).toBe(200);
    expect(readFileSync(join(client.destination, ROOT, 'u/v.txt'), 'utf8')).toBe('hi');
    expect((await upload('path=a', 'x')).text).toBe(invalidBody('Request must specify run_uuid.'));
    expect((await upload('run_uuid=a', 'x')).text).toBe(invalidBody('Request must specify path.'));
    expect((await upload('run_uuid=a&path=b')).text).toBe(
      invalidBody('Request must specify data.'),
    );
    const large = await client.send(
      'POST',
      '/ajax-api/2.0/mlflow/upload-artifact?run_uuid=a&path=b',
      {
        body: 'x',
        headers: { 'Content-Length': String(10 * 1024 * 1024 + 1) },
      },
    );
    expect(large.text).toBe(invalidBody('Artifact size is too large. Max size is 10MB.'));
  });

  it('have no presigned uploads', async () => {
    client = clientOf({
      getRun: async (id) =>
        id === 'local' ? { ...RUN, info: { ...RUN.info, artifactUri: '/tmp/x' } } : RUN,
    });
    expect(
      (await client.post('artifacts/presigned-upload-url', `{"run_id":"${RUN_ID}","path":"a"}`))
        .text,
    ).toBe(
      invalidBody(
        'Presigned upload is not supported for runs with proxied artifact storage (artifact URI scheme: ' +
          'mlflow-artifacts). This endpoint requires a run with a direct cloud storage artifact URI.',
      ),
    );
    expect(
      await client.post('artifacts/presigned-upload-url', '{"run_id":"local","path":"a"}'),
    ).toMatchObject({
      status: 501,
      text: '{"error_code": "NOT_IMPLEMENTED", "message": "Presigned upload is not supported for the current artifact repository"}',
    });
  });
});

describe('the proxy', () => {
  it('uploads, lists, downloads and deletes', async () => {
    client = clientOf();
    const url = `${PROXY}/artifacts/1/x/d/a%20b.txt`;
    expect(await client.send('PUT', url, { body: 'hello' })).toMatchObject({
      status: 200,
      text: '{}',
    });
    expect(await client.send('PUT', `${PROXY}/artifacts/1/x/empty`)).toMatchObject({ status: 200 });
    expect((await client.send('GET', `${PROXY}/artifacts?path=1/x`)).text).toBe(
      '{"files":[{"path":"d","is_dir":true},{"path":"empty","is_dir":false,"file_size":0}]}',
    );
    expect((await client.send('GET', `${PROXY}/artifacts`)).text).toBe(
      '{"files":[{"path":"1","is_dir":true}]}',
    );
    const answer = await client.send(
      'GET',
      `/ajax-api/2.0/mlflow-artifacts/artifacts/1/x/d/a%20b.txt`,
    );
    expect(answer.text).toBe('hello');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="a b.txt"');
    expect(answer.headers.get('content-type')).toBe('text/plain');
    expect(await client.send('DELETE', url)).toMatchObject({ status: 200, text: '{}' });
    expect(await client.send('DELETE', url)).toMatchObject({ status: 200, text: '{}' });
    expect((await client.send('GET', url)).status).toBe(404);
  });

  it('gives names of any alphabet', async () => {
    client = clientOf();
    const url = `${PROXY}/artifacts/${encodeURIComponent("é'.tar.gz")}`;
    await client.send('PUT', url, { body: 'x' });
    const { headers } = await client.send('GET', url);
    expect(headers.get('content-disposition')).toBe(
      `attachment; filename="_'.tar.gz"; filename*=UTF-8''%C3%A9%27.tar.gz`,
    );
    expect(headers.get('content-type')).toBe('application/x-tar');
  });

  it.each([
    '%252e%252e/secret',
    'a/%252E%252E/%252e%252e/secret',
    '..%2f..%2fsecret',
    '%2Fetc/passwd',
    '%252Fetc/passwd',
    'a%23b',
    'C:/x',
    'C%3A%5Cx',
    '%5C%5Cserver%5Cshare',
    'file%3A///etc/passwd',
  ])('refuses %s', async (path) => {
    client = clientOf();
    for (const method of ['GET', 'PUT', 'DELETE']) {
      expect(await client.send(method, `${PROXY}/artifacts/${path}`)).toMatchObject({
        status: 400,
        text: invalidBody('Invalid path'),
      });
    }
    for (const step of ['create', 'complete', 'abort']) {
      const message = { path: 'x', num_parts: 1, upload_id: 'u', parts: [] };
      expect((await client.send('POST', `${PROXY}/mpu/${step}/${path}`, json(message))).text).toBe(
        invalidBody('Invalid path'),
      );
    }
  });

  it('takes an upload in parts, at the URLs it gave', async () => {
    client = clientOf({}, { staticPrefix: '/p' });
    const file = { path: '/home/me/big file.bin' };
    const created = await client.send(
      'POST',
      `/p${PROXY}/mpu/create/1/r/d`,
      json({ ...file, num_parts: 2 }),
    );
    const { upload_id: uploadId, credentials } = JSON.parse(created.text);
    expect(credentials).toEqual(
      [1, 2].map((part) => ({
        url: `http://localhost:5000/p${PROXY}/mpu/part/1/r/d/big%20file.bin?upload_id=${uploadId}&part=${part}`,
        part_number: part,
      })),
    );
    const parts = [];
    for (const { url, part_number: partNumber } of credentials) {
      const { pathname, search } = new URL(url);
      const answer = await client.send('PUT', pathname + search, { body: `<${partNumber}>` });
      parts.push({ part_number: partNumber, etag: answer.headers.get('etag'), url });
    }
    const complete = (list: unknown) =>
      client.send(
        'POST',
        `/p${PROXY}/mpu/complete/1/r/d`,
        json({ ...file, upload_id: uploadId, parts: list }),
      );
    expect((await complete([{ ...parts[0], etag: '"00"' }, parts[1]])).status).toBe(400);
    expect(await complete(parts)).toMatchObject({ status: 200, text: '{}' });
    expect(readFileSync(join(client.destination, '1/r/d/big file.bin'), 'utf8')).toBe('<1><2>');
    expect((await complete(parts)).status).toBe(404);
  });

  it('lets an upload in parts be given up', async () => {
    client = clientOf({}, { publicUrl: 'https://ml.example.org/x/' });
    const created = await client.send('POST', `${PROXY}/mpu/create/1/r`, json({ path: 'f' }));
    const { upload_id: uploadId, credentials } = JSON.parse(created.text);
    expect(credentials[0].url).toBe(
      `https://ml.example.org/x${PROXY}/mpu/part/1/r/f?upload_id=${uploadId}&part=1`,
    );
    const abort = () =>
      client.send('POST', `${PROXY}/mpu/abort/1/r`, json({ path: 'f', upload_id: uploadId }));
    expect(await abort()).toMatchObject({ status: 200, text: '{}' });
    expect((await abort()).status).toBe(404);
  });

  it('has no presigned downloads; the client takes the other way then', async () => {
    client = clientOf();
    expect(await client.send('GET', `${PROXY}/presigned/1/a`)).toMatchObject({
      status: 501,
      text: '{"error_code": "NOT_IMPLEMENTED", "message": "Multipart download is not supported for the current artifact repository"}',
    });
  });

  it('can be turned off', async () => {
    client = clientOf({}, { serveArtifacts: false });
    const answer = await client.send('GET', `${PROXY}/artifacts/a`);
    expect(answer).toMatchObject({
      status: 503,
      text:
        `Endpoint: ${PROXY}/artifacts/<path:artifact_path> disabled due to the mlflow server running with ` +
        '`--no-serve-artifacts`. To enable artifacts server functionality, run `mlflow server` with `--serve-artifacts`',
    });
    expect((await client.get(`artifacts/list?run_id=${RUN_ID}`)).status).toBe(400);
  });

  it('can be all there is', async () => {
    client = clientOf({}, { artifactsOnly: true });
    expect(await client.get(`runs/get?run_id=${RUN_ID}`)).toMatchObject({
      status: 503,
      text:
        'Endpoint: /api/2.0/mlflow/runs/get disabled due to the mlflow server running in `--artifacts-only` mode. ' +
        'To enable tracking server functionality, run `mlflow server` without `--artifacts-only`',
    });
    expect((await client.send('GET', `${PROXY}/artifacts`)).status).toBe(200);
  });
});
