import { isHolder } from './holder.js';

/** Ending of a journal's name. */
const JOURNAL_EXTENSION = '.journal';
/** Ending of what is being made in the folder of journals, and gets its name when it is whole. */
export const NEW_EXTENSION = '.new';

/** In place of a holder: the run is over and its journal is for whoever takes it. */
export const NOBODY = 'left';

/** What the name of a journal says. */
export interface JournalName {
  readonly run: string;
  /** Who holds a written journal, or {@link NOBODY}. A mapped one has a `flock` instead. */
  readonly holder?: string;
}

/** `{run}.journal` for a mapped journal, `{run}.{holder}.journal` for a written one. */
export function journalName({ run, holder }: JournalName): string {
  return `${run}${holder === undefined ? '' : `.${holder}`}${JOURNAL_EXTENSION}`;
}

/** What the name of a file says; `undefined` when it is not a journal's. */
export function parseJournalName(name: string): JournalName | undefined {
  if (!name.endsWith(JOURNAL_EXTENSION)) return undefined;
  const [run = '', holder, ...rest] = name.slice(0, -JOURNAL_EXTENSION.length).split('.');
  if (holder === undefined) return { run };
  const isWritten = rest.length === 0 && (holder === NOBODY || isHolder(holder));
  return isWritten ? { run, holder } : undefined;
}
