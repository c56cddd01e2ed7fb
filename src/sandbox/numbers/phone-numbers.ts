import { findCountry, HOME_COUNTRY_ID } from '../dictionaries/countries.ts';
import { findLocation, TOLL_FREE_AREA_CODES } from '../dictionaries/locations.ts';
import type { Account, Extension } from '../directory.ts';
import { nameExtension } from '../people/extension-info.ts';
import { renderCountry } from '../people/regional-settings.ts';
import { accountUri, extensionUri } from '../wire/operation.ts';
import type { World } from '../world.ts';

/** A number of an account. */
export interface PhoneNumber {
  /** E.164. */
  readonly phoneNumber: string;
  readonly usageType: 'MainCompanyNumber' | 'DirectNumber';
  /** Whose direct number it is. */
  readonly extension?: Extension;
}

/** Those of a whole account: the main number, and then everybody's own. */
export function numbersOfAccount({ directory }: World, account: Account): readonly PhoneNumber[] {
  const direct = directory.extensionsOf(account).flatMap((extension) => directNumbersOf(extension));
  return [{ phoneNumber: account.mainNumber, usageType: 'MainCompanyNumber' }, ...direct];
}

/** Those that a user can be called under, or show: the company's, and its own. */
export function numbersOfExtension(account: Account, extension: Extension): readonly PhoneNumber[] {
  return [{ phoneNumber: account.mainNumber, usageType: 'MainCompanyNumber' }, ...directNumbersOf(extension)];
}

/** What the account's list tells of a number. */
export function renderCompanyNumber(world: World, account: Account, number: PhoneNumber): object {
  return {
    uri: `${accountUri(world, { account })}/phone-number/${idOf(number)}`,
    ...renderNumber(number),
    ...(number.extension && { extension: nameExtension(world, { account, extension: number.extension }) }),
    activationStatus: 'Active',
  };
}

/** What the user's list tells of a number. */
export function renderUserNumber(world: World, account: Account, extension: Extension, number: PhoneNumber): object {
  const owner = { account, extension };
  const { id, uri, extensionNumber } = nameExtension(world, owner);
  const country = findCountry(HOME_COUNTRY_ID);
  return {
    uri: `${extensionUri(world, owner)}/phone-number/${idOf(number)}`,
    ...renderNumber(number),
    ...(country && { country: { id: country.id, uri: renderCountry(world, country).uri, name: country.name } }),
    ...(number.extension && { extension: { id, uri, extensionNumber, type: extension.type ?? 'User' } }),
    features: number.usageType === 'DirectNumber' ? ['CallerId', 'SmsSender', 'MmsSender'] : ['CallerId'],
  };
}

/** A number's id: its digits. */
export function idOf({ phoneNumber }: PhoneNumber): number {
  return Number(phoneNumber.slice(1));
}

/** How a number is paid for. */
export function paymentTypeOf({ phoneNumber }: PhoneNumber): 'TollFree' | 'Local' {
  return TOLL_FREE_AREA_CODES.includes(areaCodeOf(phoneNumber)) ? 'TollFree' : 'Local';
}

function renderNumber(number: PhoneNumber): object {
  const { phoneNumber, usageType } = number;
  const location = findLocation(areaCodeOf(phoneNumber));
  return {
    id: idOf(number),
    phoneNumber,
    ...(location && { location: `${location.city}, ${location.state.isoCode}` }),
    paymentType: paymentTypeOf(number),
    primary: usageType === 'MainCompanyNumber',
    status: 'Normal',
    type: 'VoiceFax',
    usageType,
  };
}

function directNumbersOf(extension: Extension): PhoneNumber[] {
  return extension.directNumbers.map((phoneNumber) => ({ phoneNumber, usageType: 'DirectNumber', extension }));
}

function areaCodeOf(phoneNumber: string): string {
  return phoneNumber.startsWith('+1') ? phoneNumber.slice(2, 5) : '';
}
