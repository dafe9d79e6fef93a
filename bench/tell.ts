/** Tells how far a measurement is, on stderr: stdout has its figures. */
export const tell = (text: string): void => void process.stderr.write(`${text}\n`);
