import { describeEverything } from './every-store.ts';
import { openInFile, openInMemory } from './sqlite-world.ts';

describeEverything('SQLite in memory', openInMemory);
describeEverything('a SQLite file', openInFile);
