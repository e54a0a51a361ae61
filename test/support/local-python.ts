import { LocalAwsError } from '../../local/failure.ts';
import { run } from '../../local/processes.ts';
import { findPython } from '../../local/python.ts';

/** Whether there is a Python to run the local AWS with. */
export async function hasPython(): Promise<boolean> {
  try {
    await findPython((command, args) => run(command, args, { env: process.env }));
    return true;
  } catch (error) {
    if (error instanceof LocalAwsError) return false;
    throw error;
  }
}
