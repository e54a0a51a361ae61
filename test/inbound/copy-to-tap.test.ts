import { expect, it } from 'vitest';
import { withWait } from '../../lambdas/domain/event.ts';
import type { Tap } from '../../lambdas/domain/tap.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { tapCopier } from '../../lambdas/inbound/copy-to-tap.ts';
import { recordedTelemetry } from '../../testing/memory/telemetry.ts';

const start = unixMillis(Date.UTC(2026, 10, 25, 12));
const message = (source: string, receives = 1) => ({ text: JSON.stringify({ source, id: 'e1' }), receives });

function world(...taps: Tap[]) {
  const state = { now: start, taps, looks: 0, isDown: false, isQueueGone: false };
  const copies: string[] = [];
  const { telemetry, lines } = recordedTelemetry();
  const copy = tapCopier({
    now: () => unixMillis(state.now),
    taps: {
      read: async () => {
        state.looks++;
        if (state.isDown) throw new Error('down');
        return state.taps;
      },
    },
    async sendCopy(source, queueName, text) {
      if (state.isQueueGone || queueName === 'gone') throw new Error('the queue does not exist');
      copies.push(`${source} ${queueName} ${text}`);
    },
    telemetry,
  });
  return { state, copies, copy, warnings: () => lines.map(({ line }) => line) };
}

const live: Tap = { queueName: 'tap', until: unixMillis(start + 120_000) };

it('each event is copied once to the listener of its source', async () => {
  const { copies, copy } = world(live);

  await copy([message('stripe'), message('stripe', 2)]);

  expect(copies).toEqual(['stripe tap {"source":"stripe","id":"e1"}']);
});

it('each listener of a source gets a copy, also if the queue of another is gone', async () => {
  const { copies, copy, warnings } = world(
    live,
    { ...live, queueName: 'gone' },
    { ...live, queueName: 'tap-2' },
  );

  await copy([message('stripe')]);

  expect(copies.map((line) => line.split(' ')[1])).toEqual(['tap', 'tap-2']);
  expect(warnings()).toEqual(['tap.copy-failed']);
});

it('a message that was sent back to wait is not copied, although it is a new message', async () => {
  const { copies, copy, state } = world(live);
  const wait = { after: 'invocation-1/message-1', notBefore: start, origin: 'message-1' };

  await copy([{ text: withWait(message('stripe').text, wait), receives: 1 }]);

  expect([copies, state.looks]).toEqual([[], 0]);
});

it('the tap of each source is read every five seconds', async () => {
  const { state, copies, copy } = world();

  for (let n = 0; n < 10; n++) await copy([message('stripe')]);
  expect(state.looks).toBe(1);
  await copy([message('github')]);
  expect(state.looks).toBe(2);
  state.taps = [live];
  state.now = unixMillis(start + 5_000);
  await copy([message('stripe')]);

  expect(copies).toHaveLength(1);
});

it('a listener whose tap has ended gets no copies', async () => {
  const { state, copies, copy } = world(live);
  await copy([message('stripe')]);
  state.now = live.until;

  await copy([message('stripe')]);

  expect(copies).toHaveLength(1);
});

it('a table that is down, or a message that is not JSON, does not fail the consumer', async () => {
  const { state, warnings, copy } = world(live);
  state.isDown = true;

  await copy([message('stripe'), { text: 'nonsense', receives: 1 }, { text: '5', receives: 1 }]);

  expect(warnings()).toEqual(['tap.copy-failed']);
});

it('a copy that cannot be sent is logged, and does not fail the consumer', async () => {
  const { state, warnings, copy } = world(live);
  state.isQueueGone = true;

  await copy([message('stripe')]);

  expect(warnings()).toEqual(['tap.copy-failed']);
});

it('a tap that cannot be read is read once in five seconds, and logged once', async () => {
  const { state, copies, warnings, copy } = world(live);
  state.isDown = true;

  await copy([message('stripe'), message('stripe')]);
  await copy([message('stripe')]);
  expect({ looks: state.looks, warnings: warnings() }).toEqual({ looks: 1, warnings: ['tap.copy-failed'] });
  state.isDown = false;
  await copy([message('stripe')]);
  expect(copies).toEqual([]);
  state.now = unixMillis(start + 5_000);
  await copy([message('stripe'), message('stripe')]);

  expect(state.looks).toBe(2);
  expect(copies).toHaveLength(2);
});
