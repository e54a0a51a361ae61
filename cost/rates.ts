import { platformLineBytes } from './lines.ts';
import type { Workload } from './workload.ts';

export const gigabyte = 1024 ** 3;
export const minutesOfMonth = 30 * 24 * 60;

/** Reads of a secret by a container in a month: it caches keys for 300 s, and reads again after 2 s if a request is forged. */
export const secretReads = { calm: minutesOfMonth / 5, forged: minutesOfMonth * 30 } as const;

/** Bytes of Lambda's own lines for an invocation. */
export const platformBytes = ({ systemLogLevel }: Workload): number =>
  systemLogLevel === 'WARN' ? 0 : platformLineBytes;

/** The functions' memory, as `lib/settings.ts` sets it. */
export const memoryMb = { usual: 512, deliver: 384 } as const;
