declare module 'node-gyp-build' {
  /** The path of the build or prebuild under `root` that fits this Node.js. Throws when there is none. */
  export function path(root: string): string;
}
