import { afterAll } from 'vitest';

// Test files run one after the other in the same process: each leaves the environment as it found it.
const before = { ...process.env };
/** Powertools sets it when it is loaded. */
const ofLibraries = ['AWS_SDK_UA_APP_ID'];

afterAll(() => {
  const names = new Set([...Object.keys(before), ...Object.keys(process.env)]);
  const changed = [...names].filter(
    (name) => !ofLibraries.includes(name) && before[name] !== process.env[name],
  );
  if (changed.length > 0)
    throw new Error(
      `This file left ${changed.join(', ')} changed in the environment, which the next file of its process shares. Call vi.unstubAllEnvs() at its end.`,
    );
});
