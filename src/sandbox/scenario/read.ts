import { Settings } from 'typebox/system';
import { Value } from 'typebox/value';
import { inconsistencies } from './consistency.ts';
import { faultAt, readScenarioFile } from './file.ts';
import { type Scenario, ScenarioSchema } from './schema.ts';
import { type FieldPath, ScenarioWrong } from './wrong.ts';

// More than anybody reads; a generated file that is wrong everywhere must not fill the screen for an hour.
const MOST_FAULTS = 1_000;

/**
 * Reads and checks a scenario.
 *
 * @param given  the path of its file, or what such a file holds
 * @throws ScenarioWrong  with everything that is wrong
 */
export function readScenario(given: string | Scenario): Scenario {
  const path = typeof given === 'string' ? given : undefined;
  const file = path === undefined ? undefined : readScenarioFile(path);
  // An empty file is an empty platform.
  const content = (file ? file.content : given) ?? {};
  const mistakes = schemaMistakes(content);
  const found = mistakes.length > 0 ? mistakes : inconsistencies(content as Scenario);
  if (found.length === 0) return content as Scenario;
  const faults = found.map((mistake) => faultAt(file, mistake.path, mistake.fault));
  throw new ScenarioWrong(
    path,
    faults.sort((one, other) => (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0)),
  );
}

/** A field, and what is wrong with it. */
export interface Mistake {
  readonly path: FieldPath;
  readonly fault: string;
}

function schemaMistakes(content: unknown): Mistake[] {
  const { maxErrors } = Settings.Get();
  Settings.Set({ maxErrors: MOST_FAULTS });
  try {
    return Value.Errors(ScenarioSchema, content).flatMap((error) => mistakesOf(error, content));
  } finally {
    Settings.Set({ maxErrors });
  }
}

type SchemaError = ReturnType<typeof Value.Errors>[number];

function mistakesOf(error: SchemaError, content: unknown): Mistake[] {
  const path = pathOf(error.instancePath, content);
  if (error.keyword === 'required') {
    return error.params.requiredProperties.map((name) => ({ path: [...path, name], fault: 'is missing; add it' }));
  }
  // Said by `additionalProperties` too.
  if (error.keyword === 'boolean') return [];
  if (error.keyword === 'additionalProperties') {
    return error.params.additionalProperties.map((name) => ({
      path: [...path, name],
      fault: 'is not known; remove it, or see `trunkline sandbox scenario-schema` for what there is',
    }));
  }
  if (error.keyword === 'enum') return [{ path, fault: `must be one of ${error.params.allowedValues.join(', ')}` }];
  if (error.keyword === 'pattern') return [{ path, fault: wordsOf(error) }];
  return [{ path, fault: `${error.message}${quotesMissing(error, path, content)}` }];
}

// A pattern says little to people; what the field is for says more.
function wordsOf({ schemaPath, params }: Extract<SchemaError, { keyword: 'pattern' }>): string {
  const schema = Value.Pointer.Get(ScenarioSchema, schemaPath.slice(1)) as { readonly description?: string } | undefined;
  return schema?.description ? `is not what it should be: ${schema.description}` : `must match ${String(params.pattern)}`;
}

// 101 and 007 without quotes are numbers in YAML, and an extension number is not.
function quotesMissing(error: SchemaError, path: FieldPath, content: unknown): string {
  const isTextWanted = error.keyword === 'type' && error.params.type === 'string';
  return isTextWanted && typeof valueAt(content, path) === 'number' ? '; put it in quotes' : '';
}

function pathOf(pointer: string, content: unknown): FieldPath {
  const names = pointer
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  return names.map((name, index) => (Array.isArray(valueAt(content, names.slice(0, index))) ? Number(name) : name));
}

function valueAt(content: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>((value, part) => (value as Record<string | number, unknown> | undefined)?.[part], content);
}
