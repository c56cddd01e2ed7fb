import { GRANT_TYPES } from './authorization/grant.ts';
import type { SandboxData } from './directory.ts';
import { RING_CX_DEMO } from './ringcx/demo.ts';

const PERMISSIONS = [
  'Accounts',
  'CallControl',
  'Contacts',
  'EditCallLog',
  'EditMessages',
  'EditPresence',
  'Faxes',
  'InternalMessages',
  'NumberLookup',
  'ReadAccounts',
  'ReadCallLog',
  'ReadClientInfo',
  'ReadContacts',
  'ReadMessages',
  'RingOut',
  'SMS',
  'SubscriptionWebhook',
  'WebSocket',
];

// RFC 8252 §7.3: on loopback any port is meant.
const LOOPBACK_REDIRECT_URIS = ['http://127.0.0.1', 'http://[::1]', 'http://localhost'].flatMap((origin) => [
  origin,
  `${origin}/callback`,
  `${origin}/oauth2callback`,
]);

const GATEWAY_APP = { clientId: 'TrunklineDemoKey', clientSecret: 'TrunklineDemoSecret' };

/**
 * The documents' own examples: whatever they print runs against a sandbox with these.
 *
 * The gateway's demo has an app of its own, because the Auth budget is per app and a newcomer's curl needs the other's.
 */
export const DEMO_DATA: SandboxData = {
  apps: [
    {
      clientId: 'YourAppKey',
      clientSecret: 'YourAppSecret',
      name: 'Your App',
      brandIds: ['1234'],
      grantTypes: GRANT_TYPES,
      permissions: PERMISSIONS,
      redirectUris: ['https://myapp.example.com/oauth2Callback', 'https://myapp.acme.com/oauth2redirect', ...LOOPBACK_REDIRECT_URIS],
    },
    { ...GATEWAY_APP, name: 'Trunkline', grantTypes: GRANT_TYPES, permissions: PERMISSIONS, redirectUris: LOOPBACK_REDIRECT_URIS },
  ],
  accounts: [
    {
      id: 403_140_004,
      mainNumber: '+18889363711',
      name: 'Front Desk Demo',
      extensions: [
        {
          id: 403_141_004,
          extensionNumber: '101',
          name: 'Front Desk',
          email: 'front-desk@example.com',
          password: '1234',
          mainAdministrator: true,
          directNumbers: ['+16505550101'],
          forwardingNumbers: [
            { id: '403142004', phoneNumber: '+16505553711', label: 'Home', type: 'Home' },
            { id: '403143004', phoneNumber: '+16505551550', label: 'Business', type: 'Work' },
            { id: '403144004', phoneNumber: '+16505551233', label: 'Mobile', type: 'Mobile' },
          ],
        },
      ],
    },
    {
      id: 1_110_475_004,
      mainNumber: '+18887776655',
      name: 'Back Office Demo',
      extensions: [
        {
          id: 1_110_475_004,
          extensionNumber: '102',
          name: 'Back Office',
          email: 'back-office@example.com',
          password: 'Myp@ssw0rd',
          mainAdministrator: true,
          directNumbers: ['+16505550102'],
          forwardingNumbers: [{ id: '1110476004', phoneNumber: '+16505551102', label: 'Business', type: 'Work' }],
        },
      ],
    },
    {
      id: 256_439_016,
      mainNumber: '+18559100010',
      name: 'Warehouse Demo',
      extensions: [
        {
          id: 256_440_016,
          extensionNumber: '101',
          name: 'Warehouse',
          email: 'warehouse@example.com',
          password: '121212',
          mainAdministrator: true,
          directNumbers: [],
          forwardingNumbers: [],
        },
      ],
    },
    {
      id: 315_086_004,
      mainNumber: '+15556090455',
      name: 'Fax Desk Demo',
      extensions: [
        {
          id: 315_087_004,
          extensionNumber: '100',
          name: 'Fax Desk',
          email: 'fax-desk@example.com',
          password: 'qwerty',
          mainAdministrator: true,
          directNumbers: [],
          forwardingNumbers: [{ id: '315088004', phoneNumber: '+16505551100', label: 'Mobile', type: 'Mobile' }],
        },
      ],
    },
    {
      id: 427_191_004,
      mainNumber: '+18445550109',
      name: 'Partner Demo',
      brandId: '1234',
      partnerAccountId: 'BAN0009',
      extensions: [
        {
          id: 427_192_004,
          extensionNumber: '101',
          name: 'Partner Customer',
          email: 'partner-customer@example.com',
          password: 'Partner-1',
          mainAdministrator: true,
          directNumbers: [],
          forwardingNumbers: [],
        },
      ],
    },
  ],
  ringCx: RING_CX_DEMO,
  contacts: [
    {
      id: '29874662828',
      ownerId: '1110475004',
      fields: {
        firstName: 'Delphine',
        lastName: 'Lejeune',
        company: 'Example Freight',
        jobTitle: 'Dispatcher',
        email: 'delphine.lejeune@example.com',
        businessPhone: '+16505550188',
        mobilePhone: '+16505550189',
        businessAddress: { street: '20 Davis Dr.', city: 'Belmont', state: 'CA', zip: '94002', country: 'United States' },
      },
    },
  ],
};

/** The gateway's own demo, for its newcomer's start: an app, and the Connections that sign in with it. */
export const DEMO = {
  app: GATEWAY_APP,
  connections: [
    { name: 'front-desk', username: '18889363711', extension: '101', password: '1234' },
    { name: 'back-office', username: '18887776655', extension: '102', password: 'Myp@ssw0rd' },
    { name: 'fax-desk', username: '15556090455', password: 'qwerty' },
  ],
} as const;
