/** A state or province. Its id is the sandbox's own. */
export interface State {
  readonly id: string;
  readonly countryId: string;
  readonly isoCode: string;
  readonly name: string;
}

const UNITED_STATES =
  'AL Alabama,AK Alaska,AZ Arizona,AR Arkansas,CA California,CO Colorado,CT Connecticut,DE Delaware,DC District of Columbia,FL Florida,' +
  'GA Georgia,HI Hawaii,ID Idaho,IL Illinois,IN Indiana,IA Iowa,KS Kansas,KY Kentucky,LA Louisiana,ME Maine,MD Maryland,MA Massachusetts,' +
  'MI Michigan,MN Minnesota,MS Mississippi,MO Missouri,MT Montana,NE Nebraska,NV Nevada,NH New Hampshire,NJ New Jersey,NM New Mexico,' +
  'NY New York,NC North Carolina,ND North Dakota,OH Ohio,OK Oklahoma,OR Oregon,PA Pennsylvania,PR Puerto Rico,RI Rhode Island,' +
  'SC South Carolina,SD South Dakota,TN Tennessee,TX Texas,UT Utah,VT Vermont,VA Virginia,WA Washington,WV West Virginia,WI Wisconsin,WY Wyoming';
const CANADA =
  'AB Alberta,BC British Columbia,MB Manitoba,NB New Brunswick,NL Newfoundland and Labrador,NT Northwest Territories,NS Nova Scotia,' +
  'NU Nunavut,ON Ontario,PE Prince Edward Island,QC Quebec,SK Saskatchewan,YT Yukon';

/** Those of the United States, and then Canada's. */
export const STATES: readonly State[] = [...statesOf('1', UNITED_STATES, 1), ...statesOf('39', CANADA, 101)];

const byId = new Map(STATES.map((state) => [state.id, state]));

export function findState(id: string): State | undefined {
  return byId.get(id);
}

function statesOf(countryId: string, text: string, firstId: number): State[] {
  return text.split(',').map((entry, index) => ({ id: String(firstId + index), countryId, isoCode: entry.slice(0, 2), name: entry.slice(3) }));
}
