import { notes } from '../schema/notes.js';
import { tableDefinitions } from '../table-definition.js';
import { renderCrateTable } from './cratedb.js';
import { renderDrop } from './drop.js';

/** The committed SQL files by their path from the package's root, as they should be. */
export function sqlFiles(): Record<string, string> {
  const creates = tableDefinitions().map((table) => {
    const note = notes[table.name];
    return `${note === undefined ? '' : `-- ${note}\n`}${renderCrateTable(table)};`;
  });
  return {
    'ddl/cratedb.sql': file(
      [
        "MLflow's tables in CrateDB. Run it as it is: crash < ddl/cratedb.sql",
        'It may be run again: what is there stays.',
        'VARCHARs of user text have twice the length MLflow allows: CrateDB counts UTF-16 units.',
      ],
      creates.join('\n\n'),
    ),
    'ddl/drop.sql': file(
      [
        'Drops the tables of ddl/cratedb.sql WITH ALL THEIR DATA. Run it as it is:',
        'crash < ddl/drop.sql',
      ],
      renderDrop()
        .map((statement) => `${statement};`)
        .join('\n'),
    ),
  };
}

function file(about: readonly string[], statements: string): string {
  const head = [...about, 'Generated from ddl/schema and ddl/storage.ts by `npm run ddl:render`.'];
  return `${head.map((line) => `-- ${line}`).join('\n')}\n\n${statements}\n`;
}
