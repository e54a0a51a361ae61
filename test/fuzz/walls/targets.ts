import { functionTarget } from '../../../lambdas/adapters/targets/function.ts';
import { asError } from '../../../lambdas/domain/errors.ts';
import { parsePayload } from '../../../lambdas/domain/provider/payload.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';
import { targetMessage } from '../../../lambdas/inbound/targets/target-message.ts';
import type { Wall } from '../../support/hostile/wall.ts';

const identity = { id: 'evt_1', type: 'a.b', source: 'stripe', provider: 'stripe' };
const message = { ...identity, key: 'stripe#evt_1', text: '{}' };
const longestReason = 500;

const functionAnswer: Wall = {
  name: 'the answer of a function that is a target',
  files: ['lambdas/adapters/targets/function.ts'],
  valid: [{ permanentFailure: 'no such customer' }, { errorType: 'KeyError', errorMessage: 'a' }],
  // The function is the team's own, and so are its errors.
  isOwn: true,
  async feed(payload) {
    for (const failed of [true, false]) {
      const target = functionTarget(async () => ({ payload, failed }), 'arn:f');
      const end = await target(message, new AbortController().signal).catch(asError);
      const { message: reason } = end ?? { message: '' };
      if (reason.length > longestReason || !reason.isWellFormed())
        throw new RangeError(`a reason of ${reason.length} characters`);
    }
  },
};

const bodyForTarget: Wall = {
  name: 'the body of an event for a target',
  files: ['lambdas/inbound/targets/target-message.ts'],
  valid: [{ id: 'evt_1', type: 'a.b', data: { amount: 1 } }],
  async feed(_text, body) {
    const payload = parsePayload(body, 'any');
    const event = { ...identity, receivedAt: unixMillis(1), headers: {}, body, payload };
    const ports = { putBody: async () => undefined, bucket: 'b' };
    const { text } = await targetMessage(event, { kind: 'bus', at: 0 }, ports);
    JSON.parse(text);
  },
};

export const targetWalls = [functionAnswer, bodyForTarget];
