#!/usr/bin/env node
import { runHookline } from './program.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever reads has seen enough, as head has.
  if (error.code === 'EPIPE') process.exit(0);
  console.error(`The output cannot be written: ${error.message}`);
  process.exit(1);
});
process.exitCode = await runHookline(process.argv.slice(2));
