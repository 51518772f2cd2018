/** What the command line's exit codes mean. Scripts rely on them. */
export const EXIT_CODE = {
  ok: 0,
  /** A leak was found, and `--fail-on-leak` was given. */
  leak: 1,
  /** The arguments, the file or the directory cannot be used. */
  badInput: 2,
  /** A bug of heaptide. 70 is what sysexits.h names for it; 1 would read as a leak. */
  internalError: 70,
} as const;
