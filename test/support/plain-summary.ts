import type { Reporter, TestModule } from 'vitest/node';
import { summaryLine } from '../../tools/test-counts.ts';

/** Ends a run with one plain line, for programs that read logs: `tests: 904 passed, 0 failed, 2 skipped`. */
export const plainSummary: Reporter = {
  onTestRunEnd(modules) {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const test of modules.flatMap(allTests)) counts[test.result().state] += 1;
    console.log(summaryLine(counts));
  },
};

const allTests = (module: TestModule) => [...module.children.allTests()];
