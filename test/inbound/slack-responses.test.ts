import { describe, expect, it } from 'vitest';
import { slack } from '../../lambdas/domain/provider/providers/slack.ts';
import { requestOf } from '../support/worlds/inbound-receiver.ts';

const form = (payload: object) =>
  requestOf(`payload=${encodeURIComponent(JSON.stringify(payload))}`, {
    'content-type': 'application/x-www-form-urlencoded',
  });

/** What Slack reads once the request is on the queue. */
const answerTo = (request: ReturnType<typeof requestOf>) =>
  typeof slack.answer === 'function' ? slack.answer(request) : slack.answer;

describe('the response to Slack', () => {
  it.each([
    ['a menu in blocks', { type: 'block_suggestion', action_id: 'a', value: 'wid' }],
    ['a menu in a dialog', { type: 'dialog_suggestion', name: 'a', value: 'wid' }],
    ['a menu in an attachment', { type: 'interactive_message', name: 'a', value: 'wid' }],
  ])('%s that loads its options gets an empty list', (_name, payload) => {
    const answer = { status: 200, contentType: 'application/json', body: '{"options":[]}' };

    expect(answerTo(form(payload))).toEqual(answer);
  });

  it.each([
    ['a view that is submitted', { type: 'view_submission', trigger_id: '1' }],
    ['a button in blocks', { type: 'block_actions', actions: [{ action_id: 'a' }] }],
    ['a choice in an attachment', { type: 'interactive_message', actions: [{ name: 'a' }] }],
    ['a dialog that is submitted', { type: 'dialog_submission', submission: {} }],
    ['a shortcut', { type: 'shortcut', trigger_id: '1' }],
  ])('%s gets an empty response', (_name, payload) => {
    expect(answerTo(form(payload))).toEqual({ status: 200, body: '' });
  });

  it.each([
    ['a command', 'command=%2Fdeploy&text=block_suggestion&type=x'],
    ['an event', '{"type":"event_callback","event_id":"Ev1","event":{"type":"block_suggestion"}}'],
  ])('%s gets an empty response', (_name, body) => {
    expect(answerTo(requestOf(body))).toEqual({ status: 200, body: '' });
  });
});
