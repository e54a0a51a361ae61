import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { type KeyInput, onKeys } from '../../../cli/listen/keys.ts';

/** A terminal, or a pipe. */
function input(isTTY: boolean) {
  const calls: string[] = [];
  const emitter = new EventEmitter();
  const note = (name: string) => (value?: unknown) => void calls.push(`${name} ${value ?? ''}`.trim());
  const stream = Object.assign(emitter, {
    isTTY,
    setRawMode: note('raw'),
    resume: note('resume'),
    pause: note('pause'),
  });
  return {
    calls,
    stream: stream as unknown as KeyInput,
    press: (keys: string) => emitter.emit('data', Buffer.from(keys)),
  };
}

it('r repeats the last event; q and Ctrl-C end the listener', () => {
  const { calls, stream, press } = input(true);
  const acts: string[] = [];
  const end = onKeys(stream, { repeat: () => acts.push('repeat'), stop: () => acts.push('stop') });

  press('rxr');
  press('q');
  press('\u0003');
  end();
  press('r');

  expect(acts).toEqual(['repeat', 'repeat', 'stop', 'stop']);
  expect(calls).toEqual(['raw true', 'resume', 'raw false', 'pause']);
});

it('a pipe has no keys', () => {
  const { calls, stream, press } = input(false);
  const acts: string[] = [];

  onKeys(stream, { repeat: () => acts.push('repeat'), stop: () => acts.push('stop') })();
  press('r');

  expect([calls, acts]).toEqual([[], []]);
});
