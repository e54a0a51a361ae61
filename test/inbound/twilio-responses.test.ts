import { describe, expect, it } from 'vitest';
import { twilio } from '../../lambdas/domain/provider/providers/twilio.ts';
import { requestOf } from '../support/worlds/inbound-receiver.ts';

const form = (fields: Readonly<Record<string, string>>) =>
  requestOf(new URLSearchParams(fields).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
  });

/** What Twilio reads once the request is on the queue. */
const answerTo = (request: ReturnType<typeof requestOf>) =>
  typeof twilio.answer === 'function' ? twilio.answer(request) : twilio.answer;

const noInstruction = { status: 200, contentType: 'application/json', body: '{}' };
const noVerbs = { status: 200, contentType: 'text/xml', body: '<Response/>' };

const reservation = {
  AccountSid: 'AC1',
  WorkspaceSid: 'WS1',
  WorkflowSid: 'WW1',
  WorkerSid: 'WK1',
  TaskSid: 'WT1',
  ReservationSid: 'WR1',
};

describe('the response to Twilio', () => {
  it.each([
    ['a task that is assigned to a worker', reservation],
    ['an event of a reservation', { EventType: 'reservation.created', ...reservation }],
    ['a message before it is added', { EventType: 'onMessageAdd', ConversationSid: 'CH1', Body: 'hi' }],
    ['a message of the earlier chat', { EventType: 'onMessageSend', ChannelSid: 'CH1', Body: 'hi' }],
    ['a participant that was added', { EventType: 'onParticipantAdded', ConversationSid: 'CH1' }],
  ])('%s gets JSON without an instruction', (_name, fields) => {
    expect(answerTo(form(fields))).toEqual(noInstruction);
  });

  it('an event that comes as a GET gets JSON without an instruction', () => {
    const url = 'https://hooks.example.test/webhooks/source?EventType=onMessageAdd&ConversationSid=CH1';

    expect(answerTo({ ...requestOf(''), method: 'GET', url })).toEqual(noInstruction);
  });

  it.each([
    ['a call', { CallSid: 'CA1', CallStatus: 'ringing' }],
    ['a call to the worker of a reservation', { CallSid: 'CA1', ...reservation }],
    ['a message', { MessageSid: 'SM1', Body: 'EventType=onMessageAdd' }],
    ['a status', { MessageSid: 'SM1', MessageStatus: 'delivered' }],
    ['an event of another kind', { EventType: 'READ', MessageSid: 'SM1' }],
  ])('%s gets TwiML without verbs', (_name, fields) => {
    expect(answerTo(form(fields))).toEqual(noVerbs);
  });

  it('a call that comes as a GET gets TwiML without verbs', () => {
    const url = 'https://hooks.example.test/webhooks/source?CallSid=CA1';

    expect(answerTo({ ...requestOf(''), method: 'GET', url })).toEqual(noVerbs);
  });

  it('an event stream gets an empty response', () => {
    expect(answerTo(requestOf('[{"specversion":"1.0","id":"EZ1"}]'))).toEqual({ status: 200, body: '' });
  });
});
