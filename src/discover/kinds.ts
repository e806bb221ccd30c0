// What the words of a key say about the values under it, beside what detectors know. A key is taken as words; a phrase counts at
// its end, where the head stands: `user_email` is an address, `email_template_id` is none.

/** What may stand under a key, or what the values themselves look like. */
export interface Kind {
  readonly name: string
  /** In the singular, for people. */
  readonly title: string
  /** A mask that keeps more than `redact` does, as it is written in a ruleset. */
  readonly instead?: string
}

const kinds = {
  person_name: { title: 'name of a person', instead: '{type: name}' },
  username: { title: 'name of a user', instead: '{type: pseudonym, prefix: "u_"}' },
  person_id: { title: 'identifier of a person', instead: '{type: pseudonym, prefix: "id_"}' },
  email: { title: 'e-mail address', instead: '{type: email}' },
  phone: { title: 'telephone number', instead: '{type: phone}' },
  street_address: { title: 'postal address' },
  date_of_birth: { title: 'date of birth or age', instead: '{type: date_shift}' },
  government_id: { title: 'number from an authority', instead: '{type: imitate}' },
  health: { title: 'health data' },
  bank_account: { title: 'bank account', instead: '{type: partial, keep_last: 4}' },
  payment_card: { title: 'payment card data', instead: '{type: partial, keep_last: 4}' },
  income: { title: 'income or wealth', instead: '{type: numeric_bucket, buckets: [0, 20000, 50000, 100000]}' },
  personal_trait: { title: 'personal trait' },
  geo_point: { title: 'place on the map', instead: '{type: round, decimal_places: 1}' },
  network_address: { title: 'address of a machine', instead: '{type: ip}' },
  device_id: { title: 'identifier of a device', instead: '{type: pseudonym, prefix: "dev_"}' },
  secret: { title: 'secret' },
  free_text: { title: 'text that people write' },
  id: { title: 'identifier', instead: '{type: pseudonym, prefix: "id_"}' },
} satisfies Record<string, Omit<Kind, 'name'>>

type KindName = keyof typeof kinds

export const kindOf = (name: KindName): Kind => ({ name, ...kinds[name] })

/** Phrases that tell of their values, and below those that may. */
const SURE: readonly (readonly [KindName, string])[] = [
  [
    'person_name',
    `first name,last name,given name,family name,middle name,maiden name,full name,surname,sur name,forename,fore name,fname,lname,nickname,nick name,firstname,
    lastname,fullname,givenname,familyname,middlename,maidenname,birth name,legal name,preferred name,card holder,cardholder,account holder,accountholder,next of kin,
    vorname,nachname,familienname,prenom,nom de famille,apellido,apellidos,cognome,voornaam,achternaam,mother name,father name,spouse name,emergency contact`,
  ],
  ['email', 'email,e mail,mail,mail address,email address,emailaddress,mailaddress,correo,courriel'],
  ['phone', 'phone,telephone,tel,mobile,mobile phone,cell,cellphone,cell phone,mobilephone,telefon,telefono,telefoon,portable,handy,fax,msisdn,phone no,whatsapp'],
  [
    'street_address',
    `street,street address,streetaddress,street name,home address,postal address,mailing address,billing address,shipping address,delivery address,residential address,
    address line,addressline,addr line,house,house number,zip,zip code,zipcode,postcode,post code,postal code,postalcode,plz,strasse,hausnummer,adresse,direccion,indirizzo,
    place of birth,birthplace,birth place`,
  ],
  ['date_of_birth', 'dob,date of birth,dateofbirth,birth date,birthdate,birthday,birth day,year of birth,birth year,geburtsdatum,date naissance,fecha nacimiento'],
  [
    'government_id',
    `ssn,social security,socialsecurity,social security number,national id,nationalid,national insurance,nino,passport,passport no,passport id,tax id,taxid,tax file,tfn,tin,
    sin,itin,driver license,drivers license,driver licence,drivers licence,driving licence,driving license,license plate,licence plate,vehicle plate,number plate,aadhaar,cpf,
    pesel,bsn,dni,nie,nif,nir,curp,rfc,personnummer,fodselsnummer,hetu,cpr,rodne cislo,codice fiscale,steuer id,steuernummer,identity card,id card,personalausweis,voter id,visa no`,
  ],
  [
    'health',
    `mrn,medical record,patient id,patientid,diagnosis,diagnoses,icd,medication,medications,prescription,allergy,allergies,blood type,blood group,disability,medicare,medicaid,
    nhs,npi,health plan,insurance id,insurance policy,member policy,symptom,symptoms,treatment,lab result,health status,vaccination`,
  ],
  ['bank_account', 'iban,bic,swift,account no,accountno,bank account,bankaccount,acct no,acct,sort code,routing,aba,bsb,konto,kontonummer,account number'],
  [
    'payment_card',
    'card no,cardno,card number,cardnumber,credit card,creditcard,debit card,credit card number,creditcardnumber,ccnum,cc,cc num,pan,cvv,cvc,csc,card expiry,expiry date card',
  ],
  ['income', 'salary,income,wage,wages,net worth,pay rate,payslip,gehalt'],
  [
    'personal_trait',
    'gender,sex,religion,ethnicity,ethnic group,nationality,citizenship,marital status,sexual orientation,political party,union member,pronouns,biometric,fingerprint image',
  ],
  ['geo_point', 'lat,latitude,lon,lng,longitude,latlng,lat lng,geo point,geolocation,gps,coordinates,coords'],
  [
    'network_address',
    `ip,ip address,ipaddress,ip addr,ipaddr,client ip,clientip,remote ip,remote addr,remote address,remoteaddr,remoteaddress,source ip,src ip,peer ip,client addr,client address,
    x forwarded for,x real ip,mac,mac address,macaddress`,
  ],
  ['device_id', 'imei,imsi,iccid,idfa,idfv,gaid,advertising id,adid,device id,deviceid,android id,serial,serial no,serialno,browser fingerprint'],
  ['username', 'username,user name,login,login name,loginname,screen name,screenname,account name,display name,displayname,benutzername,usr'],
]
const UNSURE: readonly (readonly [KindName, string])[] = [
  [
    'person_id',
    `user id,userid,customer id,customerid,client id,clientid,member id,memberid,account id,accountid,employee id,employeeid,person id,personid,subscriber id,subscriberid,
    contact id,uid,customer no,employee no,member no,user,customer,employee,owner,author,assignee,created by,updated by,requested by,approved by`,
  ],
  ['street_address', 'address,addr,city,town,suburb,county,ort'],
  ['date_of_birth', 'birth,born'],
  ['personal_trait', 'race'],
  ['income', 'balance,account balance'],
  ['free_text', 'comment,comments,note,notes,remark,remarks,feedback,complaint,transcript,prompt,completion,question,answer,bio,about me,description'],
  ['device_id', 'user agent,useragent'],
]

interface Phrase {
  readonly words: readonly string[]
  readonly kind: KindName
  readonly sure: boolean
}

let phrasesByHead: Map<string, Phrase[]> | undefined

/** Phrases by their last word, the longest first; made when first asked for. */
function phrases(): Map<string, Phrase[]> {
  if (phrasesByHead !== undefined) return phrasesByHead
  phrasesByHead = new Map()
  for (const [table, sure] of [
    [SURE, true],
    [UNSURE, false],
  ] as const)
    for (const [kind, list] of table)
      for (const text of list.split(',')) {
        const words = text.trim().split(/\s+/)
        const head = words[words.length - 1]!
        const known = phrasesByHead.get(head)
        if (known === undefined) phrasesByHead.set(head, [{ words, kind, sure }])
        else known.push({ words, kind, sure })
      }
  for (const list of phrasesByHead.values()) list.sort((a, b) => b.words.length - a.words.length)
  return phrasesByHead
}

/** The words of a text; taken apart when first asked for. */
function wordSet(text: string): (word: string) => boolean {
  let words: Set<string> | undefined
  return (word) => (words ??= new Set(text.trim().split(/\s+/))).has(word)
}

/** Tails behind the head that say nothing about it. */
const isTail = wordSet('value val string str text data raw new old current number num nr no primary secondary home work office private main')

/** Who has a name, an age, a number. */
const isPerson = wordSet(`user users customer customers client clients person persons people patient patients member members employee employees contact contacts owner
  holder cardholder recipient sender buyer seller payer payee passenger guest driver student teacher doctor physician applicant subscriber beneficiary insured guardian
  spouse partner child parent author profile actor candidate tenant visitor debtor creditor donor borrower resident citizen caller`)

/** A key with one of these holds what software says of itself: an identifier there is nobody's. */
const isOfSoftware = wordSet(`trace span request req correlation event message msg commit sha hash digest checksum etag version build revision time timestamp date ts at pid tid
  thread port offset size bytes length len count total duration latency elapsed ms ns us seq sequence line column job task run pod container node instance image layer
  module class file path url uri level status code method host hostname region zone cluster namespace service app application env environment transaction tx query
  index shard partition topic batch pool worker process signature nonce salt retry attempt timeout memory heap cpu took spent used temperature price amount quantity qty percent`)

export interface Told {
  readonly kind: Kind
  /** The words that tell it. */
  readonly by: string
  /** The key alone is enough. */
  readonly sure: boolean
}

/** What a key tells, by its words and those of the key above. */
export function toldByKey(words: readonly string[], above: readonly string[]): Told | undefined {
  let end = words.length
  while (end > 0) {
    const told = endingAt(words, end, above)
    if (told !== undefined) return told
    if (end === 1 || !isTail(words[end - 1]!)) return undefined
    end--
  }
  return undefined
}

function endingAt(words: readonly string[], end: number, above: readonly string[]): Told | undefined {
  const head = words[end - 1]!
  for (const phrase of phrases().get(head) ?? []) {
    const from = end - phrase.words.length
    if (from < 0 || !phrase.words.every((word, i) => words[from + i] === word)) continue
    return { kind: kindOf(phrase.kind), by: phrase.words.join(' '), sure: phrase.sure }
  }
  const whose = end > 1 ? words[end - 2]! : above[above.length - 1]
  if (whose === undefined || !isPerson(whose)) return undefined
  if (head === 'name' || head === 'names') return { kind: kindOf('person_name'), by: `${whose} ${head}`, sure: true }
  if (head === 'age') return { kind: kindOf('date_of_birth'), by: `${whose} ${head}`, sure: true }
  if (head === 'id' || head === 'key' || head === 'ref') return { kind: kindOf('person_id'), by: `${whose} ${head}`, sure: false }
  return undefined
}

const isNameOfSoftware = wordSet('db aws gcp azure redis mysql postgres pg mongo smtp imap ftp ssh ldap http https api jwt oauth oauth2 github gitlab slack stripe docker')

let phraseWords: Set<string> | undefined

/** True for words that this file knows: a key of such words alone is no data, wherever it stands. */
export function isKnownWord(word: string): boolean {
  phraseWords ??= new Set([...phrases().values()].flatMap((list) => list.flatMap(({ words }) => words)))
  return phraseWords.has(word) || isTail(word) || isPerson(word) || isOfSoftware(word) || isNameOfSoftware(word)
}

export const isTechnical = (words: readonly string[]): boolean => words.some(isOfSoftware)
