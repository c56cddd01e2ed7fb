import { isPermission } from '../../ringcentral/facts/permissions.ts';
import { ControlInputWrong } from '../control.ts';
import { checkAction } from '../controls/faults.ts';
import { Directory } from '../directory.ts';
import { forgetfulJournal } from '../journal.ts';
import { sandboxDataOf } from './data.ts';
import type { Mistake } from './read.ts';
import type { Scenario } from './schema.ts';
import type { FieldPath } from './wrong.ts';

/** What in a scenario contradicts itself, or names what is not there. Its shape has been checked. */
export function inconsistencies(scenario: Scenario): Mistake[] {
  return [
    ...repeated(scenario),
    ...unknownPermissions(scenario),
    ...impossibleFaults(scenario),
    ...impossibleLatencies(scenario),
    ...lostCredentials(scenario),
  ];
}

/** Names and numbers that two have. What the demo data has may be given anew. */
function repeated(scenario: Scenario): Mistake[] {
  const mistakes: Mistake[] = [];
  const seen = new Map<string, string>();
  const claim = (kind: string, value: string, path: FieldPath, holder: string) => {
    const other = seen.get(`${kind} ${value}`);
    if (other === undefined) seen.set(`${kind} ${value}`, holder);
    else mistakes.push({ path, fault: `is taken: ${kind} ${value} is that of ${other} already` });
  };
  scenario.apps?.forEach(({ clientId }, index) => claim('the client id', clientId, ['apps', index, 'clientId'], `apps[${index}]`));
  scenario.jwtCredentials?.forEach(({ name }, index) => claim('the name', name, ['jwtCredentials', index, 'name'], `jwtCredentials[${index}]`));
  const { accounts } = sandboxDataOf(scenario);
  const own = accounts.slice(accounts.length - (scenario.accounts?.length ?? 0));
  for (const { mainNumber, id, extensions } of accounts.slice(0, accounts.length - own.length)) {
    claim('the main number', mainNumber, [], `the demo account ${id}`);
    for (const { id: extensionId, email, directNumbers } of extensions) {
      claim('the extension id', String(extensionId), [], `a demo user`);
      claim('the e-mail address', email.toLowerCase(), [], 'a demo user');
      for (const number of directNumbers) claim('the number', number, [], 'a demo user');
    }
  }
  own.forEach(({ id, mainNumber, extensions }, index) => {
    const path = ['accounts', index];
    const holder = `accounts[${index}]`;
    claim('the account id', String(id), [...path, 'id'], holder);
    claim('the main number', mainNumber, [...path, 'mainNumber'], holder);
    const written = scenario.accounts?.[index]?.users?.length ?? 0;
    extensions.forEach((extension, position) => {
      const at: FieldPath = position < written ? [...path, 'users', position] : [...path, 'generate'];
      const user = position < written ? `${holder}.users[${position}]` : `${holder}.generate`;
      claim(`in ${holder} the extension number`, extension.extensionNumber, [...at, 'extensionNumber'], user);
      claim('the extension id', String(extension.id), [...at, 'id'], user);
      claim('the e-mail address', extension.email.toLowerCase(), [...at, 'email'], user);
      extension.directNumbers.forEach((number) => claim('the number', number, [...at, position < written ? 'directNumbers' : 'directNumber'], user));
    });
  });
  return mistakes;
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
