import { sql } from 'kysely';
import { expect } from 'vitest';

import { type FeatureGroup, passes } from './feature.js';

const SLOW = `select count(*) as n from generate_series(1, 20000) a(i), generate_series(1, 20000) b(j)
  where a.i % 7 = b.j % 5`;

export const abort: FeatureGroup = {
  group: 'abort',
  features: [
    passes('a query, ended on the server as well', 'execute({ signal })', async ({ db }) => {
      const controller = new AbortController();
      const running = sql.raw(`${SLOW} and 'aborted feature' <> ''`).execute(db, {
        signal: controller.signal,
      });
      const outcome = running.catch((error: unknown) => error);
      const jobs = async () => {
        const { rows } = await sql<{ stmt: string }>`select stmt from sys.jobs`.execute(db);
        return rows.filter(({ stmt }) => stmt.includes("'aborted feature'")).length;
      };
      await expect.poll(jobs, { timeout: 10_000 }).toBe(1);
      controller.abort(new Error('enough'));
      expect(await outcome).toMatchObject({ message: 'enough' });
      await expect.poll(jobs, { timeout: 10_000 }).toBe(0);
    }),
    passes('before anything is sent', 'AbortSignal.abort()', async ({ db, sent, clear }) => {
      clear();
      const query = db.selectFrom('person').selectAll().execute({ signal: AbortSignal.abort() });
      await expect(query).rejects.toThrow(/abort/i);
      expect(sent.filter(({ kind }) => kind === 'select')).toEqual([]);
    }),
    passes('a stream', 'stream({ signal })', async ({ db }) => {
      const controller = new AbortController();
      const numbers = db
        .selectFrom(sql<{ n: number }>`generate_series(1, 1000000)`.as<'s'>(sql`s(n)`))
        .select('s.n');
      const reading = async () => {
        for await (const { n } of numbers.stream({ chunkSize: 10, signal: controller.signal })) {
          if (n === 25) controller.abort(new Error('enough'));
        }
      };
      await expect(reading()).rejects.toThrow('enough');
    }),
  ],
};
