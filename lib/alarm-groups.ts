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
