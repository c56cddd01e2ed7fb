import { isPermission } from '../../ringcentral/facts/permissions.ts';
import { ControlInputWrong } from '../control.ts';
import { checkAction } from '../controls/faults.ts';
import { Directory, type Extension } from '../directory.ts';
import { forgetfulJournal } from '../forgetful-journal.ts';
import { appMistakes } from './app-mistakes.ts';
import { sandboxDataOf } from './data.ts';
import { generatedUsers } from './generated-users.ts';
import type { Mistake } from './read.ts';
import type { Scenario } from './schema.ts';
import { type FieldPath, fieldName } from './wrong.ts';

/** What in a scenario contradicts itself, or names what is not there. Its shape has been checked. */
export function inconsistencies(scenario: Scenario): Mistake[] {
  return [
    ...repeated(scenario),
    ...wrongTemplates(scenario),
    ...unknownPermissions(scenario),
    ...unusableApps(scenario),
    ...impossibleFaults(scenario),
    ...impossibleLatencies(scenario),
    ...lostCredentials(scenario),
  ];
}

/** Something of which there may be one only. */
interface Claim {
  readonly kind: string;
  readonly value: string;
  readonly path: FieldPath;
}

/** Names and numbers that two have. */
function repeated(scenario: Scenario): Mistake[] {
  const { apps = [], jwtCredentials = [] } = scenario;
  const claims: Claim[] = [
    ...apps.map(({ clientId }, index) => ({ kind: 'client id', value: clientId, path: ['apps', index, 'clientId'] })),
    ...jwtCredentials.map(({ name }, index) => ({ kind: 'name', value: name, path: ['jwtCredentials', index, 'name'] })),
    ...accountClaims(scenario),
  ];
  const first = new Map<string, FieldPath>();
  const mistakes: Mistake[] = [];
  for (const { kind, value, path } of claims) {
    const holder = first.get(`${kind} ${value}`);
    if (holder && mistakes.at(-1)?.path.join('.') !== path.join('.'))
      mistakes.push({ path, fault: `is taken: ${fieldName(holder) || 'the demo data'} has ${value} already; give each its own` });
    if (!holder) first.set(`${kind} ${value}`, path);
  }
  return mistakes;
}

/** Those of the accounts: of the demo's, whose path is empty, before the scenario's own. */
function accountClaims(scenario: Scenario): Claim[] {
  const { accounts } = sandboxDataOf(scenario);
  const { accounts: own = [] } = scenario;
  const first = accounts.length - own.length;
  return accounts.flatMap((account, position) => {
    const index = position - first;
    const path: FieldPath = index < 0 ? [] : ['accounts', index];
    const at = (...field: FieldPath): FieldPath => (index < 0 ? [] : [...path, ...field]);
    const written = own[index]?.users?.length ?? 0;
    return [
      { kind: 'account id', value: String(account.id), path: at('id') },
      { kind: 'number', value: account.mainNumber, path: at('mainNumber') },
      ...account.extensions.flatMap((extension, user) =>
        extensionClaims(account.id, extension, (field) => (user < written ? at('users', user, field) : at('generate', GENERATED_BY[field] ?? field))),
      ),
    ];
  });
}

// What of a bulk order a field of its users comes from.
const GENERATED_BY: Readonly<Record<string, string>> = { extensionNumber: 'firstExtensionNumber', directNumbers: 'directNumber', id: 'count' };

function extensionClaims(accountId: number, { id, extensionNumber, email, directNumbers }: Extension, at: (field: string) => FieldPath): Claim[] {
  return [
    { kind: `extension number of ${accountId}`, value: extensionNumber, path: at('extensionNumber') },
    { kind: 'extension id', value: String(id), path: at('id') },
    { kind: 'e-mail address', value: email.toLowerCase(), path: at('email') },
    ...directNumbers.map((number) => ({ kind: 'number', value: number, path: at('directNumbers') })),
  ];
}

/** Numbers of users in bulk that are none; the first and the last of them stand for all. */
function wrongTemplates({ accounts = [] }: Scenario): Mistake[] {
  return accounts.flatMap(({ generate }, index) => {
    if (!generate) return [];
    const users = generatedUsers(generate);
    return [users[0], users.at(-1)]
      .flatMap((user) => {
        const numbers = { directNumber: user?.directNumbers?.[0], forwardingNumber: user?.forwardingNumbers?.[0]?.phoneNumber };
        const wrong = Object.entries(numbers).find(([, number]) => number !== undefined && !/^\+[1-9]\d{9,14}$/.test(number));
        return wrong ? [{ path: ['accounts', index, 'generate', wrong[0]], fault: `gives ${wrong[1]}, which is no phone number with + and country code` }] : [];
      })
      .slice(0, 1);
  });
}

function unknownPermissions({ apps = [] }: Scenario): Mistake[] {
  return apps.flatMap(({ permissions }, index) =>
    permissions.flatMap((permission, position) =>
      isPermission(permission)
        ? []
        : {
            path: ['apps', index, 'permissions', position],
            fault: `is no application permission: ${permission}; write it as RingCentral does, ReadAccounts for example`,
          },
    ),
  );
}

function unusableApps({ apps = [] }: Scenario): Mistake[] {
  return apps.flatMap((app, index) => appMistakes(app).map(({ path, fault }) => ({ path: ['apps', index, ...path], fault })));
}

function impossibleFaults({ faults = [] }: Scenario): Mistake[] {
  return faults.flatMap(({ action }, index) => {
    try {
      checkAction(action);
      return [];
    } catch (error) {
      if (!(error instanceof ControlInputWrong)) throw error;
      return { path: ['faults', index, ...error.field.split('.')], fault: error.fault };
    }
  });
}

function impossibleLatencies({ latencies = [] }: Scenario): Mistake[] {
  return latencies.flatMap(({ minMs, maxMs = minMs }, index) =>
    maxMs < minMs ? { path: ['latencies', index, 'maxMs'], fault: `is less than minMs, which is ${minMs}` } : [],
  );
}

function lostCredentials(scenario: Scenario): Mistake[] {
  const { jwtCredentials = [] } = scenario;
  if (jwtCredentials.length === 0) return [];
  const directory = new Directory(sandboxDataOf(scenario), forgetfulJournal());
  return jwtCredentials.flatMap(({ username, extension, clientIds = [] }, index) => {
    const path = ['jwtCredentials', index];
    const apps = clientIds.flatMap((clientId, position) =>
      directory.findApp(clientId) ? [] : { path: [...path, 'clientIds', position], fault: `names no app of this scenario: ${clientId}` },
    );
    return directory.findLogin(username, extension) ? apps : [...apps, { path: [...path, 'username'], fault: 'is no user of this scenario' }];
  });
}
