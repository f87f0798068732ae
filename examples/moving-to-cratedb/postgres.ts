/**
 * A small shop on PostgreSQL, by Kysely: two tables, an upsert, a transaction, a join, pages.
 *
 *     DATABASE_URL=postgres://localhost/shop node examples/moving-to-cratedb/postgres.ts
 */
import { type Dialect, type Generated, Kysely, PostgresDialect, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import pg from 'pg';

interface Shop {
  customer: {
    id: Generated<number>;
    email: string;
    name: string;
    spent: Generated<number>;
    since: Generated<Date>;
  };
  purchase: {
    id: Generated<number>;
    customer_id: number;
    item: string;
    price: number;
  };
}

const migrations: Record<string, Migration> = {
  '001 customers': {
    up: async (db) => {
      await db.schema
        .createTable('customer')
        .addColumn('id', 'serial', (column) => column.primaryKey())
        .addColumn('email', 'text', (column) => column.notNull().unique())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('spent', 'double precision', (column) => column.notNull().defaultTo(0))
        .addColumn('since', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
        .execute();
    },
  },
  '002 purchases': {
    up: async (db) => {
      await db.schema
        .createTable('purchase')
        .addColumn('id', 'serial', (column) => column.primaryKey())
        .addColumn('customer_id', 'integer', (column) => column.notNull().references('customer.id'))
        .addColumn('item', 'text', (column) => column.notNull())
        .addColumn('price', 'double precision', (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex('purchase_customer')
        .on('purchase')
        .column('customer_id')
        .execute();
    },
  },
};

/** A customer is known by the email; the name may change. */
async function saveCustomer(db: Kysely<Shop>, email: string, name: string) {
  return await db
    .insertInto('customer')
    .values({ email, name })
    .onConflict((conflict) => conflict.column('email').doUpdateSet({ name }))
    .returning(['id', 'name'])
    .executeTakeFirstOrThrow();
}

interface Item {
  readonly item: string;
  readonly price: number;
}

/** All items, and what the customer has spent, or nothing. */
async function buy(db: Kysely<Shop>, email: string, items: readonly Item[]) {
  await db.transaction().execute(async (trx) => {
    const { id } = await trx
      .selectFrom('customer')
      .select('id')
      .where('email', '=', email)
      .forUpdate()
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('purchase')
      .values(items.map(({ item, price }) => ({ customer_id: id, item, price })))
      .execute();
    const total = items.reduce((sum, { price }) => sum + price, 0);
    await trx
      .updateTable('customer')
      .set((eb) => ({ spent: eb('spent', '+', total) }))
      .where('id', '=', id)
      .execute();
  });
}

async function bestCustomers(db: Kysely<Shop>) {
  return await db
    .selectFrom('customer')
    .innerJoin('purchase', 'purchase.customer_id', 'customer.id')
    .select(({ fn }) => ['customer.name', 'customer.spent', fn.countAll<string>().as('purchases')])
    .groupBy(['customer.id', 'customer.name', 'customer.spent'])
    .orderBy('customer.spent', 'desc')
    .execute();
}

/** Dearest first, each page beginning after the last row of the one before. */
async function purchasesAfter(db: Kysely<Shop>, last?: Item) {
  let query = db.selectFrom('purchase').select(['item', 'price']);
  if (last !== undefined) {
    query = query.where((eb) =>
      eb(eb.refTuple('price', 'item'), '<', eb.tuple(last.price, last.item)),
    );
  }
  return await query.orderBy('price', 'desc').orderBy('item', 'desc').limit(2).execute();
}

export async function run(dialect: Dialect, print: (line: string) => void): Promise<void> {
  const db = new Kysely<Shop>({ dialect });
  try {
    const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw new Error('The migration failed', { cause: error });

    await saveCustomer(db, 'ada@example.org', 'Ada');
    await saveCustomer(db, 'ada@example.org', 'Ada Lovelace');
    await saveCustomer(db, 'alan@example.org', 'Alan Turing');
    await buy(db, 'ada@example.org', [
      { item: 'engine', price: 120 },
      { item: 'cards', price: 7.5 },
    ]);
    await buy(db, 'alan@example.org', [{ item: 'tape', price: 30 }]);

    for (const { name, spent, purchases } of await bestCustomers(db)) {
      print(`${name}: ${purchases} purchases, ${spent.toFixed(2)}`);
    }
    let page = await purchasesAfter(db);
    while (page.length > 0) {
      print(page.map(({ item, price }) => `${item} ${price.toFixed(2)}`).join(', '));
      page = await purchasesAfter(db, page.at(-1));
    }
  } finally {
    await db.destroy();
  }
}

if (process.argv[1] === import.meta.filename) {
  const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'] });
  await run(new PostgresDialect({ pool }), (line) => console.log(line));
}
