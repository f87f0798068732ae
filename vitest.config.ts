import { defineConfig } from 'vitest/config';

import { stockClientTests } from './test/coverage/sources.js';

const isWritingCoverage = process.env['WRITE_COVERAGE'] !== undefined;

export default defineConfig({
  test: {
    // For `npm run docs:coverage`, what its page is made of is enough.
    include: isWritingCoverage ? [...stockClientTests(import.meta.dirname)] : ['test/**/*.test.ts'],
    reporters: ['default', './test/coverage/reporter.ts', './test/helpers/closing-line.ts'],
    globalSetup: ['test/helpers/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 240_000,
    // Two cores: more workers would make the databases, not the tests, the queue.
    maxWorkers: 2,
  },
});
