import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Weather } from '../../broker/weather.ts';
import type { Clock } from '../../runtime/clock.ts';
import { WeatherAnswer, WeatherQuery } from '../contract-weather.ts';
import { operation } from '../operation.ts';
import { pageRequest } from '../page-query.ts';
import { toAppWeatherAnswer, toDyingAnswer } from '../weather-wire.ts';

const DEFAULT_DAYS = 7;

const show = operation({
  operationId: 'showWeather',
  summary: 'What is ahead: how many Grants each App keeps alive and could, and which Connections die unless somebody acts',
  tags: ['gateway'],
  answers: { 200: WeatherAnswer },
});

/** What the route of the weather is handed. */
export interface WeatherRouteParts {
  readonly weather: Pick<Weather, 'listApps' | 'listDying'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** `/trunkline/api/weather` */
export function weatherRoutes({ weather, clock }: WeatherRouteParts): FastifyPluginAsyncTypebox {
  return async (server) => {
    server.get('/weather', { schema: { ...show, querystring: WeatherQuery } }, async (request) => {
      const { days: given, ...page } = request.query;
      const days = given === undefined ? DEFAULT_DAYS : Number(given);
      const { items, ...rest } = await weather.listDying(pageRequest(page), days);
      const apps = page.cursor === undefined ? await weather.listApps() : undefined;
      return {
        days,
        ...(apps && { apps: apps.map((app) => toAppWeatherAnswer(app, days, clock.now())) }),
        items: items.map(toDyingAnswer),
        ...rest,
      };
    });
  };
}
