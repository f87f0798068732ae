import { Kysely, sql } from 'kysely';

import { CrateDialect } from '../../dialect/index.js';

/** `describe.each(transports)('… (CrateDB, %s)', (transport) => …)` */
export const transports = ['pg', 'http'] as const;
export type TransportName = (typeof transports)[number];

/** The same server by the other transport: its HTTP port is asked for. */
export async function transportUrl(url: string, transport: TransportName): Promise<string> {
  if (transport === 'pg') return url;
  const db = new Kysely<unknown>({ dialect: new CrateDialect({ url }) });
  try {
    const { rows } = await sql<{ port: { http: number } }>`select port from sys.nodes limit 1`.execute(
      db,
    );
    const at = new URL(url);
    at.port = String(rows[0]?.port.http ?? 4200);
    at.searchParams.set('transport', 'http');
    return at.href;
  } finally {
    await db.destroy();
  }
}
