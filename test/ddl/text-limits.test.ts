import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { provision, storageOf, tableNames } from '../../ddl/index.js';
import { tableShapes } from '../../ddl/render/table.js';
import { openCrate, openPGlite, type Backend } from './backends.js';

const crateUrl = inject('crateUrl');

/**
 * A text of that many characters, each of four bytes and two UTF-16 units: MLflow counts
 * characters, databases the others. The characters vary, or an index would compress them.
 */
function wide(characters: number): string {
  let text = '';
  for (let i = 0; i < characters; i++) text += String.fromCodePoint(0x1f300 + ((i * 7_919) % 701));
  return text;
}

/** Longest text per column that MLflow lets through (characters); keys and values at once. */
const limits: readonly (readonly [table: string, row: Record<string, unknown>])[] = [
  ['experiments', { experiment_id: 1, name: wide(500) }],
  [
    'experiment_names',
    { workspace: 'a'.repeat(63), name: wide(500), experiment_id: 1, token: 't' },
  ],
  [
    'registered_model_names',
    { workspace: 'a'.repeat(63), name: wide(256), generation: 1, state: 'live', model_id: 'm' },
  ],
  ['experiment_tags', { experiment_id: 1, key: wide(250), value: wide(5_000) }],
  ['params', { run_uuid: 'r', key: wide(250), value: wide(6_000) }],
  ['tags', { run_uuid: 'r', key: wide(250), value: wide(8_000) }],
  [
    'metrics',
    { run_uuid: 'r', key: wide(250), timestamp: 1, step: 0, value: 0.5, is_nan: false },
  ],
  [
    'latest_metrics',
    { run_uuid: 'r', key: wide(250), timestamp: 1, step: 0, value: 0.5, is_nan: false },
  ],
  [
    'datasets',
    {
      experiment_id: 1,
      name: wide(500),
      digest: wide(36),
      dataset_uuid: 'd',
      dataset_source_type: 'local',
      dataset_source: wide(65_535),
      dataset_schema: wide(1_048_575),
      dataset_profile: 'x'.repeat(16_777_215),
    },
  ],
  ['input_tags', { input_uuid: 'i', name: wide(255), value: wide(500) }],
  ['trace_tags', { request_id: 't', key: wide(250), value: wide(8_000) }],
  ['trace_request_metadata', { request_id: 't', key: wide(250), value: wide(8_000) }],
  ['registered_model_tags', { name: wide(256), key: wide(250), value: wide(100_000) }],
  [
    'model_version_tags',
    { name: wide(256), version: 1, key: wide(250), value: wide(100_000) },
  ],
  ['registered_models', { name: wide(256), description: wide(5_000) }],
  [
    'logged_model_params',
    { model_id: 'm', experiment_id: 1, param_key: wide(250), param_value: wide(6_000) },
  ],
  [
    'trace_info',
    {
      request_id: 't',
      experiment_id: 1,
      timestamp_ms: 1,
      status: 'OK',
      request_preview: wide(1_000),
      response_preview: wide(1_000),
    },
  ],
  [
    'webhooks',
    {
      webhook_id: 'w',
      name: 'a'.repeat(63),
      url: wide(500),
      description: wide(1_000),
      secret: 'x'.repeat(1_000),
    },
  ],
  [
    'webhook_deliveries',
    {
      delivery_id: 'd'.repeat(36),
      webhook_id: 'w',
      model_id: 'm',
      position: 1,
      event: 'prompt_version.created',
      model_name: wide(256),
      // Of a tag's 100,000 characters, each written as twelve.
      body: 'x'.repeat(1_300_000),
      state: 'ready',
      attempts: 0,
      owner: '',
      due_at: 1,
      created_at: 1,
    },
  ],
  ['evaluation_dataset_tags', { dataset_id: 'd', key: wide(255), value: wide(5_000) }],
];

async function insert(backend: Backend, table: string, row: Record<string, unknown>) {
  const columns = Object.keys(row);
  const places = columns.map((_, i) => `$${i + 1}`).join(', ');
  const name = `"${backend.schema}"."${table}"`;
  await backend.query(
    `INSERT INTO ${name} (${columns.map((column) => `"${column}"`).join(', ')}) VALUES (${places})`,
    Object.values(row),
  );
  if (backend.engine === 'cratedb') await backend.query(`REFRESH TABLE ${name}`);
}

function suite(title: string, open: () => Promise<Backend>, more?: (db: () => Backend) => void) {
  describe(title, () => {
    let backend: Backend;
    beforeAll(async () => {
      backend = await open();
      await provision(backend, backend);
    });
    afterAll(() => backend.close());

    it.each(limits)('%s: texts as long as MLflow allows', async (table, row) => {
      await insert(backend, table, row);
      const { rows } = await backend.query(
        `SELECT ${Object.keys(row).join(', ')} FROM "${backend.schema}"."${table}"`,
      );
      expect(rows).toHaveLength(1);
      for (const [column, value] of Object.entries(row)) {
        // Not toEqual on the row: a difference of megabytes is no message.
        expect(String(rows[0]![column]) === String(value), column).toBe(true);
      }
    });

    more?.(() => backend);
  });
}

suite('text (PGlite)', openPGlite);

describe.skipIf(crateUrl === undefined)('text and objects (CrateDB)', () => {
  suite('text', () => openCrate(crateUrl!), (db) => {
    const shapes = new Map(tableShapes().map((shape) => [shape.name, shape]));
    const withLargeText = tableNames.filter((name) => storageOf(name).largeText.length > 0);

    it.each(withLargeText)('%s: columns marked so hold more than 32,766 bytes', async (name) => {
      const { largeText } = storageOf(name);
      const row = shapes.get(name)!.columns.flatMap((column): [string, unknown][] => {
        if (largeText.includes(column.name)) return [[column.name, wide(20_000)]];
        if (!column.notNull || column.generated !== undefined) return [];
        if (column.type === 'boolean') return [[column.name, true]];
        return [[column.name, /int|double/.test(column.type) ? 7 : 'large']];
      });
      await insert(db(), name, Object.fromEntries(row));
      for (const column of largeText) {
        // Found by its content too: slower than by an index, not wrong.
        const { rows } = await db().query(
          `SELECT 1 AS one FROM "${db().schema}"."${name}" WHERE "${column}" = $1`,
          [wide(20_000)],
        );
        expect(rows, column).toHaveLength(1);
      }
    });

    it('an ordinary text column ends at 32,766 bytes, with an error', async () => {
      const tag = { run_uuid: 'limit', key: 'k' };
      const longer = insert(db(), 'tags', { ...tag, value: wide(8_192) });
      await expect(longer).rejects.toThrow('immense term');
      await expect(insert(db(), 'tags', { ...tag, value: wide(8_191) })).resolves.toBeUndefined();
    });

    it('objects hold JSON of any shape, each row its own', async () => {
      const inputs = [
        { x: 1 },
        { x: 'text' },
        { x: [1, 'a', { b: null }] },
        { 'mlflow.llm.model': 'm', 'a[0]': 1 },
        { x: wide(20_000) },
      ];
      for (const [i, value] of inputs.entries()) {
        await insert(db(), 'evaluation_dataset_records', {
          dataset_record_id: String(i),
          dataset_id: 'd',
          inputs: JSON.stringify(value),
          input_hash: 'h',
        });
      }
      const { rows } = await db().query(
        `SELECT inputs FROM "${db().schema}"."evaluation_dataset_records"
         ORDER BY dataset_record_id`,
      );
      expect(rows.map((row) => row['inputs'])).toEqual(inputs);
    });
  });
});
