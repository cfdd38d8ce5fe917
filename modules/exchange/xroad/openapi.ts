import type { Text } from '#kernel/languages';
import { type EvidenceType, evidenceSchema } from '#protocol/catalogue';
import { Answer } from '#protocol/exchange-message';
import { type ServiceAddress, serviceIdOf } from './addresses.ts';

/** An OpenAPI 3.1 description of one evidence type at one office, as an information system calls it on its own node. */
export function describeService(publicUrl: string, address: ServiceAddress, names: Text, type: EvidenceType): object {
  const { $schema: _schema, $id: _id, required: _required, ...record } = evidenceSchema(type);
  const fieldNames = Object.keys(type.fields);
  const header = (name: string, description: string, isRequired: boolean) => ({
    name,
    in: 'header',
    required: isRequired,
    description,
    schema: { type: 'string' },
  });
  const parameters = [
    header('X-Road-Client', 'The calling system: INSTANCE/CLASS/MEMBER/SUBSYSTEM.', true),
    header('X-Road-Id', 'The id of this call; the same call again counts once. Made by the node when absent.', false),
    header('X-Road-Issue', 'The case. Chooses the consent of that case when Jisr-Consent is absent.', false),
    header('X-Road-UserId', 'Who of the office is behind the call. Stays at the own node.', false),
    header('Jisr-Consent', 'The id of a consent that the office holds.', false),
  ];
  const responses = {
    200: {
      description: 'The signed answer of the provider: the fields that were asked for and that the registry has.',
      content: {
        'application/json': {
          schema: { ...Answer, properties: { ...Answer.properties, fields: record } },
        },
      },
    },
    400: { description: 'The call is not in order.', content: { 'application/json': { schema: errorSchema } } },
    404: { description: 'The registry has no such record for this person.' },
    500: { description: 'Refused, or failed on the way.', content: { 'application/json': { schema: errorSchema } } },
  };
  return {
    openapi: '3.1.0',
    info: {
      title: `${type.names.en}: ${names.en}`,
      version: type.version,
      description: `${type.names.ar}: ${names.ar}`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: `${publicUrl}/r1/${serviceIdOf({ ...address, service: type.id })}` }],
    paths: {
      '/': {
        get: {
          operationId: 'read',
          summary: type.names.en,
          parameters: [
            ...parameters,
            {
              name: 'fields',
              in: 'query',
              required: false,
              description: 'The fields to ask for, with commas between; all that were consented when absent.',
              schema: { type: 'array', items: { enum: fieldNames } },
              style: 'form',
              explode: false,
            },
          ],
          responses,
        },
        post: {
          operationId: 'ask',
          summary: type.names.en,
          parameters,
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  additionalProperties: false,
                  properties: {
                    fields: { type: 'array', items: { enum: fieldNames }, minItems: 1, uniqueItems: true },
                  },
                },
              },
            },
          },
          responses,
        },
      },
    },
    components: { securitySchemes: { secret: { type: 'http', scheme: 'bearer' } } },
    security: [{ secret: [] }],
  };
}

const errorSchema = {
  type: 'object',
  required: ['type', 'message', 'detail'],
  properties: { type: { type: 'string' }, message: { type: 'string' }, detail: { type: 'string' } },
};
