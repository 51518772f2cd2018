#!/usr/bin/env node
import { isColorSupported } from 'picocolors';
import type { CommandContext } from './command-context.js';
import { EXIT_CODE } from './exit-code.js';
import { run } from './run.js';

/** Columns when the output is not a terminal. */
const DEFAULT_WIDTH = 100;

// A reader that has seen enough, such as `head`, closes the pipe: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  console.error(`error: Cannot write the report: ${error.message}`);
  process.exit(EXIT_CODE.badInput);
});

const { stdout } = process;
const { FORCE_COLOR } = process.env;
const context: CommandContext = {
  write: (content) => stdout.write(content),
  width: stdout.columns ?? DEFAULT_WIDTH,
  // Colors are for terminals: they do not belong into a pipe, not even in CI.
  hasColor: isColorSupported && (stdout.isTTY === true || FORCE_COLOR !== undefined),
  exitCode: EXIT_CODE.ok,
};

run(process.argv.slice(2), context).then(
  () => {
    process.exitCode = context.exitCode;
  },
  (error: unknown) => {
    process.exitCode = EXIT_CODE.internalError;
    console.error(error);
  },
);
