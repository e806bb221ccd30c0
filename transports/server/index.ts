/**
 * mask-logs/server: the in-flight masking API. Named ruleset plans, each with an endpoint that masks JSON.
 *
 * ```ts
 * import { createServer } from 'mask-logs/server'
 * const server = await createServer({ config: { auth: 'none', listen: '127.0.0.1:0' } })
 * console.log(server.url)
 * await server.close()
 * ```
 * @module
 */
export { newToken } from './auth.ts'
export { runServer } from './commands.ts'
export type { ServerIo, Tail } from './commands.ts'
export type { Environment } from './config.ts'
export { LiveLines } from './live.ts'
export type { LiveFinding, LiveNews, LiveOptions } from './live.ts'
export { hashPassword } from './passwords.ts'
export { createServer } from './server.ts'
export type { MaskServer, ServerOptions } from './server.ts'
export { SettingsError } from './yaml-file.ts'
