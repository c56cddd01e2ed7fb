import { STATES, type State } from './states.ts';

/** A city whose numbers can be had, with its area code. */
export interface Location {
  readonly city: string;
  readonly npa: string;
  readonly state: State;
}

// One or two area codes for each of some larger cities: enough to choose a number by place.
const CITIES =
  'CA Belmont 650,CA Los Angeles 213,CA Sacramento 916,CA San Diego 619,CA San Francisco 415,CA San Jose 408,CO Denver 303,' +
  'DC Washington 202,FL Jacksonville 904,FL Miami 305,FL Orlando 407,GA Atlanta 404,HI Honolulu 808,IL Chicago 312,IN Indianapolis 317,' +
  'LA New Orleans 504,MA Boston 617,MD Baltimore 410,MI Detroit 313,MN Minneapolis 612,MO Kansas City 816,NC Charlotte 704,NV Las Vegas 702,' +
  'NY Buffalo 716,NY New York 212,NY New York 646,OH Columbus 614,OR Portland 503,PA Philadelphia 215,PA Pittsburgh 412,TN Nashville 615,' +
  'TX Austin 512,TX Dallas 214,TX Houston 713,UT Salt Lake City 801,WA Seattle 206,WI Milwaukee 414,' +
  'AB Calgary 403,BC Vancouver 604,NS Halifax 902,ON Ottawa 613,ON Toronto 416,ON Toronto 647,QC Montreal 514';

/** The area codes that every country of the North American plan pays for at the called end. */
export const TOLL_FREE_AREA_CODES: readonly string[] = ['800', '833', '844', '855', '866', '877', '888'];

/** In the order of their states and names. */
export const LOCATIONS: readonly Location[] = CITIES.split(',').flatMap((entry) => {
  const state = STATES.find(({ isoCode }) => isoCode === entry.slice(0, 2));
  return state ? [{ city: entry.slice(3, -4), npa: entry.slice(-3), state }] : [];
});

/** The city of an area code. */
export function findLocation(npa: string): Location | undefined {
  return LOCATIONS.find((location) => location.npa === npa);
}
