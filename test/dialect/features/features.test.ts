import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { measure } from './feature.js';
import { FEATURES } from './index.js';
import { openFeatures, type OpenFeatures } from './open.js';

const crateUrl = inject('crateUrl');

describe.skipIf(crateUrl === undefined)('features of Kysely (CrateDB)', () => {
  let features: OpenFeatures;

  beforeAll(async () => {
    features = await openFeatures(crateUrl!, 't_features');
  });
  afterAll(() => features.close());

  describe.each(FEATURES.map((group) => [group.group, group] as const))(
    '%s',
    (_, { features: all }) => {
      it.each(all.map((feature) => [feature.feature, feature] as const))(
        '%s',
        async (_name, feature) => {
          const { outcome, note } = await measure(feature, features.context);
          expect(outcome).toBe(feature.expected);
          if (outcome !== 'pass') expect(note).not.toBe('');
        },
      );
    },
  );
});

it('each feature is listed once', () => {
  for (const { group, features } of FEATURES) {
    const names = features.map(({ feature }) => feature);
    expect(new Set(names).size, group).toBe(names.length);
  }
});
