import * as v from 'valibot';
import { unixMillis, unixSeconds } from './time.ts';

/** The first and the last instant of a `Date`; it throws for any other. @see https://tc39.es/ecma262/#sec-time-values-and-time-range */
const lastMillis = 8.64e15;
const lastSeconds = lastMillis / 1000;

/** Unix milliseconds in a message: a number that a `Date` can have, so neither infinite nor out of range. */
export const MillisNumber = v.pipe(v.number(), v.minValue(-lastMillis), v.maxValue(lastMillis));

/** Unix milliseconds. */
export const Instant = v.pipe(MillisNumber, v.transform(unixMillis));

/** Unix seconds, as the TTL of a table needs them. */
export const InstantSeconds = v.pipe(
  v.number(),
  v.minValue(-lastSeconds),
  v.maxValue(lastSeconds),
  v.transform(unixSeconds),
);

/** A whole number that JavaScript and DynamoDB hold exactly. */
export const WholeNumber = v.pipe(v.number(), v.safeInteger());

/** A whole number from 0. */
export const Count = v.pipe(WholeNumber, v.minValue(0));

/** A number that is not infinite. */
export const FiniteNumber = v.pipe(v.number(), v.finite());
