// Tokens that vendors give a prefix, an alphabet and a length: one row per detector. A new vendor is one more row.
//
// A form is a prefix and steps: `A36` is 36 letters or digits, `A36+` 36 or more, `A12-22` a range, `'-` the character
// itself. A `^` in a prefix stands before the first byte of its trigger. `h32 < -us d1-2` looks back from `-us` over 32 hex digits; a final `!` drops the row's `needs` and `context`. The classes are in CLASSES. Of each prefix the
// rarest pair of neighbouring characters becomes the trigger, so that ordinary words start nothing.

import type { DetectorInfo, Finder, Scan, Trigger } from '../engine/types.ts'
import { BIGRAM_LEVELS } from './bigram-data.ts'
import {
  ALNUM,
  BASE64,
  CLASS,
  DIGIT,
  LOWER,
  UPPER,
  contextWords,
  decodeBase64,
  decoded,
  fewerDistinct,
  inContext,
  isDigit,
  matchesAt,
  matchesLower,
  oneByteRepeated,
  wordBefore,
} from './bytes.ts'
import type { ContextWords } from './bytes.ts'

interface Row {
  readonly name: string
  readonly priority: number
  readonly summary: string
  readonly forms: readonly string[]
  /** What the body must hold beside its alphabet. */
  readonly needs?: 'digit' | 'mixed'
  /** The prefix is weak: no `.`, `-` or `/` may touch the token. */
  readonly alone?: boolean
  /** One of these words must be near. */
  readonly context?: readonly string[]
  /** Bodies of one character repeated count too. */
  readonly samples?: boolean
  /** Only what follows the prefix is the secret. */
  readonly body?: boolean
  readonly examples: readonly string[]
  readonly counterExamples?: readonly string[]
}

/** Repeats a pattern of characters to a length: example bodies that are plainly made up. */
function fill(pattern: string, length: number): string {
  return pattern.repeat(Math.ceil(length / pattern.length)).slice(0, length)
}
const A = (n: number): string => fill('aB3dE5fG7', n)
const H = (n: number): string => fill('0a1b2c3d4e5f', n)
const C = (n: number): string => fill('AB3CD5EF7', n)
const L = (n: number): string => fill('ab3cd5ef7', n)
const UUID = '0a1b2c3d-4e5f-4a1b-8c2d-3e4f5a6b7c8d'

const ROWS: readonly Row[] = [
  {
    name: 'github_token',
    priority: 15,
    summary: 'GitHub token: personal, OAuth, user, server, refresh.',
    forms: ['ghp_ A36+', 'gho_ A36+', 'ghu_ A36+', 'ghs_ A36+', 'ghr_ A36+', "ghs_ d1-12 '_eyJ j20+"],
    examples: [`push with «ghp_${A(36)}» ok`, `MY_«gho_${A(36)}»`, `"«ghs_${A(40)}»"`],
    counterExamples: ['ghp_' + 'x'.repeat(36), `ghp_${A(20)}`, `xghp_${A(36)}`, 'ghp_'],
  },
  {
    name: 'github_pat',
    priority: 15,
    summary: 'GitHub fine-grained token.',
    forms: ['github_pat_ w50+'],
    examples: [`t=«github_pat_${A(22)}_${A(59)}»`],
    counterExamples: ['github_pat_short'],
  },
  {
    name: 'npm_token',
    priority: 16,
    summary: 'npm access token.',
    forms: ['npm_ A36'],
    examples: [`_authToken=«npm_${A(36)}»`],
    counterExamples: ['npm_config_cache', `npm_${A(37)}`],
  },
  {
    name: 'gitlab_token',
    priority: 17,
    summary: 'GitLab token: personal, deploy, runner, job, feed and others, and the session cookie.',
    forms: ['pat', 'dt', 'ft', 'rt', 'rtr', 'ptt', 'cbt', 'soat', 'imt', 'oas', 'ffct', 'agent', 'wt']
      .map((kind) => `^gl${kind}- g20+`)
      .concat('GR1348941 u20+', '_gitlab_session= l32'),
    examples: [`PRIVATE-TOKEN: «glpat-${A(20)}»`, `«glrt-t3_${L(27)}.01.${L(9)}»`, `«GR1348941${A(20)}»`],
    counterExamples: ['glpat-abc', 'glpat-' + 'x'.repeat(20), 'glft-'],
  },
  {
    name: 'slack_token',
    priority: 18,
    summary: 'Slack token: bot, user, app, refresh, legacy.',
    needs: 'digit',
    forms: ['xoxa-', 'xoxb-', 'xoxe-', 'xoxo-', 'xoxp-', 'xoxr-', 'xoxs-', 'xoxe.xoxb-', 'xoxe.xoxp-'].map((p) => `^${p} s10+`),
    examples: ['bot «xoxb-123456789012-abcDEF456ghi»'],
    counterExamples: ['https://example.com/xoxa-nyc/xoxa-nyc-project', 'xoxb-'],
  },
  {
    name: 'slack_app_token',
    priority: 18,
    summary: 'Slack app-level token.',
    forms: ["xapp- d1 '- C1+ '- d1+ '- A32+"],
    examples: [`«xapp-1-A0${C(8)}-1234567890-${H(64)}»`],
    counterExamples: ['xapp-1-x'],
  },
  {
    name: 'slack_webhook',
    priority: 18,
    summary: 'Slack webhook address.',
    forms: ['services', 'workflows', 'triggers'].map((p) => `hooks.slac^k.com/${p}/ p20+`),
    examples: ['https://«hooks.slack.com/services/T0AB1CD2E/B3FG4HI5J/a1B2c3D4e5F6g7H8»'],
    counterExamples: ['https://api.slack.com/web', 'hooks.slack.com/services/'],
  },
  {
    name: 'stripe_key',
    priority: 19,
    summary: 'Stripe key: secret, restricted, publishable.',
    forms: ['sk', 'rk', 'pk'].flatMap((a) => ['live', 'test', 'prod'].map((b) => `${a[0]}^k_${b}_ A10+`)),
    examples: [`key «sk_live_${A(24)}»`, `«rk_test_${A(24)}»`],
    counterExamples: ['sk_live_', 'sk_test_mode', 'ask_live_chat'],
  },
  { name: 'stripe_webhook', priority: 19, summary: 'Stripe webhook signing secret.', forms: ['whsec_ B24+'], examples: [`«whsec_${A(32)}»`], counterExamples: ['whsec_short'] },
  {
    name: 'openai_key',
    priority: 20,
    summary: 'OpenAI key, and others of the form `sk-`.',
    needs: 'mixed',
    forms: ['s^k-proj- u20+', 's^k-svcacct- u20+', 's^k-admin- u20+', 's^k- u20+'],
    examples: [`«sk-proj-${A(48)}»`, `key «sk-${A(20)}T3BlbkFJ${A(20)}»`],
    counterExamples: ['sk-fading-circle-dot-animation', 'task-aB3dE5fG7aB3dE5fG7aB3d', 'sk-short'],
  },
  { name: 'anthropic_key', priority: 21, summary: 'Anthropic key.', forms: ['s^k-ant- u20+'], examples: [`«sk-ant-api03-${A(40)}AA»`], counterExamples: ['sk-ant-x'] },
  { name: 'google_api_key', priority: 22, summary: 'Google API key.', forms: ['AIza u35'], examples: [`key=«AIza${A(35)}»`], counterExamples: [`AIza${A(34)}`, `AIza${A(36)}`] },
  {
    name: 'google_oauth_token',
    priority: 22,
    summary: 'Google OAuth access token.',
    forms: ['ya29. u20+'],
    examples: [`«ya29.${A(40)}»`],
    counterExamples: ['ya29.x', 'maya29.html'],
  },
  { name: 'google_oauth_secret', priority: 22, summary: 'Google OAuth client secret.', forms: ['GOCSPX- u28'], examples: [`«GOCSPX-${A(28)}»`], counterExamples: ['GOCSPX-x'] },
  {
    name: 'azure_client_secret',
    priority: 23,
    summary: 'Azure AD client secret.',
    forms: ['z4 < Q~ g31-34'],
    examples: ['secret «aB38Q~' + A(34) + '»'],
    counterExamples: ['Q~', '~'.repeat(40)],
  },
  {
    name: 'sendgrid_key',
    priority: 24,
    summary: 'SendGrid key.',
    forms: ["SG. u22 '. u43", 'SG. g66'],
    examples: [`«SG.${A(22)}.${A(43)}»`],
    counterExamples: ['SG.Foo', 'MSG.aB3'],
  },
  {
    name: 'twilio_key',
    priority: 25,
    summary: 'Twilio API key; account behind twilio.',
    forms: ['SK h32'],
    examples: [`sid «SK${H(32)}»`, `twilio sid=«AC${H(32)}»`],
    counterExamples: ['SK' + 'a'.repeat(32), `DISK${H(32)}`],
  },
  { name: 'pypi_token', priority: 26, summary: 'PyPI token.', forms: ['pyp^i- u50+'], examples: [`«pypi-AgEIcHlwaS5vcmc${A(60)}»`], counterExamples: ['pypi-server'] },
  {
    name: 'digitalocean_token',
    priority: 27,
    summary: 'DigitalOcean token.',
    forms: ['dop_v1_ h64', 'doo_v1_ h64', 'dor_v1_ h64'],
    examples: [`«dop_v1_${H(64)}»`],
    counterExamples: ['dop_v1_x'],
  },
  {
    name: 'shopify_token',
    priority: 28,
    summary: 'Shopify token.',
    forms: ['shpat_ A32+', 'shpca_ A32+', 'shppa_ A32+', 'shpss_ A32+', 'shptka_ A32+'],
    examples: [`«shpat_${H(32)}»`],
    counterExamples: ['shpat_x'],
  },
  {
    name: 'mailgun_key',
    priority: 29,
    summary: 'Mailgun key.',
    forms: ['key- h32', 'pubkey- h32'],
    examples: [`«key-${H(32)}»`],
    counterExamples: ['key-value', `monkey-${H(32)}`],
  },
  { name: 'mailchimp_key', priority: 29, summary: 'Mailchimp key.', forms: ['h32 < -us d1-2'], examples: [`«${H(32)}-us12»`], counterExamples: [`${H(31)}-us1`, 'aws-us-east-1'] },
  {
    name: 'huggingface_token',
    priority: 30,
    summary: 'Hugging Face token.',
    forms: ['hf_ A30+', 'api_org_ A30+'],
    examples: [`«hf_${A(34)}»`],
    counterExamples: ['hf_hub', `shf_${A(34)}`],
  },
  {
    name: 'databricks_token',
    priority: 31,
    summary: 'Databricks token.',
    forms: ["^dapi x32 '- d1", '^dapi x32'],
    examples: [`«dapi${H(32)}»`, `«dapi${H(32)}-2» x`],
    counterExamples: ['dapi', 'dapibus'],
  },
  {
    name: 'atlassian_token',
    priority: 32,
    summary: 'Atlassian token.',
    forms: ['ATATT3 D100+', 'ATCTT3 D60+', 'ATBB A24+'],
    examples: [`«ATATT3${A(180)}=0A1B2C3D»`, `«ATBB${A(32)}»`],
    counterExamples: ['ATBBx', 'BATTERY'],
  },
  {
    name: 'cloudflare_token',
    priority: 33,
    summary: 'Cloudflare token and origin CA key.',
    forms: ['cfk_ A48', 'cfut_ A48', 'cfat_ A48', "^v1.0- h24 '- h146"],
    examples: [`«cfat_${A(40)}0a1b2c3d»`],
    counterExamples: ['cfat_tooshort', 'v1.0-beta'],
  },
  {
    name: 'grafana_token',
    priority: 34,
    summary: 'Grafana token.',
    needs: 'digit',
    forms: ["^glsa_ A32 '_ x8", 'glc_ B32+', 'glc_eyJ B20+ !', 'eyJrIjoi B60+'],
    examples: [`«glsa_${A(32)}_0a1b2c3d»`, `«glc_${A(40)}==»`],
    counterExamples: ['GLC_CreateLightmapTextureArray', 'glc_x'],
  },
  {
    name: 'vault_token',
    priority: 35,
    summary: 'HashiCorp Vault token; those of old behind vault.',
    forms: ['hvs. u24+', 'hvb. u24+', 'hvr. u24+'],
    examples: [`«hvs.${A(90)}»`, `VAULT_TOKEN=«s.${A(24)}»`],
    counterExamples: ['hvs.x', 's.DefaultListableBeanFactory', `s.${A(24)}`, 'vault s.abcdefghijklmnopqrstuvwx'],
  },
  {
    name: 'terraform_token',
    priority: 35,
    summary: 'Terraform Cloud token.',
    forms: ['A14 < .atlasv1. D60+'],
    examples: [`«${A(14)}.atlasv1.${A(64)}»`],
    counterExamples: ['x.atlasv1.y'],
  },
  {
    name: 'telegram_token',
    priority: 36,
    summary: 'Telegram bot token.',
    forms: ['d8-10 < :A u34'],
    examples: [`«1234567890:AA${A(33)}» sent`],
    counterExamples: ['foo:AAH', `12:00:A${A(34)}`, '10:AM'],
  },
  {
    name: 'age_secret_key',
    priority: 37,
    summary: 'age secret key.',
    forms: ['AGE-SECRET-KEY-1 C58'],
    examples: [`«AGE-SECRET-KEY-1${C(58)}»`],
    counterExamples: ['AGE-SECRET-KEY-1'],
  },
  {
    name: 'nats_key',
    priority: 37,
    summary: 'NATS seed.',
    needs: 'digit',
    forms: ['SA', 'SC', 'SN', 'SO', 'SU', 'SX'].map((p) => `${p} C56`),
    examples: [`«SU${C(56)}»`],
    counterExamples: ['SUCCESS', `xSU${C(56)}`],
  },
  {
    name: 'doppler_token',
    priority: 38,
    summary: 'Doppler token.',
    forms: ['pt', 'st', 'ct', 'sa', 'scim', 'audit'].map((k) => `dp.${k}. g40+`),
    examples: [`«dp.pt.${A(43)}»`],
    counterExamples: ['dp.pt.x'],
  },
  { name: 'linear_key', priority: 38, summary: 'Linear key.', forms: ['lin_api_ A32+', 'lin_oauth_ A32+'], examples: [`«lin_api_${A(40)}»`], counterExamples: ['lin_api_version'] },
  {
    name: 'notion_token',
    priority: 38,
    summary: 'Notion token.',
    forms: ['ntn_ A43+', 'secret_ A43'],
    examples: [`«ntn_${A(46)}»`, `«secret_${A(43)}»`],
    counterExamples: ['secret_abc123', 'ntn_abc'],
  },
  {
    name: 'figma_token',
    priority: 38,
    summary: 'Figma token.',
    forms: ['figd_', 'figo_', 'fig^u_', 'figdr_', 'figor_', 'figu^r_'].map((p) => `${p} u40+`),
    examples: [`«figd_${A(40)}»`],
    counterExamples: ['figd_x'],
  },
  {
    name: 'planetscale_token',
    priority: 38,
    summary: 'PlanetScale token.',
    forms: ['pscale_pw_ D32+', 'pscale_tkn_ D32+', 'pscale_oauth_ D32+'],
    examples: [`«pscale_tkn_${A(43)}»`],
    counterExamples: ['pscale_pw_x'],
  },
  { name: 'supabase_key', priority: 38, summary: 'Supabase key.', forms: ['sbp_ h40', 'sb_secret_ u20+'], examples: [`«sbp_${H(40)}»`], counterExamples: ['sbp_x'] },
  {
    name: 'sentry_token',
    priority: 38,
    summary: 'Sentry token.',
    forms: ['sntrys_eyJ B80+', 'sntryu_ h64'],
    examples: [`«sntryu_${H(64)}»`, `«sntrys_eyJ${A(90)}_${A(20)}/${A(10)}+${A(12)}» ok`],
    counterExamples: ['sntryu_x'],
  },
  {
    name: 'newrelic_key',
    priority: 38,
    summary: 'New Relic key.',
    forms: ['AK', 'II', 'JS', 'IQ', 'RA'].map((k) => `NR${k}- u19-40`),
    examples: [`«NRAK-${C(27)}»`],
    counterExamples: ['NRAK-x'],
  },
  { name: 'postman_key', priority: 38, summary: 'Postman key.', forms: ["PMAK- x24 '- x34"], examples: [`«PMAK-${H(24)}-${H(34)}»`], counterExamples: ['PMAK-x'] },
  { name: 'pulumi_token', priority: 38, summary: 'Pulumi token.', forms: ['pul- h40'], examples: [`«pul-${H(40)}»`], counterExamples: ['pul-x'] },
  { name: 'rubygems_key', priority: 38, summary: 'RubyGems key.', forms: ['rubygems_ h48'], examples: [`«rubygems_${H(48)}»`], counterExamples: ['rubygems_mirror'] },
  { name: 'docker_token', priority: 38, summary: 'Docker token.', forms: ['dckr_pat_ u20+', 'dckr_oat_ u20+'], examples: [`«dckr_pat_${A(27)}»`], counterExamples: ['dckr_pat_x'] },
  {
    name: 'tailscale_key',
    priority: 38,
    summary: 'Tailscale key.',
    forms: ["tskey- y1-12 '- u12+"],
    examples: [`«tskey-auth-${A(12)}-${A(24)}»`],
    counterExamples: ['tskey-auth-x'],
  },
  {
    name: 'hubspot_token',
    priority: 38,
    summary: 'HubSpot private app token.',
    forms: ["pa^t-na d1 '- i36", "pa^t-eu d1 '- i36"],
    examples: [`«pat-na1-${UUID}»`],
    counterExamples: ['pat-na1-x'],
  },
  {
    name: 'airtable_token',
    priority: 38,
    summary: 'Airtable token.',
    forms: ["pat A14 '. h64"],
    examples: [`«pat${A(14)}.${H(64)}»`],
    counterExamples: ['patience', 'pattern.test'],
  },
  {
    name: 'square_token',
    priority: 38,
    summary: 'Square token.',
    needs: 'digit',
    forms: ["sq0 y3 '- u22+ !", 'EAAA D60+'],
    examples: [`«sq0atp-${A(22)}»`],
    counterExamples: ['sq0abc'],
  },
  {
    name: 'facebook_token',
    priority: 38,
    summary: 'Facebook token.',
    forms: ['EAAM A60+', 'EAAC A60+', 'EAAB A60+', 'd15-16 < | u27'],
    examples: [`«EAAM${A(120)}»`, `«123456789012345|${A(27)}»`],
    counterExamples: ['1234 | 5678', 'eaaac0b75'],
  },
  {
    name: 'onepassword_token',
    priority: 38,
    summary: '1Password service account token and secret key.',
    forms: ['ops_eyJ B200+', "A3- C6 '- C6 '- C5 '- C5 '- C5 '- C5", "A3- C6 '- C11 '- C5 '- C5 '- C5"],
    examples: [`«ops_eyJ${A(260)}»`, `«A3-${C(6)}-${C(6)}-${C(5)}-${C(5)}-${C(5)}-${C(5)}»`],
    counterExamples: ['A3-QWERTY', 'ops_team'],
  },
  { name: 'adobe_key', priority: 38, summary: 'Adobe client secret.', forms: ['p8e- l32'], examples: [`«p8e-${L(32)}»`], counterExamples: ['p8e-x'] },
  { name: 'alibaba_key', priority: 38, summary: 'Alibaba Cloud access key id.', forms: ['LTAI A12-22'], examples: [`«LTAI${A(20)}»`], counterExamples: ['LTAIx', 'VOLTAIRE'] },
  {
    name: 'clickhouse_key',
    priority: 38,
    summary: 'ClickHouse Cloud key.',
    needs: 'mixed',
    forms: ['^4b1d A38'],
    examples: [`«4b1d${A(38)}»`],
    counterExamples: [`4b1d${H(36)}`, '4b1d'],
  },
  { name: 'clojars_token', priority: 38, summary: 'Clojars token.', forms: ['CLOJARS_ l60'], examples: [`«CLOJARS_${L(60)}»`], counterExamples: ['CLOJARS_USERNAME'] },
  {
    name: 'duffel_token',
    priority: 38,
    summary: 'Duffel token.',
    forms: ['duffel_test_ D43', 'duffel_live_ D43'],
    examples: [`«duffel_test_${A(43)}»`],
    counterExamples: ['duffel_test_x'],
  },
  {
    name: 'dynatrace_token',
    priority: 38,
    summary: 'Dynatrace token.',
    forms: ["dt0 y1 d2 '. A24 '. A64"],
    examples: [`«dt0c01.${C(24)}.${C(64)}»`],
    counterExamples: ['dt0c01.x'],
  },
  { name: 'easypost_key', priority: 38, summary: 'EasyPost key.', forms: ['EZAK A54', 'EZTK A54'], examples: [`«EZAK${A(54)}»`], counterExamples: [`q+EZAK${A(54)}`, 'EZAKx'] },
  {
    name: 'flutterwave_key',
    priority: 38,
    summary: 'Flutterwave key.',
    forms: ['FLWPUBK_TEST- u12+', 'FLWSECK_TEST- u12+', 'FLWPUBK- u12+', 'FLWSECK- u12+'],
    examples: [`«FLWSECK_TEST-${H(32)}-X»`],
    counterExamples: ['FLWSECK_TEST-'],
  },
  {
    name: 'flyio_token',
    priority: 38,
    summary: 'Fly.io token.',
    forms: ['fo1_ u43', 'fm1_ B100+', 'fm2_ B100+', 'fm1a_ B100+', 'fm1r_ B100+'],
    examples: [`«fo1_${A(43)}»`, `«fm2_${A(120)}»`],
    counterExamples: ['fo1_x', 'MINIDUMP_SYSMEMINFO1_PERF_CCTOTALDIRTYPAGES'],
  },
  { name: 'frameio_token', priority: 38, summary: 'Frame.io token.', forms: ['fio-u- D64'], examples: [`«fio-u-${A(64)}»`], counterExamples: ['fio-u-x'] },
  {
    name: 'harness_token',
    priority: 38,
    summary: 'Harness token.',
    forms: ["pat. u22 '. A24 '. A20", "sat. u22 '. A24 '. A20"],
    examples: [`«pat.${A(22)}.${A(24)}.${A(20)}»`],
    counterExamples: ['pat. See', 'sat.'],
  },
  { name: 'heroku_key', priority: 38, summary: 'Heroku key.', forms: ['HRKU-AA u58'], examples: [`«HRKU-AA${A(58)}»`], counterExamples: ['HRKU-AA'] },
  {
    name: 'infracost_key',
    priority: 38,
    summary: 'Infracost key.',
    alone: true,
    forms: ['ic^o- A32'],
    examples: [`«ico-${A(32)}»`],
    counterExamples: [`http://x.example/favicon.ico-${H(32)}.png`],
  },
  {
    name: 'maxmind_key',
    priority: 38,
    summary: 'MaxMind licence key.',
    needs: 'digit',
    forms: ['u36 < _mmk'],
    examples: [`«${A(6)}_${A(29)}_mmk»`],
    counterExamples: ['the_mmk', 'x_mmkay'],
  },
  {
    name: 'mapbox_token',
    priority: 38,
    summary: 'Mapbox token.',
    forms: ["pk.eyJ u20+ '. u20+", "sk.eyJ u20+ '. u20+"],
    examples: [`«pk.eyJ${A(60)}.${A(22)}»`],
    counterExamples: ['pk.eyJ'],
  },
  {
    name: 'octopus_key',
    priority: 38,
    summary: 'Octopus Deploy key.',
    needs: 'digit',
    alone: true,
    forms: ['API- C26'],
    examples: [`«API-${C(26)}»`],
    counterExamples: [`/docs/API-${C(26)}-guide`, 'API-GATEWAY'],
  },
  { name: 'openshift_token', priority: 38, summary: 'OpenShift token.', forms: ['sha256~ u43'], examples: [`«sha256~${A(43)}»`], counterExamples: ['sha256~x', `sha256:${H(64)}`] },
  { name: 'perplexity_key', priority: 38, summary: 'Perplexity key.', forms: ['pplx- A48'], examples: [`«pplx-${A(48)}»`], counterExamples: ['pplx-small-online'] },
  {
    name: 'plaid_token',
    priority: 38,
    summary: 'Plaid access token.',
    forms: ['access-sandbox- i36', 'access-develo^pment- i36', 'access^-production- i36'],
    examples: [`«access-sandbox-${UUID}»`],
    counterExamples: ['access-sandbox-mode'],
  },
  { name: 'prefect_token', priority: 38, summary: 'Prefect token.', forms: ['pnu_ A36'], examples: [`«pnu_${A(36)}»`], counterExamples: ['pnu_x'] },
  { name: 'readme_key', priority: 38, summary: 'ReadMe key.', forms: ['rdme_ l70'], examples: [`«rdme_${L(70)}»`], counterExamples: ['rdme_x'] },
  { name: 'scalingo_token', priority: 38, summary: 'Scalingo token.', forms: ['tk-us- u48'], examples: [`«tk-us-${A(48)}»`], counterExamples: ['tk-us-east'] },
  { name: 'brevo_key', priority: 38, summary: 'Brevo key.', forms: ["xkeysib- h64 '- A16"], examples: [`«xkeysib-${H(64)}-${A(16)}»`], counterExamples: ['xkeysib-x'] },
  {
    name: 'shippo_token',
    priority: 38,
    summary: 'Shippo token.',
    forms: ['shippo_live_ h40', 'shippo_test_ h40'],
    examples: [`«shippo_live_${H(40)}»`],
    counterExamples: ['shippo_live_x'],
  },
  {
    name: 'sourcegraph_token',
    priority: 38,
    summary: 'Sourcegraph token.',
    forms: ['sgp_ x40', 'sgp_local_ x40', "sgp_ x16 '_ x40"],
    examples: [`«sgp_${H(16)}_${H(40)}»`],
    counterExamples: ['sgp_x'],
  },
  {
    name: 'teams_webhook',
    priority: 38,
    summary: 'Microsoft Teams webhook address.',
    forms: ['webhook.office.com/webhookb2/ p40+'],
    examples: [`https://acme.«webhook.office.com/webhookb2/${UUID}@${UUID}/IncomingWebhook/${H(32)}/${UUID}»`],
    counterExamples: ['webhook.office.com/webhookb2/'],
  },
  { name: 'typeform_token', priority: 38, summary: 'Typeform token.', forms: ['tfp_ D59'], examples: [`«tfp_${A(59)}»`], counterExamples: ['tfp_x'] },
  {
    name: 'vercel_token',
    priority: 38,
    summary: 'Vercel token.',
    forms: ['vcp_', 'vci_', 'vck_', 'vca_', 'vcr_'].map((p) => `${p} A24+`),
    examples: [`«vcp_${A(40)}»`],
    counterExamples: ['vcp_x'],
  },
  {
    name: 'yandex_key',
    priority: 38,
    summary: 'Yandex Cloud key.',
    needs: 'digit',
    forms: ['YC u38', 'AQVN u35-38', "t1. D1+ '. D86"],
    examples: [`«AQVN${A(36)}»`, `«YC${A(38)}»`],
    counterExamples: ['YC', 't1.micro'],
  },
  {
    name: 'intra42_secret',
    priority: 38,
    summary: '42 intranet client secret.',
    forms: ['s-s4t2ud- h64', 's-s4t2af- h64'],
    examples: [`«s-s4t2ud-${H(64)}»`],
    counterExamples: ['s-s4t2ud-x'],
  },
  { name: 'groq_key', priority: 38, summary: 'Groq key.', forms: ['gsk_ A40+'], examples: [`«gsk_${A(52)}»`], counterExamples: ['gsk_x'] },
  {
    name: 'aws_bedrock_key',
    priority: 38,
    summary: 'Amazon Bedrock key.',
    // What every short-lived key begins with: the name of the service, in base64.
    forms: ['ABSK B109-269', 'bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t B20+'],
    examples: [`«ABSK${A(120)}»`, `«bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t${A(30)}»`],
    counterExamples: ['ABSKx', 'bedrock-api-key-name', `bedrock-api-key-${A(30)}`],
  },
  {
    name: 'artifactory_key',
    priority: 38,
    summary: 'Artifactory key beside artifactory or jfrog.',
    context: ['artifactory', 'artif', 'jfrog'],
    samples: true,
    forms: ['AKC A10+ !'].concat(Array.from('0123456789ABCDEF', (c) => `AP${c} A10+`)),
    examples: [`token «AKC${A(20)}»`, `X-JFrog-Art-Api: «AP6${A(20)}»`],
    counterExamples: [`AP6${A(20)}`, 'artifactory xAKCaB3dE5fG7a', 'AKC registered'],
  },
  {
    name: 'okta_token',
    priority: 38,
    summary: 'Okta token behind okta.',
    forms: [],
    examples: [`OKTA_API_TOKEN=«00${A(40)}»`, `okta: SSWS «00${A(40)}»`],
    counterExamples: [`00${A(40)}`, 'okta 00', `okta 00${A(41)}`],
  },
  {
    name: 'lob_key',
    priority: 38,
    summary: 'Lob key behind lob.',
    forms: [],
    examples: [`lob key «live_${H(35)}»`, `LOB=«test_pub_${H(31)}»`],
    counterExamples: [`live_${H(35)}`, `blob live_${H(35)}`, 'lob live_video'],
  },
]

// ------------------------------------------------------------------------------------------------ forms

/** Alphabets by letter. */
const CLASSES: Readonly<Record<string, Uint8Array>> = {
  A: alphabet('A-Za-z0-9'),
  C: alphabet('A-Z0-9'),
  l: alphabet('a-z0-9'),
  y: alphabet('a-z'),
  d: alphabet('0-9'),
  h: alphabet('a-f0-9'),
  x: alphabet('A-Fa-f0-9'),
  i: alphabet('A-Fa-f0-9', '-'),
  u: alphabet('A-Za-z0-9', '_-'),
  w: alphabet('A-Za-z0-9', '_'),
  s: alphabet('A-Za-z0-9', '-'),
  D: alphabet('A-Za-z0-9', '_-='),
  g: alphabet('A-Za-z0-9', '_-.=~'),
  z: alphabet('A-Za-z0-9', '_~.'),
  j: alphabet('A-Za-z0-9', '_-.'),
  B: alphabet('A-Za-z0-9', '+/=_-'),
  p: alphabet('A-Za-z0-9', '/_-@%'),
}

function alphabet(ranges: string, others = ''): Uint8Array {
  const table = new Uint8Array(256)
  for (let i = 0; i < ranges.length; i += 3) for (let b = ranges.charCodeAt(i); b <= ranges.charCodeAt(i + 2); b++) table[b] = 1
  for (let i = 0; i < others.length; i++) table[others.charCodeAt(i)] = 1
  return table
}

interface Step {
  /** A literal, or a class with a length. */
  readonly literal: string
  readonly table: Uint8Array
  readonly min: number
  readonly max: number
}

interface Form {
  readonly detector: number
  readonly row: Row
  readonly needs: Row['needs']
  /** The run before the anchor, when the token does not begin with it. */
  readonly back: Step | undefined
  readonly prefix: string
  /** The prefix as bytes; made when a candidate comes. */
  bytes: Uint8Array | undefined
  readonly last: number
  readonly steps: readonly Step[]
  readonly context: ContextWords | undefined
  /** Offset of the trigger's second byte in the prefix. */
  readonly trigger: number
}

const OPEN_END = 4096
const encoder = new TextEncoder()

// Many forms share a step.
const STEPS = new Map<string, Step>()

function readStep(text: string): Step {
  let step = STEPS.get(text)
  if (step === undefined) STEPS.set(text, (step = parseStep(text)))
  return step
}

function parseStep(text: string): Step {
  if (text.startsWith("'")) return { literal: text.slice(1), table: CLASSES.A!, min: 0, max: 0 }
  const [low, high] = text.slice(1).replace('+', `-${OPEN_END}`).split('-')
  return { literal: '', table: CLASSES[text[0]!]!, min: Number(low), max: Number(high ?? low) }
}

function readForm(row: Row, detector: number, context: ContextWords | undefined, source: string): Form {
  const plain = source.endsWith(' !')
  const parts = (plain ? source.slice(0, -2) : source).split(' ')
  const looksBack = parts[1] === '<'
  const back = looksBack ? readStep(parts[0]!) : undefined
  const written = looksBack ? parts[2]! : parts[0]!
  const prefix = written.replace('^', '')
  const steps = parts.slice(looksBack ? 3 : 1).map(readStep)
  return {
    detector,
    row,
    needs: plain ? undefined : row.needs,
    back,
    prefix,
    bytes: undefined,
    last: prefix.charCodeAt(prefix.length - 1),
    steps,
    context: plain ? undefined : context,
    trigger: written === prefix ? rarestPair(prefix) : written.indexOf('^') + 1,
  }
}

/** Share of each ASCII character in log text, as bits: rough, only the order matters. */
const BITS = Float64Array.from({ length: 128 }, (_, code) => bitsOf(code))

function bitsOf(code: number): number {
  const c = String.fromCharCode(code)
  if ('etaoinsr'.includes(c)) return 4
  if ('cdlmpu hgf'.includes(c)) return 5
  if (code >= 97 && code <= 122) return 7
  if (code >= 48 && code <= 57) return 5.5
  if ('._-/:'.includes(c)) return 6
  return 8.5
}

function rarestPair(prefix: string): number {
  if (prefix.length === 1) return 0
  let best = 1
  let most = -1
  for (let i = 1; i < prefix.length; i++) {
    const a = prefix.charCodeAt(i - 1)
    const b = prefix.charCodeAt(i)
    let level = BIGRAM_LEVELS.charCodeAt((a - 32) * 96 + b - 32)
    if (level > 92) level--
    if (level > 39) level--
    // Joints follow any letter in logs, though seldom in identifiers.
    const surprise = '-./_'.includes(prefix[i]!) ? 3 : (level - 35) / 6
    const rarity = BITS[a]! + surprise + BITS[b]! / 4
    if (rarity > most) {
      most = rarity
      best = i
    }
  }
  return best
}

const FORMS: readonly Form[] = ROWS.flatMap((row, i) => {
  const context = row.context === undefined ? undefined : contextWords(...row.context)
  return row.forms.map((form) => readForm(row, i, context, form))
})

/** Forms by trigger pair. Longer prefixes first, so that `sk-ant-` is asked before `sk-`. */
const BY_PAIR: ReadonlyMap<number, readonly Form[]> = formsByPair()
const LISTS: (readonly Form[])[] = [[]]
/** Index into LISTS, 0 for none. */
const PAIR_INDEX = new Uint8Array(65536)
BY_PAIR.forEach((list, pair) => {
  PAIR_INDEX[pair] = LISTS.length
  LISTS.push(list)
})

function formsByPair(): Map<number, Form[]> {
  const byPair = new Map<number, Form[]>()
  for (const form of FORMS) {
    // A prefix of one character stands behind digits (`1234|...`).
    const before = form.trigger > 0 ? form.prefix[form.trigger - 1]! : '0123456789'
    for (const character of before) {
      const pair = (character.charCodeAt(0) << 8) | form.prefix.charCodeAt(form.trigger)
      const list = byPair.get(pair)
      if (list === undefined) byPair.set(pair, [form])
      else list.push(form)
    }
  }
  for (const list of byPair.values()) if (list.length > 1) list.sort((a, b) => b.prefix.length - a.prefix.length)
  return byPair
}

// ------------------------------------------------------------------------------------------------ finding

/** Its finder is written by hand; its id comes after the rows. */
const DISCORD = ROWS.length

function find(scan: Scan, at: number, ids: Int32Array): number {
  const text = scan.text
  const pair = (text[at - 1]! << 8) | text[at]!
  const list = LISTS[PAIR_INDEX[pair]!]!
  for (let i = 0; i < list.length; i++) {
    const form = list[i]!
    const from = at - form.trigger
    // The last byte of the prefix first: forms of one pair mostly differ there.
    const last = from + form.prefix.length - 1
    if (from < scan.start || last >= scan.end || text[last] !== form.last || scan.active[ids[form.detector]!] === 0) continue
    const bytes = (form.bytes ??= encoder.encode(form.prefix))
    let p = from
    while (p < last && text[p] === bytes[p - from]) p++
    if (p < last) continue
    const to = tryForm(scan, form, from, ids[form.detector]!)
    if (to > 0) return to
  }
  const first = text[at - 1]!
  if (first >= 77 && first <= 79 && 'DTjz'.includes(String.fromCharCode(text[at]!))) return findDiscord(scan, at - 1, ids[DISCORD]!)
  // `kt`, `ob`, `au` and `tw` of the names in BEHIND
  switch (((first | 32) << 8) | text[at]! | 32) {
    case 0x6b74:
      return findBehindName(scan, at, at - 2, BEHIND_OKTA, ids)
    case 0x6f62:
      return findBehindName(scan, at, at - 2, BEHIND_LOB, ids)
    case 0x6175:
      return findBehindName(scan, at, at - 2, BEHIND_VAULT, ids)
    case 0x7477:
      return findBehindName(scan, at, at - 1, BEHIND_TWILIO, ids)
    default:
      return at
  }
}

/** Forms that say nothing by themselves, by the name that must stand before them: at most 64 bytes lie between, and no line break. */
interface Behind {
  readonly word: string
  readonly id: number
  readonly form: Form
}

const BEHIND: readonly Behind[] = (
  [
    ['okta', 'okta_token', '00 u40'],
    ['lob', 'lob_key', 'live_ h31-35'],
    ['lob', 'lob_key', 'test_ h31-35'],
    ['lob', 'lob_key', 'live_pub_ h31-35'],
    ['lob', 'lob_key', 'test_pub_ h31-35'],
    ['twilio', 'twilio_key', 'AC h32'],
    ['vault', 'vault_token', 's. A24'],
    ['vault', 'vault_token', 'b. A24'],
    ['vault', 'vault_token', 'r. A24'],
  ] as const
).map(([word, name, form]) => {
  const id = ROWS.findIndex((row) => row.name === name)
  return { word, id, form: readForm(name === 'vault_token' ? { ...ROWS[id]!, needs: 'mixed' } : ROWS[id]!, id, undefined, form) }
})

const behind = (name: string): readonly Behind[] => BEHIND.filter(({ word }) => word === name)
const BEHIND_OKTA = behind('okta')
const BEHIND_LOB = behind('lob')
const BEHIND_VAULT = behind('vault')
const BEHIND_TWILIO = behind('twilio')

/** The rows are of one word. */
function findBehindName(scan: Scan, at: number, from: number, rows: readonly Behind[], ids: Int32Array): number {
  const { text, start, end } = scan
  if (from < start || (text[from]! | 32) !== rows[0]!.word.charCodeAt(0) || !matchesLower(text, end, from, rows[0]!.word)) return at
  if (from > start && (CLASS[text[from - 1]!]! & (LOWER | UPPER)) !== 0) return at
  for (const { word, id, form } of rows) {
    if (scan.active[ids[id]!] === 0) continue
    const stop = Math.min(end, from + word.length + 64)
    const first = form.prefix.charCodeAt(0)
    for (let p = from + word.length; p < stop && text[p] !== 10; p++) {
      if (text[p] !== first || !matchesAt(text, end, p, form.prefix)) continue
      const to = tryForm(scan, form, p, ids[id]!)
      if (to > 0) return to
    }
  }
  return at
}

/** Emits and returns the end, or 0. */
function tryForm(scan: Scan, form: Form, anchor: number, id: number): number {
  const { text, start, end } = scan
  let from = anchor
  if (form.back !== undefined) {
    const { table, min, max } = form.back
    const stop = anchor - max - 1 > start ? anchor - max - 1 : start
    while (from > stop && table[text[from - 1]!] === 1) from--
    if (anchor - from < min || anchor - from > max) return 0
  }
  // A letter or digit before is part of another word; `_` may join a name (`MY_ghp_...`).
  if (from > start && text[from - 1] !== 95 && wordBefore(text, start, from)) return 0
  let p = anchor + form.prefix.length
  const body = p
  for (const step of form.steps) {
    if (step.literal !== '') {
      if (!matchesAt(text, end, p, step.literal)) return 0
      p += step.literal.length
      continue
    }
    const stop = end - p > step.max ? p + step.max + 1 : end
    const begin = p
    while (p < stop && step.table[text[p]!] === 1) p++
    if (p - begin > step.max && step.max < OPEN_END) return 0
    // A final dot or dash is punctuation.
    if (step.max > step.min) while (p > begin && (text[p - 1] === 46 || text[p - 1] === 45)) p--
    if (p - begin < step.min) return 0
  }
  if (p < end && (CLASS[text[p]!]! & ALNUM) !== 0) return 0
  const last = form.back === undefined ? body : from
  if (form.row.samples !== true && isSample(text, last, p)) return rejected(scan, id, from, p, 'placeholder')
  // Somebody has masked the rest: `xoxp-1234-####`.
  if (isCut(text, p, end)) return rejected(scan, id, from, p, 'masked')
  const needs = form.needs
  if (needs !== undefined && !holds(text, last, p, needs)) return rejected(scan, id, from, p, 'failed:alphabet')
  if (form.row.alone === true && (touches(text, start, end, from - 1) || touches(text, start, end, p))) return 0
  if (insideBase64(text, start, end, from, p)) return rejected(scan, id, from, p, 'denied:base64')
  if (form.context !== undefined && !inContext(scan, from, form.context)) return rejected(scan, id, from, p, 'no-context')
  scan.emit(id, form.row.body === true ? body : from, p, form.context === undefined ? 0.95 : 0.7)
  return p
}

function rejected(scan: Scan, id: number, from: number, to: number, code: string): 0 {
  scan.reject?.(id, from, to, code)
  return 0
}

/** One or two characters repeated, joints aside, or words that say what belongs there: documentation. */
function isSample(text: Uint8Array, from: number, to: number): boolean {
  if (namesWhatBelongs(text, from, to)) return true
  // A run of one capital may stand for a token in tests, and costs nothing to mask; `x`, `X` and digits are what people write.
  if (onlyCapitals(text, from, to)) return false
  if (fewerDistinct(text, from, to, 3)) return true
  let a = 0
  let b = 0
  for (let p = from; p < to; p++) {
    const c = text[p]!
    if (c === 45 || c === 46 || c === 95 || c === a || c === b) continue
    if (a === 0) a = c
    else if (b === 0) b = c
    else return false
  }
  return true
}

/** Four `#` or `*` follow, a joint aside. */
function isCut(text: Uint8Array, p: number, end: number): boolean {
  if (p < end && (text[p] === 45 || text[p] === 95)) p++
  return p + 4 <= end && (text[p] === 35 || text[p] === 42) && oneByteRepeated(text, p, p + 4)
}

const NAMING = ['your_', 'your-', 'key_here', 'token_here', 'secret_here', 'tokenhere', 'keyhere', 'secrethere']

/** `..._PUT_YOUR_TOKEN_HERE_...`, `...AccessTokenHere`. */
function namesWhatBelongs(text: Uint8Array, from: number, to: number): boolean {
  // `our`, `her`: three letters of each, of which the middle one is looked for first
  for (let p = from + 2; p + 2 < to; p++) {
    const b = text[p]! | 32
    if (b === 117 ? (text[p - 1]! | 32) !== 111 : b !== 101 || (text[p - 1]! | 32) !== 104) continue
    for (const words of NAMING) {
      const at = p - words.search(/ur|er/)
      if (at >= from && matchesLower(text, to, at, words)) return true
    }
  }
  return false
}

/** Capitals other than `X`, and joints. */
function onlyCapitals(text: Uint8Array, from: number, to: number): boolean {
  for (let p = from; p < to; p++) {
    const b = text[p]!
    if (b !== 45 && b !== 46 && b !== 95 && (b < 65 || b > 90 || b === 88)) return false
  }
  return true
}

function holds(text: Uint8Array, from: number, to: number, needs: 'digit' | 'mixed'): boolean {
  let bits = 0
  let joined = false
  for (let p = from; p < to; p++) {
    bits |= CLASS[text[p]!]!
    if (text[p] === 45 || text[p] === 95) joined = true
  }
  if ((bits & DIGIT) === 0) return false
  // Lower-case words joined by dashes are names; a key of one piece may well be hexadecimal.
  return (
    needs === 'digit' ||
    ((bits & UPPER) !== 0 && (bits & LOWER) !== 0) ||
    (!joined && (bits & UPPER) === 0 && to - from <= 40 && to - from >= 32 && (bits & LOWER) !== 0 && text[from - 1] === 45)
  )
}

function touches(text: Uint8Array, start: number, end: number, at: number): boolean {
  if (at < start || at >= end) return false
  const b = text[at]!
  return b === 46 || b === 45 || b === 47
}

/** `+` or `/` around a prefix that stands inside a longer base64 run. */
function insideBase64(text: Uint8Array, start: number, end: number, from: number, to: number): boolean {
  const before = from > start ? text[from - 1]! : 32
  if (before === 43) return from - 2 >= start && (CLASS[text[from - 2]!]! & BASE64) !== 0
  if (before !== 47) return false
  // A path segment is shorter or holds other characters than sixteen of base64 of all kinds.
  if (from - 18 < start) return false
  let bits = 0
  for (let p = from - 17; p < from - 1; p++) {
    const c = CLASS[text[p]!]!
    if ((c & BASE64) === 0) return false
    bits |= c
  }
  return ((bits & UPPER) !== 0 && (bits & LOWER) !== 0 && (bits & DIGIT) !== 0) || (to < end && text[to] === 43)
}

/** Bot token: an id in base64, a time stamp, a signature. */
function findDiscord(scan: Scan, from: number, id: number): number {
  const { text, start, end } = scan
  if (scan.active[id] === 0 || wordBefore(text, start, from) || from + 59 > end) return from + 1
  const table = CLASSES.u!
  // most are in the middle of base64, or the beginning of something short
  if (table[text[from + 22]!] !== 1) return from + 1
  let p = from
  let ends1 = 0
  let ends2 = 0
  while (p < end && p - from < 28 && table[text[p]!] === 1) p++
  ends1 = p
  if (ends1 - from < 23 || ends1 - from > 28 || p >= end || text[p] !== 46) return from + 1
  p++
  while (p < end && p - ends1 < 9 && table[text[p]!] === 1) p++
  ends2 = p
  if (ends2 - ends1 !== 7 || p >= end || text[p] !== 46) return from + 1
  p++
  while (p < end && p - ends2 < 80 && table[text[p]!] === 1) p++
  if (p - ends2 < 28) return from + 1
  const size = decodeBase64(text, from, ends1)
  // Nearly all digits: samples in the wild have single characters changed.
  let digits = 0
  for (let i = 0; i < size; i++) if (isDigit(decoded[i]!)) digits++
  if (digits * 4 < size * 3) return from + 1
  scan.emit(id, from, p, 0.95)
  return p
}

const discord: DetectorInfo = {
  name: 'discord_token',
  group: 'secrets',
  tier: 0,
  priority: 36,
  summary: 'Discord bot token: the first part decodes to (nearly only) digits.',
  examples: ['token «MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.aB3dE5fG7aB3dE5fG7aB3dE5fG7»'],
  counterExamples: ['MZ1yGvKTj0rY0cV8i47CjAa.uHQPq1.Xb1Mk2nEhe-4icrGOuegj57zMC', 'NTFS.driver.loaded'],
}

/** Bytes of the shortest token of a form. */
function shortest({ back, prefix, steps }: Form): number {
  return steps.reduce((sum, { literal, min }) => sum + (literal === '' ? min : literal.length), prefix.length + (back?.min ?? 0))
}

const members = new Map<Uint8Array, string>()

/** The characters of an alphabet. */
function membersOf(table: Uint8Array): string {
  let text = members.get(table)
  if (text === undefined) {
    text = ''
    for (let b = 1; b < 128; b++) if (table[b] === 1) text += String.fromCharCode(b)
    members.set(table, text)
  }
  return text
}

function triggers(): Trigger[] {
  // one trigger a pair, with the bytes that its forms have behind it
  const list: Trigger[] = [...BY_PAIR].map(([pair, forms]) => {
    let next = ''
    for (const { prefix, trigger, steps } of forms) {
      if (trigger + 1 < prefix.length) next += prefix[trigger + 1]!
      else if (steps[0] === undefined) return { prev: String.fromCharCode(pair >> 8), byte: String.fromCharCode(pair & 255) }
      else next += steps[0].literal === '' ? membersOf(steps[0].table) : steps[0].literal[0]!
    }
    return { prev: String.fromCharCode(pair >> 8), byte: String.fromCharCode(pair & 255), next }
  })
  // the rarest pairs of the names in BEHIND
  list.push({ prev: 'kK', byte: 'tT', next: 'aA' }, { prev: 'oO', byte: 'bB' }, { prev: 'tT', byte: 'wW', next: 'iI' }, { prev: 'aA', byte: 'uU', next: 'lL' })
  list.push({ prev: 'MNO', byte: 'DTjz', next: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_' })
  return list
}

// As wasm/skim.ts reads them.
const FORM_DOUBT = 1
const FORM_DIGIT = 2
const FORM_MIXED = 4
const FORM_ALONE = 8
const FORM_SAMPLES = 16
const FORM_BODY = 32
const FORM_BACK = 64
const FORM_SIZE = 64

/**
 * The forms for the first pass: a table of 512 slots (pair of bytes, number of its first form), the classes (by the low half of a byte a
 * bit for each high half), and the forms of each pair in their order, a byte 0 behind them.
 */
function skimTable(): Uint8Array {
  const lists = [...BY_PAIR]
  const count = lists.reduce((sum, [, forms]) => sum + forms.length + 1, 0)
  const table = new Uint8Array(0xa00 + count * FORM_SIZE)
  const view = new DataView(table.buffer)
  // the first is that of Discord's tokens, which have no form
  const names = ['u', ...Object.keys(CLASSES).filter((name) => name !== 'u')]
  names.forEach((name, kind) => {
    for (let b = 0; b < 128; b++) if (CLASSES[name]![b] === 1) table[0x800 + 16 * kind + (b & 15)]! |= 1 << (b >> 4)
  })
  const kindOf = (step: Step): number => names.findIndex((name) => CLASSES[name] === step.table)
  let n = 0
  for (const [pair, forms] of lists) {
    let slot = (pair * 0x9e37) >>> 7
    while (view.getUint32(4 * (slot & 511), true) !== 0) slot++
    view.setUint32(4 * (slot & 511), ((pair << 16) | n) >>> 0, true)
    for (const form of forms) {
      const { row, prefix, steps, back, needs } = form
      const at = 0xa00 + n++ * FORM_SIZE
      const fits = prefix.length <= 16 && steps.length <= 5 && steps.every(({ literal }) => literal.length <= 4)
      const written = encoder.encode(prefix.slice(0, 16))
      table[at] = written.length
      table[at + 1] = form.trigger
      table[at + 2] =
        (form.context !== undefined ? FORM_DOUBT : 0) |
        (needs === 'digit' ? FORM_DIGIT : needs === 'mixed' ? FORM_MIXED : 0) |
        (row.alone === true ? FORM_ALONE : 0) |
        (row.samples === true ? FORM_SAMPLES : 0) |
        (row.body === true ? FORM_BODY : 0) |
        (back !== undefined ? FORM_BACK : 0)
      table[at + 3] = form.detector
      table[at + 4] = fits ? steps.length : 255
      if (back !== undefined) table.set([kindOf(back), back.min, back.max], at + 5)
      table.set(written, at + 8)
      if (!fits) continue
      steps.forEach((step, k) => {
        const place = at + 24 + 8 * k
        table[place] = step.literal === '' ? kindOf(step) : 255
        table[place + 1] = step.literal.length
        view.setUint16(place + 2, step.min, true)
        if (step.literal === '') view.setUint32(place + 4, step.max, true)
        else table.set(encoder.encode(step.literal), place + 4)
      })
    }
    n++
  }
  return table
}

const PREFIXED = ['prefix']

export const vendorTokensFinder: Finder = {
  detectors: [
    ...ROWS.map(
      (row): DetectorInfo => ({
        name: row.name,
        group: 'secrets',
        tier: 0,
        priority: row.priority,
        checks: PREFIXED,
        summary: row.summary,
        examples: row.examples,
        counterExamples: row.counterExamples ?? [],
      }),
    ),
    discord,
  ],
  triggers: triggers(),
  find,
  skim: 'token',
  skimTable,
  least: Math.min(59, ...FORMS.map(shortest)),
}
