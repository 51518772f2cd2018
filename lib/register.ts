// Zero code: `node --import heaptide/register server.js`, or `--require`.
import { resolveOptions } from './core/resolve-options.js';
import { isObject } from './integrations/tracking/objects.js';
import { ServerRoutes } from './integrations/tracking/server-routes.js';
import { followFastify } from './integrations/zero-code/follow-fastify.js';
import { followHttp2Servers } from './integrations/zero-code/follow-http2-servers.js';
import { followHttpServers } from './integrations/zero-code/follow-servers.js';
import { listenToToggle } from './integrations/zero-code/toggle.js';
import { EndpointProfiler } from './profiler/endpoint-profiler.js';
import { manifestOptions } from './profiler/manifest-options.js';

const manifest = manifestOptions();
// Whoever registers heaptide wants it on, unless the configuration says otherwise.
const { enabled, toggleSignal } = resolveOptions(
  {},
  {
    env: process.env,
    manifest: isObject(manifest) ? { enabled: true, ...manifest } : { enabled: true },
    // The profiler has the same configuration, and warns of it.
    warn: () => {},
  },
);
const tracking = {
  profilerOf: () => EndpointProfiler.getInstance(),
  findRoute: new ServerRoutes().find,
};
followHttpServers(tracking);
followHttp2Servers(tracking);
followFastify();

// Last, since followers wait for profilers to be switched on.
const profiler = EndpointProfiler.getInstance();
if (enabled && !profiler.enabled) profiler.configure({ enabled });
listenToToggle(toggleSignal, EndpointProfiler.getInstance);
