import { expect, test } from 'vitest';
import { explainDying } from './weather.ts';

test('what to do names the Connection and its App wherever it says so, also where one name has the other word in it', () => {
  const { todo } = explainDying({ name: 'APP-NAME', app: 'demo', cause: 'needs-sign-in' });

  expect(todo).toBe(
    'have its user sign in (`trunkline connect APP-NAME --app demo --invite`), or give it other credentials (`trunkline connection credentials APP-NAME`)',
  );
});
