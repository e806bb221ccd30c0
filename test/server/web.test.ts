// The page in a real Chromium: what people do with it, by mouse and by keyboard, in light and dark, wide and narrow.
//
// The browser is `MASK_LOGS_CHROMIUM`, or found where systems put it; without one these tests are skipped, aloud.
// MASK_LOGS_SCREENSHOTS=folder keeps a picture of every part.
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import axe from 'axe-core'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../src/cli.ts'
import { createServer } from '../../transports/server/server.ts'
import type { MaskServer } from '../../transports/server/server.ts'
import { testFolder } from '../support/folder.ts'
import { Kept, PASSWORDS, SECRET, usersYaml } from './support.ts'

const BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const given = process.env['MASK_LOGS_CHROMIUM']
const executablePath = given ?? BROWSERS.find((path) => existsSync(path))
if (executablePath === undefined) console.warn('test/server/web.test.ts: no Chromium found; the page is not tested. MASK_LOGS_CHROMIUM names one.')
const pictures = process.env['MASK_LOGS_SCREENSHOTS']

const folder = testFolder()
/** Long enough for a busy machine; what is waited for comes sooner. */
const PATIENCE = 15_000

/** The page is what a build makes of its sources: made here where there is none, or an older one. */
async function buildPage(): Promise<void> {
  const built = 'dist/transports/server/web/assets/page.js'
  const newest = Math.max(...readdirSync('transports/server/web').map((name) => statSync(join('transports/server/web', name)).mtimeMs))
  if (existsSync(built) && statSync(built).mtimeMs >= newest) return
  const { rolldown } = await import('rolldown')
  const { default: configs } = await import('../../rolldown.config.ts')
  const config = configs.find(({ input }) => typeof input === 'object' && 'page' in input)!
  const bundle = await rolldown(config)
  for (const output of [config.output ?? {}].flat()) await bundle.write(output)
  await bundle.close()
}

let browser: Browser
let url: string
let stdin: PassThrough
let stop: () => Promise<unknown>
const errors: string[] = []
const elsewhere: string[] = []

interface Opened {
  readonly context: BrowserContext
  readonly page: Page
}

async function open(options: Parameters<Browser['newContext']>[0] = {}, at = url): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  context.setDefaultTimeout(PATIENCE)
  const page = await context.newPage()
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text())
  })
  page.on('pageerror', (error) => errors.push(String(error)))
  context.on('request', (request) => {
    if (!request.url().startsWith(`${at}/`) && !request.url().startsWith('data:')) elsewhere.push(request.url())
  })
  await page.goto(`${at}/`)
  return { context, page }
}

async function signIn(page: Page, name: keyof typeof PASSWORDS): Promise<void> {
  await page.getByLabel('User name').fill(name)
  await page.getByLabel('Password').fill(PASSWORDS[name])
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Plans', level: 1 }).waitFor()
}

const ruleset = (page: Page): Locator => page.getByRole('textbox', { name: /^Ruleset, YAML/ })
const payload = (page: Page): Locator => page.getByRole('textbox', { name: /^Payload, JSON/ })

/** Writes a text in the place of what stands in an editor, as one does: by selecting all. */
async function write(page: Page, editor: Locator, text: string): Promise<void> {
  await editor.click()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.insertText(text)
}

/** What stands in the way of people, by the rules of axe for WCAG 2.2 A and AA. */
async function checkAccess(page: Page): Promise<void> {
  await page.evaluate(axe.source)
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document as never, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${String(target)} ${failureSummary ?? ''}`).join(' | ')}`)
  })
  expect(found).toEqual([])
}

async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return
  mkdirSync(pictures, { recursive: true })
  await page.screenshot({ path: join(pictures, `${name}.png`) })
}

beforeAll(async () => {
  if (executablePath === undefined) return
  await buildPage()
  const path = folder.next()
  writeFileSync(join(path, 'users.yaml'), await usersYaml())
  stdin = new PassThrough()
  const err = new Kept()
  let signal: (name: NodeJS.Signals) => void = () => {}
  const code = run(['serve', '--tail'], {
    stdin,
    stdout: new Kept(),
    stderr: err,
    env: {
      MASK_LOGS_LISTEN: '127.0.0.1:0',
      MASK_LOGS_DATA_DIR: join(path, 'data'),
      MASK_LOGS_AUTH_USERS_FILE: join(path, 'users.yaml'),
      MASK_LOGS_RUN_SECRET: SECRET,
      MASK_LOGS_WORKERS: '0',
    },
    cwd: path,
    onSignal(_signals, handler) {
      signal = handler
      return () => {}
    },
    load: () => import('../../src/index.ts'),
  })
  stop = () => {
    signal('SIGTERM')
    return code
  }
  while (!err.text.includes('"listening"')) await new Promise((done) => setTimeout(done, 10))
  url = /"url":"([^"]+)"/.exec(err.text)![1]!
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] })
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await stop?.()
})

describe.skipIf(executablePath === undefined)('the page', () => {
  it('comes under a strict policy, and keeps what is wrong with a login to itself', async () => {
    const answer = await fetch(`${url}/`)
    const policy = answer.headers.get('content-security-policy')!
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("style-src 'self'")
    expect(policy).not.toContain('unsafe')
    expect(await answer.text()).not.toMatch(/<style|style=|<script(?![^>]* src=)|https?:/)

    // the script is sent compressed to who takes that, and once
    const script = async (headers: Record<string, string>): Promise<Response> => fetch(`${url}/assets/page.js`, { headers: { 'accept-encoding': 'identity', ...headers } })
    const plain = await script({})
    const zipped = await script({ 'accept-encoding': 'gzip' })
    expect([plain.headers.get('content-encoding'), zipped.headers.get('content-encoding')]).toEqual([null, 'gzip'])
    expect(Number(zipped.headers.get('content-length'))).toBeLessThan(Number(plain.headers.get('content-length')) / 2)
    expect(await zipped.text()).toBe(await plain.text())
    const etag = zipped.headers.get('etag')!
    expect((await script({ 'accept-encoding': 'gzip', 'if-none-match': etag })).status).toBe(304)
    expect((await script({ 'if-none-match': etag })).status).toBe(200)

    const { context, page } = await open()
    await page.getByLabel('User name').fill('alice')
    await page.getByLabel('Password').fill('not the password')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('Invalid username or password.').waitFor()
    await checkAccess(page)
    // the browser itself notes the 401
    expect(errors.splice(0).filter((text) => !text.includes('401'))).toEqual([])
    await context.close()
  })

  it('makes a plan from a built-in ruleset, helps to edit it, and tries it', async () => {
    const { context, page } = await open({ permissions: ['clipboard-read', 'clipboard-write'] })
    await signIn(page, 'alice')
    await page.getByText('There are no plans yet.').waitFor()
    await checkAccess(page)
    await page.getByRole('link', { name: 'New plan' }).first().click()
    await page.getByRole('heading', { name: 'New plan', level: 1 }).waitFor()
    await page.getByLabel('Start from').selectOption('mask-logs:pii')
    await page.getByText('Personal data that its form proves').first().waitFor()
    await page.getByLabel('Name', { exact: true }).fill('people')
    await page.getByText('No problems').waitFor()
    await picture(page, 'new')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: /^people-[a-z0-9]{6}$/, level: 1 }).waitFor()
    const name = await page.getByRole('heading', { level: 1 }).innerText()

    // what the built-in finds in the sample is marked on both sides, with the reason
    const result = page.getByRole('region', { name: 'Masked payload' })
    await result.locator('mark').first().waitFor()
    expect(await result.innerText()).not.toContain('sarah.mitchell')
    expect(await result.innerText()).toContain('"account_balance": 4823.50')
    const before = await payload(page).locator('.cm-masked').allInnerTexts()
    expect(before).toContain('sarah.mitchell@example.com')
    const email = page.getByRole('row', { name: /data\[0\]\.email/ })
    expect(await email.innerText()).toMatch(/pii\s+email\s+its form proves it/)
    await result.locator('mark', { hasText: '@example' }).focus()
    await page.getByRole('tooltip').getByText('data[0].email: rule pii, detector email.').waitFor()
    expect(await payload(page).locator('.cm-masked-now').allInnerTexts()).toEqual(['sarah.mitchell@example.com'])
    await page.keyboard.press('Escape')
    await page.getByRole('tooltip').waitFor({ state: 'hidden' })
    await picture(page, 'plan')
    await checkAccess(page)

    // an error is underlined where it is, and told with the nearest name
    await write(page, ruleset(page), 'version: "1.0"\nrules:\n- {detect: [emial]}\n- {keys: [note], masks: [{type: redact}]}\n')
    const problem = page.getByRole('button', { name: /3:13.*unknown detector 'emial' \(did you mean 'email'\?\)/ })
    await problem.waitFor()
    expect(await ruleset(page).locator('.cm-lintRange-error').allInnerTexts()).toEqual(['emial'])
    await page.getByText('By the last ruleset without errors').waitFor()
    await picture(page, 'error')
    await checkAccess(page)
    // a ruleset with errors is not sent
    await page.keyboard.press('ControlOrMeta+s')
    await page.getByText('The ruleset has errors; it is not saved.').waitFor()
    await problem.click()
    await page.keyboard.press('ControlOrMeta+Delete')
    await page.keyboard.insertText('email')
    await page.getByText('No problems').waitFor()
    await page.getByText('3 values masked').or(page.getByText('2 values masked')).first().waitFor()

    // completion knows the masks, and says what each does
    await write(page, ruleset(page), 'version: "1.0"\nrules:\n- {detect: [email]}\n- {keys: [customer_id], masks: [{type: ')
    await page.keyboard.press('Control+Space')
    await page.getByRole('option', { name: 'brazilian_cpf' }).waitFor()
    await page.keyboard.type('imitate_u')
    await page.getByRole('option', { name: /^imitate_unique/ }).waitFor()
    await page
      .getByText(/one to one|unique/i)
      .first()
      .waitFor()
    await picture(page, 'completion')
    await page.waitForTimeout(120)
    await page.keyboard.press('Enter')
    await page.keyboard.type('}]}')
    await page.getByText('No problems').waitFor()
    expect((await ruleset(page).innerText()).replaceAll('\u00a0', ' ')).toContain('type: imitate_unique}]}')
    await page.getByText('2 values masked in 1 record').waitFor()

    // saved, and saved against somebody else
    await page.keyboard.press('ControlOrMeta+s')
    await page.getByText('Saved as version 1').waitFor()
    const token = await login('build')
    const other = await fetch(`${url}/ifm/ruleset-plans/${name}/`, {
      method: 'PATCH',
      headers: { authorization: token, 'content-type': 'application/json' },
      body: JSON.stringify({ ruleset_yaml: 'version: "1.0"\nrules:\n- {detect: [pci]}\n' }),
    })
    expect(other.status).toBe(200)
    await ruleset(page).click()
    await page.keyboard.press('ControlOrMeta+End')
    await page.keyboard.type('\n# mine')
    await page.getByText('not saved', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    const dialog = page.getByRole('dialog', { name: 'The plan has been changed' })
    await dialog.waitFor()
    await checkAccess(page)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    expect(errors.splice(0).filter((text) => !text.includes('412'))).toEqual([])
    await page.getByRole('button', { name: 'Save' }).click()
    await dialog.getByRole('button', { name: 'Overwrite with mine' }).click()
    await page.getByText('Saved as version 3').waitFor()
    errors.splice(0)

    // a line of curl that works as it is
    const curl = await page.getByRole('region', { name: 'curl command' }).innerText()
    expect(curl).toContain(`${url}/ifm/ruleset-plans/${name}/mask/`)
    const data = /--data '([\s\S]*)'$/.exec(curl)![1]!
    const masked = await fetch(`${url}/ifm/ruleset-plans/${name}/mask/`, { method: 'POST', headers: { authorization: token, 'content-type': 'application/json' }, body: data })
    expect(masked.status).toBe(200)
    expect(await masked.text()).not.toContain('sarah.mitchell')
    expect(curl).not.toContain('eyJ')
    await page.getByRole('button', { name: 'Copy curl' }).click()
    await page.getByText('curl command copied').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(curl)

    // another payload: broken, then one record a line
    await write(page, payload(page), '{"a": tru}')
    await page.getByText('The payload is no JSON: line 1, column 7.').waitFor()
    await write(page, payload(page), '{"customer_id":12345678901234567890}\n{"x":"\u00e9\u{1f600} bob@shop.example"}\n')
    await page.getByText('2 values masked in 2 records').waitFor()
    expect(await result.innerText()).toMatch(/^\{"customer_id":\d{20}\}\n\{"x":"\u00e9\u{1f600} [^"]+"\}/u)
    expect(await payload(page).locator('.cm-masked').allInnerTexts()).toEqual(['12345678901234567890', 'bob@shop.example'])
    expect(await result.locator('mark').count()).toBe(2)

    // nothing of all this is kept in the browser
    expect(await page.evaluate(() => [Object.keys(localStorage), Object.keys(sessionStorage), document.cookie])).toEqual([[], [], ''])
    await context.close()
  })

  it('lists, searches, switches off and deletes plans', async () => {
    const token = await login('build')
    for (const name of ['orders', 'orders-old', 'payments']) {
      const made = await fetch(`${url}/ifm/ruleset-plans/`, {
        method: 'POST',
        headers: { authorization: token, 'content-type': 'application/json' },
        body: JSON.stringify({ name, exact_name: true, ruleset_yaml: 'version: "1.0"\nrules:\n- {detect: [pci]}\n' }),
      })
      expect(made.status).toBe(201)
    }
    const { context, page } = await open()
    await signIn(page, 'alice')
    await page.getByText('4 plans').waitFor()
    await page.getByRole('searchbox').fill('orders')
    await page.getByText('2 plans found').waitFor()
    expect(await page.getByRole('row', { name: /payments/ }).count()).toBe(0)
    await checkAccess(page)
    await page.getByRole('switch', { name: 'orders-old enabled' }).click()
    await page.getByText('orders-old is disabled').waitFor()
    expect(await page.getByRole('switch', { name: 'orders-old enabled' }).getAttribute('aria-checked')).toBe('false')
    await picture(page, 'plans')
    await page.getByRole('button', { name: 'Delete orders-old' }).click()
    const dialog = page.getByRole('dialog', { name: 'Delete the plan?' })
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Delete orders-old' }).click()
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await page.getByText('1 plan found').waitFor()
    expect((await fetch(`${url}/ifm/ruleset-plans/orders-old/`, { headers: { authorization: token } })).status).toBe(404)
    await page.getByRole('searchbox').fill('no such plan')
    await page.getByText('No plan has these letters in its name or ruleset.').waitFor()
    await context.close()
  })

  it('works by keyboard alone', async () => {
    const { context, page } = await open()
    const { keyboard } = page
    await page.getByLabel('User name').waitFor()
    await keyboard.type('build')
    await keyboard.press('Tab')
    await keyboard.type(PASSWORDS.build)
    await keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Plans', level: 1 }).waitFor()
    /** Goes on with Tab until something has the focus. */
    const tabTo = async (target: Locator, most = 40): Promise<void> => {
      for (let i = 0; i < most; i++) {
        if (await target.evaluate((element) => element === ((document.activeElement?.shadowRoot?.activeElement ?? document.activeElement) as unknown))) return
        await keyboard.press('Tab')
      }
      throw new Error('Tab does not lead there')
    }
    await tabTo(page.getByRole('link', { name: 'New plan' }))
    // what has the focus shows it
    expect(await page.getByRole('link', { name: 'New plan' }).evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid')
    await keyboard.press('Enter')
    await page.getByRole('heading', { name: 'New plan', level: 1 }).waitFor()
    await tabTo(page.getByLabel('Name', { exact: true }))
    await keyboard.type('by-keyboard')
    await tabTo(ruleset(page))
    await keyboard.press('ControlOrMeta+End')
    await keyboard.press('Tab')
    await keyboard.type('# indented')
    expect((await ruleset(page).innerText()).replaceAll('\u00a0', ' ')).toMatch(/\n {2}# indented$/)
    // out of the editor, and back into it
    await keyboard.press('Escape')
    await keyboard.press('Tab')
    expect(await ruleset(page).evaluate((element) => element === (document.activeElement?.shadowRoot?.activeElement as unknown))).toBe(false)
    await keyboard.press('Shift+Tab')
    await tabTo(ruleset(page), 1)
    await keyboard.press('ControlOrMeta+s')
    await page.getByRole('heading', { name: /^by-keyboard-/, level: 1 }).waitFor()
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
    await page.getByRole('region', { name: 'Masked payload' }).locator('mark').first().waitFor()
    await tabTo(page.getByRole('button', { name: 'Delete' }))
    await keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Delete the plan?' }).waitFor()
    await keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Delete')
    await keyboard.press('Enter')
    await tabTo(page.getByRole('dialog').getByRole('button', { name: 'Delete' }), 4)
    await keyboard.press('Enter')
    await page.getByText(/^by-keyboard-\w+ is deleted$/).waitFor()
    await page.getByRole('heading', { name: 'Plans', level: 1 }).waitFor()
    await context.close()
  })

  it('asks before something is lost', async () => {
    const { context, page } = await open()
    await signIn(page, 'alice')
    await page.getByRole('link', { name: 'payments' }).click()
    await ruleset(page).click()
    await page.keyboard.type('# x\n')
    await page.getByRole('link', { name: 'Counters', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Leave without saving?' })
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await expect.poll(() => new URL(page.url()).hash).toBe('#/plan/payments')
    await page.getByRole('link', { name: 'Counters', exact: true }).click()
    await dialog.getByRole('button', { name: 'Leave' }).click()
    await page.getByRole('heading', { name: 'Counters', level: 1 }).waitFor()
    await context.close()
  })

  it('shows runners the list alone', async () => {
    const { context, page } = await open()
    await signIn(page, 'run')
    await page.getByText('payments').waitFor()
    expect(await page.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual(['Plans', 'API'])
    expect(await page.getByRole('main').getByRole('link').count()).toBe(0)
    expect(await page.getByRole('main').getByRole('button').count()).toBe(0)
    await page.goto(`${url}/#/plan/payments`)
    await page.getByRole('heading', { name: 'Plans', level: 1 }).waitFor()
    await checkAccess(page)
    await context.close()
  })

  it('shows lines as they pass, masked', async () => {
    const { context, page } = await open()
    await signIn(page, 'build')
    stdin.write('{"level":30,"msg":"login of ann@shop.example","user":{"password":"hunter2-canary"}}\n')
    await page.getByRole('link', { name: 'Live', exact: true }).click()
    const lines = page.getByRole('region', { name: 'Masked lines' })
    await lines.getByText('[REDACTED:named_secret]').waitFor()
    stdin.write('charged 4111 1111 1111 1111\nnothing here\n')
    await lines.getByText('nothing here').waitFor()
    expect(await lines.innerText()).not.toMatch(/ann@shop|canary|4111/)
    expect(await lines.getByRole('listitem').filter({ hasText: 'login of' }).first().innerText()).toMatch(/user\.password\s*secrets \/ named_secret/)
    await picture(page, 'live')
    await checkAccess(page)
    // filters
    await page.getByLabel('Only lines with a finding of this detector').selectOption('credit_card')
    await page.getByText('1 of the last 3 lines fit').waitFor()
    expect(await lines.locator('.lines > li').count()).toBe(1)
    await page.getByLabel('Only lines with a finding of this detector').selectOption('')
    await page.getByLabel('Only lines with this text').fill('NOTHING')
    await page.getByText('1 of the last 3 lines fit').waitFor()
    await page.getByLabel('Only lines with this text').fill('')
    await page.getByText('3 lines have passed').waitFor()
    // pause and go on
    await page.getByRole('button', { name: 'Pause' }).click()
    stdin.write('while it is paused\n')
    await page.getByText('4 lines have passed').waitFor()
    expect(await lines.getByText('while it is paused').count()).toBe(0)
    await page.getByRole('button', { name: 'Resume' }).click()
    await lines.getByText('while it is paused').waitFor()
    await context.close()
  })

  it('counts', async () => {
    const { context, page } = await open()
    await signIn(page, 'alice')
    await page.getByRole('link', { name: 'Counters', exact: true }).click()
    await page.getByRole('heading', { name: 'Masked values by detector' }).waitFor()
    const mask = async (): Promise<void> => {
      const answer = await fetch(`${url}/ifm/ruleset-plans/payments/mask/`, {
        method: 'POST',
        headers: { authorization: await login('run'), 'content-type': 'application/json' },
        body: '{"data": [{"card": "4111 1111 1111 1111"}]}',
      })
      expect(answer.status).toBe(200)
    }
    const cell = page.getByRole('row', { name: /^credit_card/ }).getByRole('cell')
    // the one of the live view
    await cell.waitFor()
    const first = Number(await cell.innerText())
    await mask()
    await expect.poll(async () => Number(await cell.innerText()), { timeout: PATIENCE }).toBe(first + 1)
    await picture(page, 'counters')
    await checkAccess(page)
    await context.close()
  })

  it.each([
    ['light', 360],
    ['dark', 360],
    ['dark', 1280],
    ['light', 2200],
  ] as const)('is to be seen in %s at %i pixels', async (colorScheme, width) => {
    const { context, page } = await open({ viewport: { width, height: 800 }, colorScheme })
    const fits = async (): Promise<void> => expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    await picture(page, `${colorScheme}-${width}-login`)
    if (width === 360) await checkAccess(page)
    await signIn(page, 'alice')
    const background = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const is = await background()
    expect(is).toBe(colorScheme === 'dark' ? 'rgb(14, 19, 24)' : 'rgb(245, 246, 248)')
    for (const part of ['plans', 'plan', 'live', 'counters']) {
      await page.evaluate(
        (to) => {
          location.hash = to
        },
        part === 'plan' ? '#/plan/payments' : `#/${part}`,
      )
      await page.getByRole('heading', { level: 1, name: part === 'plan' ? 'payments' : part, exact: false }).waitFor()
      if (part === 'plan') {
        await page.getByText('No problems').waitFor()
        await page.getByRole('region', { name: 'Masked payload' }).locator('mark').first().waitFor({ state: 'attached' })
      } else await page.waitForTimeout(100)
      await fits()
      // in light most parts were looked at above
      if (colorScheme === 'dark' && width === 360) await checkAccess(page)
      await picture(page, `${colorScheme}-${width}-${part}`)
    }
    if (width === 360) {
      // the reader's choice goes before the system's, and is all that is kept
      const toggle = page.getByRole('button', { name: /^Theme: / })
      while ((await toggle.getAttribute('aria-label')) !== `Theme: ${colorScheme === 'dark' ? 'light' : 'dark'}`) await toggle.click()
      expect(await background()).not.toBe(is)
      expect(await page.evaluate(() => Object.entries(localStorage))).toEqual([['mask-logs-theme', colorScheme === 'dark' ? 'light' : 'dark']])
      await page.reload()
      await page.getByLabel('User name').waitFor()
      expect(await background()).not.toBe(is)
    }
    await context.close()
  })

  it('renews a login that has run out, as long as it may', async () => {
    const path = folder.next()
    writeFileSync(join(path, 'users.yaml'), await usersYaml())
    let now = Date.now()
    const server: MaskServer = await createServer({
      config: { listen: '127.0.0.1:0', data_dir: join(path, 'data'), auth: { users_file: join(path, 'users.yaml') }, workers: 0 },
      env: {},
      cwd: path,
      stdout: new Kept(),
      stderr: new Kept(),
      now: () => now,
    })
    try {
      const { context, page } = await open({}, server.url)
      await signIn(page, 'alice')
      await page.getByRole('link', { name: 'Live', exact: true }).click()
      await page.getByText('No lines pass through this server.').waitFor()
      now += 13 * 3_600_000
      await page.getByRole('link', { name: 'Plans', exact: true }).click()
      await page.getByText('There are no plans yet.').waitFor()
      await page.getByRole('link', { name: 'New plan' }).first().click()
      await page.getByText(/values masked/).waitFor()
      const tried = page.waitForResponse((response) => response.url().endsWith('/ifm/explain/'))
      await ruleset(page).click()
      await page.keyboard.type('# mine\n')
      await tried
      // what is being written outlives the login
      now += 13 * 3_600_000
      await page.getByLabel('Name', { exact: true }).fill('kept')
      await page.getByRole('button', { name: 'Create' }).click()
      const dialog = page.getByRole('dialog', { name: 'Your login has run out' })
      expect(await dialog.getByLabel('User name').inputValue()).toBe('alice')
      await dialog.getByLabel('Password').fill(PASSWORDS.alice)
      await dialog.getByRole('button', { name: 'Sign in' }).click()
      // what was asked for goes on
      await page.getByRole('heading', { name: /^kept-/, level: 1 }).waitFor()
      await page.getByRole('link', { name: 'Plans', exact: true }).click()
      await page.getByText('1 plan').waitFor()
      now += 25 * 3_600_000
      await page.getByRole('searchbox').fill('x')
      await page.getByRole('alert').getByText('Your login has run out.').waitFor()
      await context.close()
    } finally {
      const told = errors.splice(0).filter((text) => !text.includes('401'))
      expect(told).toEqual([])
      await server.close()
    }
  })

  it('has had no error on its console, and asked nobody else', () => {
    expect(errors).toEqual([])
    expect(elsewhere).toEqual([])
  })
})

async function login(username: keyof typeof PASSWORDS): Promise<string> {
  const answer = await fetch(`${url}/api/auth/jwt/login/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: PASSWORDS[username] }),
  })
  return `Bearer ${((await answer.json()) as { access_token: string }).access_token}`
}
