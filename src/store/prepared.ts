import type { Compilable, CompiledQuery } from 'kysely';

/** Stands in a statement for a value that is not known yet. */
class Hole {
  readonly key: PropertyKey;

  constructor(key: PropertyKey) {
    this.key = key;
  }
}

/** Where a value of that name goes. */
export type Value<Values> = <Key extends keyof Values>(key: Key) => Values[Key];

/**
 * A statement that Kysely compiles once, for those that run often: compiling takes longer than a row takes to be read.
 *
 * @param build  makes the statement; a value may go to several places
 * @returns gives the statement with values
 */
export function prepared<Values, Row>(build: (value: Value<Values>) => Compilable<Row>): (values: Values) => CompiledQuery<Row> {
  const compiled = build((key) => new Hole(key) as never).compile();
  return (values) => ({ ...compiled, parameters: compiled.parameters.map((given) => (given instanceof Hole ? values[given.key as keyof Values] : given)) });
}
