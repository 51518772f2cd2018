import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ServerResponse } from 'node:http';
import { EndpointProfiler } from '../../profiler/endpoint-profiler.js';
import { isObject } from '../tracking/objects.js';
import { TrackedRequest, type Tracking } from '../tracking/tracked-request.js';

const REQUEST_CHANNEL = 'http.server.request.start';

/**
 * Follows the requests of every HTTP/1 server of this thread, present and future, while a profiler runs. Node.js makes
 * a message for each request as long as anybody listens. Call it before a profiler is started.
 */
export function followHttpServers(tracking: Tracking): void {
  const running = new Set<EndpointProfiler>();
  const follow = (message: unknown) => {
    if (!isObject(message)) return;
    const { request, response } = message;
    if (!isObject(request) || !(response instanceof ServerResponse)) return;
    TrackedRequest.begin(request, response, tracking);
  };

  EndpointProfiler.switches.on('switched', (profiler) => {
    const wasRunning = running.size > 0;
    if (profiler.enabled) running.add(profiler);
    else running.delete(profiler);
    const isRunning = running.size > 0;
    if (isRunning && !wasRunning) subscribe(REQUEST_CHANNEL, follow);
    if (!isRunning && wasRunning) unsubscribe(REQUEST_CHANNEL, follow);
  });
}
