import { nameList } from './name-list.ts';

/** The part of a list that one alarm watches. */
export interface AlarmGroup<Member> {
  readonly id: string;
  readonly members: readonly Member[];
}

/** Splits a list over as many alarms as necessary; the first has no number. */
export const alarmGroups = <Member>(
  id: string,
  members: readonly Member[],
  size: number,
): AlarmGroup<Member>[] =>
  Array.from({ length: Math.ceil(members.length / size) }, (_, nth) => ({
    id: nth === 0 ? id : `${id}-${nth + 1}`,
    members: members.slice(nth * size, (nth + 1) * size),
  }));

/** The characters that an alarm's description has left for names. */
const maxListed = 300;

/** Lists what an alarm watches, for its description. */
export const watchedNames = (names: readonly string[]): string => nameList(names, maxListed);
