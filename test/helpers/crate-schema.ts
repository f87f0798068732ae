import pg from 'pg';

import { renderDrop } from '../../ddl/index.js';
import { parseCrateUrl } from '../../dialect/index.js';

/** Drops what `provision` made in the schema that the URL names. */
export async function dropSchema(url: string | undefined): Promise<void> {
  if (url === undefined) return;
  const { hosts, user, schema } = parseCrateUrl(url);
  const client = new pg.Client({ ...hosts[0], user });
  await client.connect();
  try {
    for (const statement of renderDrop({ schema })) await client.query(statement);
  } finally {
    await client.end();
  }
}
