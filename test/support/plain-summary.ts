import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { failedLine, summaryLine } from '../../tools/test-counts.ts';

/** Ends a run with plain lines, for programs that read logs: what failed, then `tests: 904 passed, 1 failed, 2 skipped`. */
export const plainSummary: Reporter = {
  onTestRunEnd(modules) {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const test of modules.flatMap(allTests)) {
      const { state, errors = [] } = test.result();
      counts[state] += 1;
      if (state === 'failed') console.log(failedLine(nameOf(test), errors[0]?.message));
    }
    // A file fails by itself when it does not load, or when a hook of it throws.
    for (const module of modules)
      for (const { message } of module.errors()) console.log(failedLine(module.relativeModuleId, message));
    console.log(summaryLine(counts));
  },
};

const allTests = (module: TestModule) => [...module.children.allTests()];
const nameOf = (test: TestCase): string => `${test.module.relativeModuleId} > ${test.fullName}`;
