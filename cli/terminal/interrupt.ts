/**
 * Runs work that Ctrl-C stops between two steps; a second Ctrl-C ends the process.
 *
 * @param work calls its argument between steps to learn whether to stop
 */
export async function untilInterrupted<Result>(
  work: (isStopped: () => boolean) => Promise<Result>,
): Promise<Result> {
  let stopped = false;
  const stop = (): void => {
    stopped = true;
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    return await work(() => stopped);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
