import { findCountry, HOME_COUNTRY_ID } from '../dictionaries/countries.ts';
import type { Account } from '../directory.ts';
import { accountUri, extensionUri } from '../wire/operation.ts';
import type { World } from '../world.ts';
import { renderCountry, renderRegionalSettings } from './regional-settings.ts';

const RINGCENTRAL_BRAND_ID = '1210';

const LIMITS = {
  freeSoftPhoneLinesPerExtension: 1,
  meetingSize: 100,
  cloudRecordingStorage: 100,
  maxMonitoredExtensionsPerUser: 100,
  maxExtensionNumberLength: 6,
  shortExtensionNumberLength: 3,
};

// What the sandbox does; whatever else the platform has, an account here has not.
const FEATURES = ['CallForwarding', 'Conferencing', 'Fax', 'FaxReceiving', 'MMS', 'Presence', 'RingOut', 'SMS', 'SMSReceiving', 'UserManagement', 'WebPhone'];

/** An account, as `GET …/account/{accountId}` shows it. */
export function renderAccount(world: World, account: Account): object {
  const { serviceFeatures: _features, limits, servicePlanName: _name, package: _package, ...serviceInfo } = renderServiceInfo(world, account);
  return {
    uri: accountUri(world, { account }),
    id: account.id,
    mainNumber: account.mainNumber,
    ...operatorOf(world, account),
    ...(account.partnerAccountId !== undefined && { partnerId: account.partnerAccountId }),
    serviceInfo,
    setupWizardState: account.setupWizardState ?? 'Completed',
    signupInfo: { tosAccepted: true, signupState: ['AccountCreated', 'BillingEntered', 'CreditCardApproved', 'AccountConfirmed'], marketingAccepted: false },
    status: account.status ?? 'Confirmed',
    regionalSettings: { ...renderRegionalSettings(world), currency: { id: 1, code: 'USD', name: 'US Dollar', symbol: '$', minorSymbol: '¢' } },
    federated: false,
    limits,
  };
}

/** What the account pays for. */
export function renderServiceInfo(world: World, account: Account) {
  const brandId = account.brandId ?? RINGCENTRAL_BRAND_ID;
  const country = findCountry(HOME_COUNTRY_ID);
  const homeCountry = country && renderCountry(world, country);
  const plan = { id: '1', name: 'RingEX Core', edition: 'Core' };
  return {
    uri: `${accountUri(world, { account })}/service-info`,
    servicePlanName: plan.name,
    brand: { id: brandId, name: brandId === RINGCENTRAL_BRAND_ID ? 'RingCentral' : `Brand ${brandId}`, homeCountry },
    contractedCountry: homeCountry,
    servicePlan: plan,
    targetServicePlan: plan,
    billingPlan: { id: '1', name: 'Monthly', durationUnit: 'Month', duration: 1, type: 'Regular', includedPhoneLines: 1 },
    serviceFeatures: FEATURES.map((featureName) => ({ featureName, enabled: true })),
    limits: LIMITS,
    package: { id: '1', version: '1' },
  };
}

/** What an extension may do. */
export function renderFeatures(): object[] {
  return FEATURES.map((featureName) => ({ featureName, enabled: true }));
}

/** Where the company is. */
export function renderBusinessAddress(world: World, account: Account): object {
  const email = account.email ?? world.directory.mainAdministratorOf(account)?.email;
  return {
    uri: `${accountUri(world, { account })}/business-address`,
    company: account.name,
    ...(email !== undefined && { email }),
    businessAddress: account.businessAddress ?? {},
    mainSiteName: 'Main Site',
  };
}

function operatorOf(world: World, account: Account): object {
  const extension = world.directory.mainAdministratorOf(account);
  return extension ? { operator: { uri: extensionUri(world, { account, extension }), id: extension.id, extensionNumber: extension.extensionNumber } } : {};
}
