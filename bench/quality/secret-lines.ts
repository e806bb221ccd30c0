// Labelled lines for `named_secret`: code, configuration, logs, environment files, records. A template says by its placeholders
// what is a secret; each is written three times with other values. Some lines hold none and look as if they did.
//
//   secret    «pw» password  «phrase» words in quotes or a record  «hex» 32 digits  «hex40»  «b64» 44 characters  «tok» 40 letters
//             and digits  «short» six to nine characters  «pin» four to six digits  «letters» letters only  «weak» a word with digits
//   no secret <word> <id> <uuid> <hexid> <num> <path> <name>
import { createRandom, type Random } from '../random.ts'
import { ALNUM, BASE64, DIGITS, HEX, LOWER, UPPER } from './arithmetic.ts'

export interface SecretLine {
  readonly kind: 'code' | 'config' | 'log' | 'env' | 'record'
  readonly text: string
  /** Bytes of each secret in the text. */
  readonly secrets: readonly { readonly start: number; readonly end: number }[]
}

const made: Readonly<Record<string, (r: Random) => string>> = {
  pw: (r) => r.text(LOWER, r.between(2, 4)) + r.text(UPPER, 2) + r.text(DIGITS, 3) + r.pick(['!', '-', '_', '.', '']) + r.text(ALNUM, r.between(3, 7)) + r.text(DIGITS, 1),
  phrase: (r) =>
    `${r.pick(['copper', 'violet', 'sturdy', 'hollow', 'lunar'])} ${r.pick(['otter', 'lantern', 'harbor', 'pepper'])} ${r.pick(['sings', 'drifts', 'waits', 'turns'])} ${r.between(2, 99)}`,
  hex: (r) => r.text(HEX, 32),
  hex40: (r) => r.text(HEX, 40),
  b64: (r) => `${r.text(BASE64, 43)}=`,
  tok: (r) => r.text(ALNUM, 39) + r.text(DIGITS, 1),
  short: (r) => r.text(LOWER, 3) + r.text(DIGITS, 2) + r.text(UPPER, 1) + r.text(LOWER, r.between(1, 3)),
  pin: (r) => String(r.between(1000, 999999)),
  letters: (r) => r.text(LOWER, 7) + r.text(UPPER, 3) + r.text(LOWER, 8),
  weak: (r) => `${r.pick(['summer', 'hunter', 'dragon', 'qwerty', 'winter', 'falcon'])}${r.between(1, 2026)}`,
}
const other: Readonly<Record<string, (r: Random) => string>> = {
  word: (r) => r.pick(['orders', 'billing', 'catalog', 'session', 'report', 'gateway', 'inventory']),
  id: (r) => String(r.between(100, 9_999_999)),
  uuid: (r) => `${r.text(HEX, 8)}-${r.text(HEX, 4)}-4${r.text(HEX, 3)}-a${r.text(HEX, 3)}-${r.text(HEX, 12)}`,
  hexid: (r) => r.text(HEX, 40),
  num: (r) => String(r.between(1, 9000)),
  path: (r) => `/etc/${r.pick(['shop', 'app', 'svc'])}/${r.pick(['keys', 'certs', 'conf.d'])}/${r.pick(['main', 'tls', 'db'])}.${r.pick(['pem', 'yaml', 'key'])}`,
  name: (r) => r.pick(['deploy', 'reader', 'svc-orders', 'admin', 'ci']),
}

const templates: Readonly<Record<SecretLine['kind'], { readonly yes: string; readonly no: string }>> = {
  code: {
    yes: `
const password = '«pw»'
let dbPassword = "«pw»";
var API_KEY = '«tok»'
const client = new Client({ user: 'svc', password: '«pw»', host: 'db1' })
private static final String PASSWORD = "«pw»";
String apiSecret = "«b64»";
conn.setPassword("«pw»");
props.put("password", "«pw»");
password := "«pw»"
cfg.ClientSecret = "«tok»"
token: str = "«tok»"
self.secret_key = '«b64»'
SECRET_KEY = '«pw»'
auth = HTTPBasicAuth('svc', password='«pw»')
db.connect(user="svc", passwd="«weak»", db="<word>")
os.environ["DB_PASSWORD"] = "«pw»"
$password = '«pw»';
define('DB_PASSWORD', '«pw»');
'password' => '«weak»',
config.secret_key_base = '«hex40»'
password: "«pw»",
#define WIFI_PASSWORD "«weak»"
const char *passphrase = "«phrase»";
var connectionPassword = @"«pw»";
client_secret: '«tok»'
System.setProperty("keystore.password", "«pw»");
headers: { 'X-Api-Key': '«tok»' }
options.accessToken = '«tok»'
let refresh_token = "«tok»".to_string();
encryptionKey = Buffer.from('«hex»', 'hex')
private_key = "«b64»"
assert login('<name>', password='«weak»')
val signingKey = "«b64»"
export const authToken = '«hex40»'
login(username="<name>", password="«letters»")
set_secret("«tok»") if False else store(secret="«tok»")
mysql_connect($host, $user, $pass = '«pw»');
requests.get(url, headers={"api-key": "«hex»"})
master_password = b"«pw»"
ssh.connect(host, username='<name>', password='«short»')
`,
    no: `
const password = process.env.DB_PASSWORD
let token = getToken(user)
password = os.environ['DB_PASSWORD']
String password = config.getString("db.password");
if (password == null) throw new IllegalArgumentException("password");
this.token = token;
self.password = password
return hashPassword(password, salt)
token = tokenizer.next()
const secretName = 'prod/<word>/db'
passwordField.setText("");
private final PasswordEncoder passwordEncoder;
def reset_password(self, token):
import { Secret, Token } from './<word>'
tokens = text.split()
key = "<word>"
cacheKey = "<word>:<id>"
public_key = load_pem(path)
const publicKey = '<hexid>'
foreign_key = "<word>_id"
primaryKey: "<word>Id"
max_tokens = <num>
author = "<name>"
keyboard.press(key)
password_hint = "first pet"
TOKEN_TYPE = "access"
assertEquals(expected.token, actual.token);
String secret = vault.read("<word>").get("secret");
password: String,
token?: string
fn verify(token: &str, secret: &[u8]) -> bool {
<input type="password" name="password" placeholder="Password">
labelPassword.text = "Password"
errors.add(:password, "is too short")
{ name: 'token', type: 'string', required: true }
passwordMinLength: <num>,
const monkey = '<word>'
session = Session()
auth = Auth(app)
secret = SecretManagerServiceClient()
token = request.headers.get("Authorization")
sortKey = 'created_at'
keyPath = "<path>"
tokenizer = AutoTokenizer.from_pretrained("<word>")
password = "changeme"
api_key = "YOUR_API_KEY"
secret = "<your-secret-here>"
password = "\${DB_PASSWORD}"
token = "{{ token }}"
credentials = Credentials.from_file("<path>")
privateKeyFile = "<path>"
passwordResetUrl = "/account/password/reset"
compassHeading = <num>
`,
  },
  config: {
    yes: `
password: «pw»
  password: "«phrase»"
db_password = «pw»
secret_key: «b64»
api_key: «tok»
  clientSecret: «tok»
spring.datasource.password=«pw»
jwt.secret=«b64»
aws_secret_access_key = «b64»
redis.auth.password = "«pw»"
requirepass «pw»
  token: «hex40»
<add key="ApiSecret" value="«tok»" />
<password>«pw»</password>
<property name="password" value="«pw»"/>
"password": "«weak»",
  "apiKey": "«tok»",
access_token = "«tok»"
auth_token: '«hex»'
encryption_key: «hex»
passphrase = «letters»
MAIL_PASSWORD: «pw»
      - {name: DB_PASSWORD, value: «pw»}
smtp_pass: «pw»
bind_password: «pw»
ldap.bindCredentials: «pw»
keystore.password=«weak»
ssl.truststore.password=«short»
signing_secret: «hex»
webhook_secret = «hex»
//packages.example/:_authToken=«uuidtok»
machine db1 login svc password «pw»
consumer_secret: «tok»
[remote] user=svc password=«pw»
sasl.jaas.config=org.example.PlainLoginModule required username="svc" password="«pw»";
hashicorp_token = "«tok»"
admin_password: "«pw»"
connection_string: "Server=db1;User=svc;Password=«pw»;"
license_key: «licence»
pgpass: db1:5432:<word>:svc:«pw»
`,
    no: `
password: ""
password: null
password_file: <path>
  secretName: <word>-tls
  secretRef: <word>-secrets
tokenUrl: https://auth.example/oauth/token
token_ttl: <num>
max_tokens: <num>
key: <word>
  keyName: <word>
  - key: <word>
    name: <word>-config
hash_key: user_id
range_key: created_at
partition_key: <word>
ssl_certificate_key <path>;
ssl_key: <path>
PasswordAuthentication no
PermitEmptyPasswords no
auth: none
auth_type: basic
auth.enabled=true
session.timeout=<num>
session_store: redis
cookie_name: <word>
csrf: true
csrf_protection: enabled
secret: \${SECRET}
password: \${env.DB_PASSWORD}
password: {{ .Values.db.password }}
password: !vault |
api_key: <redacted>
token: "***"
keyspace: <word>
keyserver: hkps://keys.example
authority: https://login.example/<word>
author: <name>
monkey: true
password_policy: strict
password.min.length=<num>
password_hash_rounds: <num>
credential_provider: instance
credentials_file: <path>
private_key_path: <path>
public_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI<hexid>
secret_rotation_days: <num>
id: <uuid>
digest: sha256:<hexid>
build_id: <hexid>
commit: <hexid>
trace_token_sampling: 0.1
tokenizer: standard
key_prefix: <word>:
encryption: aes-256-gcm
`,
  },
  log: {
    yes: `
login failed for <name> password=«pw»
connecting with user=svc password=«pw» host=db1
DEBUG auth: token=«tok» user=<name>
POST /login password=«weak»&remember=1
INFO request headers: X-Api-Key: «tok»
retrying with api_key=«hex» attempt 2
2026-05-17T10:22:31Z WARN http query="access_token=«tok»&page=2"
ERROR could not open session: secret "«pw»" rejected
set password «pwq» for <name>
args: --user svc --password «pw» --db <word>
mysql -u root -p«pw» <word>
executed: export PGPASSWORD=«pw»
curl -H "X-Auth-Token: «tok»" https://api.example/v1
{client_secret=«tok», grant_type=client_credentials}
Config{host=db1, password=«pw», port=5432}
User(name=<name>, passwd=«weak»)
[auth] received refresh_token="«tok»"
session_secret='«b64»' loaded from default
level=info msg="using credentials" secret_key=«b64»
password : «pw»
Password: «short»
pin=«pin» accepted for card reader
db.password -> «pw»
cmd=redis-cli -a «pw» ping
ansible: "ansible_become_pass": "«pw»"
found passphrase: "«phrase»"
generated API token: «hex40»
temporary password is: «pw»
new client secret «tokq» issued
wget --http-password=«pw» https://files.example/a
`,
    no: `
password for <name> accepted
invalid password for user <name>
password=false
token: expired
token=invalid reason=expired
auth=failed user=<name>
auth: ok
secret <word>-tls updated
secret not found: prod/<word>
password changed successfully
failed password for invalid user <name> from 203.0.113.7 port <id> ssh2
Accepted publickey for <name>: ED25519 SHA256:<hexid>
pam_unix(sshd:session): session opened for user <name>
token_count=<num> total_tokens=<num>
usage: prompt_tokens=<num> completion_tokens=<num>
keyword=<word> hits=<num>
key=<word>:<id> ttl=<num>
cache key <word>:<uuid> evicted
monkey=<word>
author=<name>
session=<word> closed
session id <id> ended after <num>s
credential refresh scheduled in <num>s
no credentials provided
authentication required
Bearer token missing
api key <word> has <num> requests left
password_expires_at=2026-08-01T00:00:00Z
token_type=bearer expires_in=<num>
secret version 3 enabled
loaded private key from <path>
wrote public_key=<hexid>
reading password from stdin
Enter password:
passwords do not match
user=<name> pass=<num> fail=0
tests: pass=<num> skip=0
commit=<hexid> branch=main
request_id=<uuid> key_id=<id>
etag="<hexid>" size=<num>
passenger=<name> seat=12
compass=<num> bypass=true
password=[REDACTED] user=<name>
token=**** ok
secret=xxxxxxxx
auth.method=password
auth_time=<id>
access_token_lifetime=<num>
password_attempts=<num>
certificate key usage: digitalSignature
keyspace hits: <num>, misses: <num>
tokenizer loaded from <path>
`,
  },
  env: {
    yes: `
DB_PASSWORD=«pw»
export DB_PASS="«pw»"
API_KEY=«tok»
SECRET_KEY_BASE=«hex40»
JWT_SECRET='«b64»'
AUTH_TOKEN=«hex»
export SMTP_PASSWORD='«phrase»'
REDIS_PASSWORD=«weak»
APP_SECRET=«short»
CLIENT_SECRET=«tok»
ENCRYPTION_KEY=«b64»
POSTGRES_PASSWORD=«letters»
NPM_AUTH_TOKEN=«hexq»
SESSION_SECRET=«tok»
ACCESS_TOKEN="«tok»"
SIGNING_KEY=«b64»
set ADMIN_PASSWORD=«pw»
ENV MYSQL_ROOT_PASSWORD «pwq»
ENV MYSQL_ROOT_PASSWORD=«pw»
docker run -e POSTGRES_PASSWORD=«pw» -d db
WEBHOOK_SECRET=«hex»
STRIPE_API_KEY=«tok»
PRIVATE_KEY=«b64»
HMAC_SECRET="«hex»"
VAULT_TOKEN=«tok»
`,
    no: `
DB_PASSWORD=
DB_PASSWORD_FILE=<path>
PASSWORD_MIN_LENGTH=<num>
TOKEN_TTL=<num>
TOKEN_URL=https://auth.example/token
SECRET_NAME=<word>
SECRET_ARN=arn:aws:secretsmanager:eu-west-1:<id>:secret:<word>
KEY_ID=<id>
KEY_PREFIX=<word>
PUBLIC_KEY=<hexid>
SSH_AUTH_SOCK=/tmp/ssh-<id>/agent.<num>
KEYBOARD_LAYOUT=us
AUTHOR=<name>
AUTH_ENABLED=true
AUTH_MODE=basic
SESSION_DRIVER=redis
SESSION_LIFETIME=<num>
MAX_TOKENS=<num>
API_KEY=${'$'}API_KEY
DB_PASSWORD=\${DB_PASSWORD:?missing}
PASSWORD=changeme
COMMIT_SHA=<hexid>
GIT_COMMIT=<hexid>
BUILD_TAG=<word>-<id>
DESKTOP_SESSION=plasma
XDG_SESSION_ID=<num>
TOKENIZERS_PARALLELISM=false
MONKEY=<word>
CREDENTIALS_PATH=<path>
PASS=<num>
`,
  },
  record: {
    yes: String.raw`
{"level":30,"msg":"login","password":"«pw»"}
{"user":{"name":"<name>","password":"«weak»"}}
{"req":{"headers":{"x-api-key":"«tok»","accept":"*/*"}}}
{"body":{"client_secret":"«tok»","grant_type":"client_credentials"}}
{"config":{"db":{"host":"db1","passwd":"«phrase»"}}}
{"apiKey":"«hex»","status":"active"}
{"token":"«tok»","token_type":"bearer","expires_in":3600}
{"access_token":"«tok»","scope":"read"}
{"secret":"«short»"}
{"auth":{"username":"<name>","passphrase":"«phrase»"}}
{"env":[{"name":"DB_PASSWORD","value":"«pw»"}]}
{"pin":"«pin»","card":"ok"}
{"credentials":{"accessKey":"«tok»","secretKey":"«b64»"}}
{"otp":"«pin»","user":"<name>"}
{"session_id":"«hex»","user":"<name>"}
{"sessionToken":"«b64»"}
{"kind":"Secret","stringData":{"password":"«pw»"}}
{"payload":"{\"password\":\"«pw»\"}"}
{"encryptionKey":"«b64»","alg":"A256GCM"}
{"csrfToken":"«tok»","page":"<word>"}
{"passwordConfirmation":"«weak»"}
{"oldPassword":"«weak»","newPassword":"«pw»"}
{"webhook":{"url":"https://shop.example/hook","secret":"«hex»"}}
{"proxy":{"authorization":"«tok»"}}
{"key":"DB_PASSWORD","value":"«pw»"}
`,
    no: `
{"level":30,"msg":"password changed","user":"<name>"}
{"passwordChangedAt":"2026-05-17T10:22:31Z"}
{"tokenType":"access","tokenCount":<num>}
{"secretName":"prod/<word>","version":"3"}
{"passwordHint":"first pet"}
{"key":"<word>","value":"<word>"}
{"cacheKey":"<word>:<id>","hit":true}
{"keyId":"<id>","kid":"<uuid>"}
{"password":null,"secret":""}
{"password":"[REDACTED]","token":"***"}
{"usage":{"prompt_tokens":<num>,"completion_tokens":<num>}}
{"author":"<name>","keyword":"<word>"}
{"publicKey":"<hexid>"}
{"fingerprint":"<hexid>","digest":"<hexid>"}
{"session":"opened","auth":"ok"}
{"authMethod":"password","authenticated":true}
{"credentialType":"instance","credentialSource":"<path>"}
{"id":"<uuid>","traceId":"<hexid>"}
{"passenger":"<name>","bypass":true}
{"secretsCount":<num>,"tokens":<num>}
{"errors":[{"field":"password","code":"too_short"}]}
{"type":"password","label":"Password","required":true}
{"monkey":"<word>","turkey":"<word>"}
{"schema":{"token":{"type":"string"}}}
{"privateKeyPath":"<path>"}
{"etag":"<hexid>","revision":"<hexid>"}
{"name":"password","kind":"input"}
{"tokenExpiry":"2026-05-17","tokenStatus":"active"}
{"sortKey":"created_at","partitionKey":"<word>"}
{"apiKeyName":"<word>","apiKeyId":"<id>"}
`,
  },
}

// Values that only one or two templates need.
const special: Readonly<Record<string, (r: Random) => string>> = {
  uuidtok: (r) => `npm${r.text(ALNUM, 28)}`,
  licence: (r) => Array.from({ length: 5 }, () => r.text(UPPER + DIGITS, 5)).join('-'),
  pwq: made['pw']!,
  tokq: made['tok']!,
  hexq: made['hex']!,
}

function write(r: Random, template: string): { text: string; secrets: { start: number; end: number }[] } {
  const secrets: { start: number; end: number }[] = []
  let text = ''
  let at = 0
  for (const match of template.matchAll(/«(\w+)»|<(word|id|uuid|hexid|num|path|name)>/g)) {
    text += template.slice(at, match.index)
    at = match.index + match[0].length
    const value = match[1] === undefined ? other[match[2]!]!(r) : (made[match[1]] ?? special[match[1]])!(r)
    if (match[1] !== undefined) {
      const start = Buffer.byteLength(text)
      secrets.push({ start, end: start + Buffer.byteLength(value) })
    }
    text += value
  }
  return { text: text + template.slice(at), secrets }
}

/** Every line, `times` variations of each template. More of them leave the first ones as they are. */
export function secretLines(times = 3): SecretLine[] {
  const out: SecretLine[] = []
  for (let round = 0; round < times; round++) {
    for (const [kind, { yes, no }] of Object.entries(templates)) {
      const lines = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '')
      for (const template of [...lines(yes), ...lines(no)]) out.push({ kind: kind as SecretLine['kind'], ...write(createRandom(`${round} ${template}`), template) })
    }
  }
  return out
}

const strongKeys =
  'password passwd pwd passphrase passcode dbPassword db_password DB_PASSWORD userPassword password2 currentPassword new-password secret clientSecret client_secret appSecret secretKey secret_key apiKey api_key x-api-key accessKey access_key privateKey private_key signingKey encryption_key masterKey shared_key accessToken access_token refreshToken authToken bearerToken id_token credential credentials authorization connectionString webhookUrl'.split(
    ' ',
  )

/** Records in which a strong key names a value of any shape, weak words among them. */
export function strongRecords(times = 4): SecretLine[] {
  const shapes = ['pw', 'weak', 'letters', 'short', 'phrase', 'tok', 'hex', 'b64']
  return strongKeys.flatMap((key, k) =>
    Array.from({ length: times }, (_, i) => {
      const r = createRandom(`strong ${key} ${i}`)
      const deep = r.pick([
        '{"level":30,"KEY":"VALUE"}',
        '{"level":30,"user":{"name":"x","KEY":"VALUE"}}',
        '{"items":[{"n":1},{"KEY":"VALUE"}]}',
        '{"a":{"b":{"c":{"KEY":"VALUE","n":2}}}}',
      ])
      return { kind: 'record' as const, ...write(r, deep.replace('KEY', key).replace('VALUE', `«${shapes[(k + i) % shapes.length]}»`)) }
    }),
  )
}
