import { dirname, relative, resolve, sep } from 'node:path';

import eslint from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** The front door of any folder. */
const anyIndex = /(^|\/)index\.ts$/;

/**
 * What each folder may import of this project: dialect <- ddl <- src/db <- src/cli, and inside src
 * everything towards src/domain. A folder may always import itself.
 */
const directions = {
  // Knows CrateDB and nothing of MLflow.
  'dialect/drizzle': ['dialect'],
  dialect: [],
  // Knows the tables and nothing of requests.
  ddl: ['dialect'],
  'src/domain': [],
  'src/protocol': ['src/domain'],
  'src/artifacts': ['src/domain'],
  // ddl for its types alone: its index would load drizzle-orm into whoever opens a store.
  'src/store': ['src/domain', 'src/db/database.ts', 'dialect', 'ddl/types.ts'],
  'src/db': ['src/domain', 'dialect', 'ddl'],
  // Calls what the store's webhooks name.
  'src/webhooks': ['src/domain', 'src/store/index.ts'],
  // Copies rows into the tables; the store knows which of its own rows belong to them.
  'src/import': ['src/domain', 'src/db', 'src/store', 'dialect', 'ddl'],
  // Reaches data through the Store type.
  'src/http': [
    'src/protocol',
    'src/domain',
    'src/artifacts',
    'src/store/store.ts',
    'src/store/index.ts',
  ],
  // The outermost layer enters every folder by its front door.
  'src/testing': [anyIndex],
  'src/cli': [anyIndex, 'src/domain'],
  'src/index.ts': [anyIndex, 'src/domain', 'src/open-store.ts'],
};

/** Reports a relative import that goes against {@link directions}. */
const importDirection = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { against: '{{folder}} may not import {{target}}; see eslint.config.js.' },
  },
  create(context) {
    const path = fromRoot(context.filename);
    const rule = Object.entries(directions).find(([folder]) => isWithin(path, folder));
    if (rule === undefined) return {};
    const [folder, allowed] = rule;
    const check = (source) => {
      if (typeof source?.value !== 'string' || !source.value.startsWith('.')) return;
      const target = fromRoot(resolve(dirname(context.filename), source.value));
      const file = target.replace(/\.js$/, '.ts');
      const may = [folder, ...allowed].some((entry) =>
        typeof entry === 'string' ? isWithin(file, entry) : entry.test(file),
      );
      if (!may) context.report({ node: source, messageId: 'against', data: { folder, target } });
    };
    return {
      ImportDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      TSImportType: (node) => check(node.source ?? node.argument?.literal),
    };
  },
};

/** Packages kept out of a folder. Types are free where `typesAllowed`, `import()` always is. */
const databaseDrivers = ['pg', '@electric-sql/pglite'];
const webPackages = ['hono', '@hono/node-server', 'commander'];

export default defineConfig(
  globalIgnores(['dist/', '.cache/', '/coverage/', 'mlflow-data/', 'mlartifacts/', '**/.venv*/']),
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { project: { rules: { 'import-direction': importDirection } } },
    rules: {
      'project/import-direction': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      eqeqeq: 'error',
    },
  },
  keepOut('dialect', [
    'drizzle-orm',
    '**/drizzle',
    ...webPackages,
    ...databaseDrivers,
    'testcontainers',
  ]),
  // Instead of the one above: an entry of its own, for those who have drizzle.
  keepOut('dialect/drizzle', [...webPackages, ...databaseDrivers, 'testcontainers']),
  keepOut('ddl', [...webPackages, ...databaseDrivers]),
  {
    files: ['src/domain/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^[^.]', message: 'domain imports nothing.' }] },
      ],
    },
  },
  keepOut('src/protocol', ['kysely', 'drizzle-orm', ...webPackages, ...databaseDrivers]),
  keepOut('src/artifacts', ['kysely', 'drizzle-orm', ...webPackages, ...databaseDrivers]),
  keepOut('src/store', ['drizzle-orm', ...webPackages, ...databaseDrivers]),
  keepOut('src/webhooks', ['kysely', 'drizzle-orm', ...webPackages, ...databaseDrivers]),
  keepOut('src/db', ['drizzle-orm', ...webPackages]),
  keepOut('src/import', ['drizzle-orm', ...webPackages, ...databaseDrivers]),
  keepOut('src/http', ['kysely', 'drizzle-orm', 'commander', ...databaseDrivers]),
  keepOut('src/cli', ['kysely', 'drizzle-orm', 'hono', ...databaseDrivers]),
  {
    // Code that shows or checks something may take the short way.
    files: ['test/**/*.ts', 'examples/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } },
  },
);

function fromRoot(path) {
  return relative(import.meta.dirname, path).split(sep).join('/');
}

function isWithin(path, folder) {
  return path === folder || path.startsWith(`${folder}/`);
}

function keepOut(folder, packages) {
  return {
    files: [`${folder}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: packages.map((name) => ({
            group: [name, `${name}/**`],
            allowTypeImports: true,
            message: `${folder} does not load ${name}.`,
          })),
        },
      ],
    },
  };
}
