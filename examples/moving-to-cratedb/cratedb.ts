/**
 * The same shop on CrateDB.
 *
 *     CRATEDB_URL='crate://crate@localhost/?schema=shop' node examples/moving-to-cratedb/cratedb.ts
 */
import { type Dialect, type Generated, Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { CrateDialect } from 'mlflow-cratedb/dialect';

interface Shop {
  customer: {
    email: string;
    name: string;
    since: Generated<Date>;
  };
  purchase: {
    id: string;
    customer: string;
    item: string;
    price: number;
  };
}

const migrations: Record<string, Migration> = {
  '001 customers': {
    up: async (db) => {
      await db.schema
        .createTable('customer')
        .addColumn('email', 'text', (column) => column.primaryKey())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('since', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
        .execute();
    },
  },
  '002 purchases': {
    up: async (db) => {
      await db.schema
        .createTable('purchase')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('customer', 'text', (column) => column.notNull())
        .addColumn('item', 'text', (column) => column.notNull())
        .addColumn('price', 'double precision', (column) => column.notNull())
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
    .returning('name')
    .executeTakeFirstOrThrow();
}

interface Item {
  readonly item: string;
  readonly price: number;
}

/**
 * All items, once: the order's number makes their keys, so whoever got no answer calls it again.
 * What a customer has spent is told by the purchases, and can't go out of step with them.
 */
async function buy(db: Kysely<Shop>, order: string, email: string, items: readonly Item[]) {
  await db
    .insertInto('purchase')
    .values(items.map((item, line) => ({ id: `${order}/${line}`, customer: email, ...item })))
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

async function bestCustomers(db: Kysely<Shop>) {
  return await db
    .selectFrom('customer')
    .innerJoin('purchase', 'purchase.customer', 'customer.email')
    .select(({ fn }) => [
      'customer.name',
      fn.sum<number>('purchase.price').as('spent'),
      fn.countAll<string>().as('purchases'),
    ])
    .groupBy(['customer.email', 'customer.name'])
    .orderBy('spent', 'desc')
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
    await buy(db, 'order 1', 'ada@example.org', [
      { item: 'engine', price: 120 },
      { item: 'cards', price: 7.5 },
    ]);
    await buy(db, 'order 2', 'alan@example.org', [{ item: 'tape', price: 30 }]);

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
  const url = process.env['CRATEDB_URL'] ?? 'crate://crate@localhost/?schema=shop';
  await run(new CrateDialect({ url }), (line) => console.log(line));
}
