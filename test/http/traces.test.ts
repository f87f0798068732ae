import { afterEach, describe, expect, it } from 'vitest';

import type { Client } from './client.js';
import { clientOf, invalidBody, SEE_DOCS } from './client.js';

let client: Client;
afterEach(() => client.dispose());

describe('traces', () => {
  it('link prompts', async () => {
    client = clientOf({ linkPromptsToTrace: async () => undefined });
    const link = (body: unknown) => client.post('traces/link-prompts', JSON.stringify(body));
    const versions = [{ name: 'p', version: '1' }];
    expect(await link({ trace_id: 't', prompt_versions: versions })).toMatchObject({
      status: 200,
      text: '{}',
    });
    expect(client.calls).toEqual([['linkPromptsToTrace', 't', versions]]);
    const missing = (field: string) => ({
      status: 400,
      text: invalidBody(`Missing value for required parameter '${field}'.${SEE_DOCS}`),
    });
    expect(await link({ prompt_versions: versions })).toMatchObject(missing('trace_id'));
    expect(await link({ trace_id: 't' })).toMatchObject(missing('prompt_versions'));
    expect(await link({ trace_id: 't', prompt_versions: [{ name: 'p' }] })).toMatchObject(
      missing('prompt_versions[0].version'),
    );
  });
});
