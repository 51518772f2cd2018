// What a user of TypeScript sees. `types.test.ts` compiles it, as an ES module and as CommonJS, against the packed
// package.
import {
  type Analysis,
  analyzeEndpointMemory,
  analyzeProfileDirectory,
  analyzeProfileFile,
  EndpointProfiler,
  type FileAnalysis,
  HeapTideError,
  type HeapTideErrorCode,
  isDetailed,
  isHeapTideError,
  loadProfileData,
  type Profile,
  type ProfilerOptions,
  type ProfilerStats,
  profileEndpoint,
} from 'heaptide';
import { heaptideDashboard } from 'heaptide/dashboard';
import { heaptideExpress } from 'heaptide/express';
import { heaptideFastify } from 'heaptide/fastify';
import { heaptideHono } from 'heaptide/hono';
import { heaptideHttp } from 'heaptide/http';
import { heaptideKoa } from 'heaptide/koa';
import { HeaptideModule } from 'heaptide/nest';
import 'heaptide/register';

export const options: ProfilerOptions = { enabled: true, samplingRate: 0.5, sites: { top: 5 } };
export const profiler: EndpointProfiler = EndpointProfiler.getInstance(options);
export const stats: ProfilerStats = profiler.getStats();
export const backend: 'native' | 'fallback' | 'none' = stats.backend;
// @ts-expect-error A rate is a number.
EndpointProfiler.getInstance({ samplingRate: '1' });
// @ts-expect-error There is no such option.
EndpointProfiler.getInstance({ sampleRate: 1 });
// @ts-expect-error Stats are for reading.
stats.inFlight = 0;

const repeat = profileEndpoint('repeat')((text: string, count: number) => text.repeat(count));
export const repeated: string = repeat('a', 2);
// @ts-expect-error A wrapped function keeps its parameters.
repeat(2, 'a');

export class Orders {
  @profileEndpoint()
  async show(id: number): Promise<{ readonly id: number }> {
    return { id };
  }

  @profileEndpoint('GET /orders')
  *list(): Generator<number, string, boolean> {
    return (yield 1) ? 'yes' : 'no';
  }
}
export const order: Promise<{ readonly id: number }> = new Orders().show(1);

export const whole: Promise<Analysis> = analyzeProfileDirectory('endpoint_profiles');
export const one: Promise<FileAnalysis> = analyzeProfileFile('endpoint_profiles/orders.json');
export async function grows(path: string): Promise<number> {
  const profiles: readonly Profile[] = await loadProfileData(path);
  const detailed = profiles.find(isDetailed);
  const { growthRateMbPerRequest } = analyzeEndpointMemory(profiles, { endpoint: 'orders' });
  return detailed === undefined ? 0 : Number(growthRateMbPerRequest);
}

export function codeOf(error: unknown): HeapTideErrorCode | undefined {
  return isHeapTideError(error) && error instanceof HeapTideError ? error.code : undefined;
}

export const integrations = [
  heaptideDashboard,
  heaptideExpress,
  heaptideFastify,
  heaptideHono,
  heaptideHttp,
  heaptideKoa,
  HeaptideModule,
];
