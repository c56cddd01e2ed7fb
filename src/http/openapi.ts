import swagger from '@fastify/swagger';
import Fastify, { type FastifyPluginAsync } from 'fastify';

const TITLE = 'Trunkline';
const DESCRIPTION =
  'Manages Apps, Connections and Clients with the admin token, and hands access tokens to Clients that present their gateway key. Times are epoch milliseconds; errors are application/problem+json with a `code`.';

/**
 * The OpenAPI document of these routes, made from the schemas that the routes themselves use.
 *
 * They are registered on a server that serves nothing, so that one document describes the routes of every listener.
 */
export async function describeRoutes(routes: FastifyPluginAsync, version: string): Promise<object> {
  const server = Fastify({ ajv: { customOptions: { discriminator: true } } });
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: TITLE, description: DESCRIPTION, version, license: { name: 'MIT', identifier: 'MIT' } },
      tags: [
        { name: 'apps', description: 'What is registered with RingCentral' },
        { name: 'connections', description: 'The lasting names under which Clients reach an extension' },
        { name: 'clients', description: 'The programs that call the gateway' },
        { name: 'invitations', description: 'Links with which people connect themselves' },
        { name: 'faxes', description: 'What old programs have faxed' },
        { name: 'tokens', description: 'Access tokens for Clients that may have them' },
        { name: 'gateway', description: 'The gateway itself' },
      ],
      components: {
        securitySchemes: {
          adminToken: { type: 'http', scheme: 'bearer', description: 'The admin token' },
          gatewayKey: { type: 'http', scheme: 'bearer', bearerFormat: 'tlk_…', description: 'The gateway key of a Client' },
        },
      },
    },
  });
  await server.register(routes);
  await server.ready();
  const document = withNames(JSON.parse(JSON.stringify(server.swagger())));
  await server.close();
  return document;
}

/** A schema that has a title gets its place among the components, so that programs made from the document have named types. */
function withNames(document: { components: object }): object {
  const schemas: Record<string, unknown> = {};
  const named = referring(document, schemas) as { components: object };
  return { ...named, components: { ...named.components, schemas } };
}

function referring(value: unknown, schemas: Record<string, unknown>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((part) => referring(part, schemas));
  const { title, ...rest } = value as { title?: unknown; type?: unknown };
  const parts = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, referring(part, schemas)]));
  if (typeof title !== 'string' || rest.type !== 'object') return parts;
  schemas[title] = parts;
  return { $ref: `#/components/schemas/${title}` };
}
