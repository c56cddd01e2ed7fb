import type { TestProject } from 'vitest/node';
import { startPostgres } from './server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A database of a server that the whole test run shares; its user may make others. */
    postgresUrl: string;
  }
}

/** One server for all test files; `TEST_POSTGRES_URL` names another one to use instead. */
export default async function setUp(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env.TEST_POSTGRES_URL;
  const server = given ? undefined : await startPostgres();
  // The package ends the process with 0 when nothing is left to do, whatever vitest has found.
  process.prependListener('beforeExit', () => process.exit());
  project.provide('postgresUrl', given || (server?.url ?? ''));
  return server && (() => server.close());
}
