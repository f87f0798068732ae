import { sql } from 'kysely';

import { unnest } from '../../../dialect/index.js';
import type { Int64 } from '../../domain/int64.js';
import type { Tag } from '../../domain/tag.js';
import type { StoreContext } from '../context.js';
import { isOneOf } from '../sql/is-one-of.js';
import { sameForAll, sameInt64ForAll } from '../sql/same-for-all.js';
import type { Tenure } from './names.js';
import { newerTenureWins } from './newer-tenure-wins.js';

type Owner = Pick<Tenure, 'name' | 'generation'>;

/** Writes tags of a model; a key that stands gets the new value. Keys must be distinct. */
export async function writeModelTags(
  context: StoreContext,
  { name, generation }: Owner,
  tags: readonly Tag[],
): Promise<void> {
  if (tags.length === 0) return;
  await context.db
    .insertInto('registered_model_tags')
    .columns(['workspace', 'name', 'generation', 'key', 'value'])
    .expression(
      unnestTags(context, tags).select([
        sameForAll(context.workspace).as('workspace'),
        sameForAll(name).as('name'),
        sameInt64ForAll(generation).as('generation'),
        'tag.key',
        'tag.value',
      ]),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['workspace', 'key', 'name'])
        .doUpdateSet(newerTenureWins('registered_model_tags', ['value'], { foreign: 'replaced' })),
    )
    .execute();
}

/** As {@link writeModelTags}, of one version. */
export async function writeVersionTags(
  context: StoreContext,
  model: Owner,
  version: number,
  tags: readonly Tag[],
): Promise<void> {
  if (tags.length === 0) return;
  await insertVersionTags(context, selectVersionTags(context, model, version, tags)).execute();
}

/**
 * As {@link writeVersionTags}, before the version is written: only where no other version has its
 * number, which is looked at in the same statement. Answers how many were written.
 * @param created when the version was created, if it may stand already. ms since the epoch.
 */
export async function writeNewVersionTags(
  context: StoreContext,
  model: Owner,
  version: { readonly number: number; readonly created: Int64 | undefined },
  tags: readonly Tag[],
): Promise<number> {
  if (tags.length === 0) return 0;
  const { number, created } = version;
  // What is left of an earlier tenure is in nobody's way.
  const others = context.db
    .selectFrom('model_versions')
    .select('version')
    .where('workspace', '=', context.workspace)
    .where('name', '=', model.name)
    .where('version', '=', number)
    .where((eb) =>
      eb.or([
        eb('generation', 'is', null),
        eb('generation', created === undefined ? '>=' : '>', model.generation),
        ...(created === undefined
          ? []
          : [eb('generation', '=', model.generation).and('creation_time', '!=', created)]),
      ]),
    );
  const rows = selectVersionTags(context, model, number, tags).where((eb) =>
    eb.not(eb.exists(others)),
  );
  const written = await insertVersionTags(context, rows).returning('key').execute();
  return written.length;
}

/** Takes back what {@link writeNewVersionTags} wrote for a number that another version got. */
export async function removeVersionTags(
  context: StoreContext,
  { name, generation }: Owner,
  version: number,
  tags: readonly Tag[],
): Promise<void> {
  if (tags.length === 0) return;
  const keys = tags.map(({ key }) => key);
  await context.db
    .deleteFrom('model_version_tags')
    .where('workspace', '=', context.workspace)
    .where('name', '=', name)
    .where('version', '=', version)
    .where('generation', '=', generation)
    .where(isOneOf('key', 'text', keys))
    .execute();
}

function selectVersionTags(
  context: StoreContext,
  { name, generation }: Owner,
  version: number,
  tags: readonly Tag[],
) {
  return unnestTags(context, tags).select([
    sameForAll(context.workspace).as('workspace'),
    sameForAll(name).as('name'),
    sql<number>`CAST(${version} AS integer)`.as('version'),
    sameInt64ForAll(generation).as('generation'),
    'tag.key',
    'tag.value',
  ]);
}

function insertVersionTags(context: StoreContext, rows: ReturnType<typeof selectVersionTags>) {
  return context.db
    .insertInto('model_version_tags')
    .columns(['workspace', 'name', 'version', 'generation', 'key', 'value'])
    .expression(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['workspace', 'key', 'name', 'version'])
        .doUpdateSet(newerTenureWins('model_version_tags', ['value'], { foreign: 'replaced' })),
    );
}

function unnestTags(context: StoreContext, tags: readonly Tag[]) {
  return context.db.selectFrom(
    unnest('tag', {
      key: { type: 'text', values: tags.map((tag) => tag.key) },
      value: { type: 'text', values: tags.map((tag) => tag.value) },
    }),
  );
}

/** The tags of many models, by generation. */
export async function readModelTags(
  context: StoreContext,
  generations: readonly Int64[],
): Promise<ReadonlyMap<Int64, readonly Tag[]>> {
  const tags = new Map<Int64, Tag[]>(generations.map((generation) => [generation, []]));
  if (generations.length === 0) return tags;
  const rows = await context.db
    .selectFrom('registered_model_tags')
    .select(['generation', 'key', 'value'])
    .where(isOneOf('generation', 'bigint', generations))
    .orderBy('key')
    .execute();
  for (const { generation, key, value } of rows) tags.get(generation ?? 0)?.push({ key, value });
  return tags;
}

/** From this many on, all tags of the models are read: the list would cost more. */
const MAX_VERSIONS_ASKED = 1_000;

/** The tags of many versions, by {@link versionKey}. */
export async function readVersionTags(
  context: StoreContext,
  versions: readonly { readonly generation: Int64 | null; readonly version: number }[],
): Promise<ReadonlyMap<string, readonly Tag[]>> {
  const tags = new Map<string, Tag[]>(versions.map((version) => [versionKey(version), []]));
  if (versions.length === 0) return tags;
  const generations = [...new Set(versions.map(({ generation }) => generation ?? 0))];
  const numbers = [...new Set(versions.map(({ version }) => version))];
  let select = context.db
    .selectFrom('model_version_tags')
    .select(['generation', 'version', 'key', 'value'])
    .where(isOneOf('generation', 'bigint', generations))
    .orderBy('key');
  if (numbers.length <= MAX_VERSIONS_ASKED) {
    select = select.where(isOneOf('version', 'integer', numbers));
  }
  for (const row of await select.execute()) {
    tags.get(versionKey(row))?.push({ key: row.key, value: row.value ?? '' });
  }
  return tags;
}

export function versionKey({
  generation,
  version,
}: {
  readonly generation: Int64 | null;
  readonly version: number;
}): string {
  return `${String(generation)}:${String(version)}`;
}
