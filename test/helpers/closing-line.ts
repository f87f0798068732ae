import type { SerializedError } from 'vitest';
import type { Reporter, TestModule, TestSuite } from 'vitest/node';

/**
 * Ends a run with what was skipped, by name, and one line for people and for scripts:
 * `N passed, N failed, N skipped`. A test file that can't be loaded counts as one failed.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly SerializedError[],
  ): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    const skippedSuites: string[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        // Still pending: a suite around it is skipped, or the run was stopped before its turn.
        if (state === 'pending') counts[isInSkipped(test.parent) ? 'skipped' : 'failed']++;
        else counts[state]++;
      }
      const suites = [...module.children.allSuites()];
      counts.failed += module.errors().length;
      counts.failed += suites.reduce((sum, suite) => sum + suite.errors().length, 0);
      skippedSuites.push(
        ...suites
          .filter((suite) => suite.state() === 'skipped' && !isSkipped(suite.parent))
          .map((suite) => `${module.relativeModuleId}: ${suite.fullName}`),
      );
    }
    for (const name of skippedSuites) console.log(`skipped: ${name}`);
    console.log(
      `${String(counts.passed)} passed, ${String(counts.failed)} failed,` +
        ` ${String(counts.skipped)} skipped`,
    );
  }
}

function isInSkipped(parent: TestSuite | TestModule): boolean {
  return parent.type === 'suite' && (isSkipped(parent) || isInSkipped(parent.parent));
}

function isSkipped(parent: TestSuite | TestModule): boolean {
  return parent.type === 'suite' && parent.state() === 'skipped';
}
