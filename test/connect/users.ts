/** The users of the sandbox's demo data that sign in here. */
export const FRONT_DESK = { username: '18889363711', extension: '101', password: '1234', ownerId: '403141004' };
export const BACK_OFFICE = { username: '18887776655', extension: '102', password: 'Myp@ssw0rd', ownerId: '1110475004' };
