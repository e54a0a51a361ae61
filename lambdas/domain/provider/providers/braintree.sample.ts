import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ iso, hex }) => ({
  text: `<notification><kind>subscription_charged_successfully</kind><timestamp type="datetime">${iso}</timestamp><subject><subscription><id>${hex}</id></subscription></subject></notification>`,
  contentType: 'application/x-www-form-urlencoded',
});
