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

/** The message groups of a queue, and which of them are noisy. */
function groupsOfQueue<Message extends { readonly group: number }>() {
  const groups = new Map<number, Group<Message>>();
  const loud = new Set<Group<Message>>();

  return {
    of({ group: name }: Message): Group<Message> {
      const known = groups.get(name);
      if (known !== undefined) return known;
      const made = { inFlight: 0, waiting: 0, isNoisy: false, behind: line<Message>() };
      groups.set(name, made);
      return made;
    },

    /** Decides whether a group is noisy. It is quiet again once nothing of it waits. */
    judge(group: Group<Message>, inFlight: number): void {
      if (group.inFlight >= noisy.least && group.inFlight > noisy.share * inFlight) loud.add(group);
      else if (group.waiting === 0) loud.delete(group);
      group.isNoisy = loud.has(group);
    },

    /** Of several noisy groups the one with the fewest in flight comes first. */
    nextNoisy(): Message | undefined {
      const waiting = [...loud].filter(({ behind }) => behind.size() > 0);
      const least = Math.min(...waiting.map(({ inFlight }) => inFlight));
      return waiting.find(({ inFlight }) => inFlight === least)?.behind.shift();
    },
  };
}

/** The visible messages of a standard queue with message groups: those of quiet groups come before those of noisy ones. */
export function fairQueue<Message extends { readonly group: number }>() {
  const quiet = line<Message>();
  const groups = groupsOfQueue<Message>();
  let [visible, inFlight] = [0, 0];

  function nextQuiet(): Message | undefined {
    for (let message = quiet.shift(); message !== undefined; message = quiet.shift()) {
      const group = groups.of(message);
      if (!group.isNoisy) return message;
      group.behind.push(message);
    }
    return undefined;
  }

  function receiveOne(): Message | undefined {
    const message = nextQuiet() ?? groups.nextNoisy();
    if (message === undefined) return undefined;
    const group = groups.of(message);
    visible--;
    inFlight++;
    group.waiting--;
    group.inFlight++;
    groups.judge(group, inFlight);
    return message;
  }

  return {
    push(message: Message): void {
      quiet.push(message);
      groups.of(message).waiting++;
      visible++;
    },

    /** Receives up to `most` messages. */
    receive(most: number): Message[] {
      const messages: Message[] = [];
      for (let message = receiveOne(); message !== undefined; message = receiveOne()) {
        messages.push(message);
        if (messages.length === most) break;
      }
      return messages;
    },

    /** Deletes a received message. */
    delete(message: Message): void {
      groups.of(message).inFlight--;
      inFlight--;
    },

    visible: (): number => visible,
    inFlight: (): number => inFlight,
  };
}

export type FairQueue<Message extends { readonly group: number }> = ReturnType<typeof fairQueue<Message>>;
