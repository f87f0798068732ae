import type { ModelVersion } from '../../domain/index.js';
import {
  checkAlias,
  checkModelName,
  checkSetAlias,
  checkVersionNumber,
  isLatestAlias,
  noLatestVersion,
  noSuchAlias,
  noSuchModelVersion,
} from '../../domain/registry/index.js';
import type { StoreContext } from '../context.js';
import type { Intents } from '../sql/intents.js';
import type { Outbox } from '../webhooks/outbox.js';
import { noteAlias } from './events.js';
import { newerTenureWins } from './newer-tenure-wins.js';
import { orNoVersion, readLatestVersions, readOfModel, versionOf } from './read.js';
import { readAnyAliasRow, readVersionRow } from './rows.js';
import { writeToModel } from './write.js';

/** An alias that stands is moved, in one statement: two that set it at once leave one. */
export async function setRegisteredModelAlias(
  context: StoreContext,
  intents: Intents,
  outbox: Outbox,
  name: string,
  alias: string,
  version: string | number,
): Promise<void> {
  checkModelName(name);
  checkSetAlias(alias);
  const number = checkVersionNumber(version);
  const write = outbox.record((note) =>
    writeToModel(context, intents, name, async (model) => {
      if ((await readVersionRow(context, model, number)) === undefined) {
        throw noSuchModelVersion(name, version);
      }
      await noteAlias(context, note, { model, name, alias, version });
      await context.db
        .insertInto('registered_model_aliases')
        .values({
          workspace: context.workspace,
          name: model.name,
          alias,
          version: String(number),
          generation: model.generation,
        })
        .onConflict((conflict) =>
          conflict
            .columns(['workspace', 'name', 'alias'])
            .doUpdateSet(
              newerTenureWins('registered_model_aliases', ['version'], { foreign: 'replaced' }),
            ),
        )
        .execute();
    }),
  );
  await orNoVersion(name, version, write);
}

/** One that isn't there is fine. */
export async function deleteRegisteredModelAlias(
  context: StoreContext,
  intents: Intents,
  outbox: Outbox,
  name: string,
  alias: string,
): Promise<void> {
  checkModelName(name);
  checkAlias(alias);
  await outbox.record((note) =>
    writeToModel(context, intents, name, async (model) => {
      await noteAlias(context, note, { model, name, alias });
      await context.db
        .deleteFrom('registered_model_aliases')
        .where('workspace', '=', context.workspace)
        .where('name', '=', model.name)
        .where('alias', '=', alias)
        .execute();
    }),
  );
}

/**
 * `latest` is no alias, but the latest version of the stage that was used first, as MLflow has it.
 */
export function getModelVersionByAlias(
  context: StoreContext,
  name: string,
  alias: string,
): Promise<ModelVersion> {
  checkModelName(name);
  checkAlias(alias);
  return readOfModel(context, name, async (model) => {
    if (isLatestAlias(alias)) {
      const latest = await readLatestVersions(context, [model.generation]);
      const [first] = latest.get(model.generation) ?? [];
      if (first === undefined) throw noLatestVersion(name);
      return versionOf(context, model, first.version, first.version);
    }
    const row = await readAnyAliasRow(context, model.name, alias);
    if (row?.generation !== model.generation) throw noSuchAlias(alias);
    return versionOf(context, model, row.version, Number(row.version));
  });
}
