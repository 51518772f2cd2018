import { subscribe } from 'node:diagnostics_channel';
import { ServerResponse } from 'node:http';
import { isObject } from '../tracking/objects.js';
import { TrackedRequest, type Tracking } from '../tracking/tracked-request.js';

/** Follows the requests of every HTTP/1 server of this thread, present and future, from now on. */
export function followHttpServers(tracking: Tracking): void {
  subscribe('http.server.request.start', (message) => {
    if (!isObject(message)) return;
    const { request, response } = message;
    if (!isObject(request) || !(response instanceof ServerResponse)) return;
    TrackedRequest.begin(request, response, tracking);
  });
}
