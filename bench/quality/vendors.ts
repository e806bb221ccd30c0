// Tokens of vendors by their published shapes: a prefix, an alphabet, a length. The table is written from the vendors'
// formats, not from src/detectors, so that the two can disagree.
//
// A shape is literal text with classes in brackets: `[A36]` is 36 letters or digits, `[H12]` hexadecimal, `[U8]` capitals or
// digits, `[D9]` digits, `[W20]` letters, digits, `-` and `_`, `[B40]` base64, `[L8]` small letters or digits, `[2 16]`... base32,
// `[u]` a UUID.
import type { Random } from '../random.ts'
import { ALNUM, base32, BASE32, BASE64, BASE64URL, bytes, crc16, crc32, DIGITS, HEX, inBase, LOWER, UPPER } from './arithmetic.ts'
import type { Entity, Made } from './entity.ts'

const CLASSES: Readonly<Record<string, string>> = {
  A: ALNUM,
  H: HEX,
  X: '0123456789ABCDEF',
  U: UPPER + DIGITS,
  D: DIGITS,
  W: BASE64URL,
  B: BASE64,
  L: LOWER + DIGITS,
  T: BASE32,
  C: UPPER,
}

/** Text of a shape. */
export function ofShape(random: Random, shape: string): string {
  return shape.replace(/\[([A-Za-z])(\d*)\]/g, (_, name: string, length: string) => {
    if (name === 'u') return `${random.text(HEX, 8)}-${random.text(HEX, 4)}-4${random.text(HEX, 3)}-a${random.text(HEX, 3)}-${random.text(HEX, 12)}`
    const text = random.text(CLASSES[name]!, Number(length))
    // `-` and `_` never begin or end a token here: what stands beside it in text would be ambiguous.
    return text.replace(/^[-_]|[-_]$/g, 'k')
  })
}

const withCrc = (prefix: string, random: Random): string => {
  const body = random.text(ALNUM, 30)
  return prefix + body + inBase(crc32(body), DIGITS + UPPER + LOWER, 6)
}

const json64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

interface Row {
  readonly name: string
  /** Words that stand near it; the first names the vendor. */
  readonly words: readonly string[]
  readonly make: (random: Random) => string | Made
  /** Without a word near it there is nothing to be found. */
  readonly context?: true
  /** Digits and letters of the body are kept out of a prefix that is only nearly right. */
  readonly near?: (random: Random) => string
}

const row = (name: string, words: string, ...shapes: readonly string[]): Row => ({ name, words: words.split(','), make: (random) => ofShape(random, random.pick(shapes)) })
const made = (name: string, words: string, make: Row['make']): Row => ({ name, words: words.split(','), make })

const ROWS: readonly Row[] = [
  made('github_token', 'github,github token', (random) =>
    random.chance(0.85) ? withCrc(random.pick(['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_']), random) : `ghs_${ofShape(random, '[D6]')}_${jws(random)}`,
  ),
  row('github_pat', 'github,github pat', 'github_pat_[A22]_[A59]'),
  made('npm_token', 'npm,npm token', (random) => withCrc('npm_', random)),
  row(
    'gitlab_token',
    'gitlab,gitlab token',
    'glpat-[W20]',
    'gldt-[W20]',
    'glft-[W20]',
    'glrt-[W20]',
    'glrtr-[W20]',
    'glptt-[H40]',
    'glcbt-[W24]',
    'glsoat-[W20]',
    'glimt-[W25]',
    'gloas-[H64]',
    'glffct-[W20]',
    'glagent-[W50]',
    'glwt-[W20]',
    'GR1348941[W20]',
  ),
  row(
    'slack_token',
    'slack,slack bot',
    'xoxb-[D12]-[D13]-[A24]',
    'xoxp-[D12]-[D12]-[D12]-[H32]',
    'xoxa-2-[D12]-[A24]',
    'xoxr-[D12]-[A24]',
    'xoxs-[D12]-[A24]',
    'xoxe.xoxp-1-[A140]',
    'xoxe-1-[A140]',
  ),
  row('slack_app_token', 'slack,slack app', 'xapp-1-A[U10]-[D13]-[H64]'),
  made('slack_webhook', 'slack,slack webhook', (random) => {
    const secret = ofShape(random, 'hooks.slack.com/services/T[U8]/B[U10]/[A24]')
    return { text: `https://${secret}`, secret: secret.slice(secret.indexOf('/services/T') + 10), mayGo: `https://${secret}` }
  }),
  row('stripe_key', 'stripe,stripe key', 'sk_live_[A24]', 'sk_test_[A24]', 'rk_live_[A24]', 'rk_test_[A99]', 'pk_live_[A24]', 'sk_live_[A99]'),
  row('stripe_webhook', 'stripe,stripe webhook', 'whsec_[A32]', 'whsec_[B40]'),
  row('openai_key', 'openai,openai key', 'sk-[A20]T3BlbkFJ[A20]', 'sk-proj-[W74]T3BlbkFJ[W74]', 'sk-svcacct-[W58]T3BlbkFJ[W58]', 'sk-admin-[W58]T3BlbkFJ[W58]'),
  row('anthropic_key', 'anthropic,claude key', 'sk-ant-api03-[W93]AA', 'sk-ant-admin01-[W93]AA', 'sk-ant-oat01-[W93]AA'),
  row('google_api_key', 'google,maps key', 'AIza[W35]'),
  row('google_oauth_token', 'google,google oauth', 'ya29.[W120]', 'ya29.a0[W160]'),
  row('google_oauth_secret', 'google,google oauth', 'GOCSPX-[W28]'),
  { ...made('azure_key', 'AccountKey,azure storage key,SharedAccessKey', (random) => bytes(random, 64).toString('base64')), context: true },
  row('azure_client_secret', 'azure,client secret', '[A3]8Q~[A34]', '[A3]7Q~[A31]'),
  row('sendgrid_key', 'sendgrid,sendgrid key', 'SG.[W22].[W43]'),
  row('twilio_key', 'twilio,twilio key', 'SK[H32]'),
  made('pypi_token', 'pypi,pypi token', (random) => `pypi-AgEIcHlwaS5vcmc${ofShape(random, '[W140]')}`),
  row('digitalocean_token', 'digitalocean,do token', 'dop_v1_[H64]', 'doo_v1_[H64]', 'dor_v1_[H64]'),
  row('shopify_token', 'shopify,shopify token', 'shpat_[H32]', 'shpca_[H32]', 'shppa_[H32]', 'shpss_[H32]'),
  row('mailgun_key', 'mailgun,mailgun key', 'key-[H32]', 'pubkey-[H32]'),
  row('mailchimp_key', 'mailchimp,mailchimp key', '[H32]-us[D1]', '[H32]-us1[D1]'),
  row('huggingface_token', 'huggingface,hugging face', 'hf_[A34]', 'api_org_[A34]'),
  row('databricks_token', 'databricks,databricks token', 'dapi[H32]', 'dapi[H32]-2'),
  made('atlassian_token', 'atlassian,jira token', (random) => {
    if (random.chance(0.3)) return ofShape(random, 'ATBB[A32]')
    const head = `ATATT3xFfGF0${ofShape(random, '[W170]')}=`
    return head + crc32(head).toString(16).toUpperCase().padStart(8, '0')
  }),
  made('cloudflare_token', 'cloudflare,cloudflare token', (random) => {
    if (random.chance(0.3)) return ofShape(random, 'v1.0-[H24]-[H146]')
    const body = ofShape(random, '[A40]')
    return random.pick(['cfk_', 'cfut_', 'cfat_']) + body + crc32(body).toString(16).padStart(8, '0')
  }),
  made('grafana_token', 'grafana,grafana token', (random) => {
    const kind = random.below(3)
    if (kind === 0)
      return `glc_${Buffer.from(JSON.stringify({ o: String(random.below(999999)), n: 'stack-hm-read', k: random.text(ALNUM, 24), m: { r: 'eu' } })).toString('base64')}`
    if (kind === 1) return Buffer.from(JSON.stringify({ k: random.text(ALNUM, 32), n: 'dashboards', id: random.below(99) })).toString('base64')
    const head = `glsa_${random.text(ALNUM, 32)}`
    return `${head}_${crc32(head).toString(16).padStart(8, '0')}`
  }),
  row('vault_token', 'vault,vault token', 'hvs.[W90]', 'hvb.[W140]', 'hvr.[W90]'),
  row('terraform_token', 'terraform,tfc token', '[A14].atlasv1.[W67]'),
  made(
    'discord_token',
    'discord,discord bot',
    (random) => `${Buffer.from(`${random.between(1, 9)}${random.text(DIGITS, 17)}`).toString('base64url')}.${ofShape(random, 'G[A5]')}.${ofShape(random, '[W38]')}`,
  ),
  row('telegram_token', 'telegram,telegram bot', '[D9]:AA[W33]', '[D10]:AA[W33]'),
  made('age_secret_key', 'age,age key', (random) => `AGE-SECRET-KEY-1${random.text('QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 58)}`),
  made('nats_key', 'nats,nats seed', (random) => {
    // 18 << 3 is the seed prefix S, followed by the kind of key and 32 bytes.
    const kind = random.pick([0, 2 << 3, 13 << 3, 14 << 3, 20 << 3])
    const raw = Buffer.concat([Buffer.from([(18 << 3) | (kind >> 5), (kind & 31) << 3]), bytes(random, 32)])
    const check = crc16(raw)
    return base32(Buffer.concat([raw, Buffer.from([check & 255, check >> 8])]))
  }),
  row('doppler_token', 'doppler,doppler token', 'dp.pt.[A43]', 'dp.st.[A43]', 'dp.ct.[A43]', 'dp.sa.[A43]', 'dp.scim.[A43]', 'dp.audit.[A43]', 'dp.st.dev.[A43]'),
  row('linear_key', 'linear,linear key', 'lin_api_[A40]', 'lin_oauth_[H64]'),
  row('notion_token', 'notion,notion token', 'ntn_[D11][A35]', 'secret_[A43]'),
  row('figma_token', 'figma,figma token', 'figd_[W40]', 'figo_[W40]', 'figu_[W44]'),
  row('planetscale_token', 'planetscale,pscale', 'pscale_pw_[W43]', 'pscale_tkn_[W43]', 'pscale_oauth_[W43]'),
  row('supabase_key', 'supabase,supabase key', 'sbp_[H40]', 'sb_secret_[W31]'),
  made('sentry_token', 'sentry,sentry token', (random) =>
    random.chance(0.5)
      ? ofShape(random, 'sntryu_[H64]')
      : `sntrys_${json64({ iat: 1716000000 + random.below(99999), url: 'https://sentry.example', region_url: 'https://eu.sentry.example', org: 'shop' })}_${random.text(BASE64, 43)}`,
  ),
  made('sentry_dsn_key', 'sentry,dsn', (random) => {
    const key = random.text(HEX, 32)
    return { text: `https://${key}@o${random.below(99999)}.ingest.sentry.example/${random.between(1000, 9999999)}`, secret: key }
  }),
  row('newrelic_key', 'newrelic,new relic', 'NRAK-[U27]', 'NRII-[W32]', 'NRJS-[H19]'),
  row('postman_key', 'postman,postman key', 'PMAK-[H24]-[H34]'),
  row('pulumi_token', 'pulumi,pulumi token', 'pul-[H40]'),
  row('rubygems_key', 'rubygems,gem key', 'rubygems_[H48]'),
  row('docker_token', 'docker,docker hub', 'dckr_pat_[W27]', 'dckr_oat_[W32]'),
  row('tailscale_key', 'tailscale,tailnet', 'tskey-auth-[A12]CNTRL-[A32]', 'tskey-api-[A12]CNTRL-[A32]', 'tskey-client-[A16]-[A30]'),
  row('hubspot_token', 'hubspot,hubspot token', 'pat-na1-[u]', 'pat-eu1-[u]'),
  row('airtable_token', 'airtable,airtable token', 'pat[A14].[H64]'),
  row('square_token', 'square,square token', 'sq0atp-[W22]', 'sq0csp-[W43]', 'EAAA[W60]'),
  row('facebook_token', 'facebook,facebook token', 'EAAM[A120]', 'EAAC[A160]', 'EAAB[A90]', '[D15]|[W27]'),
  made('onepassword_token', '1password,onepassword', (random) =>
    random.chance(0.5)
      ? `ops_${json64({ signInAddress: 'shop.1password.example', userAuth: { method: 'SRPg-4096', alg: 'PBES2g-HS256', iterations: 650000, salt: random.text(BASE64URL, 22) }, email: 'a', srpX: random.text(HEX, 64), muk: random.text(BASE64URL, 43) })}`
      : ofShape(random, 'A3-[U6]-[U11]-[U5]-[U5]-[U5]'),
  ),
  row('adobe_key', 'adobe,adobe client', 'p8e-[L32]'),
  row('alibaba_key', 'alibaba,aliyun', 'LTAI[A20]', 'LTAI5t[A18]'),
  row('clickhouse_key', 'clickhouse,clickhouse cloud', '4b1d[A38]'),
  row('clojars_token', 'clojars,clojars token', 'CLOJARS_[L60]'),
  row('duffel_token', 'duffel,duffel token', 'duffel_test_[W43]', 'duffel_live_[W43]'),
  row('dynatrace_token', 'dynatrace,dynatrace token', 'dt0c01.[U24].[U64]', 'dt0s01.[U24].[U64]'),
  row('easypost_key', 'easypost,easypost key', 'EZAK[A54]', 'EZTK[A54]'),
  row('flutterwave_key', 'flutterwave,flutterwave key', 'FLWSECK_TEST-[H32]-X', 'FLWPUBK_TEST-[H32]-X'),
  row('flyio_token', 'fly,fly.io', 'fo1_[W43]', 'fm2_[B120]', 'fm1r_[B140]'),
  row('frameio_token', 'frame.io,frameio', 'fio-u-[W64]'),
  row('harness_token', 'harness,harness token', 'pat.[W22].[H24].[A20]', 'sat.[W22].[H24].[A20]'),
  row('heroku_key', 'heroku,heroku key', 'HRKU-AA[W58]'),
  row('infracost_key', 'infracost,infracost key', 'ico-[A32]'),
  row('maxmind_key', 'maxmind,geoip', '[A6]_[A29]_mmk'),
  made(
    'mapbox_token',
    'mapbox,mapbox token',
    (random) => `${random.pick(['pk', 'sk'])}.${json64({ u: `shop${random.below(99)}`, a: random.text(LOWER + DIGITS, 25) })}.${random.text(BASE64URL, 21)}k`,
  ),
  row('octopus_key', 'octopus,octopus deploy', 'API-[U26]'),
  row('openshift_token', 'openshift,oc token', 'sha256~[W43]'),
  row('perplexity_key', 'perplexity,pplx', 'pplx-[A48]'),
  row('plaid_token', 'plaid,plaid token', 'access-sandbox-[u]', 'access-production-[u]', 'access-development-[u]'),
  row('prefect_token', 'prefect,prefect key', 'pnu_[A36]'),
  row('readme_key', 'readme.com,rdme', 'rdme_[L70]'),
  row('scalingo_token', 'scalingo,scalingo token', 'tk-us-[W48]'),
  row('brevo_key', 'brevo,sendinblue', 'xkeysib-[H64]-[A16]'),
  row('shippo_token', 'shippo,shippo token', 'shippo_live_[H40]', 'shippo_test_[H40]'),
  row('sourcegraph_token', 'sourcegraph,sourcegraph token', 'sgp_[H40]', 'sgp_[H16]_[H40]', 'sgp_local_[H40]'),
  made('teams_webhook', 'teams,teams webhook', (random) => {
    const secret = ofShape(random, '[u]@[u]/IncomingWebhook/[H32]/[u]')
    const all = `https://shop.webhook.office.com/webhookb2/${secret}`
    return { text: all, secret, mayGo: all }
  }),
  row('typeform_token', 'typeform,typeform token', 'tfp_[W59]'),
  row('vercel_token', 'vercel,vercel token', 'vcp_[A56]', 'vci_[A56]', 'vca_[A56]', 'vcr_[A56]', 'vck_[A56]'),
  row('yandex_key', 'yandex,yandex cloud', 'YC[W38]', 'AQVN[W36]', 't1.9eu[A4].[W86]'),
  row('groq_key', 'groq,groq key', 'gsk_[A52]'),
  row('aws_bedrock_key', 'bedrock,bedrock key', 'ABSK[B120]', 'bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t[A80]'),
  { ...row('artifactory_key', 'artifactory,jfrog', 'AKC[A64]', 'AP[X28]'), context: true },
  { ...row('okta_token', 'okta,okta token', '00[W40]'), context: true },
  { ...row('lob_key', 'lob,lob key', 'live_[H35]', 'test_[H35]', 'live_pub_[H31]'), context: true },
]

/** A JWS: header and claims that decode, and a signature of noise. */
export function jws(random: Random): string {
  const claims: Record<string, unknown> = { sub: `u-${random.text(DIGITS, 6)}`, iat: random.between(1_700_000_000, 1_799_999_999) }
  if (random.chance(0.4)) claims['roles'] = ['reader', 'editor']
  return `${json64({ alg: random.pick(['HS256', 'RS256', 'ES256']), typ: 'JWT' })}.${json64(claims)}.${random.text(BASE64URL, 42)}k`
}

/** Prefix and a body that is far too short. */
function tooShort(make: Row['make']): (random: Random) => string {
  return (random) => {
    const value = make(random)
    const text = typeof value === 'string' ? value : value.text
    const prefix = /^[A-Za-z0-9]{1,12}?[-_.:]/.exec(text)?.[0] ?? text.slice(0, 4)
    return `${prefix}${random.text(LOWER, 5)}`
  }
}

export const vendors: readonly Entity[] = ROWS.map((r) => ({
  name: r.name,
  group: 'secrets',
  alone: r.context === true ? 'never' : 'always',
  proved: r.context !== true,
  words: r.context === true ? r.words : r.words.map((word) => `${word} with`),
  keys: [`${r.words[0]!.toLowerCase().replace(/\W+/g, '_')}Value`, `${r.words[0]!.toLowerCase().replace(/\W+/g, '_')}_credential`],
  make: r.make,
  near: tooShort(r.make),
}))
