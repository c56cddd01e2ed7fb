/**
 * What is there already, or will be. Where most of it is in memory, and thousands a second ask, a promise and a turn of the event
 * loop for each cost more than what they wait for.
 */
export type AtOnce<T> = T | Promise<T>;
