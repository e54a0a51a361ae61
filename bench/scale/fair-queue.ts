/**
 * A message group is noisy when it has more than this share of the messages in flight, and at least so many.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues-detailed.html
 */
const noisy = { share: 0.1, least: 30 } as const;

/** Compacts the list after so many messages were taken from its front. */
const spare = 4096;

/** First in, first out. */
export function line<Message>() {
  let waiting: Message[] = [];
  let taken = 0;
  return {
    push: (message: Message): void => void waiting.push(message),
    shift(): Message | undefined {
      const message = waiting[taken];
      if (message === undefined) return undefined;
      taken++;
      if (taken > spare) {
        waiting = waiting.slice(taken);
        taken = 0;
      }
      return message;
    },
    size: (): number => waiting.length - taken,
  };
}

interface Group<Message> {
  inFlight: number;
  waiting: number;
  isNoisy: boolean;
  /** The messages that quiet groups overtake. */
  readonly behind: ReturnType<typeof line<Message>>;
}

/** The visible messages of a standard queue with message groups: those of quiet groups come before those of noisy ones. */
export function fairQueue<Message extends { readonly group: number }>() {
  const quiet = line<Message>();
  const groups = new Map<number, Group<Message>>();
  const noisyGroups = new Set<Group<Message>>();
  let [visible, inFlight] = [0, 0];

  function groupOf(name: number): Group<Message> {
    const known = groups.get(name);
    if (known !== undefined) return known;
    const made = { inFlight: 0, waiting: 0, isNoisy: false, behind: line<Message>() };
    groups.set(name, made);
    return made;
  }

  function nextQuiet(): Message | undefined {
    for (let message = quiet.shift(); message !== undefined; message = quiet.shift()) {
      const group = groupOf(message.group);
      if (!group.isNoisy) return message;
      group.behind.push(message);
    }
    return undefined;
  }

  /** Of several noisy groups the one with the fewest in flight comes first. */
  function nextNoisy(): Message | undefined {
    let least: Group<Message> | undefined;
    for (const group of noisyGroups) {
      if (group.behind.size() > 0 && group.inFlight < (least?.inFlight ?? Number.POSITIVE_INFINITY)) least = group;
    }
    return least?.behind.shift();
  }

  function received(message: Message): void {
    const group = groupOf(message.group);
    visible--;
    group.waiting--;
    group.inFlight++;
    inFlight++;
    const isLoud = group.inFlight >= noisy.least && group.inFlight > noisy.share * inFlight;
    if (isLoud) noisyGroups.add(group);
    // A group is quiet again once nothing of it waits.
    else if (group.waiting === 0) noisyGroups.delete(group);
    group.isNoisy = noisyGroups.has(group);
  }

  return {
    push(message: Message): void {
      quiet.push(message);
      groupOf(message.group).waiting++;
      visible++;
    },

    /** Receives up to `most` messages. */
    receive(most: number): Message[] {
      const messages: Message[] = [];
      while (messages.length < most) {
        const message = nextQuiet() ?? nextNoisy();
        if (message === undefined) break;
        received(message);
        messages.push(message);
      }
      return messages;
    },

    /** Deletes a received message. */
    delete(message: Message): void {
      groupOf(message.group).inFlight--;
      inFlight--;
    },

    visible: (): number => visible,
    inFlight: (): number => inFlight,
  };
}

export type FairQueue<Message extends { readonly group: number }> = ReturnType<typeof fairQueue<Message>>;
