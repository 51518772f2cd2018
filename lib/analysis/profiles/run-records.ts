import { isDetailed, type Profile } from '../../core/profile.js';
import { ReferenceRuleTest } from '../reference-rule.js';
import { CaptureHistory } from './capture-history.js';
import { NumberSeries } from './number-series.js';
import { RecordFloors } from './record-floors.js';

/** What is kept of one endpoint's profiles in one run: 16 bytes per profile, and bounded captures. */
export class RunRecords {
  readonly memoryMb = new NumberSeries();
  readonly latencyMs = new NumberSeries();
  readonly referenceRule = new ReferenceRuleTest();
  readonly captures = new CaptureHistory();
  readonly floors = new RecordFloors();
  readonly started: number;
  errorCount = 0;

  /** @param started - Wall-clock ms of the first record. */
  constructor(started: number) {
    this.started = started;
  }

  get requestCount(): number {
    return this.memoryMb.length;
  }

  add(profile: Profile): void {
    const request = this.requestCount;
    this.memoryMb.push(profile.memoryMb);
    this.latencyMs.push(profile.latencyMs);
    this.referenceRule.add(profile.memoryMb);
    this.floors.add(profile, request);
    if (profile.statusCode >= 400) this.errorCount++;
    if (isDetailed(profile) && profile.topConsumers !== undefined) {
      this.captures.add({ request, sites: profile.topConsumers });
    }
  }
}

/** The profiles of one endpoint by run. Runs are never mixed: a restart begins with another heap. */
export class EndpointRecords {
  readonly endpoint: string;
  /** Records that were not usable. Readers add those that they could not decode. */
  skipped = 0;
  readonly #runs = new Map<string, RunRecords>();

  constructor(endpoint: string) {
    this.endpoint = endpoint;
  }

  add(profile: Profile): void {
    if (!isUsable(profile)) {
      this.skipped++;
      return;
    }
    let records = this.#runs.get(profile.run);
    if (records === undefined) {
      records = new RunRecords(profile.timestamp);
      this.#runs.set(profile.run, records);
    }
    records.add(profile);
  }

  get runs(): ReadonlyMap<string, RunRecords> {
    return this.#runs;
  }

  /** The records of one run; empty ones when it has none here. */
  of(run: string): RunRecords {
    return this.#runs.get(run) ?? new RunRecords(0);
  }
}

/** Whether every figure that the analysis uses is a finite number, and not negative. */
function isUsable(profile: Profile | null | undefined): profile is Profile {
  return (
    isAmount(profile?.memoryMb) &&
    isAmount(profile?.externalMb) &&
    isAmount(profile?.floorMb) &&
    isAmount(profile?.latencyMs) &&
    isAmount(profile?.timestamp) &&
    isAmount(profile?.statusCode) &&
    isAmount(profile?.inFlight) &&
    isAmount(profile?.gc?.[1])
  );
}

function isAmount(figure: number | undefined): boolean {
  return figure !== undefined && figure >= 0 && figure < Number.POSITIVE_INFINITY;
}
