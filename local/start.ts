import { startLocalAws } from './emulator.ts';
import { printProgress } from './progress.ts';
const aws = await startLocalAws({ app: process.argv[2] ?? 'bin/webhooks.ts', stateDir: '/tmp/msx/st', strict: process.argv.includes('--strict'), port: 0, progress: printProgress(console.log) });
console.log(aws.outputs, aws.env);
await aws.stop();
