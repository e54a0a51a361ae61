import { expect, it } from 'vitest';
import { countsIn, failedLine, isFailedLine, summaryLine, sumOf } from '../../tools/test-counts.ts';

const flows = { passed: 160, failed: 1, skipped: 2 };
const rules = { passed: 3000, failed: 0, skipped: 5 };

it('the counts of a run are read from the line that ends it', () => {
  expect(countsIn(summaryLine(flows))).toEqual(flows);
  expect(countsIn(' Tests  160 passed (160)')).toBeUndefined();
});

it('the counts of two runs become one line', () => {
  expect(summaryLine(sumOf([flows, rules]))).toBe('tests: 3160 passed, 1 failed, 7 skipped');
});

it('the line of a failed test is told from any other', () => {
  const line = failedLine('test/a.test.ts > adds', 'expected 1\n  to be 2');
  expect(line).toBe('failed: test/a.test.ts > adds: expected 1 to be 2');
  expect(isFailedLine(line)).toBe(true);
  expect(isFailedLine(summaryLine(flows))).toBe(false);
});
