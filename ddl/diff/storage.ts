import type { TableSnapshot } from '../snapshot/snapshot.js';
import type { Difference } from './change.js';

/** How CrateDB keeps the table. PostgreSQL's tables have none of it. */
export function diffStorage(
  { name: table, storage: expected }: TableSnapshot,
  { storage: live }: TableSnapshot,
): Difference[] {
  if (expected === undefined || live === undefined) return [];
  const differences: Difference[] = [];
  const compare = (
    kind: Difference['kind'],
    label: string,
    wanted: string,
    found: string,
    rest: Pick<Difference, 'severity' | 'safe'> & { readonly advice?: string },
  ) => {
    if (wanted === found) return;
    const message = `${label} of ${table} is ${found || 'none'}, expected ${wanted || 'none'}`;
    differences.push({ kind, table, expected: wanted, found, message, ...rest });
  };
  const copy = {
    severity: 'error',
    safe: false,
    advice: 'it stays as it was made: copy the rows into a new table and swap them',
  } as const;
  // Everybody's own choice: `provision` takes them as options.
  const chosen = { severity: 'note', safe: false } as const;

  compare('clustered-by', 'routing', expected.clusteredBy, live.clusteredBy, copy);
  compare(
    'partitioned-by',
    'partitioning',
    expected.partitionedBy.join(', '),
    live.partitionedBy.join(', '),
    copy,
  );
  compare('column-policy', 'column policy', expected.columnPolicy, live.columnPolicy, {
    severity: 'warning',
    safe: true,
  });
  for (const name of new Set([...Object.keys(expected.options), ...Object.keys(live.options)])) {
    const wanted = expected.options[name] ?? "CrateDB's default";
    // Anything but REQUEST loses acknowledged writes when a node's power fails.
    const matters = name === 'translog.durability';
    compare('option', `option ${name}`, wanted, live.options[name] ?? "CrateDB's default", {
      severity: matters ? 'warning' : 'note',
      safe: false,
      ...(matters ? { advice: `ALTER TABLE … RESET ("${name}")` } : {}),
    });
  }
  if (live.readOnly) {
    differences.push({
      kind: 'read-only',
      table,
      severity: 'error',
      safe: false,
      message: `table ${table} is read-only`,
      advice: 'lift the block: ALTER TABLE … RESET ("blocks.read_only"), or make room on the disk',
    });
  }
  compare('shards', 'number of shards', String(expected.shards), String(live.shards), chosen);
  compare('replicas', 'number_of_replicas', expected.replicas, live.replicas, chosen);
  return differences;
}
