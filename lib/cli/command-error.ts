/** What the person at the command line can mend. The message is told in one line, with the system's reason if it has one. */
export class CommandError extends Error {}
