import type { Excerpt } from '../core/excerpt.js';
import type { Diagnosis } from '../diagnosis/diagnose-directory.js';
import { buildPage, MAX_SITES } from '../report/page/build-page.js';
import { readPageAssets } from './page-assets.js';

/** The report of a directory as one HTML page, with the sources that are on this machine. */
export async function publishPage(diagnosis: Diagnosis, title: string): Promise<string> {
  const { analysis, evidence, sources } = diagnosis;
  const excerpts = new Map<object, Excerpt | undefined>();
  for (const site of analysis.growingSites.slice(0, MAX_SITES)) {
    excerpts.set(site, await sources.excerpt(site));
  }
  const source = {
    title,
    generated: Date.now(),
    analysis,
    evidence,
    excerptOf: (site: object) => excerpts.get(site),
  };
  return buildPage(source, await readPageAssets());
}
