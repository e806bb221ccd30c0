#!/usr/bin/env bash
# Runs real software of many kinds and keeps what it prints: one file a kind in OUT, raw. `neutral.mjs` beside this file
# then takes out what names the machine or a person, thins the files and compresses them.
#
#   bench/quality/lines/make.sh OUT && node bench/quality/lines/neutral.mjs OUT
#
# Made for a Debian machine with root rights; software that is missing is passed over. README.md says what each file is.
# Servers listen on the loopback interface only and end with their section. Nothing here is run by the tests.
set -u
out=$(mkdir -p "$1" && cd "$1" && pwd)
here=$(cd "$(dirname "$0")/../../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8 NO_COLOR=1 TERM=dumb
section() { only=${ONLY:-}; [ -z "$only" ] || [[ ",$only," == *",$1,"* ]] || return 1; echo "== $1" >&2; mkdir -p "$work/$1"; cd "$work/$1"; }
have() { command -v "$1" > /dev/null; }
bounded() { timeout -k 5 "${LIMIT:-60}" "$@"; }
stop() { kill "$@" 2> /dev/null; wait "$@" 2> /dev/null; }

# A client that asks a web server on PORT for things that exist and things that do not.
cat > "$work/ask.mjs" << 'JS'
import http from 'node:http'
const [port, count] = process.argv.slice(2).map(Number)
const paths = ['/', '/index.html', '/style.css', '/app.js?v=3f2a1c', '/img/logo@2x.png', '/api/orders/81734', '/api/orders?page=4&sort=created_at&limit=50', '/missing', '/docs/', '/docs/a/b/c.html', '/favicon.ico', '/robots.txt', '/api/search?q=blue+shoes&from=20', '/static/chunk-7f3e2b91.js', '/healthz', '/metrics', '/api/carts/7c9e6679-7425-40de-944b-e07fc1f90ae7/items', '/.well-known/security.txt', '/wp-login.php', '/download/report-2024-05-17.pdf']
const agents = ['curl/8.5.0', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.6478.127 Safari/537.36', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15', 'Mozilla/5.0 (compatible; ExampleBot/2.1; +http://bot.example/about)', 'okhttp/4.12.0', 'python-requests/2.32.3', 'Go-http-client/1.1', 'kube-probe/1.29', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0']
let seed = 42
const pick = (list) => list[(seed = (seed * 1103515245 + 12345) & 0x7fffffff) % list.length]
for (let i = 0; i < count; i++) {
  await new Promise((done) => {
    const request = http.request({ port, path: pick(paths), method: pick(['GET', 'GET', 'GET', 'GET', 'HEAD', 'POST', 'DELETE']), headers: { 'user-agent': pick(agents), referer: pick(['', 'http://shop.example/list?page=2', 'http://search.example/']), 'x-request-id': i.toString(16).padStart(12, '0') } }, (answer) => answer.resume().on('end', done))
    request.on('error', done).end()
  })
}
JS
mkdir -p "$work/site/docs" "$work/site/img"
printf '<h1>shop</h1>\n' > "$work/site/index.html"; printf 'body{}\n' > "$work/site/style.css"; printf '1\n' > "$work/site/app.js"; printf 'docs\n' > "$work/site/docs/index.html"
chmod -R a+rX "$work"; chmod a+x "$work"

# ---------------------------------------------------------------------------------------------------- servers

if section nginx && have nginx; then
  cat > n.conf << C
daemon off; pid $PWD/n.pid; error_log $PWD/error.log debug; worker_processes 1;
events {}
http { access_log $PWD/access.log combined; client_body_temp_path $PWD/b; proxy_temp_path $PWD/p; fastcgi_temp_path $PWD/f; uwsgi_temp_path $PWD/u; scgi_temp_path $PWD/s;
  server { listen 127.0.0.1:18080; root $work/site; location /api/ { proxy_pass http://127.0.0.1:18099; } } }
C
  nginx -p "$PWD" -c "$PWD/n.conf" > start.log 2>&1 & pid=$!; sleep 1
  node "$work/ask.mjs" 18080 1500; stop $pid
  cat start.log access.log > "$out/nginx-access"; cat error.log > "$out/nginx-error"
fi
if section lighttpd && have lighttpd; then
  cat > l.conf << C
server.document-root = "$work/site"
server.port = 18081
server.bind = "127.0.0.1"
server.errorlog = "$PWD/error.log"
server.modules = ( "mod_accesslog" )
accesslog.filename = "$PWD/access.log"
debug.log-request-handling = "enable"
debug.log-request-header = "enable"
C
  lighttpd -D -f l.conf & pid=$!; sleep 1; node "$work/ask.mjs" 18081 300; stop $pid
  cat access.log error.log > "$out/lighttpd"
fi
if section haproxy && have haproxy; then
  cat > h.conf << C
global
  log stdout format raw local0
defaults
  mode http
  log global
  option httplog
  timeout connect 500ms
  timeout client 2s
  timeout server 2s
frontend web
  bind 127.0.0.1:18082
  default_backend app
backend app
  server a1 127.0.0.1:18090 check inter 300ms
  server a2 127.0.0.1:18091 check inter 300ms
C
  python3 -m http.server -b 127.0.0.1 -d "$work/site" 18090 > python.log 2>&1 & p1=$!
  haproxy -d -f h.conf > h.log 2>&1 & p2=$!; sleep 1
  node "$work/ask.mjs" 18082 500; stop $p1; sleep 2; node "$work/ask.mjs" 18082 20; stop $p2
  cat h.log > "$out/haproxy"; cat python.log > "$out/python-http"
fi
if section node && have node; then
  cat > app.mjs << JS
import { createRequire } from 'node:module'
import http from 'node:http'
const pino = createRequire('$here/package.json')('pino')
const log = pino({ serializers: pino.stdSerializers, level: 'trace' }, pino.destination({ dest: '$PWD/app.ndjson', sync: true }))
let n = 0
const server = http.createServer((req, res) => {
  const start = process.hrtime.bigint()
  const child = log.child({ reqId: 'req-' + (n++).toString(36), traceId: n.toString(16).padStart(32, '0') })
  req.id = n
  child.debug({ route: new URL(req.url, 'http://x').pathname, queue: n % 7, heap: process.memoryUsage().heapUsed }, 'route matched')
  try {
    if (req.url.startsWith('/api') && n % 9 === 0) JSON.parse('{"broken')
    res.statusCode = req.url.includes('missing') ? 404 : 200
  } catch (err) {
    child.error({ err, req }, 'request failed'); res.statusCode = 500
  }
  res.end('ok')
  child.info({ req, res, responseTime: Number(process.hrtime.bigint() - start) / 1e6 }, 'request completed')
  console.log('::1 - - [' + new Date().toUTCString() + '] "' + req.method + ' ' + req.url + ' HTTP/1.1" ' + res.statusCode + ' ' + (n * 37) % 9000 + ' "-" "' + req.headers['user-agent'] + '" ' + (Number(process.hrtime.bigint() - start) / 1e6).toFixed(3) + ' ms')
}).listen(18083, '127.0.0.1')
JS
  NODE_DEBUG=http,net node app.mjs > morgan.log 2> debug.log & pid=$!; sleep 1; node "$work/ask.mjs" 18083 600; stop $pid
  cat app.ndjson > "$out/node-pino"; cat morgan.log > "$out/node-access"; head -4000 debug.log > "$out/node-debug"
fi
if section postgres && have initdb || [ -x /usr/lib/postgresql/15/bin/initdb ] && section postgres; then
  bin=$(ls -d /usr/lib/postgresql/*/bin 2> /dev/null | tail -1); bin=${bin:-$(dirname "$(command -v initdb)")}
  chown postgres . "$work" 2> /dev/null
  as() { (cd "$work/postgres" && su postgres -s /bin/bash -c "PATH=$bin:\$PATH; $*"); }
  as "initdb -D data -U shop" > init.log 2>&1
  as "pg_ctl -D data -w -l pg.log -o \"-p 18432 -k $PWD -c listen_addresses= -c log_statement=all -c log_duration=on -c log_connections=on -c log_disconnections=on -c log_checkpoints=on -c log_lock_waits=on -c log_autovacuum_min_duration=0 -c log_temp_files=0 -c log_line_prefix='%m [%p] %q%u@%d/%a '\" start" >> init.log 2>&1
  as "createdb -h $PWD -p 18432 -U shop shop; pgbench -h $PWD -p 18432 -U shop -i -s 2 shop; pgbench -h $PWD -p 18432 -U shop -c 4 -t 60 -P 1 -r shop" > bench.log 2>&1
  as "psql -h $PWD -p 18432 -U shop shop -c 'explain (analyze, buffers, verbose) select a.aid, b.bbalance from pgbench_accounts a join pgbench_branches b using (bid) order by abalance limit 10' -c 'select * from missing' -c 'checkpoint' -c 'vacuum verbose pgbench_accounts' -c '\\d+ pgbench_accounts' -c 'select relname, relpages, reltuples, relfilenode from pg_class' -c 'select pg_current_wal_lsn(), txid_current(), now()' -c 'select 1/0'; pg_waldump \$(ls data/pg_wal/0* | tail -1) | head -600; pg_waldump \$(ls data/pg_wal/0* | head -1) | tail -600" > psql.log 2>&1
  as "pg_ctl -D data -m fast stop" >> init.log 2>&1
  cat init.log pg.log > "$out/postgres"; cat bench.log psql.log > "$out/postgres-tools"
fi
if section redis && have redis-server; then
  redis-server --port 18379 --bind 127.0.0.1 --loglevel debug --dir "$PWD" --save '1 1' > redis.log 2>&1 & pid=$!; sleep 1
  bounded redis-cli -p 18379 monitor > monitor.log & m=$!
  redis-benchmark -p 18379 -n 200 -q > bench.log 2>&1; redis-cli -p 18379 info all > info.log; redis-cli -p 18379 bgsave > /dev/null; sleep 7; redis-cli -p 18379 client list >> info.log
  stop $m; stop $pid; (cat redis.log info.log bench.log; head -700 monitor.log) > "$out/redis"
fi
if section memcached && have memcached; then
  memcached -l 127.0.0.1 -p 18211 -u nobody -vv > m.log 2>&1 & pid=$!; sleep 1
  for i in $(seq 60); do printf 'set cart:%d 0 900 5\r\nhello\r\nget cart:%d\r\nget absent\r\nincr hits 1\r\n' "$i" "$i"; done | bounded node -e "const s=require('net').connect(18211,'127.0.0.1');process.stdin.pipe(s);setTimeout(()=>process.exit(),800)"
  stop $pid; cat m.log > "$out/memcached"
fi
if section mosquitto && have mosquitto; then
  bounded mosquitto -v -p 18883 > m.log 2>&1 & pid=$!; sleep 2; stop $pid; cat m.log > "$out/mosquitto"
fi
if section dnsmasq && have dnsmasq; then
  dnsmasq -d -q --no-resolv --no-hosts --port=18053 --listen-address=127.0.0.1 --bind-interfaces --address=/shop.example/192.0.2.7 --log-facility=- > d.log 2>&1 & pid=$!; sleep 1
  node -e "const d=new (require('dns').Resolver)();d.setServers(['127.0.0.1:18053']);for(let i=0;i<120;i++)d.resolve4((i%3?'api'+i+'.':'')+'shop.example',()=>{}),d.resolveTxt('t'+i+'.other.example',()=>{})"; sleep 1; stop $pid; cat d.log > "$out/dnsmasq"
fi
if section sshd && [ -x /usr/sbin/sshd ]; then
  mkdir -p /run/sshd; ssh-keygen -q -t ed25519 -N '' -f host; ssh-keygen -q -t rsa -b 2048 -N '' -f user; cp user.pub keys; chmod 600 host user keys
  for i in 1 2 3 4 5 6; do
    /usr/sbin/sshd -ddd -e -p 18022 -f /dev/null -h "$PWD/host" -o ListenAddress=127.0.0.1 -o AuthorizedKeysFile="$PWD/keys" -o StrictModes=no -o UsePAM=no 2>> sshd.log & pid=$!; sleep 0.7
    who=root; [ $i = 3 ] && who=deploy; [ $i = 5 ] && who=admin
    bounded ssh -vvv -p 18022 -i user -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile="$PWD/known" $who@127.0.0.1 'echo done; uptime' < /dev/null > /dev/null 2>> ssh.log; stop $pid
  done
  cat sshd.log > "$out/sshd"; cat ssh.log > "$out/ssh-client"
fi
if section postfix && have postconf; then
  (postconf -n; postconf -d | head -400; postfix -v check 2>&1 | head -100) > "$out/postfix" 2>&1
fi
if section rsyslog && have rsyslogd; then
  printf 'module(load="imuxsock" SysSock.Name="%s/log")\n*.* action(type="omfile" file="%s/sys.log")\n' "$PWD" "$PWD" > r.conf
  rsyslogd -n -i "$PWD/r.pid" -f r.conf & pid=$!; sleep 1
  for i in $(seq 150); do
    logger -u "$PWD/log" -t "backup[$((3000 + i))]" "run $i of 150: wrote $((i * 7919)) bytes to volume vol-$((i % 7)), took ${i}ms"
    logger -u "$PWD/log" -p cron.info -t CRON "(root) CMD (test -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.hourly ))"
    logger -u "$PWD/log" -p auth.notice -t sudo "deploy : TTY=pts/$((i % 4)) ; PWD=/srv/app ; USER=root ; COMMAND=/usr/bin/systemctl restart shop-worker@$i"
  done
  stop $pid; cat sys.log > "$out/rsyslog"
fi
if section prometheus && have prometheus; then
  printf 'global: {scrape_interval: 1s}\nscrape_configs: [{job_name: self, static_configs: [{targets: ["127.0.0.1:18909"]}]}]\n' > p.yml
  bounded prometheus --config.file=p.yml --web.listen-address=127.0.0.1:18909 --storage.tsdb.path="$PWD/d" --log.level=debug > p.log 2>&1 & pid=$!; sleep 4
  node -e "fetch('http://127.0.0.1:18909/metrics').then(r=>r.text()).then(t=>process.stdout.write(t))" > metrics.log; stop $pid; cat p.log metrics.log > "$out/prometheus"
fi
if section php && have php; then
  printf '<?php if (rand(0,3)==0) { error_log("PHP Warning: undefined index page in /srv/app/list.php on line 42"); strlen(); } echo 1;' > index.php
  bounded php -S 127.0.0.1:18084 index.php > p.log 2>&1 & pid=$!; sleep 1; node "$work/ask.mjs" 18084 120; stop $pid; (cat p.log; php -i | head -300) > "$out/php"
fi

# ---------------------------------------------------------------------------------------------------- container runtimes

if section containers && have containerd; then
  mkdir -p bundle/rootfs/bin; cp "$(command -v busybox)" bundle/rootfs/bin/ 2> /dev/null && ln -sf busybox bundle/rootfs/bin/sh
  containerd --log-level debug --address "$PWD/c.sock" --root "$PWD/root" --state "$PWD/state" --config /dev/null > c.log 2>&1 & pid=$!; sleep 3
  (cd bundle && tar cf ../layer.tar -C rootfs .); 
  c() { bounded ctr --debug --address "$PWD/c.sock" "$@"; }
  for i in 1 2 3; do c run --rm --rootfs "$PWD/bundle/rootfs" "shop-$i" /bin/sh -c 'echo started; cat /proc/self/mountinfo' < /dev/null; c containers ls; c snapshots ls; c content ls; c plugins ls; done > ctr.log 2>&1
  (cd bundle && runc spec && sed -i 's/"terminal": true/"terminal": false/' config.json && bounded runc --debug --log-format json run shop-runc < /dev/null; cat config.json; runc --debug list; runc features) > runc.log 2>&1
  stop $pid; (cat c.log ctr.log runc.log; have docker && docker version; have docker && docker info) > "$out/containers" 2>&1
fi

# ---------------------------------------------------------------------------------------------------- packages and builds

if section npm && have npm; then
  printf '{"name":"shop","version":"1.4.2","private":true}\n' > package.json
  LIMIT=150 bounded npm install --ignore-scripts --loglevel silly fastify@5 webpack@5 jest@29 eslint@9 > npm.log 2>&1
  (cat npm.log; npm ls --all; npm outdated; npm ci --ignore-scripts --dry-run --loglevel verbose) > "$out/npm" 2>&1
  (npx --no-install eslint --version; npx --no-install jest --version; npx --no-install webpack --mode production --stats verbose ./node_modules/fastify/fastify.js; printf "test('a',()=>{});test('b',()=>{expect(1).toBe(2)});\n" > a.test.js; npx --no-install jest --verbose) > "$out/javascript-tools" 2>&1
fi
if section pip && have python3; then
  python3 -m venv v && LIMIT=150 bounded v/bin/pip -v --no-color install flask sqlalchemy requests celery pytest > pip.log 2>&1
  (cat pip.log; v/bin/pip list; v/bin/pip check; v/bin/pip show -f flask) > "$out/pip" 2>&1
  cat > test_shop.py << 'PY'
import logging, unittest
logging.basicConfig(level=logging.DEBUG, format='%(asctime)s %(levelname)-8s %(name)s:%(lineno)d [%(process)d/%(threadName)s] %(message)s')
class Cart(unittest.TestCase):
    def test_total(self):
        for i in range(200): logging.getLogger('shop.cart').debug('line %d total %0.2f qty=%d key=%r', i, i * 3.7, i % 9, 'sku-%05d' % (i * 31))
    def test_fail(self):
        logging.getLogger('shop').exception('odd'); self.assertEqual({'a': [1, 2]}, {'a': [1, 3]})
    def test_error(self): {}['missing']
PY
  (python3 -X importtime -v -c 'import json, sqlite3, http.client' ; python3 -m unittest -v; v/bin/pytest -vv --durations=5; python3 -m compileall -f v/lib -q | head -20; python3 -m trace --count --missing --summary test_shop.py | head -200; python3 -m dis test_shop.py) > "$out/python" 2>&1
  cat > f.py << 'PY'
from flask import Flask, abort
import sqlalchemy as s, logging
logging.basicConfig(level=logging.DEBUG)
e = s.create_engine('sqlite://', echo='debug')
a = Flask('shop')
@a.route('/api/orders/<int:n>')
def o(n):
    with e.begin() as c: return str(list(c.execute(s.text('select :n, random(), datetime()'), {'n': n})))
@a.route('/')
def i(): raise ValueError('bad state %x' % id(e))
PY
  FLASK_APP=f.py bounded v/bin/flask run -p 18085 > flask.log 2>&1 & pid=$!; sleep 3; node "$work/ask.mjs" 18085 150; stop $pid; cat flask.log > "$out/flask"
fi
if section dpkg; then
  (cat /var/log/dpkg.log; cat /var/log/apt/history.log; cat /var/log/apt/term.log; dpkg -l; apt-cache policy; apt-get -s -o Debug::pkgDepCache::Marker=1 -o Debug::pkgProblemResolver=1 install emacs-nox; dpkg --verify 2>&1 | head -50) > "$out/dpkg" 2>&1
fi
if section cargo && have cargo; then
  LIMIT=20 bounded cargo new -q --vcs none shop; cd shop
  (LIMIT=200 bounded cargo add serde_json regex; LIMIT=200 bounded cargo build -v; LIMIT=60 bounded cargo test -v; cargo metadata --format-version 1 --offline; cargo tree; CARGO_LOG=cargo::core::compiler::fingerprint=trace cargo build; echo 'fn main(){let x: i32 = "a"; y();}' > src/main.rs; cargo build; cargo build --message-format json) > "$out/cargo" 2>&1
fi
if section go && have go; then
  cat > main.go << 'GO'
package main
import ("log/slog"; "os"; "log"; "time"; "errors"; "runtime")
func main() {
  h := slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{AddSource: true, Level: slog.LevelDebug})); t := slog.New(slog.NewTextHandler(os.Stderr, nil))
  for i := 0; i < 250; i++ {
    var m runtime.MemStats; runtime.ReadMemStats(&m)
    h.Info("batch done", "n", i, "took", time.Duration(i*7919), "heap", m.HeapAlloc, "id", i*104729, "err", errors.New("timeout"))
    t.Warn("queue is long", "depth", i*3, "worker", i%8, "next", time.Unix(1716000000+int64(i)*61, 0).UTC())
    if i%10 == 0 { log.Printf("worker %d: gc=%d pause=%v", i, m.NumGC, m.PauseNs[0]) }
  }
  panic("worker: channel closed twice")
}
GO
  printf 'module shop\ngo 1.22\n' > go.mod; printf 'package main\nimport "testing"\nfunc TestA(t *testing.T){t.Log("a");t.Errorf("got %%d", 3)}\nfunc BenchmarkB(b *testing.B){for i:=0;i<b.N;i++{}}\n' > main_test.go
  (bounded go build -x -o shop .; ./shop; bounded go test -v -bench . ; go vet -x .; go env; go list -deps -json . | head -500; GODEBUG=gctrace=1,inittrace=1 ./shop > /dev/null) > "$out/go" 2>&1
fi
if section c && have gcc; then
  for i in $(seq 40); do printf '#include <stdio.h>\n#include <string.h>\nint f%d(const char *s, unsigned n) { int unused; char b[4]; strcpy(b, "toolong"); return n == -1 ? printf("%%d", s) : 0; }\n' "$i" > "f$i.c"; done; echo 'int main(void){return 0;}' > main.c
  printf 'OBJ=$(patsubst %%.c,%%.o,$(wildcard *.c))\nshop: $(OBJ)\n\tgcc -o $@ $^\n%%.o: %%.c\n\tgcc -Wall -Wextra -O2 -c $<\n' > Makefile
  printf 'cmake_minimum_required(VERSION 3.10)\nproject(shop C CXX)\nenable_testing()\nadd_executable(shop main.c f1.c f2.c)\nadd_test(NAME shop COMMAND shop)\n' > CMakeLists.txt
  (make --debug=v shop; make clean; gcc -v -Wl,--trace,--stats main.c; gcc -H -fsyntax-only f1.c; gcc -ftime-report -c f2.c; gcc -S -O2 -o - f1.c; objdump -d main.o; readelf -a main.o; nm -D /bin/ls; ldd -v /bin/ls) > "$out/gcc-make" 2>&1
  have cmake && (bounded cmake -B b --debug-output; cmake --build b --verbose; ctest --test-dir b -VV; cat b/CMakeFiles/CMakeOutput.log b/CMakeFiles/CMakeConfigureLog.yaml | head -700) > "$out/cmake" 2>&1
fi
if section typescript; then
  cd "$here" && (npx tsc -p tsconfig.json --noEmit --listFiles; npx tsc --noEmit --extendedDiagnostics --traceResolution -p tsconfig.json | head -700; npx vitest run test/ruleset-yaml.test.ts test/lines.test.ts test/sha256.test.ts --reporter verbose; npx biome check src --verbose | head -200; npm pack --dry-run) > "$out/typescript" 2>&1
fi
if section java && have javac; then
  cat > Shop.java << 'J'
import java.util.*; import java.util.logging.*; import java.util.concurrent.*;
public class Shop {
  static final Logger LOG = Logger.getLogger("com.example.shop.CartService");
  static void price(int i) { if (i % 50 == 0) throw new IllegalStateException("cart " + i + " is locked", new TimeoutException("after " + i * 3 + " ms")); }
  public static void main(String[] a) throws Exception {
    List<byte[]> keep = new ArrayList<>(); ExecutorService pool = Executors.newFixedThreadPool(3);
    for (int n = 0; n < 400; n++) { final int i = n; keep.add(new byte[200000]); if (keep.size() > 60) keep.clear();
      pool.submit(() -> { try { price(i); LOG.info("priced cart=" + i + " items=" + (i % 13) + " total=" + (i * 3.99) + " ref=" + new Object()); } catch (Exception e) { LOG.log(Level.SEVERE, "pricing failed", e); } }); }
    pool.shutdown(); pool.awaitTermination(9, TimeUnit.SECONDS); throw new Error("worker died");
  }
}
J
  (javac -verbose Shop.java | head -400; java -Xmx64m '-Xlog:gc*,safepoint*,class+load=info:file=gc.log' Shop; head -900 gc.log; java -XshowSettings:all -version; java -XX:+PrintFlagsFinal -version; javap -c -p -v Shop) > "$out/jvm" 2>&1
fi
if section maven && have mvn; then
  mkdir -p src/main/java; printf 'public class A { int a; }\n' > src/main/java/A.java
  printf '<project><modelVersion>4.0.0</modelVersion><groupId>com.example</groupId><artifactId>shop</artifactId><version>1.4.2-SNAPSHOT</version><properties><maven.compiler.source>17</maven.compiler.source><maven.compiler.target>17</maven.compiler.target></properties></project>\n' > pom.xml
  LIMIT=240 bounded mvn -B -X -Dmaven.repo.local="$PWD/m2" package > "$out/maven" 2>&1
fi
if section git && have git; then
  git init -q -b main r; cd r; git config user.name builder; git config user.email builder@localhost
  for i in $(seq 25); do seq $((i * 9)) > "f$i.txt"; git add .; GIT_TRACE=1 GIT_TRACE_PERFORMANCE=1 git commit -m "Change $i of the list" ; git tag "v1.$i.0"; done > ../commit.log 2>&1
  (cat ../commit.log; git log --stat --format=fuller; git log -p -5; git reflog; git fsck --full --verbose; GIT_TRACE=2 GIT_TRACE_PACKET=1 git clone -v --no-local . ../copy; git gc --aggressive; git count-objects -vH; git ls-files -s; git cat-file --batch-check --batch-all-objects; git blame f9.txt; git show-ref) > "$out/git" 2>&1
fi
if section ci; then
  cat > job.sh << 'S'
set -x
PS4='+ $(date -u +%FT%TZ) line ${LINENO}: '
export CI=true BUILD_NUMBER=1842 BUILD_TAG=shop-main-1842 COMMIT=3f2a1c9
node --version; df -h; free -m; uname -a; id; env | grep -E '^(CI|BUILD|COMMIT)'
for step in restore lint unit package; do echo "::group::$step"; echo "cache key: node-linux-$(echo $step | sha256sum | cut -c1-64)"; seq 1 12 | while read n; do echo "[$step] task $n/12 ok (${n}3 ms)"; done; echo "::endgroup::"; done
tar cvzf out.tgz /usr/share/doc/bash /usr/share/doc/tar 2>&1 | head -60; sha256sum out.tgz; ls -la; gzip -lv out.tgz; false || echo "step failed with exit code $?"
echo "Uploading artifact shop-1.4.2.tgz (4813 bytes) ... 100%"; echo "Job succeeded after 74s"
S
  (for i in 1 2 3; do bash job.sh; done) > "$out/ci-job" 2>&1
fi

# ---------------------------------------------------------------------------------------------------- system

if section kernel; then
  (dmesg; cat /proc/meminfo /proc/vmstat /proc/interrupts /proc/self/maps /proc/self/smaps /proc/cpuinfo /proc/modules /proc/mounts /proc/net/tcp /proc/net/dev /proc/slabinfo /proc/buddyinfo /proc/ioports /proc/iomem) > "$out/kernel" 2>&1
fi
if section system; then
  (ip -s -d address; ip route show table all; ss -tuanpi; ps axo pid,ppid,tid,ni,vsz,rss,stat,start,time,comm; vmstat 1 3; mount; df -a; lsblk -a; ls -laR /etc/ssl /usr/lib/python3 | head -500; lscpu; sysctl -a | head -900; systemctl --no-pager list-unit-files; journalctl --no-pager -n 200; timedatectl; locale -a; getent services; id; who -a; uptime; ulimit -a; stat /etc/*) > "$out/system" 2>&1
fi
if section strace && have strace; then
  (bounded strace -f -tt -T -y ls -la /usr/bin; bounded strace -f -ttt -s 80 -e trace=network,file,process sh -c 'ls /tmp; true'; bounded strace -c ls) > "$out/strace" 2>&1
fi
if section openssl && have openssl; then
  openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -days 30 -subj /CN=shop.example 2> gen.log
  openssl s_server -accept 127.0.0.1:18443 -key k.pem -cert c.pem -www -trace > server.log 2>&1 & pid=$!; sleep 1
  (cat gen.log; for i in 1 2 3; do echo | bounded openssl s_client -connect 127.0.0.1:18443 -servername shop.example -showcerts -msg -tlsextdebug; done; openssl x509 -in c.pem -noout -text; openssl ciphers -v; openssl list -commands; openssl speed -seconds 1 sha256) > client.log 2>&1
  have curl && bounded curl -kvI --trace-time https://127.0.0.1:18443/ >> client.log 2>&1; have wget && bounded wget -d --no-check-certificate -O /dev/null https://127.0.0.1:18443/ >> client.log 2>&1
  stop $pid; grep -v -e 'PRIVATE KEY' client.log > "$out/openssl"; head -800 server.log | grep -v 'PRIVATE KEY' > "$out/openssl-server"
fi
if section archives; then
  (tar cvvf a.tar /usr/share/doc 2> /dev/null | head -500; gzip -9kv a.tar; gzip -tvl a.tar.gz; have xz && xz -kvv1 a.tar; have unzip && unzip -v a.tar.gz; cksum /usr/bin/a*; md5sum /usr/bin/b*; sha1sum /usr/bin/c*; sha512sum /usr/bin/d*; du -a /usr/share/doc | head -200; find /usr/lib -printf '%i %k %m %n %u %g %s %TY-%Tm-%Td %TH:%TM %p\n' | head -300; head -c 3200 /dev/urandom | xxd; head -c 3200 a.tar | hexdump -C) > "$out/archives" 2>&1
fi
if section sqlite && have sqlite3; then
  (for i in $(seq 1 60); do echo "create table if not exists t(a integer primary key, b text, c real); insert into t(b,c) values('item $i', $i*1.7); select *, datetime('now'), hex(randomblob(8)) from t order by 1 desc limit 4; explain query plan select * from t where b='x';"; done; echo '.stats on'; echo 'explain select count(*) from t; .schema'; echo 'select * from nowhere;'; echo '.dump') | sqlite3 -echo s.db > "$out/sqlite" 2>&1
fi
if section scripts; then
  (have perl && perl -MData::Dumper -V; have perl && perl -d:Trace -e 1; have ruby && ruby -w -v -rlogger -e 'l=Logger.new(STDOUT); 300.times{|i| l.add(i%4, "job #{i} in #{(i*0.37).round(3)}s retries=#{i%3} obj=#{Object.new}", "Worker")}; raise ArgumentError, "wrong number of arguments (given 1, expected 2)"'; have ruby && ruby --dump=insns -e '10.times{|x| puts x+1}'; bash --version; bash -xvc 'for f in /etc/*.conf; do [ -r $f ] && wc -l $f; done'; awk 'BEGIN{for(i=0;i<200;i++) printf "%08d %6.2f%% [%s] %d/200 eta %dm%02ds\n", i*7919, i/2, "#####", i, i/60, i%60}'; node --trace-gc -e 'let a=[];for(let i=0;i<2e6;i++)a.push({i})'; node -e 'function f(n){if(n==0)throw new TypeError("Cannot read properties of undefined (reading 0)");f(n-1)};f(9)'; node --trace-opt --trace-deopt -e 'let s=0;for(let i=0;i<1e6;i++)s+=i' ) > "$out/scripts" 2>&1
fi
echo "raw lines: $(cat "$out"/* | wc -l)" >&2
