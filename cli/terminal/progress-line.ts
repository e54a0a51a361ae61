/** Shows how far a long command is: one line that counts on a terminal, a line every hundred elsewhere. */
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
