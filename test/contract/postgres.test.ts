import { describeEverything } from './every-store.ts';
import { openInPostgres } from './postgres-world.ts';

describeEverything('PostgreSQL', openInPostgres);
