import type { Generated, Kysely } from 'kysely';
import { sql } from 'kysely';

/** Tables of the features: people, their pets, and the pets' toys. */
export interface FeatureDB {
  person: PersonTable;
  pet: { id: number; name: string; owner_id: number; species: string };
  toy: { id: number; name: string; pet_id: number; price: number };
}

export interface PersonTable {
  id: number;
  first_name: string;
  last_name: string | null;
  age: number | null;
  gender: Generated<string>;
  nicknames: string[] | null;
  address: { city: string; zip: number; lines: string[]; geo: { lat: number } } | null;
}

const WITH = 'CLUSTERED INTO 1 SHARDS WITH (number_of_replicas = 0, refresh_interval = 0)';

const TABLES = {
  person: `(id INTEGER PRIMARY KEY, first_name TEXT NOT NULL, last_name TEXT, age INTEGER,
    gender TEXT DEFAULT 'other', nicknames TEXT[],
    address OBJECT(STRICT) AS (city TEXT, zip INTEGER, lines TEXT[],
      geo OBJECT(STRICT) AS (lat DOUBLE PRECISION)))`,
  pet: '(id INTEGER PRIMARY KEY, name TEXT, owner_id INTEGER, species TEXT)',
  toy: '(id INTEGER PRIMARY KEY, name TEXT, pet_id INTEGER, price DOUBLE PRECISION)',
} as const;

const TABLE_NAMES = ['person', 'pet', 'toy'] as const;

export async function createTables(db: Kysely<FeatureDB>): Promise<void> {
  for (const name of TABLE_NAMES) {
    await sql`DROP TABLE IF EXISTS ${sql.table(name)}`.execute(db);
    await sql`CREATE TABLE ${sql.table(name)} ${sql.raw(`${TABLES[name]} ${WITH}`)}`.execute(db);
  }
  await insertRows(db);
}

/** Jennifer (Catto, Doggo), Arnold (Hammo), Sylvester (no pet, no age). */
export async function insertRows(db: Kysely<FeatureDB>): Promise<void> {
  await db
    .insertInto('person')
    .values([
      {
        id: 1,
        first_name: 'Jennifer',
        last_name: 'Aniston',
        age: 30,
        gender: 'female',
        nicknames: ['Jen', 'Jenny'],
        address: { city: 'Oslo', zip: 150, lines: ['a', 'b'], geo: { lat: 59.5 } },
      },
      {
        id: 2,
        first_name: 'Arnold',
        last_name: 'Schwarzenegger',
        age: 50,
        gender: 'male',
        nicknames: [],
        address: { city: 'Graz', zip: 8010, lines: [], geo: { lat: 47 } },
      },
      {
        id: 3,
        first_name: 'Sylvester',
        last_name: null,
        age: null,
        gender: 'male',
        nicknames: null,
        address: null,
      },
    ])
    .execute();
  await db
    .insertInto('pet')
    .values([
      { id: 1, name: 'Catto', owner_id: 1, species: 'cat' },
      { id: 2, name: 'Doggo', owner_id: 1, species: 'dog' },
      { id: 3, name: 'Hammo', owner_id: 2, species: 'hamster' },
    ])
    .execute();
  await db.insertInto('toy').values({ id: 1, name: 'Ball', pet_id: 2, price: 2.5 }).execute();
}

export async function resetRows(db: Kysely<FeatureDB>): Promise<void> {
  for (const name of TABLE_NAMES) await db.deleteFrom(name).execute();
  await insertRows(db);
}

export async function dropTables(db: Kysely<FeatureDB>): Promise<void> {
  for (const name of TABLE_NAMES) await db.schema.dropTable(name).ifExists().execute();
}
