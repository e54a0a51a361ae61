import { readFileSync } from 'node:fs';
import { asError } from '../../lambdas/domain/errors.ts';
import { RefusedError } from './errors.ts';

/** Reads a file that the user named. @throws RefusedError when it cannot be read */
export function readFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new RefusedError(`${file} cannot be read: ${asError(error).message}`);
  }
}
