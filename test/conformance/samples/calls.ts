import { ACCOUNT, EXTENSION, type Reply, RING_OUT } from '../../sandbox-world.ts';
import { asks, COLLEAGUE, firstOf, OF_ACCOUNT, OF_EXTENSION, reads, type Sample, type Samples, type SampleWorld } from './sample.ts';

const OWNER_ID = '403141004';
const CALLEE = '+16505551230';

/** RingOuts, the call log and presence. */
export const CALL_SAMPLES: Samples = {
  [`POST ${OF_EXTENSION}/ring-out`]: [ringOut],
  [`GET ${OF_EXTENSION}/ring-out/{ringOutId}`]: [
    async (world) => world.send('GET', await madeRingOut(world)),
    async (world) => {
      const path = await madeRingOut(world);
      await world.sandbox.advance(5_000);
      return world.send('GET', path);
    },
  ],
  [`DELETE ${OF_EXTENSION}/ring-out/{ringOutId}`]: [async (world) => world.send('DELETE', await madeRingOut(world))],
  [`GET ${OF_EXTENSION}/call-log`]: [logged('/call-log'), logged('/call-log?view=Detailed&perPage=2'), reads(`${EXTENSION}/call-log`)],
  [`GET ${OF_ACCOUNT}/call-log`]: [logged('/call-log', ACCOUNT), logged('/call-log?view=Detailed', ACCOUNT)],
  [`GET ${OF_EXTENSION}/call-log/{callRecordId}`]: [oneLogged(EXTENSION), oneLogged(EXTENSION, '?view=Detailed')],
  [`GET ${OF_ACCOUNT}/call-log/{callRecordId}`]: [oneLogged(ACCOUNT), oneLogged(ACCOUNT, '?view=Detailed')],
  [`DELETE ${OF_EXTENSION}/call-log`]: [
    async (world) => {
      await fillLog(world);
      return world.send('DELETE', `${EXTENSION}/call-log`);
    },
  ],
  [`GET ${OF_EXTENSION}/call-log-sync`]: [logged('/call-log-sync?syncType=FSync'), resynced(EXTENSION)],
  [`GET ${OF_ACCOUNT}/call-log-sync`]: [logged('/call-log-sync?syncType=FSync', ACCOUNT), resynced(ACCOUNT)],
  [`GET ${OF_EXTENSION}/active-calls`]: [calling('/active-calls'), calling('/active-calls?view=Detailed')],
  [`GET ${OF_ACCOUNT}/active-calls`]: [calling('/active-calls', ACCOUNT), calling('/active-calls?view=Detailed', ACCOUNT)],
  [`GET ${OF_EXTENSION}/presence`]: [
    reads(`${EXTENSION}/presence`),
    calling('/presence?detailedTelephonyState=true'),
    calling('/presence?detailedTelephonyState=true', `${ACCOUNT}/extension/${COLLEAGUE.id}`),
  ],
  [`PUT ${OF_EXTENSION}/presence`]: [asks('PUT', `${EXTENSION}/presence`, { userStatus: 'Busy', message: 'Back at noon' })],
  [`GET ${OF_ACCOUNT}/presence`]: [reads(`${ACCOUNT}/presence`), calling('/presence?detailedTelephonyState=true', ACCOUNT)],
};

function ringOut({ send }: SampleWorld, to = CALLEE): Promise<Reply> {
  return send('POST', RING_OUT, { from: { phoneNumber: '+16505551231' }, to: { phoneNumber: to }, playPrompt: true });
}

async function madeRingOut(world: SampleWorld): Promise<string> {
  return `${RING_OUT}/${(await ringOut(world)).json.id}`;
}

/** A colleague is called, one call goes wrong, a fax comes, and generated calls and faxes are added. */
async function fillLog(world: SampleWorld): Promise<void> {
  await ringOut(world, COLLEAGUE.directNumbers[0]);
  await ringOut(world, '+16505550001');
  await world.sandbox.advance(10 * 60_000);
  await world.postJson('/_sandbox/messages', { type: 'Fax', from: '+16505559100', to: '+16505550101' });
  await world.postJson('/_sandbox/call-log', { ownerId: OWNER_ID, count: 5 });
  await world.postJson('/_sandbox/call-log', { ownerId: OWNER_ID, records: [{ recordingType: 'Automatic' }] });
}

function logged(path: string, of = EXTENSION): Sample {
  return async (world) => {
    await fillLog(world);
    return world.send('GET', of + path);
  };
}

function oneLogged(of: string, query = ''): Sample {
  return async (world) => {
    await fillLog(world);
    const { id } = await firstOf(world, `${of}/call-log`);
    return world.send('GET', `${of}/call-log/${id}${query}`);
  };
}

function resynced(of: string): Sample {
  return async (world) => {
    const { syncInfo } = (await world.send('GET', `${of}/call-log-sync?syncType=FSync`)).json;
    await fillLog(world);
    return world.send('GET', `${of}/call-log-sync?syncType=ISync&syncToken=${(syncInfo as { readonly syncToken: string }).syncToken}`);
  };
}

/** While somebody is on the phone. */
function calling(path: string, of = EXTENSION): Sample {
  return async (world) => {
    await ringOut(world, COLLEAGUE.directNumbers[0]);
    await world.sandbox.advance(5_000);
    return world.send('GET', of + path);
  };
}
