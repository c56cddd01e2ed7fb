import { type Static, Type } from 'typebox';
import type { WeeklyRanges } from '../directory.ts';
import { changeProfile, profileOf } from '../people/profile.ts';
import { jsonAnswer } from '../wire/answer.ts';
import { readChecked } from '../wire/checked-body.ts';
import { type AccountOperation, accountUri, type ExtensionOperation, extensionUri, type Operation } from '../wire/operation.ts';

const ACCOUNT = '/restapi/v1.0/account/{accountId}';
const EXTENSION = `${ACCOUNT}/extension/{extensionId}`;
const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

const Time = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' });
const Day = Type.Optional(Type.Array(Type.Object({ from: Time, to: Time })));
const Week = Type.Object({ monday: Day, tuesday: Day, wednesday: Day, thursday: Day, friday: Day, saturday: Day, sunday: Day });
const BusinessHoursRequest = Type.Object({ schedule: Type.Object({ weeklyRanges: Type.Optional(Week) }) });

const ROUND_THE_CLOCK: WeeklyRanges = Object.fromEntries(DAYS.map((day) => [day, [{ from: '00:00', to: '00:00' }]]));

const Reading = { access: 'extension', method: 'GET', group: 'Light', permission: 'ReadAccounts' } as const;
const Changing = { access: 'extension', method: 'PUT', group: 'Medium', permission: 'EditExtensions' } as const;

const getBusinessHours: ExtensionOperation = {
  ...Reading,
  path: `${EXTENSION}/business-hours`,
  userPermission: 'ReadExtensions',
  answer: (call) => jsonAnswer(200, renderHours(extensionUri(call.world, call.owner), profileOf(call.world, call.owner).businessHours)),
};

const updateBusinessHours: ExtensionOperation = {
  ...Changing,
  path: `${EXTENSION}/business-hours`,
  userPermission: 'EditUserAnsweringRules',
  answer: ({ world, owner, request }) => {
    const businessHours = readHours(readChecked(request, BusinessHoursRequest));
    changeProfile(world, owner, { businessHours });
    return jsonAnswer(200, renderHours(extensionUri(world, owner), businessHours));
  },
};

const getCompanyBusinessHours: AccountOperation = {
  ...Reading,
  access: 'account',
  path: `${ACCOUNT}/business-hours`,
  userPermission: 'ReadCompanyAnsweringRules',
  answer: ({ world, account }) => jsonAnswer(200, renderHours(accountUri(world, { account }), account.businessHours)),
};

const updateCompanyBusinessHours: AccountOperation = {
  ...Changing,
  access: 'account',
  path: `${ACCOUNT}/business-hours`,
  userPermission: 'EditUserAnsweringRules',
  answer: ({ world, account, request }) => {
    const businessHours = readHours(readChecked(request, BusinessHoursRequest));
    world.directory.saveAccount({ ...account, businessHours });
    return jsonAnswer(200, renderHours(accountUri(world, { account }), businessHours));
  },
};

/** When a user, or a company, is at work. */
export const BUSINESS_HOURS_OPERATIONS: readonly Operation[] = [getBusinessHours, updateBusinessHours, getCompanyBusinessHours, updateCompanyBusinessHours];

function readHours({ schedule }: Static<typeof BusinessHoursRequest>): WeeklyRanges {
  return schedule.weeklyRanges === undefined ? ROUND_THE_CLOCK : Object.fromEntries(Object.entries(schedule.weeklyRanges).filter(([, ranges]) => ranges));
}

function renderHours(uri: string, weeklyRanges = ROUND_THE_CLOCK): object {
  return { uri: `${uri}/business-hours`, schedule: { weeklyRanges } };
}
