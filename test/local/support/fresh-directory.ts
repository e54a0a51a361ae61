import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';

/** An empty directory, removed when the test is over. */
export function freshDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'hookline-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** An empty directory, removed when all tests of the file are over. */
export function scratchDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'hookline-test-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
