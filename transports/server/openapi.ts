// The description of the API: OpenAPI 3.1.

type Json = Readonly<Record<string, unknown>>

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })
const json = (schema: Json): Json => ({ content: { 'application/json': { schema } } })
const ok = (description: string, schema: Json): Json => ({ description, ...json(schema) })
const error = (description: string): Json => ({ description, ...json(ref('Error')) })
const text = { type: 'string' } as const
const NAME = { name: 'name', in: 'path', required: true, schema: text, description: 'Name of the plan.' }
const IF_MATCH = { name: 'If-Match', in: 'header', required: false, schema: text, description: 'The serial that the plan must have, in quotes.' }
const COMMON = { 401: error('No token, or one that is not valid.'), 403: error('The role may not do this.') }
const OPEN: readonly Json[] = []

/** The document, without `servers`. */
export function openApi(version: string): Json {
  const body = (name: string): Json => ({ required: true, ...json(ref(name)) })
  return {
    openapi: '3.1.0',
    info: {
      title: 'mask-logs in-flight masking API',
      version,
      description: 'Named ruleset plans, each with an endpoint that masks JSON. Compatible in grammar, API and properties with DataMasque in-flight masking.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ bearer: [] }],
    tags: [{ name: 'login' }, { name: 'plans' }, { name: 'masking' }, { name: 'seeds' }, { name: 'operations' }],
    paths: {
      '/api/auth/jwt/login/': {
        post: {
          tags: ['login'],
          operationId: 'login',
          summary: 'Log in',
          security: OPEN,
          requestBody: body('Credentials'),
          responses: { 200: ok('Tokens.', ref('Tokens')), 401: error('Wrong name or password.'), 429: error('Too many failures.') },
        },
      },
      '/api/auth/jwt/refresh/': {
        post: {
          tags: ['login'],
          operationId: 'refresh',
          summary: 'Get a fresh access token',
          security: OPEN,
          requestBody: { required: true, ...json({ type: 'object', required: ['refresh'], properties: { refresh: text } }) },
          responses: { 200: ok('A token.', ref('AccessToken')), 401: error('Not a valid refresh token.') },
        },
      },
      '/api/auth/token/login/': {
        post: {
          tags: ['login'],
          operationId: 'tokenLogin',
          summary: 'Get a key for /api/',
          security: OPEN,
          requestBody: body('Credentials'),
          responses: { 200: ok('A key.', { type: 'object', required: ['key'], properties: { key: text } }), 401: error('Wrong name or password.') },
        },
      },
      '/ifm/verify-token/': {
        get: {
          tags: ['login'],
          operationId: 'verifyToken',
          summary: 'What this token may do',
          responses: { 200: ok('Scopes, sorted.', { type: 'object', required: ['scopes'], properties: { scopes: { type: 'array', items: text } } }), ...COMMON },
        },
      },
      '/ifm/ruleset-plans/': {
        get: {
          tags: ['plans'],
          operationId: 'listPlans',
          summary: 'List plans',
          parameters: [
            { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 } },
            { name: 'offset', in: 'query', schema: { type: 'integer', minimum: 0, default: 0 } },
            { name: 'search', in: 'query', schema: text },
          ],
          responses: { 200: ok('A page, sorted by name.', ref('PlanPage')), 422: ok('A parameter out of range.', ref('Details')), ...COMMON },
        },
        post: {
          tags: ['plans'],
          operationId: 'createPlan',
          summary: 'Create a plan',
          requestBody: body('PlanCreate'),
          responses: {
            201: ok('The plan.', ref('Plan')),
            400: ok('The ruleset cannot be used.', ref('RulesetError')),
            409: error('The name is taken.'),
            422: ok('A field is missing or wrong.', ref('Details')),
            ...COMMON,
          },
        },
      },
      '/ifm/ruleset-plans/{name}/': {
        parameters: [NAME],
        get: { tags: ['plans'], operationId: 'getPlan', summary: 'Read a plan', responses: { 200: ok('The plan.', ref('Plan')), 404: error('No such plan.'), ...COMMON } },
        put: {
          tags: ['plans'],
          operationId: 'replacePlan',
          summary: 'Replace a plan',
          parameters: [IF_MATCH],
          requestBody: body('PlanReplace'),
          responses: {
            200: ok('The plan.', ref('Plan')),
            400: ok('The ruleset cannot be used.', ref('RulesetError')),
            404: error('No such plan.'),
            412: error('Another version.'),
            ...COMMON,
          },
        },
        patch: {
          tags: ['plans'],
          operationId: 'changePlan',
          summary: 'Change a plan',
          parameters: [IF_MATCH],
          requestBody: body('PlanChange'),
          responses: {
            200: ok('The plan.', ref('Plan')),
            400: ok('The ruleset cannot be used.', ref('RulesetError')),
            404: error('No such plan.'),
            412: error('Another version.'),
            ...COMMON,
          },
        },
        delete: {
          tags: ['plans'],
          operationId: 'deletePlan',
          summary: 'Delete a plan',
          parameters: [IF_MATCH],
          responses: { 204: { description: 'It is gone.' }, 404: error('No such plan.'), 412: error('Another version.'), ...COMMON },
        },
      },
      '/ifm/ruleset-plans/{name}/mask/': {
        parameters: [NAME],
        post: {
          tags: ['masking'],
          operationId: 'mask',
          summary: 'Mask records',
          requestBody: body('MaskRequest'),
          responses: {
            200: ok('The masked records.', ref('MaskResult')),
            400: {
              description: 'Not JSON, wrong parameters, a disabled plan; or, with `ruleset_plan`, a mask that failed.',
              ...json({ anyOf: [ref('Error'), ref('MaskResult')] }),
            },
            404: error('No such plan.'),
            413: error('Too large.'),
            415: error('Not JSON.'),
            422: ok('A field is missing or wrong, or a record breaks the schema of the plan.', ref('Details')),
            429: error('Too many requests.'),
            503: error('Too many requests at once.'),
            ...COMMON,
          },
        },
      },
      '/ifm/validate/': {
        post: {
          tags: ['plans'],
          operationId: 'validate',
          summary: 'Check a ruleset',
          requestBody: { required: true, ...json({ type: 'object', required: ['ruleset_yaml'], properties: { ruleset_yaml: text } }) },
          responses: { 200: ok('What is wrong with it.', ref('Validation')), ...COMMON },
        },
      },
      '/ifm/explain/': {
        post: {
          tags: ['masking'],
          operationId: 'explain',
          summary: 'Mask records, and say why',
          requestBody: body('ExplainRequest'),
          responses: {
            200: ok('Masked records and findings; offsets are bytes of `data` as sent.', ref('Explanation')),
            400: ok('The ruleset cannot be used.', ref('RulesetError')),
            ...COMMON,
          },
        },
      },
      '/ifm/rulesets/': {
        get: {
          tags: ['plans'],
          operationId: 'builtinRulesets',
          summary: 'Built-in rulesets',
          responses: {
            200: ok('Names and texts.', {
              type: 'object',
              required: ['items'],
              properties: { items: { type: 'array', items: { type: 'object', required: ['name', 'ruleset_yaml'], properties: { name: text, ruleset_yaml: text } } } },
            }),
            ...COMMON,
          },
        },
      },
      '/ifm/schema/': {
        get: {
          tags: ['plans'],
          operationId: 'rulesetSchema',
          summary: 'JSON Schema of rulesets',
          security: OPEN,
          responses: { 200: { description: 'The schema.', content: { 'application/schema+json': { schema: { type: 'object' } } } } },
        },
      },
      '/api/seeds/': {
        get: { tags: ['seeds'], operationId: 'listSeeds', summary: 'List seed files', responses: { 200: ok('Seed files.', { type: 'array', items: ref('Seed') }), ...COMMON } },
        post: {
          tags: ['seeds'],
          operationId: 'createSeed',
          summary: 'Upload a seed file',
          requestBody: {
            required: true,
            content: {
              'multipart/form-data': {
                schema: {
                  type: 'object',
                  required: ['name', 'seed_file'],
                  properties: { name: text, seed_file: { type: 'string', format: 'binary' }, replace: { type: 'string', enum: ['true', 'false'] } },
                },
              },
            },
          },
          responses: { 201: ok('The file.', ref('Seed')), 400: error('Not a seed file.'), 409: error('The name is taken.'), 413: error('Too large.'), ...COMMON },
        },
      },
      '/api/seeds/{id}/': {
        parameters: [{ name: 'id', in: 'path', required: true, schema: text }],
        delete: {
          tags: ['seeds'],
          operationId: 'deleteSeed',
          summary: 'Delete a seed file',
          responses: { 204: { description: 'It is gone.' }, 400: error('It is shipped.'), 404: error('No such file.'), 409: error('Plans use it.'), ...COMMON },
        },
      },
      '/api/healthcheck/': {
        get: {
          tags: ['operations'],
          operationId: 'health',
          summary: 'The process runs',
          security: OPEN,
          responses: { 200: ok('It does.', { type: 'object', properties: { status: { const: 'ok' } } }) },
        },
      },
      '/api/readiness/': {
        get: {
          tags: ['operations'],
          operationId: 'readiness',
          summary: 'Requests can be answered',
          security: OPEN,
          responses: {
            200: ok('They can.', { type: 'object', properties: { status: { const: 'ready' }, plans: { type: 'integer' } } }),
            503: ok('Not now.', { type: 'object', properties: { status: text } }),
          },
        },
      },
      '/ifm/stats/': {
        get: { tags: ['operations'], operationId: 'stats', summary: 'Live counters', responses: { 200: ok('Counters since the start.', { type: 'object' }), ...COMMON } },
      },
      '/ifm/live/': {
        get: {
          tags: ['operations'],
          operationId: 'live',
          summary: 'Masked lines as they pass through `mask-logs serve --tail`',
          description:
            'Server-sent events named `lines`, whose data is {"lines": [{"id", "time", "text", "cut", "findings"}], "dropped", "seen", "ended"}. `text` is missing where the policy let nothing through. For those who may read rulesets.',
          parameters: [{ name: 'after', in: 'query', description: 'Only lines with a larger id.', schema: { type: 'integer', minimum: -1, default: -1 } }],
          responses: {
            200: { description: 'The lines, for as long as the connection is open.', content: { 'text/event-stream': { schema: text } } },
            409: error('No lines pass.'),
            ...COMMON,
          },
        },
      },
      '/metrics': {
        get: {
          tags: ['operations'],
          operationId: 'metrics',
          summary: 'Counters for Prometheus',
          responses: { 200: { description: 'Prometheus text.', content: { 'text/plain': { schema: text } } }, ...COMMON },
        },
      },
    },
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'An access token, or a static token (mlt_...).' } },
      schemas: {
        Error: { type: 'object', required: ['error'], properties: { error: text, request_id: text } },
        Details: {
          type: 'object',
          required: ['detail'],
          properties: {
            detail: {
              type: 'array',
              items: { type: 'object', required: ['loc', 'msg', 'type'], properties: { loc: { type: 'array', items: { type: ['string', 'integer'] } }, msg: text, type: text } },
            },
          },
        },
        Credentials: { type: 'object', required: ['username', 'password'], properties: { username: text, password: text } },
        Tokens: {
          type: 'object',
          required: ['refresh_token', 'access_token', 'token_type'],
          properties: { refresh_token: text, access_token: text, token_type: { const: 'Bearer' } },
        },
        AccessToken: { type: 'object', required: ['access_token', 'token_type'], properties: { access_token: text, token_type: { const: 'Bearer' } } },
        Options: {
          type: 'object',
          additionalProperties: false,
          properties: {
            enabled: { type: 'boolean', default: true },
            default_encoding: { type: 'string', default: 'json' },
            default_charset: { type: 'string', default: 'utf-8' },
            default_log_level: { enum: ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'], default: 'WARNING' },
          },
        },
        Log: {
          type: 'object',
          required: ['log_level', 'timestamp', 'message'],
          properties: {
            log_level: text,
            timestamp: { type: 'string', format: 'date-time' },
            message: text,
            code: text,
            rule: text,
            path: text,
            line: { type: 'integer' },
            column: { type: 'integer' },
          },
        },
        Issue: {
          type: 'object',
          required: ['code', 'severity', 'message', 'line', 'column', 'path'],
          properties: { code: text, severity: { enum: ['error', 'warning'] }, message: text, line: { type: 'integer' }, column: { type: 'integer' }, path: text, known: text },
        },
        RulesetError: { type: 'object', required: ['error'], properties: { error: text, issues: { type: 'array', items: ref('Issue') } } },
        Validation: { type: 'object', required: ['valid', 'issues'], properties: { valid: { type: 'boolean' }, issues: { type: 'array', items: ref('Issue') } } },
        PlanSummary: {
          type: 'object',
          required: ['name', 'serial', 'created_time', 'modified_time', 'options', 'url'],
          properties: {
            name: text,
            serial: { type: 'integer' },
            created_time: { type: 'string', format: 'date-time' },
            modified_time: { type: 'string', format: 'date-time' },
            options: ref('Options'),
            url: { type: 'string', format: 'uri' },
          },
        },
        Plan: {
          allOf: [
            ref('PlanSummary'),
            {
              type: 'object',
              required: ['ruleset_yaml'],
              properties: { ruleset_yaml: text, logs: { type: 'array', items: ref('Log') }, schema: { type: ['object', 'null'] }, schema_mode: { enum: ['enforce', 'report'] } },
            },
          ],
        },
        PlanPage: {
          type: 'object',
          required: ['items', 'total', 'limit', 'offset'],
          properties: { items: { type: 'array', items: ref('PlanSummary') }, total: { type: 'integer' }, limit: { type: 'integer' }, offset: { type: 'integer' } },
        },
        PlanReplace: {
          type: 'object',
          required: ['ruleset_yaml'],
          properties: { ruleset_yaml: text, options: ref('Options'), schema: { type: ['object', 'null'] }, schema_mode: { enum: ['enforce', 'report'] } },
        },
        PlanCreate: {
          allOf: [
            ref('PlanReplace'),
            {
              type: 'object',
              required: ['name'],
              properties: { name: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$' }, exact_name: { type: 'boolean', default: false } },
            },
          ],
        },
        PlanChange: {
          type: 'object',
          properties: { ruleset_yaml: text, options: ref('Options'), schema: { type: ['object', 'null'] }, schema_mode: { enum: ['enforce', 'report'] } },
        },
        MaskRequest: {
          type: 'object',
          required: ['data'],
          properties: {
            data: { type: 'array', description: 'Each element is one record.' },
            run_secret: { type: 'string', minLength: 20, maxLength: 256 },
            disable_instance_secret: { type: 'boolean', default: false },
            hash_values: { description: 'One entry a record, or one scalar for all.' },
            log_level: text,
            request_id: { type: 'string', minLength: 1, maxLength: 128 },
            ai_engine_url: { type: 'string', format: 'uri' },
          },
        },
        MaskResult: {
          type: 'object',
          required: ['request_id', 'ruleset_plan', 'encoding', 'charset', 'logs'],
          properties: {
            request_id: text,
            ruleset_plan: { type: 'object', required: ['name', 'serial'], properties: { name: text, serial: { type: 'integer' } } },
            encoding: { const: 'json' },
            charset: { const: 'utf-8' },
            logs: { type: 'array', items: ref('Log') },
            data: { type: 'array' },
          },
        },
        ExplainRequest: { type: 'object', required: ['data'], properties: { ruleset_yaml: text, plan: text, data: { type: 'array' }, run_secret: text } },
        Explanation: {
          type: 'object',
          required: ['data', 'findings', 'logs'],
          properties: {
            data: { type: ['array', 'null'] },
            logs: { type: 'array', items: ref('Log') },
            findings: {
              type: 'array',
              items: {
                type: 'object',
                required: ['record', 'path', 'where', 'start', 'end', 'length', 'decision'],
                properties: {
                  record: { type: 'integer' },
                  path: text,
                  where: text,
                  rule: text,
                  detector: text,
                  score: { type: 'number' },
                  start: { type: 'integer' },
                  end: { type: 'integer' },
                  length: { type: 'integer' },
                  decision: { enum: ['mask', 'keep'] },
                },
              },
            },
          },
        },
        Seed: {
          type: 'object',
          required: ['id', 'name', 'filename', 'created_date', 'modified_date'],
          properties: { id: text, name: text, filename: text, created_date: text, modified_date: text, builtin: { type: 'boolean' } },
        },
      },
    },
  }
}
