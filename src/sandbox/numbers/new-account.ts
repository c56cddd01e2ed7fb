import { type Static, Type } from 'typebox';
import { type Account, type Extension, toE164 } from '../directory.ts';
import { drawId, ExtensionCreationRequest, newExtension } from '../people/extension-request.ts';
import { invalidParameter } from '../wire/rest-refusal.ts';
import type { World } from '../world.ts';

const Text = Type.Optional(Type.String());

/** What a partner says of a customer to be. RingCentral's public documents of 2016 name the request and not its fields. */
export const AccountCreationRequest = Type.Object({
  /** Reserved by this session. */
  mainNumber: Type.String(),
  reservationId: Text,
  /** What the partner calls the account. */
  partnerId: Text,
  /** The main administrator. */
  operator: ExtensionCreationRequest,
  serviceInfo: Type.Optional(Type.Object({ brand: Type.Optional(Type.Object({ id: Type.Optional(Type.String()) })) })),
  status: Type.Optional(Type.Unsafe<NonNullable<Account['status']>>(Type.Enum(['Initial', 'Unconfirmed', 'Confirmed']))),
});

/** Whose request it is. */
export interface Partner {
  readonly brandId: string;
  /** As the number pool knows it. */
  readonly holder: string;
}

/**
 * Opens an account with its main administrator, on a number that the partner has reserved.
 *
 * @throws Refused  400: CMN-101 for a number that is not reserved for the partner, another's brand, or a `partnerId` that
 *                  the brand has already; CMN-406 for what another user has
 */
export function openAccount(world: World, { brandId, holder }: Partner, request: Static<typeof AccountCreationRequest>): Account {
  const mainNumber = readNumber(world, holder, request);
  const { partnerId, operator, serviceInfo, status = 'Unconfirmed' } = request;
  if ((serviceInfo?.brand?.id ?? brandId) !== brandId) throw invalidParameter('serviceInfo.brand.id');
  const namesake = world.directory.listAccounts().find((other) => other.brandId === brandId && other.partnerAccountId === partnerId);
  if (partnerId !== undefined && namesake) throw invalidParameter('partnerId');
  const account: Account = {
    id: drawId(world),
    mainNumber,
    name: operator.contact.company ?? operator.contact.email,
    brandId,
    status,
    setupWizardState: 'NotStarted',
    createdAt: world.now(),
    ...(partnerId !== undefined && { partnerAccountId: partnerId }),
    ...(operator.contact.businessAddress && { businessAddress: operator.contact.businessAddress }),
  };
  const administrator: Extension = { ...newExtension(world, account.id, operator), mainAdministrator: true };
  world.directory.saveAccount(account);
  world.directory.saveExtension(account.id, administrator);
  world.numberPool.release(mainNumber);
  return account;
}

function readNumber({ numberPool }: World, holder: string, { mainNumber, reservationId }: Static<typeof AccountCreationRequest>): string {
  const number = toE164(mainNumber) ?? '';
  const reservation = numberPool.find(number);
  if (reservation?.holder !== holder || !numberPool.canBeHad(number, holder)) throw invalidParameter('mainNumber');
  if (reservationId !== undefined && reservationId !== reservation.id) throw invalidParameter('reservationId');
  return number;
}
