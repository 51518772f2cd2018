import { defineConfig } from 'vitest/config';

// `unit` never loads the addon; everything else runs the built package or the addon in its own process, one file at a
// time, because allocation readings and child processes disturb each other.
const isolated = (name: string, include: string[]) => ({
  test: {
    name,
    include,
    pool: 'forks' as const,
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 30_000 } },
      {
        test: {
          ...isolated('native', ['test/native/**/*.test.ts']).test,
          execArgv: ['--expose-gc'],
        },
      },
      isolated('system', [
        'test/decorators/**/*.test.ts',
        'test/lifecycle/**/*.test.ts',
        'test/package/**/*.test.ts',
        'test/docs/**/*.test.ts',
        'test/e2e/**/*.test.ts',
        'test/integrations/**/*.test.ts',
      ]),
    ],
  },
});
