import { join } from 'node:path';
import type { CapturedRun } from '../core/last-capture.js';
import { FILE_EXTENSION } from './file-names.js';
import { processFields } from './timeline-encoding.js';

const PREFIX = '_last_capture-';

/** Path of the file that a run leaves when its heap runs out. */
export function lastCapturePath(directory: string, run: string): string {
  return join(directory, `${PREFIX}${run}${FILE_EXTENSION}`);
}

/** Whether `name` is that of a run's last capture. */
export function isLastCapture(name: string): boolean {
  return name.startsWith(PREFIX) && name.endsWith(FILE_EXTENSION);
}

/** The first members of the file's one object, as JSON without braces. The addon writes the others. */
export function encodeCapturedRun({ run, started, process }: CapturedRun): string {
  const fields = { run, started: Math.round(started), process: processFields(process) };
  return JSON.stringify(fields).slice(1, -1);
}
