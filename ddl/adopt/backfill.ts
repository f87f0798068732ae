/**
 * The rows that the other program does not have and this one needs. All of it may be done again.
 *
 * Not among them is who bears a registered model's name: a store takes in rows without a generation
 * when it starts, and goes on doing so while the other program writes.
 */
import { qualified } from '../render/table.js';
import { field, type StatementRunner } from '../runner.js';
import type { ResolvedTarget } from '../target.js';

/** From here on an id is a random one of MLflow's file store: the sequence won't get there. */
const RANDOM_IDS = '1000000000000000';

/** Active before deleted, then the oldest. */
const ORDER =
  "CASE WHEN lifecycle_stage = 'active' THEN 0 ELSE 1 END, creation_time, experiment_id";

export function backfillStatements({ schema }: ResolvedTarget): string[] {
  const table = (name: string) => qualified(schema, name);
  return [
    `REFRESH TABLE ${table('experiments')}`,
    `INSERT INTO ${table('experiment_names')} (workspace, name, experiment_id, token)` +
      ' (SELECT workspace, name, experiment_id, gen_random_text_uuid() FROM' +
      ' (SELECT workspace, name, experiment_id,' +
      ` row_number() OVER (PARTITION BY workspace, name ORDER BY ${ORDER}) AS place` +
      ` FROM ${table('experiments')} WHERE lifecycle_stage <> 'void') AS bearers` +
      ' WHERE place = 1) ON CONFLICT (workspace, name) DO NOTHING',
    `INSERT INTO ${table('sequences')} (name, value)` +
      ` (SELECT 'experiments', coalesce(max(experiment_id), 0) FROM ${table('experiments')}` +
      ` WHERE experiment_id < ${RANDOM_IDS}) ON CONFLICT (name)` +
      ' DO UPDATE SET value = greatest(value, excluded.value)',
  ];
}

/** Experiments of one name, of which only one is found by it. */
export interface DuplicateName {
  readonly workspace: string;
  readonly name: string;
  /** The one that is found by the name: an active one before a deleted one, then the oldest. */
  readonly experimentId: string;
  readonly others: readonly string[];
}

export async function readDuplicateNames(
  runner: StatementRunner,
  { schema }: ResolvedTarget,
): Promise<DuplicateName[]> {
  const experiments = qualified(schema, 'experiments');
  await runner.execute(`REFRESH TABLE ${experiments}`);
  const { rows } = await runner.execute(
    `SELECT e.workspace, e.name, e.experiment_id FROM ${experiments} AS e` +
      ` INNER JOIN (SELECT workspace, name FROM ${experiments} WHERE lifecycle_stage <> 'void'` +
      ' GROUP BY workspace, name HAVING count(*) > 1) AS d' +
      ' ON e.workspace = d.workspace AND e.name = d.name' +
      ` ORDER BY e.workspace, e.name, ${ORDER.replace(/(lifecycle_stage|creation_time|experiment_id)/g, 'e.$1')}`,
  );
  const found = new Map<string, { workspace: string; name: string; ids: string[] }>();
  for (const row of rows) {
    const workspace = String(field(row, 'workspace'));
    const name = String(field(row, 'name'));
    const key = JSON.stringify([workspace, name]);
    const entry = found.get(key) ?? { workspace, name, ids: [] };
    entry.ids.push(String(field(row, 'experiment_id')));
    found.set(key, entry);
  }
  return [...found.values()].map(({ workspace, name, ids: [experimentId = '', ...others] }) => ({
    workspace,
    name,
    experimentId,
    others,
  }));
}
