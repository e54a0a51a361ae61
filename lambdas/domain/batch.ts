/** A message after it has run, and what its run returned. */
export interface RunMessage<Message, Result> {
  readonly message: Message;
  readonly result: Result;
}

/** What the first run of a message found: it is done, or it may have killed its worker before and has to run alone. */
export type FirstRun<Suspect, Result> =
  | { readonly kind: 'done'; readonly result: Result }
  /** `crashes`: how many workers it may have killed. */
  | { readonly kind: 'suspect'; readonly suspect: Suspect; readonly crashes: number };

/** How the messages of one queue run. */
export interface BatchSteps<Message, Suspect, Result> {
  /** Runs a message beside the others of its batch. */
  first(message: Message): Promise<FirstRun<Suspect, Result>>;
  /** Runs between the two halves of a batch that has suspects: a suspect may end the process. */
  beforeSuspects?(done: readonly RunMessage<Message, Result>[]): Promise<void>;
  /**
   * Runs a suspect, with nothing beside it.
   *
   * @param done the messages that ran before it, so that it can give way when one of them has used up the invocation
   */
  alone(message: Message, suspect: Suspect, done: readonly RunMessage<Message, Result>[]): Promise<Result>;
  /** Gives the result of a run that threw. It must not throw itself, because that would fail the batch. */
  failed(message: Message, error: unknown): Promise<Result>;
}

/**
 * Runs a batch of messages so that a poison message harms no other one.
 *
 * All messages run at once. Suspects run after them, one at a time, the fewest crashes first, so that a message that kills
 * its worker takes no other message with it. An error fails only its own message.
 *
 * @returns each message with its result: those of the first run in the order of the batch, then the suspects as they ran
 */
export async function runBatch<Message, Suspect, Result>(
  messages: readonly Message[],
  steps: BatchSteps<Message, Suspect, Result>,
): Promise<readonly RunMessage<Message, Result>[]> {
  const runs = await Promise.all(
    messages.map(async (message) => ({ message, run: await firstRun(message, steps) })),
  );
  const done = runs.flatMap(({ message, run }) =>
    run.kind === 'done' ? [{ message, result: run.result }] : [],
  );
  const suspects = runs.flatMap(({ message, run }) => (run.kind === 'suspect' ? [{ ...run, message }] : []));
  if (suspects.length > 0) await steps.beforeSuspects?.(done);
  for (const { message, suspect } of suspects.toSorted((a, b) => a.crashes - b.crashes)) {
    done.push({ message, result: await runAlone(message, suspect, done, steps) });
  }
  return done;
}

async function firstRun<Message, Suspect, Result>(
  message: Message,
  steps: BatchSteps<Message, Suspect, Result>,
): Promise<FirstRun<Suspect, Result>> {
  try {
    return await steps.first(message);
  } catch (error) {
    return { kind: 'done', result: await steps.failed(message, error) };
  }
}

async function runAlone<Message, Suspect, Result>(
  message: Message,
  suspect: Suspect,
  done: readonly RunMessage<Message, Result>[],
  steps: BatchSteps<Message, Suspect, Result>,
): Promise<Result> {
  try {
    return await steps.alone(message, suspect, done);
  } catch (error) {
    return steps.failed(message, error);
  }
}
