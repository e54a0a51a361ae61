/** Shows the progress of a long command: on a terminal one line that counts, elsewhere a line every hundred. */
export function progressLine(verb: string): (count: number) => void {
  let shown = 0;
  return (count) => {
    if (process.stderr.isTTY) {
      process.stderr.write(`\r${count} ${verb} …\r`);
    } else if (count - shown >= 100) {
      shown = count;
      process.stderr.write(`${count} ${verb} …\n`);
    }
  };
}
