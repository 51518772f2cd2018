import type { InspectorNotification, Session } from 'node:inspector';
import { createRequire } from 'node:module';

/** One reading of the sampler, as the inspector protocol has it. */
export interface SamplingProfile {
  readonly head: ProfileNode;
  readonly samples: ReadonlyArray<{ readonly size: number; readonly nodeId: number }>;
}

/** A node of the sampler's call tree. Lines and columns are 0-based. */
export interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly scriptId: string;
    readonly url: string;
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
  readonly selfSize: number;
  readonly children: readonly ProfileNode[];
}

/** A value that lives in the inspected program. */
export interface RemoteValue {
  readonly objectId?: string;
  readonly value?: unknown;
}

/** A property of an object, or an internal slot such as `[[FunctionLocation]]`. */
export interface RemoteProperty {
  readonly name: string;
  readonly value?: RemoteValue;
}

/** A script that V8 has loaded. */
export interface LoadedScript {
  readonly scriptId: string;
  readonly url: string;
}

/** The commands in use: parameters and result. */
interface Commands {
  'HeapProfiler.startSampling': [
    { readonly samplingInterval: number; readonly stackDepth: number },
    object,
  ];
  'HeapProfiler.getSamplingProfile': [object, { readonly profile: SamplingProfile }];
  'HeapProfiler.disable': [object, object];
  'Debugger.enable': [object, object];
  'Debugger.disable': [object, object];
  'Runtime.evaluate': [
    { readonly expression: string; readonly objectGroup: string },
    { readonly result: RemoteValue },
  ];
  'Runtime.getProperties': [
    { readonly objectId: string; readonly ownProperties: true },
    {
      readonly result: readonly RemoteProperty[];
      readonly internalProperties?: readonly RemoteProperty[];
    },
  ];
  'Runtime.releaseObjectGroup': [{ readonly objectGroup: string }, object];
}

/**
 * A session with the inspector of the own thread, where commands are answered before they return. Connected on first
 * use. It opens no port and keeps nothing alive.
 */
export class InspectorSession {
  #session: Session | undefined;

  /** The answer; `undefined` when the command failed, or where Node.js was built without an inspector. */
  post<Name extends keyof Commands>(
    command: Name,
    parameters: Commands[Name][0],
  ): Commands[Name][1] | undefined {
    let answer: Commands[Name][1] | undefined;
    try {
      this.#connected().post(command, parameters, (error: Error | null, result?: object) => {
        if (error === null) answer = result;
      });
    } catch {
      // No inspector in this build, or the environment is ending.
    }
    return answer;
  }

  /**
   * Every script of this thread. V8 tells them when the debugger is switched on, which it is for the time of this call;
   * no code of the program runs meanwhile. Takes about 0.1 ms a script: V8 hashes each source.
   */
  loadedScripts(): readonly LoadedScript[] {
    const scripts: LoadedScript[] = [];
    const note = ({ params }: InspectorNotification<LoadedScript>) => scripts.push(params);
    try {
      this.#connected().on('Debugger.scriptParsed', note);
    } catch {
      return scripts;
    }
    this.post('Debugger.enable', {});
    this.post('Debugger.disable', {});
    this.#connected().off('Debugger.scriptParsed', note);
    return scripts;
  }

  #connected(): Session {
    if (this.#session !== undefined) return this.#session;
    const inspector: typeof import('node:inspector') = createRequire(process.execPath)(
      'node:inspector',
    );
    const session = new inspector.Session();
    session.connect();
    this.#session = session;
    return session;
  }
}
