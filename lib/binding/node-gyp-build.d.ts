declare module 'node-gyp-build' {
  /** Finds the build or prebuild under `root` that fits this Node.js and loads it. Throws when there is none. */
  function load(root: string): unknown;
  namespace load {
    /** The path of what `load` would load. Throws when there is none. */
    function path(root: string): string;
  }
  export = load;
}
