/**
 * Every feature over every transport, and docs/dialect-features.md, which says what came of it.
 * `npm run docs:features` writes that page anew.
 */
import { readFile, writeFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { transportUrl } from '../transport-url.js';
import { featureId, renderFeatures } from './document.js';
import { measure, type Measured } from './feature.js';
import { FEATURES } from './index.js';
import { openFeatures, type OpenFeatures } from './open.js';

const crateUrl = inject('crateUrl');
const TRANSPORTS = ['pg', 'http'] as const;
const PAGE = new URL('../../../docs/dialect-features.md', import.meta.url);
const outcomes = new Map<string, Map<string, Measured>>();

describe.skipIf(crateUrl === undefined).each(TRANSPORTS)(
  'features of Kysely (CrateDB, %s)',
  (transport) => {
    let features: OpenFeatures;

    beforeAll(async () => {
      const url = await transportUrl((crateUrl ?? '').replace(/\?.*$/, ''), transport);
      features = await openFeatures(url, `t_features_${transport}`);
    });
    afterAll(() => features.close());

    describe.each(FEATURES.map((group) => [group.group, group] as const))(
      '%s',
      (group, { features: all }) => {
        it.each(all.map((feature) => [feature.feature, feature] as const))(
          '%s',
          async (name, feature) => {
            const measured = await measure(feature, features.context);
            const id = featureId(group, name);
            outcomes.set(id, (outcomes.get(id) ?? new Map<string, Measured>()).set(transport, measured));
            expect(measured.outcome).toBe(feature.expected);
            if (measured.outcome !== 'pass') expect(measured.note).not.toBe('');
          },
        );
      },
    );
  },
);

it('each feature is listed once', () => {
  for (const { group, features } of FEATURES) {
    const names = features.map(({ feature }) => feature);
    expect(new Set(names).size, group).toBe(names.length);
  }
});

it.skipIf(crateUrl === undefined)('docs/dialect-features.md says what was measured (CrateDB)', async () => {
  const page = renderFeatures(FEATURES, TRANSPORTS, outcomes);
  if (process.env['WRITE_FEATURES'] !== undefined) await writeFile(PAGE, page);
  expect(await readFile(PAGE, 'utf8')).toBe(page);
});
