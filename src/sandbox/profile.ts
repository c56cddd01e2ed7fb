/** What one uncertain rule of the platform is, how it can be taken, and where that is from. */
interface Rule {
  /** What is uncertain. */
  readonly question: string;
  /** By name, what then happens. */
  readonly choices: Readonly<Record<string, string>>;
  /** How the profiles take it. */
  readonly platform: string;
  readonly strict: string;
  readonly source: string;
  /** Of the source: a year, a month or a day. */
  readonly date: string;
}

const TABLE = {
  grace: {
    question: 'Does an exchanged refresh token bring its pair again, for an answer that was lost?',
    choices: { on: 'for an hour while the new access token is unused, and for 10 s after its first use', off: 'no: it is for one request' },
    platform: 'on',
    strict: 'off',
    source: 'RingCentral "Refresh tokens", from an experiment of 2020; one SDK documents the opposite',
    date: '2023-06',
  },
  sessionLimit: {
    question: 'What happens to a sixth sign-in of a user with an app?',
    choices: { 'oldest-ends': 'the oldest session ends', refuse: 'it is refused with 429' },
    platform: 'oldest-ends',
    strict: 'oldest-ends',
    source: 'RingCentral "Tokens": "usually five", and that tokens are invalidated, not whose; "API errors" speaks of 429',
    date: '2025-03',
  },
  noRefreshTtl: {
    question: 'What does a `refresh_token_ttl` of 0 or less ask for?',
    choices: { none: 'no refresh token', default: 'one of the usual lifetime' },
    platform: 'none',
    strict: 'none',
    source: 'community articles 231 and 1426; the documents are silent',
    date: '2020',
  },
  replacedAccessToken: {
    question: 'Which code refuses an access token that a Refresh has replaced?',
    choices: { 'corrupted-first': 'OAU-129 for 10 s, then OAU-213', 'not-found': 'OAU-213 at once' },
    platform: 'corrupted-first',
    strict: 'corrupted-first',
    source: 'experiment of an SDK maintainer on the platform',
    date: '2020-07',
  },
  authLimit: {
    question: 'Who shares the five token requests a minute?',
    choices: { app: 'everybody who uses the app', user: 'a user with an app' },
    platform: 'app',
    strict: 'app',
    source: 'community notice 11639; "Rate limits" says per user and app',
    date: '2024',
  },
} as const satisfies Readonly<Record<string, Rule>>;

type Table = typeof TABLE;

/** The name of a rule that a scenario may switch. */
export type RuleName = keyof Table;

/** How each uncertain rule is taken. */
export type Rules = { readonly [Name in RuleName]: keyof Table[Name]['choices'] };

/**
 * A set of all rules. `platform`: as documented and observed. `strict`: the less forgiving reading of each, where there
 * is one.
 */
export type Profile = 'platform' | 'strict';

/** Every modelled rule that is uncertain; `docs/sandbox.md` has its table from here. Adding one is adding an entry. */
export const RULES: Readonly<Record<RuleName, Rule>> = TABLE;

/** The rules of a profile, but for those that are told apart from it. */
export function rulesOf(profile: Profile, told: Partial<Rules> = {}): Rules {
  const ofProfile = Object.entries(RULES).map(([name, rule]) => [name, rule[profile]]);
  return { ...(Object.fromEntries(ofProfile) as Rules), ...told };
}
