/** A time zone. Its id is the sandbox's own, but for Pacific time's. */
export interface Timezone {
  readonly id: string;
  /** As the IANA database has it. */
  readonly name: string;
  readonly description: string;
  /** Minutes from UTC in winter. */
  readonly bias: string;
}

const zone = (id: number, bias: number, name: string, description: string): Timezone => ({ id: String(id), name, description, bias: String(bias) });

/** From west to east. */
export const TIMEZONES: readonly Timezone[] = [
  zone(1, -600, 'Pacific/Honolulu', 'Hawaii'),
  zone(2, -540, 'America/Anchorage', 'Alaska'),
  zone(58, -480, 'US/Pacific', 'Pacific Time (US & Canada)'),
  zone(3, -480, 'America/Tijuana', 'Tijuana, Baja California'),
  zone(4, -420, 'America/Phoenix', 'Arizona'),
  zone(5, -420, 'US/Mountain', 'Mountain Time (US & Canada)'),
  zone(6, -360, 'US/Central', 'Central Time (US & Canada)'),
  zone(7, -360, 'America/Mexico_City', 'Guadalajara, Mexico City, Monterrey'),
  zone(8, -360, 'America/Regina', 'Saskatchewan'),
  zone(9, -300, 'US/Eastern', 'Eastern Time (US & Canada)'),
  zone(10, -300, 'America/Bogota', 'Bogota, Lima, Quito'),
  zone(11, -240, 'America/Halifax', 'Atlantic Time (Canada)'),
  zone(12, -210, 'America/St_Johns', 'Newfoundland'),
  zone(13, -180, 'America/Sao_Paulo', 'Brasilia'),
  zone(14, -180, 'America/Argentina/Buenos_Aires', 'Buenos Aires'),
  zone(15, -60, 'Atlantic/Azores', 'Azores'),
  zone(16, 0, 'UTC', 'Coordinated Universal Time'),
  zone(17, 0, 'Europe/London', 'Dublin, Edinburgh, Lisbon, London'),
  zone(18, 60, 'Europe/Berlin', 'Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna'),
  zone(19, 60, 'Europe/Paris', 'Brussels, Copenhagen, Madrid, Paris'),
  zone(20, 60, 'Europe/Warsaw', 'Sarajevo, Skopje, Warsaw, Zagreb'),
  zone(21, 120, 'Europe/Athens', 'Athens, Bucharest'),
  zone(22, 120, 'Europe/Helsinki', 'Helsinki, Kyiv, Riga, Sofia, Tallinn, Vilnius'),
  zone(23, 120, 'Africa/Johannesburg', 'Harare, Pretoria'),
  zone(24, 180, 'Europe/Istanbul', 'Istanbul'),
  zone(25, 240, 'Asia/Dubai', 'Abu Dhabi, Muscat'),
  zone(26, 300, 'Asia/Karachi', 'Islamabad, Karachi'),
  zone(27, 330, 'Asia/Kolkata', 'Chennai, Kolkata, Mumbai, New Delhi'),
  zone(28, 420, 'Asia/Bangkok', 'Bangkok, Hanoi, Jakarta'),
  zone(29, 480, 'Asia/Shanghai', 'Beijing, Chongqing, Hong Kong'),
  zone(30, 480, 'Asia/Singapore', 'Kuala Lumpur, Singapore'),
  zone(31, 480, 'Asia/Manila', 'Manila'),
  zone(32, 540, 'Asia/Tokyo', 'Osaka, Sapporo, Tokyo'),
  zone(33, 540, 'Asia/Seoul', 'Seoul'),
  zone(34, 570, 'Australia/Adelaide', 'Adelaide'),
  zone(35, 600, 'Australia/Brisbane', 'Brisbane'),
  zone(36, 600, 'Australia/Sydney', 'Canberra, Melbourne, Sydney'),
  zone(37, 720, 'Pacific/Auckland', 'Auckland, Wellington'),
];

/** Pacific time. */
export const HOME_TIMEZONE_ID = '58';

const byId = new Map(TIMEZONES.map((timezone) => [timezone.id, timezone]));

export function findTimezone(id: string): Timezone | undefined {
  return byId.get(id);
}
