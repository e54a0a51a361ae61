import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with one plain line, for programs that read logs: `tests: 904 passed, 0 failed, 2 skipped`. */
export const plainSummary: Reporter = {
  onTestRunEnd(modules) {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const test of modules.flatMap(allTests)) counts[test.result().state] += 1;
    const { passed, failed, skipped } = counts;
    console.log(`tests: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  },
};

const allTests = (module: TestModule) => [...module.children.allTests()];
