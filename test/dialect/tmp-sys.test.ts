import { Kysely, sql } from 'kysely';
import { expect, inject, it } from 'vitest';
import { CrateDialect } from '../../dialect/index.js';
import { transportUrl } from './transport-url.js';
const url = inject('crateUrl')!;
it('system tables', async () => {
  const pg = new Kysely<any>({ dialect: new CrateDialect({ url, schema: 'doc' }) });
  const http = new Kysely<any>({ dialect: new CrateDialect({ url: await transportUrl(url, 'http'), schema: 'doc' }) });
  const { rows } = await sql<any>`select table_schema s, table_name t from information_schema.tables where table_schema in ('pg_catalog','information_schema','sys') order by 1,2`.execute(pg);
  const bad: string[] = [];
  for (const { s, t } of rows) {
    const q = sql`select * from ${sql.table(`${s}.${t}`)} limit 200`;
    const [a, b] = [await q.execute(pg).catch((e) => ({ rows: [String(e)] })), await q.execute(http).catch((e) => ({ rows: [String(e)] }))];
    const ja = a.rows.map((r) => JSON.stringify(r)).sort(), jb = b.rows.map((r) => JSON.stringify(r)).sort();
    let n = 0; for (let i = 0; i < Math.min(ja.length, jb.length); i++) if (ja[i] !== jb[i] && n++ < 1) { let k=0; while(ja[i]![k]===jb[i]![k]) k++; bad.push(`${s}.${t} ${a.rows.length}/${b.rows.length}\n  ${ja[i]!.slice(Math.max(0,k-60), k+100)}\n  ${jb[i]!.slice(Math.max(0,k-60), k+100)}`); }
  }
  for (const e of [`information_schema._pg_expandarray(['a,b','c"d','e\\f','g h','', null])`, `pg_get_keywords()`]) {
    const q = sql`select ${sql.raw(e)} as x limit 6`; bad.push(JSON.stringify([(await q.execute(pg)).rows, (await q.execute(http)).rows]));
  }
  console.log(bad.join('\n'));
  await pg.destroy(); await http.destroy();
  expect(1).toBe(1);
});
