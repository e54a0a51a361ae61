#!/usr/bin/env node
import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import { runHookline } from '../cli/program.ts';

// Node allows each address of a host 250 ms, which is too short for a handshake with another continent.
setDefaultAutoSelectFamilyAttemptTimeout(2_500);

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader, such as `head`, has closed the pipe.
  if (error.code === 'EPIPE') process.exit(0);
  console.error(`The output cannot be written: ${error.message}`);
  process.exit(1);
});
process.exitCode = await runHookline(process.argv.slice(2));
