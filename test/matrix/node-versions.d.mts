export interface NodeVersion {
  readonly major: number;
  readonly abi: number;
  readonly version: string;
  readonly home: string;
  readonly node: string;
}

export const NODE_MAJORS: readonly number[];
export function nodeVersion(
  major: number,
  options?: { readonly arch?: 'x64' | 'arm64' },
): Promise<NodeVersion>;
