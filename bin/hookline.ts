#!/usr/bin/env node
import { runHookline } from './program.ts';

process.exitCode = await runHookline(process.argv.slice(2));
