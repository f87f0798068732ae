import type {
  AddConstraintNode,
  AlterColumnNode,
  AlterTableNode,
  ColumnDefinitionNode,
  CreateIndexNode,
  CreateTableNode,
  CreateViewNode,
  DropConstraintNode,
  DropTableNode,
  DropViewNode,
  GeneratedNode,
  PrimaryKeyConstraintNode,
} from 'kysely';

import { INSTEAD_OF_SEQUENCES } from '../data-types.js';
import { type KindRules, type Refusal, rulesOf } from './rule.js';

const INDEXES = {
  what: 'CREATE INDEX',
  instead:
    'Every column is indexed already; a fulltext index is declared with the table. For uniqueness, make the columns a primary key.',
};

const UNIQUE = {
  what: 'unique constraints',
  instead:
    'Make the columns the primary key, or claim the value by a row in a table of its own whose primary key it is.',
};

const FOREIGN_KEYS = {
  what: 'foreign keys',
  instead: 'Check in the program, and write the referring row last.',
};

const NUMBERED = {
  what: 'identity and auto-increment columns',
  instead: INSTEAD_OF_SEQUENCES,
};

const TEMPORARY = {
  what: 'temporary tables and views',
  instead: 'Create a table under a name of its own, and drop it.',
};

export const MATERIALIZED_VIEWS: Refusal = {
  what: 'materialized views',
  instead: 'Create a table, and fill it by INSERT … SELECT … ON CONFLICT.',
};

const TYPES = {
  what: 'CREATE TYPE',
  instead: 'Use text with a CHECK on its values.',
};

const CASCADE = {
  what: 'CASCADE',
  instead: 'Drop what depends on it, views for example, in statements of their own.',
};

const ADD_INDEX = {
  what: 'INDEX without FULLTEXT',
  instead: 'Every column is indexed already; declare a fulltext index with the table.',
};

/** Of DDL. */
export const SCHEMA_REFUSALS: readonly KindRules[] = [
  rulesOf<CreateTableNode>('CreateTableNode', [
    {
      when: ({ temporary, onCommit }) => temporary === true || onCommit !== undefined,
      ...TEMPORARY,
    },
    {
      when: ({ selectQuery, columns, constraints, endModifiers }) =>
        selectQuery !== undefined &&
        columns.length + (constraints?.length ?? 0) + (endModifiers?.length ?? 0) > 0,
      what: 'CREATE TABLE … AS with columns or clauses',
      instead: 'Create the table, then INSERT … SELECT.',
    },
  ]),
  rulesOf<ColumnDefinitionNode>('ColumnDefinitionNode', [
    {
      when: ({ unique, nullsNotDistinct }) => unique === true || nullsNotDistinct === true,
      ...UNIQUE,
    },
    { when: ({ references }) => references !== undefined, ...FOREIGN_KEYS },
    {
      when: ({ autoIncrement, identity }) => autoIncrement === true || identity === true,
      ...NUMBERED,
    },
    {
      when: ({ unsigned }) => unsigned === true,
      what: 'unsigned types',
      instead: 'Add a check: column >= 0.',
    },
    {
      when: ({ ifNotExists }) => ifNotExists === true,
      what: 'ADD COLUMN IF NOT EXISTS',
      instead: 'Look at db.introspection first.',
    },
  ]),
  rulesOf<GeneratedNode>('GeneratedNode', [
    {
      when: ({ identity, byDefault }) => identity === true || byDefault === true,
      ...NUMBERED,
    },
  ]),
  rulesOf('UniqueConstraintNode', [UNIQUE]),
  rulesOf('ForeignKeyConstraintNode', [FOREIGN_KEYS]),
  rulesOf('ReferencesNode', [FOREIGN_KEYS]),
  rulesOf<PrimaryKeyConstraintNode>('PrimaryKeyConstraintNode', [
    {
      when: ({ deferrable, initiallyDeferred }) =>
        deferrable !== undefined || initiallyDeferred !== undefined,
      what: 'deferrable constraints',
      instead: 'Leave it out: every statement is checked at once.',
    },
  ]),
  rulesOf<AddConstraintNode>('AddConstraintNode', [
    {
      when: ({ constraint }) =>
        constraint.kind === 'PrimaryKeyConstraintNode' || constraint.kind === 'CheckConstraintNode',
      what: 'ALTER TABLE … ADD CONSTRAINT',
      instead:
        'Declare it with the table, or a CHECK with a new column; else create a table anew, copy, and swap them.',
    },
  ]),
  rulesOf<DropConstraintNode>('DropConstraintNode', [
    {
      when: ({ ifExists }) => ifExists === true,
      what: 'DROP CONSTRAINT IF EXISTS',
      instead: 'Look at information_schema.table_constraints first.',
    },
    { when: ({ modifier }) => modifier === 'cascade', ...CASCADE },
  ]),
  rulesOf('RenameConstraintNode', [
    {
      what: 'RENAME CONSTRAINT',
      instead: 'Drop a CHECK, and declare it anew with a column.',
    },
  ]),
  rulesOf<AlterTableNode>('AlterTableNode', [
    {
      when: ({ setSchema }) => setSchema !== undefined,
      what: 'SET SCHEMA',
      instead: 'Create the table in the other schema, and INSERT … SELECT.',
    },
    {
      when: ({ columnAlterations = [] }) =>
        columnAlterations.length > 1 &&
        !columnAlterations.every(({ kind }) => kind === 'AddColumnNode') &&
        !columnAlterations.every(({ kind }) => kind === 'DropColumnNode'),
      what: 'ALTER TABLE with several changes, other than all ADD COLUMN or all DROP COLUMN',
      instead: 'Use a statement for each of them.',
    },
  ]),
  rulesOf<AlterColumnNode>('AlterColumnNode', [
    {
      when: ({ dataType, dataTypeExpression }) =>
        dataType !== undefined || dataTypeExpression !== undefined,
      what: "change of a column's type",
      instead:
        'Add a column, fill it by UPDATE, drop the old one and rename the new; or create a table anew, copy, and swap them.',
    },
    {
      when: ({ setNotNull, dropNotNull }) => setNotNull === true || dropNotNull === true,
      what: 'SET NOT NULL and DROP NOT NULL',
      instead:
        'Declare it with the column: add a column, fill it, drop the old one and rename the new.',
    },
  ]),
  rulesOf('ModifyColumnNode', [
    {
      what: 'MODIFY COLUMN',
      instead:
        'Add a column, fill it by UPDATE, drop the old one and rename the new; or create a table anew, copy, and swap them.',
    },
  ]),
  rulesOf<DropTableNode>('DropTableNode', [
    { when: ({ temporary }) => temporary === true, ...TEMPORARY },
    { when: ({ cascade }) => cascade === true, ...CASCADE },
  ]),
  rulesOf<CreateIndexNode>('CreateIndexNode', ({ unique }) => (unique === true ? UNIQUE : INDEXES)),
  rulesOf('DropIndexNode', [
    { what: 'DROP INDEX', instead: 'An index goes with its column or its table.' },
  ]),
  rulesOf('AddIndexNode', [ADD_INDEX]),
  rulesOf<CreateViewNode>('CreateViewNode', [
    { when: ({ materialized }) => materialized === true, ...MATERIALIZED_VIEWS },
    { when: ({ temporary }) => temporary === true, ...TEMPORARY },
    {
      when: ({ ifNotExists }) => ifNotExists === true,
      what: 'CREATE VIEW IF NOT EXISTS',
      instead: 'Use orReplace().',
    },
    {
      when: ({ columns }) => columns !== undefined,
      what: 'list of columns for a view',
      instead: 'Name the columns in its SELECT.',
    },
  ]),
  rulesOf<DropViewNode>('DropViewNode', [
    { when: ({ materialized }) => materialized === true, ...MATERIALIZED_VIEWS },
    { when: ({ cascade }) => cascade === true, ...CASCADE },
  ]),
  rulesOf('RefreshMaterializedViewNode', [MATERIALIZED_VIEWS]),
  rulesOf('CreateTypeNode', [TYPES]),
  rulesOf('AlterTypeNode', [TYPES]),
  rulesOf('DropTypeNode', [TYPES]),
];
