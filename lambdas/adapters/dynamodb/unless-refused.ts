import { ConditionalCheckFailedException } from './errors.ts';

/** @returns whether the write went through; false when its condition refused it */
export async function unlessRefused(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
