import type { Kysely } from 'kysely';

import { currentSchema, versionOf, type SchemaDefinition } from '../definition.js';
import { bookkeepingStatements } from '../migrations/bring-in-step.js';
import { readCatalog } from '../migrations/catalog.js';
import { readVersion, recordVersion } from '../migrations/version.js';
import { onSchema } from '../provision.js';
import { qualified } from '../render/table.js';
import type { StatementRunner } from '../runner.js';
import { readSnapshot } from '../snapshot/read.js';
import type { ResolvedTarget, SchemaTarget } from '../target.js';
import { refuseOthers } from './adopt.js';
import { backfillStatements } from './backfill.js';
import { planTables, type TablePlan } from './plan.js';
import { createRecordTable, readRecords } from './record.js';
import { copyName, createCopy, insertRows, readyName } from './shape.js';
import {
  blockReads,
  blockWrites,
  closeStatement,
  keepStatement,
  openStatements,
  readyStatement,
  swapStatement,
} from './swap.js';
import { countRows } from './work.js';

export interface PlannedTable {
  readonly table: string;
  /** `finish`: it was swapped by one who was stopped. */
  readonly action: 'copy' | 'keep' | 'create' | 'finish';
  /** Rows that are there now. */
  readonly rows: number;
  /** Why it is copied, a line each. */
  readonly reasons: readonly string[];
  readonly extraColumns: readonly string[];
  /** Without a final semicolon; a copy is written as one statement, but done in chunks. */
  readonly statements: readonly string[];
}

export interface AdoptionPlan {
  /** Empty where there is nothing to do. */
  readonly tables: readonly PlannedTable[];
  /** All of them in order, without those of the lease and of the record of how far it is. */
  readonly statements: readonly string[];
}

/**
 * What {@link adoptSchema} would do now. Reads only.
 *
 * @throws As it does, as far as it can be seen without copying.
 */
export async function planAdoption<Tables>(
  db: Kysely<Tables> | StatementRunner,
  options: SchemaTarget,
  definition: SchemaDefinition = currentSchema(),
): Promise<AdoptionPlan> {
  return onSchema(db, options, async (runner, target) => {
    await refuseOthers(runner, target, definition);
    if ((await readVersion(runner, target.schema)) !== undefined) {
      return { tables: [], statements: [] };
    }
    const live = await readSnapshot(runner, target);
    const plans = planTables(definition, live, await readRecords(runner, target), target);
    const tables: PlannedTable[] = [];
    for (const plan of plans) {
      tables.push({
        table: plan.table,
        action: plan.action,
        rows: plan.action === 'create' ? 0 : await countRows({ runner, target }, plan.table),
        reasons: plan.action === 'copy' ? plan.reasons : [],
        extraColumns:
          plan.action === 'keep'
            ? plan.extraColumns
            : plan.action === 'copy'
              ? plan.shape.extra.map(({ name }) => name)
              : [],
        statements: statementsOf(plan, target),
      });
    }
    const bookkeeping = bookkeepingStatements(await readCatalog(runner, target.schema), target);
    return {
      tables,
      statements: [
        ...bookkeeping,
        createRecordTable(target),
        ...tables.flatMap(({ statements }) => statements),
        ...backfillStatements(target),
        ...recordVersion(versionOf(definition), target),
      ],
    };
  });
}

function statementsOf(plan: TablePlan, target: ResolvedTarget): readonly string[] {
  const { table } = plan;
  // Each run has digits of its own.
  const ready = readyName(table, '00000000');
  switch (plan.action) {
    case 'create':
    case 'keep':
      return plan.statements;
    case 'finish':
      return [...openStatements(target, plan.old), keepStatement(target, plan.old, table)];
    case 'copy':
      return [
        ...(plan.isBlocked ? openStatements(target, table) : []),
        ...createCopy(plan.definition, plan.shape, plan.live, target),
        insertRows(
          plan.shape,
          qualified(target.schema, table),
          qualified(target.schema, copyName(table)),
          '',
        ),
        blockWrites(target, table),
        readyStatement(target, table, ready),
        blockReads(target, table),
        closeStatement(target, table),
        swapStatement(target, ready, table),
        ...openStatements(target, ready),
        keepStatement(target, ready, table),
      ];
  }
}
