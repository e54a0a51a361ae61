import { seededRandom } from './random.ts';

/**
 * What happens to a call on its way: `throttled` and `failed` get an error and have no effect; `lost` and `cut` have their
 * effect, and the caller gets an error, or no response at all; `slow` comes late.
 */
type Fault = 'throttled' | 'failed' | 'lost' | 'cut' | 'slow';

const kinds: readonly Fault[] = ['throttled', 'failed', 'lost', 'cut', 'slow'];

/** Decides for each call whether it meets a fault, and which. */
export interface Faults {
  /** @param operation e.g. `dynamodb.UpdateItem` */
  next(operation: string): Fault | undefined;
  /** From now on every write to DynamoDB is throttled; `calm` ends it, too. */
  throttleWrites(isThrottled: boolean): void;
  /** No faults any more. */
  calm(): void;
  /** Faults so far, by operation and kind. */
  readonly counts: ReadonlyMap<string, number>;
}

/** @param share of the calls that meet a fault, from 0 to 1 */
export function seededFaults(seed: number, share: number): Faults {
  const random = seededRandom(seed);
  const counts = new Map<string, number>();
  let isCalm = false;
  let areWritesThrottled = false;

  function decide(operation: string): Fault | undefined {
    if (isCalm) return undefined;
    if (areWritesThrottled && /^dynamodb\.(?:Put|Update|Delete|BatchWrite)/.test(operation))
      return 'throttled';
    if (random() >= share) return undefined;
    return kinds[Math.floor(random() * kinds.length)];
  }

  return {
    counts,
    next(operation) {
      const fault = decide(operation);
      if (fault !== undefined) {
        const name = `${operation} ${fault}`;
        counts.set(name, (counts.get(name) ?? 0) + 1);
      }
      return fault;
    },
    throttleWrites(isThrottled) {
      areWritesThrottled = isThrottled;
    },
    calm() {
      isCalm = true;
    },
  };
}

/** How long a slow call waits, in milliseconds. */
export const slowMs = 700;

type Failing = 'throttled' | 'failed' | 'lost';

/** An error as the service gives it, in its own protocol. */
export function errorResponse(service: string, fault: Failing) {
  const isThrottle = fault === 'throttled';
  if (service === 's3') return isThrottle ? s3Error(503, 'SlowDown') : s3Error(500, 'InternalError');
  if (service === 'sns')
    return isThrottle ? snsError(429, 'Sender', 'Throttled') : snsError(500, 'Receiver', 'InternalError');
  const throttled = throttleNames[service] ?? 'ThrottlingException';
  return isThrottle ? jsonError(400, throttled) : jsonError(500, 'InternalServerError');
}

const s3Error = (status: number, code: string) => ({
  status,
  type: 'application/xml',
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
});

const snsError = (status: number, type: string, code: string) => ({
  status,
  type: 'text/xml',
  body: `<ErrorResponse><Error><Type>${type}</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});

const jsonError = (status: number, name: string) => ({
  status,
  type: 'application/x-amz-json-1.0',
  body: JSON.stringify({ __type: name, message }),
});

const message = 'by the chaos test';

const throttleNames: Readonly<Record<string, string>> = {
  dynamodb: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
  sqs: 'com.amazonaws.sqs#RequestThrottled',
};
