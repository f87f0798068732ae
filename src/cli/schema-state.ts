import type { SchemaStatus } from '../../ddl/index.js';
import { count } from './output.js';

/** Where a schema stands, and what to run. */
export function describeState({ state, pending }: SchemaStatus): string {
  switch (state) {
    case 'absent':
      return 'no tables; `ddl apply` makes them';
    case 'partial':
      return "half provisioned, which `ddl apply` completes, or another program's: `ddl diff` tells";
    case 'behind':
      return `${count(pending.length, 'migration')} pending; \`ddl migrate\` runs them`;
    case 'in-step':
      return 'in step';
    case 'ahead':
      return 'made by a later program';
  }
}
