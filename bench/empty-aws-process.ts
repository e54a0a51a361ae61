import { startEmptyAws } from './empty-aws.ts';

// Answers calls of AWS in a process of its own, until its input ends. Prints its URL.
const { url } = await startEmptyAws();
console.log(url);
process.stdin.resume().on('end', () => process.exit());
