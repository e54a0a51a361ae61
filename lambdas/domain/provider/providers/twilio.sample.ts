import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex }) => ({
  form: {
    MessageSid: `SM${hex}00000000`,
    MessageStatus: 'delivered',
    To: '+18005551212',
    From: '+14158675309',
    AccountSid: 'AC0',
  },
});
