#!/usr/bin/env node
import { program } from 'commander';
import { envCommand } from './commands/env.ts';

program
  .name('hookline')
  .description('Works on a deployed Hookline, on AWS or on the laptop (after: eval "$(npx hookline env)").')
  .showHelpAfterError('(npx hookline --help lists the commands)');

for (const command of [envCommand]) program.addCommand(command());

await program.parseAsync();
