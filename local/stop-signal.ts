/** @returns a signal that is aborted by Ctrl+C or SIGTERM, from now on instead of the process's end */
export function stopSignal(): AbortSignal {
  const stopped = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopped.abort());
  return stopped.signal;
}
