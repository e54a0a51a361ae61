#!/usr/bin/env node
import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import { runHookline } from '../cli/program.ts';

// Node gives each of a host's addresses 250 ms: less than a handshake with another continent may take.
setDefaultAutoSelectFamilyAttemptTimeout(2_500);

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever reads has seen enough, as head has.
  if (error.code === 'EPIPE') process.exit(0);
  console.error(`The output cannot be written: ${error.message}`);
  process.exit(1);
});
process.exitCode = await runHookline(process.argv.slice(2));
