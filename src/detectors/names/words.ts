// Small closed classes of words that the tokens of a text are looked up in beside the lexicon of the model. Own lists.

/** Given names, family names, places, countries and regions, everyday words, and names of months, products and software. */
export const FIRST = 1
export const LAST = 2
export const CITY = 4
export const REGION = 8
export const COMMON = 16
export const PRODUCT = 32
export const TITLE = 64
export const STREET = 128
export const ORG = 256
export const UNIT = 512
export const PARTICLE = 1024
/** Words that announce a person in texts without capitals: `my name is john`. */
export const CUE = 2048

const split = (text: string): string[] => text.trim().split(/\s+/)

/** Bits by lower-case word. Made when asked for: not every run reads names. */
export const closedWords = (): readonly (readonly [number, readonly string[]])[] => [
  [
    TITLE,
    split(`
mr mrs ms miss mx dr doctor prof professor sir madam madame mme mlle monsieur m herr frau fräulein dott dottore dottoressa sig signor signora signore señor
señora señorita sr sra srta don doña senhor senhora dona pan pani pán paní dhr mevr mevrouw meneer hr fru fröken bay bayan г-н г-жа господин госпожа úr rev
reverend father sister hon honorable judge justice capt captain lt sgt col gen major senator president chancellor minister mayor governor king queen prince
princess lord lady dame sheikh imam rabbi nurse attn mstr ing dipl mag shri smt kumari ustad herrn dra bro esq
`),
  ],
  [
    STREET,
    split(`
street st road rd avenue ave av lane ln drive dr boulevard blvd court ct place pl square sq terrace ter tce close crescent cres highway hwy parkway pkwy way
trail trl circle cir alley grove mews row walk hill gardens gdns plaza rue allée allee chemin impasse quai cours faubourg calle avenida avda paseo carrera
camino carretera plaza via viale piazza corso vicolo largo rua travessa estrada praça praca alameda rodovia straße strasse str weg platz gasse allee ring
damm ufer straat laan weg plein kade gracht singel gata gatan vägen väg vej gade allé vei veien gate katu tie ulica ul aleja al plac osiedle utca út tér
körút ulice třída náměstí cesta улица ул проспект пр переулок пер шоссе бульвар площадь вулиця sokak sokağı caddesi cadde cad bulvarı strada bulevardul
calea bulevar prospekt route pike turnpike expressway loop crossing esplanade parade quay wharf útja sétány rakpart fasor vegen vägen gatu trg cesta naměstí strasse cours skyway underpass junction
`),
  ],
  [
    ORG,
    split(`
inc incorporated corp corporation co company ltd limited llc llp plc gmbh ag kg ohg ug sa sas sarl sàrl spa srl bv nv ab oy oyj as asa aps kft zrt bt sro
oo ltda eireli pty pte kk sl slu group holding holdings partners associates bank university college institute hospital clinic foundation ministry agency
department insurance airlines airways motors pharmaceuticals laboratories industries enterprises consulting systems technologies solutions logistics media
studios university école universität universidad università association union council trust society church academy school ооо оао зао
`),
  ],
  [
    UNIT,
    split(
      'apt apartment suite ste unit floor fl flat room rm building bldg box postfach apartado casella boîte bp lot level piso planta interno scala étage appartement wohnung stock',
    ),
  ],
  [
    PARTICLE,
    split(
      'de la le du des del della di da dos das do van von der den ter ten zu zur zum af av al el bin ibn ben bint y e und and of the st san santa saint mac mc o’ d’ l’ dal dalla lo los las',
    ),
  ],
  [
    CUE,
    split(`
name named called patient customer client user username employee manager contact recipient sender caller passenger guest attendee owner author signed regards
sincerely dear hi hello hey cheers thanks nombre nom naam namn name imię nome isim név imiev имя cliente kunde kundin
`),
  ],
]

/** Names of months and days, and of software, products and zones that are names of people or places too. */
export const notNames = (): readonly string[] =>
  split(`
january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec monday tuesday
wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun januar februar märz mai juni juli oktober dezember montag dienstag
mittwoch donnerstag freitag samstag sonntag janvier février mars avril juin juillet août septembre octobre novembre décembre lundi mardi mercredi jeudi
vendredi samedi dimanche enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre lunes martes miércoles jueves viernes
sábado domingo utc gmt est cet pst edt
jenkins jackson hibernate phoenix madison victoria metrics grafana prometheus kafka cassandra redis postgres mongo elastic kibana logstash fluentd jaeger
zipkin consul vault nomad terraform ansible puppet chef docker kubernetes helm istio envoy nginx apache tomcat jetty netty spring django flask rails ruby
python java kotlin scala julia rust perl lua erlang elixir haskell swift go dart node deno bun vite react angular vue svelte ember jest mocha chai karma
cypress selenium appium maven gradle ant ivy bazel make cmake ninja meson debian ubuntu fedora mint alpine arch suse bionic focal jammy noble xenial trusty
buster bullseye bookworm stretch jessie wheezy sid lenny linux windows android chrome firefox safari edge opera brave mozilla gecko webkit trident oracle
hazelcast ignite spark hadoop hive pig storm flink beam druid airflow celery sidekiq puma unicorn gunicorn zeus apollo athena hermes atlas titan orion
mercury venus mars jupiter saturn neptune pluto aurora lambda azure amazon google microsoft intel nvidia amd cisco dell lenovo samsung huawei apple sony
siemens bosch github gitlab bitbucket jira slack zoom teams trello asana notion okta stripe paypal visa mastercard discover maestro diners amex gmail
outlook yahoo facebook twitter instagram linkedin whatsapp telegram signal internet explorer word excel powerpoint office server client agent worker manager
controller scheduler handler service factory builder adapter gateway broker cluster zone region shard replica primary secondary master slave leader follower
macintosh english german french spanish italian portuguese dutch swedish danish norwegian finnish polish czech hungarian turkish russian greek arabic chinese
japanese korean hindi american british european african asian utf ascii wal abi gnu gcc jvm jdk jre gc vm os
http https tcp udp tls ssl ssh dns dhcp ftp smtp imap ldap nfs rpc grpc rest soap json xml yaml toml csv html css sql cpu gpu ram rom ssd hdd usb pci pcie
acpi bios uefi efi api sdk cli gui ide url uri uuid id ok error warn warning info debug trace fatal notice critical alert emerg panic exception failed failure
success started stopped starting stopping running loading loaded connected disconnected accepted rejected denied allowed invalid unknown missing found
exited killed created deleted updated inserted selected begin commit rollback select insert update delete from where join table index view trigger sequence
get post put patch head options true false null none nil undefined nan yes no on off
`)
