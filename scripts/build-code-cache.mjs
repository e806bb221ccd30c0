// Compiles the bundle of the library ahead, for the Node that builds it: writes index.cjs.v8 beside index.cjs. See src/cli/code-cache.ts.
// What the sample makes the library call is compiled too.
// Run: node scripts/build-code-cache.mjs [FOLDER]
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { constants, Script } from 'node:vm'

const folder = resolve(process.argv[2] ?? 'dist/src')
const file = join(folder, 'index.cjs')
const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'latin1')}\n})`
const script = new Script(source, { filename: file, importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER })
const loaded = { exports: {} }
script.runInThisContext().call(loaded.exports, loaded.exports, createRequire(file), loaded, file, dirname(file))

const sample = [
  '{"level":30,"time":1790000000000,"pid":1,"hostname":"h","reqId":"req-1","req":{"method":"POST","url":"/v1/orders?token=abc123def456&page=2","headers":{"host":"shop.example","authorization":"Bearer 0a1b2c3d4e5f6g7h","cookie":"sid=0123456789abcdef; theme=dark"},"remoteAddress":"203.0.113.7"},"user":{"id":7,"email":"ann@shop.example","phone":"+1 415 555 2671","firstName":"Ann"},"msg":"mail to ann@shop.example"}',
  '{"level":50,"time":1790000000001,"err":{"type":"Error","message":"upstream https://app:s3cret@db.internal.example/x refused password=hunter2","stack":"Error: refused\\n    at a (b.js:1:2)"},"card":4111111111111111,"iban":"DE89370400440532013000","msg":"card 4111 1111 1111 1111, ssn 536-90-4399, key AKIAIOSFODNN7EXAMPLE"}',
  '{"level":30,"time":1790000000002,"msg":"served in 12.5 ms","durationMs":12.5,"trace":{"id":"4bf92f3577b34da6a3ce929d0e0e4736"},"list":[1,2.50,true,null,"text"],"nested":"{\\"password\\":\\"hunter2\\"}"}',
  '2026-01-02T03:04:05Z INFO login user=ann@shop.example password=hunter2 from 203.0.113.7',
]
const masker = loaded.exports.createMasker(undefined, { runSecret: 'a run secret that is long enough' })
const block = Buffer.from(`${sample.join('\n')}\n`.repeat(50))
const engine = masker.lines()
for (let i = 0; i < 4; i++) engine.block(block)
const feed = masker.feed()
for (const _ of feed.push(block));
for (const _ of feed.end());
masker.stats()
masker.close()
writeFileSync(`${file}.v8`, script.createCachedData())
