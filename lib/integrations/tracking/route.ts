import type { Handler } from '../../profiler/profile-endpoint.js';
import type { Endpoint, RequestRecorder } from '../../profiler/request-recorder.js';

/** Name shared by the requests that no route matches, whatever their URLs. */
export const UNMATCHED_NAME = '(unmatched)';

/** A route of an application: one endpoint in every run. */
export class Route {
  readonly name: string;
  readonly #handler: Handler | undefined;
  // The endpoint of the run that the last request saw: a lookup by name happens once per run.
  #recorder: RequestRecorder | undefined;
  #endpoint: Endpoint | undefined;

  /** `handler` is the function whose frame stands for the route in stacks. */
  constructor(name: string, handler?: Handler) {
    this.name = name;
    this.#handler = handler;
  }

  endpointIn(recorder: RequestRecorder): Endpoint {
    if (recorder !== this.#recorder || this.#endpoint === undefined) {
      this.#recorder = recorder;
      this.#endpoint = recorder.endpointOf(this.name, this.#handler);
    }
    return this.#endpoint;
  }
}
