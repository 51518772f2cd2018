/** What a command gets from the process, and what it gives back. */
export interface CommandContext {
  /** Writes to standard output. */
  readonly write: (content: string | Uint8Array) => void;
  /** Columns of the terminal; those of a wide one when there is none. */
  readonly width: number;
  readonly hasColor: boolean;
  /** Exit code of the process, set by the command. */
  exitCode: number;
}
