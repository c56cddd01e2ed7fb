import { ACCOUNT, EXTENSION } from '../../sandbox-world.ts';
import { asks, OF_ACCOUNT, OF_EXTENSION, reads, type Samples } from './sample.ts';

const HOURS = { schedule: { weeklyRanges: { monday: [{ from: '09:00', to: '18:00' }], friday: [{ from: '09:00', to: '12:00' }] } } };

/** What users and companies set for themselves, and what a role holds. */
export const SETTINGS_SAMPLES: Samples = {
  [`GET ${OF_EXTENSION}/caller-id`]: [reads(`${EXTENSION}/caller-id`)],
  [`PUT ${OF_EXTENSION}/caller-id`]: [
    asks('PUT', `${EXTENSION}/caller-id`, {
      byFeature: [
        { feature: 'RingOut', callerId: { type: 'PhoneNumber', phoneInfo: { phoneNumber: '+16505550101' } } },
        { feature: 'CallFlip', callerId: { type: 'Blocked' } },
      ],
      extensionNameForOutboundCalls: false,
    }),
  ],
  [`GET ${OF_EXTENSION}/conferencing`]: [reads(`${EXTENSION}/conferencing`)],
  [`PUT ${OF_EXTENSION}/conferencing`]: [asks('PUT', `${EXTENSION}/conferencing`, { allowJoinBeforeHost: true })],
  [`GET ${OF_EXTENSION}/grant`]: [reads(`${EXTENSION}/grant`)],
  [`GET ${OF_EXTENSION}/device`]: [reads(`${EXTENSION}/device`)],
  [`GET ${OF_EXTENSION}/business-hours`]: [reads(`${EXTENSION}/business-hours`)],
  [`PUT ${OF_EXTENSION}/business-hours`]: [asks('PUT', `${EXTENSION}/business-hours`, HOURS)],
  [`GET ${OF_ACCOUNT}/business-hours`]: [reads(`${ACCOUNT}/business-hours`)],
  [`PUT ${OF_ACCOUNT}/business-hours`]: [asks('PUT', `${ACCOUNT}/business-hours`, HOURS)],
  [`GET ${OF_EXTENSION}/authz-profile`]: [reads(`${EXTENSION}/authz-profile`)],
  [`GET ${OF_EXTENSION}/authz-profile/check`]: [
    reads(`${EXTENSION}/authz-profile/check?permissionId=ReadCallLog`),
    reads(`${EXTENSION}/authz-profile/check?permissionId=NoSuchPermission`),
  ],
};
