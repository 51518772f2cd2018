/** The C library of this process, with its version where it tells one; `undefined` where Linux is not. */
export function libc(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const report: unknown = process.report?.getReport();
  const header = isObject(report) && isObject(report['header']) ? report['header'] : {};
  const version = header['glibcVersionRuntime'];
  return typeof version === 'string' ? `glibc ${version}` : 'musl';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
