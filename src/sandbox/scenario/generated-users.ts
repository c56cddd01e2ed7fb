import type { ScenarioAccount, ScenarioUser } from './schema.ts';

type Generate = NonNullable<ScenarioAccount['generate']>;

const FIRST_EXTENSION_NUMBER = 1_001;

/** The users of a bulk order, in the order of their extension numbers. */
export function generatedUsers({ count, firstExtensionNumber = FIRST_EXTENSION_NUMBER, ...templates }: Generate): ScenarioUser[] {
  return Array.from({ length: count }, (_user, index) => generatedUser(templates, String(firstExtensionNumber + index)));
}

function generatedUser({ password, name, email, directNumber, forwardingNumber }: Omit<Generate, 'count'>, extensionNumber: string): ScenarioUser {
  const filled = (template: string) => template.replaceAll('{n}', extensionNumber);
  return {
    extensionNumber,
    password: filled(password),
    ...(name !== undefined && { name: filled(name) }),
    ...(email !== undefined && { email: filled(email) }),
    ...(directNumber !== undefined && { directNumbers: [filled(directNumber)] }),
    ...(forwardingNumber !== undefined && { forwardingNumbers: [{ phoneNumber: filled(forwardingNumber) }] }),
  };
}
