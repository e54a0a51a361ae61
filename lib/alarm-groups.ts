import { nameList } from './name-list.ts';

/** Some of what alarms of one kind watch. */
export interface AlarmGroup<Member> {
  readonly id: string;
  readonly members: readonly Member[];
}

/** As many alarms as are needed, the first without a number. */
export const alarmGroups = <Member>(
  id: string,
  members: readonly Member[],
  size: number,
): AlarmGroup<Member>[] =>
  Array.from({ length: Math.ceil(members.length / size) }, (_, nth) => ({
    id: nth === 0 ? id : `${id}-${nth + 1}`,
    members: members.slice(nth * size, (nth + 1) * size),
  }));

/** The characters of names that fit into an alarm's description beside its sentences. */
const maxListed = 300;

/** The names of what an alarm watches, for its description. */
export const watchedNames = (names: readonly string[]): string => nameList(names, maxListed);
