/** The long figures of a scenario where `npm run test:long` asks for them, the short ones elsewhere. */
export function figures<Value>(short: Value, long: Value): Value {
  return process.env.TRUNKLINE_TEST_LONG ? long : short;
}
