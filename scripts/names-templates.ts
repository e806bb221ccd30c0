// Sentences and log lines from which the tagger of names learns; own texts. A line is a template. `(a|b)` is a choice.
// Entities: {p} person in any form, {f} given name, {l} family name, {fl} both, {c} city, {k} country, {r} region,
// {a} street address, {z} postcode, {o} organization. Fill: {t} title of a person, {n} number, {w} noun, {j} adjective,
// {v} verb, {d} date, {m} month, {h} clock, {e} e-mail, {i} identifier, {u} path or URL, {x} product, {g} phrase.

export const ENGLISH = `
My name is {p}.
(Hi|Hello|Hey), (my name is|this is|I am|I'm) {p} (and|,) I (need|want|would like) help with my {w}.
(Hello|Hi|Dear|Good morning) {p}, your {w} is {j}.
Dear {t} {l}, (thank you for|we received) your {w}.
Dear {f},
Best regards, {p}
(Kind regards|Sincerely|Yours truly|Cheers|Thanks),\n{p}
(Thanks|Thank you), {f}!
(Could|Can) you ask {p} to (call|email|text) me (today|back|tomorrow)?
Please (contact|call|notify|ask) {p} (at|on) {n}.
{p} (lives|lived|works|stayed|was born) in {c}.
{p} (moved|travelled|flew|drove) from {c} to {c} in {m}.
{p} is a {w} at {o}.
{p} (joined|left|founded|sued|runs) {o} (in {n}|last year|recently).
{o} (hired|appointed|fired|promoted) {p} as (director|head) of {w}.
{t} {p} will see you on {d}.
{t} {l} is not (available|in the office) (today|right now).
The patient, {p}, was admitted on {d}.
Patient {p} (complains of|reports|denies) {w} and {w}.
Appointment for {p} with {t} {l} at {h}.
I spoke (to|with) {p} (about|regarding) the {w} yesterday.
We (met|saw|invited|visited) {p} and {p} in {c}.
{p}, {p} and {p} (attended|missed|joined) the meeting.
{f} and {f} are (going|flying|driving) to {c} (next week|tomorrow|in {m}).
The (book|song|film|article|poem|novel) was written by {p}.
The (album|show|movie) {g} by {p} was {j}.
Directed by {p}
Starring {p}, {p} and {p}
(Written|Produced|Edited|Composed) by: {p}
{p} (said|wrote|told us|claimed|believes) that the {w} was {j}.
"{g}", (said|asked|replied) {p}.
According to {p}, the {w} is {j}.
{p}'s {w} (is|was) {j}.
I (love|bought|borrowed|lost) {f}'s {w}.
Who is {p}?
Where does {p} live?
(When|Why|How) did {p} (leave|join|call)?
What is the {w} of {p}?
Is {p} (coming|available|there)?
Do you know {p} from {c}?
Have you (seen|met|read) {p}?
Transfer {n} dollars (to|from) {p}.
Send {n} euros to {p}'s account.
Pay {p} {n} for the {w}.
Account (holder|owner): {p}
Cardholder name: {p}
Name on the card is {p}, number {n}.
(Customer|Client|Patient|Employee|Contact|Passenger|Guest|Student): {p}
(Full name|Name|Surname|First name): {p}
Name: {p}, phone: {n}, city: {c}
(Ship|Send|Deliver|Mail) it to {p}, {a}, {c}.
(Bill to|Ship to|Deliver to): {p}\n{a}\n{c}, {z}
{p}\n{a}\n{c} {z}\n{k}
{p} lives at {a}.
{p}, {a}, {c}, {r} {z}
My address is {a}, {c}.
(Our|Their|His|Her) (new|old|current) address is {a}, {c} {z}.
The (office|shop|house|store|warehouse|clinic) (is|was) (at|located at|on) {a}.
We (moved|relocated) to {a}, {c}, {r}.
You can find us at {a}, {c}.
I live (at|on) {a} in {c}.
Please update my address to {a}, {c}, {k}.
The accident happened (near|at|outside) {a}.
Deliver the {w} to {a} before {h}.
Return address: {a}, {c} {z}
Meet me at {a} at {h}.
How do I get to {a} from {c}?
(Flights|Trains|Buses|Tickets) (from|between) {c} (to|and) {c}.
I want to (fly|travel|go|move) (to|from) {c}.
The weather in {c} is {j} in {m}.
What time is it in {c}?
{c} is the capital of {k}.
{c}, {k}
{c}, {r}
He (comes|came) from {k}.
She was born in {c}, {k} on {d}.
The (population|mayor|history|people) of {c} is {j}.
The (government|president|economy|army) of {k} (said|decided|announced) {g}.
(In|Across|Throughout) {k}, {w} is {j}.
Our (branch|team|office|customers) in {c} and {c} (are|were) {j}.
Live from {c}!
I (love|hate|miss|visited) {c}.
We have offices in {c}, {c} and {c}.
{o} is (based|headquartered) in {c}, {k}.
{o} (announced|launched|acquired|sold) a {j} {w}.
{o} and {o} (merged|signed a contract|compete).
I (work|worked|interned) (at|for) {o}.
My employer is {o}.
Shares of {o} (rose|fell) by {n} percent.
(Invoice|Order|Offer) from {o} dated {d}.
Please call {o} at {n}.
(Company|Employer|Organization|Vendor|Supplier): {o}
The contract between {o} and {p} (ends|starts) on {d}.
{p}, CEO of {o}, (said|resigned|spoke in {c}).
{p} ({o}) will (present|speak about) {w}.
(Mr|Mrs|Ms) {l} (called|complained|paid) (on|in) {m}.
Ask for {f} at the (desk|counter|bar).
My (brother|sister|mother|father|friend|boss|colleague|husband|wife|doctor|son|daughter|uncle|neighbour) {f} is {j}.
My (friend|cousin|boss|teacher)'s name is {p}.
The (winner|author|driver|owner|manager|suspect|victim|teacher|doctor|judge) (is|was) {p}.
(President|Senator|Judge|Captain|Officer|Professor|Dr.|Sir|Queen|Sergeant|Coach) {l} (arrived|spoke|resigned).
{l}, {f}
{l}, {f} {m} {n}
{p} (1{n}-1{n}) was a {j} {w}.
{p} vs. {p}
{p} & {p} (bought|sold) the {w}.
As {l} (wrote|noted|argued), {g}.
I am looking for {p}, who used to live in {c}.
{f} has a {j} {w}.
{f} (likes|wants|needs|forgot|found) the {w}.
{f}, (can|could|would) you {v} the {w}?
Tell {f} (I said hi|to wait|about the {w}).
It was {f} who (broke|found|stole) the {w}.
I think {p} (is right|will win|knows).
With {p} on (drums|bass|guitar|vocals).
Their {w} is named after {p}.
Listen to {g} by {p} on the radio.
{p} scored {n} goals against {c}.
The ticket was (opened|closed|assigned) by {p}.
Ticket {i} was escalated to {p} in {c}.
(Assigned|Reassigned|Forwarded) to {p}
Reviewed-by: {p}
(Signed-off-by|Co-authored-by|Reported-by|Acked-by): {p} <{e}>
From: {p} <{e}>
To: {p} <{e}>, {p} <{e}>
Author: {p} <{e}>
Cc: "{p}" <{e}>
{p} <{e}> wrote:
Copyright (c) {n} {p}
On {d}, {p} wrote:
{p} has (left|joined) the (chat|room|channel|call)
{p} invited {p} to the channel
{p} changed the (title|owner|status) of {i}
{p} ({e}) requested access
Meeting with {p}, {p} ({o}) at {h} in {c}
Employee {p} (id {n}) clocked in at {h}
Booking for {p}, {n} nights in {c}
Passenger {l}/{f} boarding at {h}
Dr. {p} prescribed {n} mg of {w}
Prescription for {p}, born {d}
Next of kin: {p} ({n})
Emergency contact: {p}, {a}
Caller {p} from {c} asked about {w}
Voice mail from {p}: {g}
{p} of {c} was (arrested|released|fined) on {d}.
(Police|Witnesses) (identified|named) the man as {p}.
Attorney {p} (represents|sued) {o}.
The will of {p} names {p} as heir.
{p} and {p} got married in {c}.
Happy birthday, {f}!
Congratulations {f} on your {w}!
Welcome (back|aboard), {f}!
Good luck to {p} and the {w} team.
R.I.P. {p}
We regret that {p} died in {c} on {d}.
Prof. {p} teaches {w} at {o}.
{p} graduated from {o} in {n}.
{p} (PhD|MD|Esq.|Jr.) (joined|visited) {o}.
Student {p} failed {w}.
(Mom|Dad), {f} took my {w}.
{f} {l} here, please {v} my {w}.
this is {p} calling from {c}
hi {f}, did you {v} the {w}
PATIENT NAME: {p}
ATTENTION {p}
SHIP TO {p} {a} {c} {r} {z}
Customer {p} {a} {c} {z} {k}
please send the {w} to {p} in {c}
{p} {e} {n}
{p};{e};{c};{k}
{p},{c},{n}
{p}\t{a}\t{c}\t{z}
{f},{l},{e},{n}
(Yes|No|Well|Sure|Okay|Listen), {f}, {g}.
(After|Before|Although|While|Because|When) {p} (left|arrived|called), {g}.
(But|And|So|Then|Maybe|Perhaps) {p} (was|is) {j}.
Neither {p} nor {p} (came|knew).
It is {p}'s turn to {v} the {w}.
What did {f} say about {l}?
(Mr|Mr.|Mrs|Mrs.|Ms|Ms.|Dr|Dr.) {l} and (Mr|Mrs.|Dr.) {l} (agree|disagree).
{t} {f} {l}, {c}
Room {n} is booked for {p}.
The {w} belongs to {p}
I'd like to speak with {p}, please.
{U} at {a} is free.
Turn (left|right) onto {a}.
Property: {a}, {c}, {r} {z}, {k}
Billing address: {a}, {c}, {r} {z}
Delivery failed: nobody home at {a}, {z} {c}
The courier left the {w} with {p} at {a}.
{o}, {a}, {c}
Visit {o} at {a}, {c}, {k}.
Headquarters: {o}, {a}, {z} {c}, {k}
I moved from {a} to {a}.
Is there a {w} near {c}, {r}?
The {c} office (closes|opens) at {h}.
A {j} {w} from {c} (arrived|won).
(Near|Outside|Around|Around) {c}, the {w} is {j}.
{c} and {c} are {n} km apart.
(Citizens|Residents|Tourists) of {c} (protested|voted).
Is {k} a member of the {w}?
Exports from {k} to {k} (rose|fell) in {m}.
The {o} report on {k} is {j}.
{p} (had|has) (lost|sold|brought|broken|borrowed) (his|her|the|a) {w}.
{p} is (very|quite|rather|too|so|always|never) {j}.
{p} (began|started|stopped|kept|likes|hates) {v}ing as a {w}.
{p}: {g}
{p}: {g}.\n{p}: {g}!
{p}: "{g}"\n{p}: "{g}"
{p} (yelled|waved|smiled|shouted|pointed) at {p}: "{g}"
{p}, (when|where|how|why) (will|can|did) (I|we) {v} the {w}?
{p}, {p}, {p} and {p} are my (kids|friends|pets|students|cousins).
Our (founders|directors|partners|owners) {l}, {l} and {l} (met|started) in {c}.
{l} and {l} (were|are) {j} {w}s.
{f} and {l} were born in {c}.
(People|Friends|They|Everyone|Some) (call|calls|called|know|knows) (me|her|him|us) {p}.
Her (mother|grandmother|sister)'s (first|last|birth) name (is|was) {l}.
(His|Her|My|Their) (last|family|middle|former) name (is|was) {l}.
What is your name? {p}
Your name please? - {p}.
How (old|tall|rich|tired|happy) is {p}?
Why (is|was|does|did) {p} (always|so|never) {j}?
(Can|Could|May) I (talk|speak) to {p}?
(Remove|Add|Delete|Include) my (kid|son|wife|partner|friend) {p} (to|from) the {w}.
Unlike {p}, the {w} (does|is) not {j}.
(A|The|This|That) {w} by {p} (made|shows|has) {j} {w}.
This {w} (from|by|of) {j} {w} {p} is my favourite.
The {W} {W} by {p} is a {j} {w}.
{p} wrote "The {W} of a {W}" in {n}.
"The {W} {W}" is a {j} {w} (directed|written|sung|produced) by {p} and starring {p}.
The {w} (not|only|mainly|also) by {p} (was|is) {j}.
{g}! (said|cried|says) {p} to {p}.
"{g}," (says|said|adds|added) {p}.
The {w} of {p} (has been|was) {j} for years.
{p} from {c} (says|is) {j}.
{p} is from {o}.
(Producer|Drummer|Singer|Actor|Officer|Nurse|Engineer|Developer|Lawyer|Manager) {p} (explained|told|left|joined).
See {p} again in {n} (weeks|months|days).
Next visit with {p} (in|after) {n} weeks.
Also invited: {p} of {o}, {p} of {o} and {o}'s {p}.
{w} and {w}, see {t} {l} in room {n}
I come from {c}, (where|which) the {w} is {j}.
(We|They|I) (returned|moved|drove|sailed|walked) (here|back|away) (from|to) {c} by {w}.
I am (originally|now|currently) (from|in) {c}.
I'm {p}, I come from {c} and I'm {n} years old.
I am in {c} (for|on) (a|my) {w}.
I'm in {c}, (at|for) the {w}.
My (friend|brother|boss|parents|team) (lives|live|stays|works) in {c}.
Who is (moving|driving|coming|going) to {c} with (us|me|him)?
A {w} who (lives|grew up|was raised|works) in {c}.
The {w} (arrived|landed|stopped) (in|at) {c} this {w} from {k}.
(Where|Place|Location|Venue|City): {c} {W} {W}.
When: {d} {h}\nWhere: {c}
(Celebrating|Opening|Hosting) its {n}th {w} in {c}, {o} is {j}.
{o} is a {j} {w} based in {c}.
The {w} that (rules|supports|leads) {c}: {o}, {o} and {o}.
(Supporting|Helping|Joining) {o} in {c} {z} with its {w}.
Is {k} (moving|going) in that direction?
I am glad that {k} is {j}.
(From|In|Near|Around|To) {c}?
{c} is {j} in {m}.
{c}: {g}
He studied {w} at {o}.
{f} (lives|lived) on {a}.
{f} gave {f} (an|the|his|her) address: {a}, {c}
Please add these addresses: {a}, {c}, and {a}, {c}
{p}\n\n{a}\n {c}\n{k} {z}
{p}\n{a}\n{c}\n{k}\n{z}\nMobile: {n}\nDesk: {n}
{p}\n{w}\n{o}\n{a}\n{c} {z}
> {p}\n> {a}\n> {c}\n> {k} {z}
Name: {p}\nAddress: {a}\n{c}\n{k}
Billing address: {p}\n  {a}\n  {c}\n  {r}\n  {z}
My zip code is {z}.
(ZIP|Postcode|Postal code): {z}
{p}\n{o}\n{a}\n{U}\n{c}\n{k} {z}
> {a}\n> {U}\n> {c}\n> {k} {z}
  {a} {U} {c} {k}
{a}
{o}\n{U}\n{c} {r}
(The restaurant|My shop|The museum|Our stand) is at {a} {U}, {c}.
I (used to work|work|worked) for {o} as {w} (but|and) left.
The address of {o} is {a}, {c}.
{o} is the idea of {p} and {p}.
We read about {o} and {o} (today|in the news).
The {o} (website|app|office|store|team|band|report) (is|was) {j}.
(The title|This song|The name) refers to {a} in {c}.
Drivers must (stop|turn) at {a} or {a}.
I am at the corner of {a} and {a}.
`

export const LOGS = `
{d} {h} INFO user {fl} logged in from {n}
{h} [main] INFO  UserService - created user {fl} ({e})
level=info msg="welcome {fl}" id={i}
level=warn msg="payment by {fl} declined" order={i}
User '{fl}' (updated|deleted|changed) {u}
user="{fl}" action=login status=ok
customer={fl} order={i} total={n}
name={fl} city={c} country={k}
name="{fl}", address="{a}", city="{c}"
INSERT INTO users (name, city) VALUES ('{fl}', '{c}')
UPDATE customers SET name = '{fl}' WHERE id = {n}
SELECT * FROM people WHERE last_name = '{l}' AND first_name = '{f}'
{h} DEBUG mailer: sending {w} to {fl} <{e}>
[{d} {h}] order {i} shipped to {fl}, {a}, {c}
[{h}] {fl}: {g}
<{f}> {g}
{d} audit: {fl} approved request {i}
Delivered {i} to {fl} at {h}
Notification sent to {fl} ({n})
Failed to deliver mail to {fl}: {g}
Could not find customer {fl} in {c}
Duplicate record for {fl}, born {d}
Invalid user {f} from {n}
Session opened for {fl} by {u}
greeting {f} {l} with template {i}
Processing payment for {fl}: {n} EUR
Employee record updated: {fl} ({o})
account owner changed from {fl} to {fl}
Lead created: {fl}, {o}, {c}
{h} WARN address not verified: {a}, {c} {z}
geocoded "{a}, {c}" in {n} ms
shipment {i} from {c} to {c} delayed
weather station {c} reports {n}
tenant {o} exceeded its quota
{h} INFO crm - merged account {o} into {o}
payload: {"name":"{fl}","city":"{c}"}
call from {fl} transferred to {fl} after {n} s
ERROR Validation failed for {fl}: {g}
chat {i}: {f} -> {f}: {g}
msg from {fl} in channel {w}: {g}
`

export const LANGUAGES: Readonly<Record<string, string>> = {
  de: `
Mein Name ist {p} und ich wohne in {c}.
Sehr (geehrter Herr|geehrte Frau) {l}, vielen Dank für Ihre Anfrage.
(Herr|Frau|Dr.|Prof.) {l} (ist|war) heute nicht im Büro.
Mit freundlichen Grüßen\n{p}
Liebe {f}, wir sehen uns am {d} in {c}.
Bitte rufen Sie {p} unter {n} zurück.
Der Kunde {p} hat die Bestellung {i} storniert.
{p} arbeitet bei der {o} in {c}.
Die {o} hat ihren Sitz in {c}.
Lieferadresse: {p}, {a}, {z} {c}
Ich wohne in der {a} in {c}.
Der Patient {p}, geboren am {d}, klagt über Schmerzen.
Benutzer {fl} hat sich um {h} angemeldet
{p} und {p} fahren im {m} nach {c}.
Die Rechnung ging an {p}, {a}, {z} {c}.
Nachname: {l}, Vorname: {f}
Wann kommt {f} aus {k} zurück?
Der Termin mit {p} wurde auf {d} verschoben.
`,
  fr: `
Je m'appelle {p} et j'habite à {c}.
(Monsieur|Madame|M.|Mme) {l}, nous avons bien reçu votre demande.
Cordialement,\n{p}
Bonjour {f}, merci pour ton message.
{p} travaille chez {o} à {c}.
Le client {p} a annulé la commande {i}.
Adresse de livraison : {p}, {a}, {z} {c}
J'habite au {a} à {c}.
Le patient {p}, né le {d}, a été admis.
La société {o} est basée à {c}, {k}.
{p} et {p} partent pour {c} en {m}.
Nom : {l}, prénom : {f}
Veuillez appeler {p} au {n}.
L'utilisateur {fl} s'est connecté à {h}
Le docteur {l} vous recevra le {d}.
Où habite {p} ?
`,
  es: `
Me llamo {p} y vivo en {c}.
Estimado (señor|Sr.) {l}, gracias por su mensaje.
(La señora|Doña|Sra.) {l} llamará mañana.
Atentamente,\n{p}
Hola {f}, ¿cómo estás?
{p} trabaja en {o}, en {c}.
El cliente {p} canceló el pedido {i}.
Dirección de entrega: {p}, {a}, {z} {c}
Vivo en {a}, {c}.
El paciente {p}, nacido el {d}, fue ingresado.
La empresa {o} tiene su sede en {c}, {k}.
{p} y {p} viajan a {c} en {m}.
Nombre: {f}, apellidos: {l}
Por favor llame a {p} al {n}.
El usuario {fl} inició sesión a las {h}
¿Dónde vive {p}?
`,
  it: `
Mi chiamo {p} e abito a {c}.
Gentile (signor|signora|Dott.) {l}, grazie per il messaggio.
Cordiali saluti\n{p}
Ciao {f}, ci vediamo a {c}.
{p} lavora per {o} a {c}.
Il cliente {p} ha annullato l'ordine {i}.
Indirizzo: {p}, {a}, {z} {c}
Abito in {a}, {c}.
Il paziente {p}, nato il {d}, è stato ricoverato.
La ditta {o} ha sede a {c}, {k}.
{p} e {p} partono per {c} a {m}.
Nome: {f}, cognome: {l}
Si prega di chiamare {p} al {n}.
L'utente {fl} ha effettuato l'accesso alle {h}
`,
  pt: `
Meu nome é {p} e moro em {c}.
(Prezado Sr.|Prezada Sra.) {l}, obrigado pela mensagem.
Atenciosamente,\n{p}
Olá {f}, tudo bem?
{p} trabalha na {o} em {c}.
O cliente {p} cancelou o pedido {i}.
Endereço: {p}, {a}, {z} {c}
Moro na {a}, {c}.
O paciente {p}, nascido em {d}, foi internado.
A empresa {o} fica em {c}, {k}.
{p} e {p} viajam para {c} em {m}.
Nome: {f}, sobrenome: {l}
Ligue para {p} no {n}.
O usuário {fl} entrou às {h}
`,
  nl: `
Mijn naam is {p} en ik woon in {c}.
Geachte (heer|mevrouw) {l}, bedankt voor uw bericht.
Met vriendelijke groet,\n{p}
Hoi {f}, tot morgen in {c}.
{p} werkt bij {o} in {c}.
Klant {p} heeft bestelling {i} geannuleerd.
Bezorgadres: {p}, {a}, {z} {c}
Ik woon op {a} in {c}.
Patiënt {p}, geboren op {d}, is opgenomen.
{o} is gevestigd in {c}, {k}.
Voornaam: {f}, achternaam: {l}
Gebruiker {fl} is om {h} ingelogd
Bel {p} terug op {n}.
`,
  sv: `
Jag heter {p} och bor i {c}.
Hej {f}, tack för ditt meddelande.
Med vänliga hälsningar\n{p}
{p} arbetar på {o} i {c}.
Kunden {p} avbröt beställning {i}.
Leveransadress: {p}, {a}, {z} {c}
Jag bor på {a} i {c}.
Patienten {p}, född {d}, skrevs in.
{o} har sitt kontor i {c}, {k}.
Förnamn: {f}, efternamn: {l}
Användaren {fl} loggade in {h}
Ring {p} på {n}.
`,
  pl: `
Nazywam się {p} i mieszkam w {c}.
Szanowny Panie {l}, dziękujemy za wiadomość.
Z poważaniem,\n{p}
Cześć {f}, do zobaczenia jutro.
{p} pracuje w {o}, {c}.
Klient {p} anulował zamówienie {i}.
Adres dostawy: {p}, {a}, {z} {c}
Mieszkam przy {a}, {c}.
Pacjent {p}, urodzony {d}, został przyjęty.
Imię: {f}, nazwisko: {l}
Użytkownik {fl} zalogował się o {h}
Proszę zadzwonić do {p}, {n}.
`,
  hu: `
A nevem {p} és {c} városában lakom.
Tisztelt {p}! Köszönjük a levelét.
Üdvözlettel,\n{p}
Szia {f}, holnap találkozunk.
{p} a {o} munkatársa.
{p} ügyfél lemondta a rendelést: {i}.
Szállítási cím: {p}, {z} {c}, {a}
Vezetéknév: {l}, keresztnév: {f}
{p} beteg, született {d}, felvéve.
Kérjük, hívja {p} számát: {n}.
`,
  tr: `
Benim adım {p} ve {c} şehrinde yaşıyorum.
Sayın {p}, mesajınız için teşekkürler.
Saygılarımla,\n{p}
Merhaba {f}, yarın görüşürüz.
{p}, {o} şirketinde çalışıyor.
Müşteri {p} siparişi iptal etti: {i}.
Teslimat adresi: {p}, {a}, {c}
Ad: {f}, soyad: {l}
Kullanıcı {fl} saat {h} giriş yaptı
Lütfen {p} ile görüşün: {n}.
`,
  ru: `
Меня зовут {p}, я живу в городе {c}.
Уважаемый {p}, спасибо за сообщение.
С уважением,\n{p}
Привет, {f}, до завтра.
{p} работает в компании {o}.
Клиент {p} отменил заказ {i}.
Имя: {f}, фамилия: {l}
Пациент {p} поступил {d}.
Пользователь {fl} вошёл в {h}
Позвоните {p} по номеру {n}.
`,
}

/** Texts without any name. */
export const HARMLESS = `
{d} {h} INFO {x} started in {n} ms
{h} [main] INFO  {x} - {g}
{d} {h} ERROR [worker-{n}] {x}{x}Exception: {g}
level=info msg="{g}" component={w} duration={n}
(GET|POST|PUT|DELETE) {u} {n} {n} - {n} ms
{x} {n}.{n}.{n} (released|installed|is available)
Installing {x} ({n}.{n}.{n}) ...
Starting {x} {w} (service|daemon|server)...
Started {x} {W} Service.
Stopped target {W} {W}.
Reached target {W} {W}.
systemd[{n}]: {X}.service: Main process exited, code=exited, status={n}
kernel: [{n}.{n}] {w}: {W} {W} enabled
{W} {W} {v}
{W} {W} {W} failed with code {n}
ERROR: {W} {W} not found
Error: {W} Not Found
{n} {W} {W} Error
HTTP {n} {W} {W}
The {w} {w} is {j}.
Unable to {v} {w}: {W} {w} {j}
Cannot {v} the {W} from {x}
Build #{n} of {x} (finished|failed) on {D} {m} {n}
{D} {m} {n} {h} {n}
{D}, {n} {m} {n} {h} GMT
{m} {n} {h} host sshd[{n}]: Connection closed by {n} port {n}
See you on {D} in {m}.
In {m} the {w} is {j}.
{x} and {x} are {j} tools.
We (use|replaced|upgraded) {x} (with|to) {x} in {m}.
{x} cluster {i} is {j}
{W} of {W} and {W}
Press {W} to {v}
Click {W} > {W} > {W}
{W} Settings
Thread {n} waiting for {W} lock
WARN {X} {w} took {n} ms
{X} {X} {X}
{X}: {X} {n}
{X} {W}: {w}
[{X}] {W} {w} {j}
Deploying {x} to zone {i}
Time Zone changed to {i}
Last Modified: {D}, {n} {m} {n}
User-Agent: Mozilla/5.0 ({x}; {x} {n}) AppleWebKit/{n} Chrome/{n}
Content-Type: application/json
{W}-{W}: {n}
Retry {n} of {n}: {g}
Step {n}/{n} : {X} {w}
Running {W} {W} Tests
Test {W}{W} passed in {n} ms
at line {n} in {W}
No {w} found for {W}
Loaded {n} {w} from {u}
{n} {w} in {n} seconds
Total: {n} {w}, {n} {w}
Please {v} the {w} before {D}.
What is the {w} of this {w}?
(Can|Could|Should|Would|Will) (I|you|we) {v} the {w} (today|now|later)?
(The|This|That|Your|Our|My|Their|His|Her|Its) {w} (is|was|has been|will be) {j}.
(When|Why|Where|How|What) (is|was) the {j} {w}?
I (want|need|would like) to {v} my {w}.
(However|Therefore|Moreover|Meanwhile|Otherwise|Finally), the {w} is {j}.
(Yes|No|Please|Thanks|Sorry|Okay), I will {v} it.
My card number is {n} and it expires in {m}.
Change my {w} to {n}.
The {w} costs {n} dollars.
{g}.
{g}
{W}
{W} {W}
{W} {W} {W}
{x}
{x} {W}
{W} {n}
Order {i} is {j}
You have {n} new {w}
{W} Access Denied
Grant {w} to {W}
Mark {w} as {j}
Will {v} the {w}
May {v} the {w}
Bill {w} to {W}
Sue for {w}
Rob the {w}
Jack connected to {w}
Drew a {w}
Frank {w} about {w}
Rich {w} editor
Art {w} gallery
Dean of {w}
Max {w} size {n}
Min {w} {n} Max {w} {n}
Page {n} of {n}
Victoria Metrics {w} {n}
Charlie Alpha Bravo {W}
Jenkins job {i} is {j}
Cassandra {w} compaction {n}
Travis CI build {n}
Jackson failed to {v} {w}
Apollo {w} client
Hudson plugin {i}
Amazon {W} {W}
Google {W} {W}
Microsoft {W} {W}
{X} is not defined
The {W} {W} (is|was) a {j} {w} about {w}.
"The {W} of the {W}" is a {w}.
(He|She|They|We) (played|sang|watched|read) {W} {W} {W} {n} times.
The {W} {W} Act of {n} (protects|forbids) {w}.
Article {n} of the {W} Treaty
The {W}s' {w} in the {w} of {w}.
{n} {W}s You Should {W} To {W} (But Never {W})
(See|Read|Watch) {W} {W}: {n} {W} Of The {W}
(Don't|You're|I'd|I'll|We're|They're|C'mon|It's|That's), {g}
Don't {v} the {w}, (please|ever|again).
{W} & {W}, {W}, {W}, {W} & {W}
{W}: {n}\n{W}: {n}\n{W}: {w}
Phone: {n}\nMobile: {n}\nFax: {n}\nE-mail: {e}\nWebsite: {u}
The {j} {W} {W} arrived this {w}.
A {n} American {w}-{w} {w} (about|with) {w}.
(American|European|English|German|French|Asian|Southern|Northern|Eastern) {w} {w}
Awarded {W} of the {W} {n} times.
{W} Statement: the {w} is {j}.
This is a {w}, (sir|madam), but I don't like the {w}.
{A} {A} {A}
{A}={A} {A}={n} {A}({n})
{A}: {w} {j}
(Compiler|Checking|Using|Loading|Found|Detecting) {A} {w}
{A}-{A}-{A}{n}
{n}: {A} {W} {w}
{W}{W}::{W}::{w}
{W} {A} {w}: {n}/{n}
my {w} is {j} and the {w} of {w} is {w}
please {v} the {w} {w}
{w} {w} {v} {w} {n}
{w} {j}: {w}
failed to {v} {w}
could not {v} {w} {i}: {w} {j}
{w}={w} {w}={n} {w}={w}
{w} is {j} and {w}
Die {w} ist {j}.
Der Vorgang {i} wurde am {D} beendet.
Die Verbindung zum Server wurde getrennt.
Fehler beim Laden der Datei {u}
La connexion au serveur a échoué.
Le fichier {u} est introuvable.
Error al conectar con el servidor.
El archivo {u} no existe.
Impossibile connettersi al server.
Não foi possível abrir o arquivo {u}
Kan geen verbinding maken met de server.
Kunde inte ansluta till servern.
Nie można połączyć się z serwerem.
Nem sikerült csatlakozni a kiszolgálóhoz.
Sunucuya bağlanılamadı.
Не удалось подключиться к серверу.
`

/** Everyday words of the languages of the templates that no list of faker has: they begin sentences and label fields. */
export const EVERYDAY = `
the a an and or but if then than that this these those there here he she it we they you i me him her us them my your his its our their who whom whose which what
when where why how not no yes all any some many much more most few less least other another same such own very too so just only also even still yet already soon
never always often sometimes again once twice today yesterday tomorrow tonight now later early late before after during until since while because although though
about above across against along among around at behind below beneath beside between beyond by down for from in inside into near of off on onto out outside over
past through to toward towards under up upon with within without is are was were be been being am has have had having do does did doing done can could will would
shall should may might must go goes going gone went come comes coming came get gets got give gave given take took taken make made see saw seen know knew known think
thought say said says tell told ask asked feel felt find found leave left put keep kept let begin began seem help show hear heard play run move live believe hold
bring happen write wrote written sit stand lose lost pay paid meet met include continue set learn change lead understand watch follow stop create speak read spend
grow open walk win teach offer remember love consider appear buy wait serve die send build stay fall cut reach kill remain suggest raise pass sell require report
decide pull song film movie book story band album show street road city town country bridge beach idea tone world life man woman child day week month year people
house home school work job money water night morning family friend music art party game team group company business office place room door car food person thing
name number part hand eye head face side line word letter page news paper picture story reason result question answer problem fact case point end start way kind sort
lot bit piece act rights union article treaty award tales princess prince royal english battery snake stripes white black red green blue brown grey pink club
customer patient client attorney lawyer room visit quota mobile desk phone fax email website personal info summary mission statement education experience skills
comedy action adventure animation kids mystery suspense drama romance musician musicians secret secretly hate supposed guilty pleasures
guten tag hallo liebe lieber sehr geehrte geehrter herr frau mein dein sein ihr unser euer und oder aber nicht kein keine ist sind war waren wird werden wurde hat
haben hatte ich du er sie es wir der die das dem den des ein eine einer eines einem einen mit von vom zu zum zur bei beim nach vor aus auf an am im in über unter
für gegen ohne um durch wegen benutzer kunde kundin patient patientin termin rechnung lieferadresse adresse bestellung anfrage name vorname nachname straße ort
bitte danke freundlichen grüßen viele grüße heute morgen gestern uhr wann wo wer wie was warum arbeitet wohnt wohne fahren ging bekam vielen dank anruf vorgang
verbindung fehler datei server büro schmerzen geboren
bonjour salut merci madame monsieur cordialement je tu il elle nous vous ils elles le la les un une des du de et ou mais ne pas est sont était a ont avait mon ma mes
ton ta ses son notre votre leur dans sur sous avec sans pour par chez vers utilisateur client cliente patient rendez commande adresse livraison nom prénom veuillez
appeler demande message société docteur habite habite travaille veuillez où qui quand comment pourquoi aujourd demain hier fichier connexion
hola gracias buenos días señor señora estimado estimada atentamente yo tú él ella nosotros ustedes ellos el la los las un una unos unas y o pero no es son era fue ha
han mi tu su nuestro en con sin por para de del al usuario cliente paciente pedido dirección entrega nombre apellidos favor llame mensaje empresa trabaja vivo vive
dónde quién cuándo cómo hoy mañana ayer sede archivo error
ciao grazie gentile cordiali saluti buongiorno io tu lui lei noi voi loro il lo la i gli le un uno una e o ma non è sono era ha hanno mi ti ci si mio tuo suo nostro
in con senza per da di del della a al utente cliente paziente ordine indirizzo nome cognome prega chiamare messaggio ditta lavora abito chiamo dove chi quando come
oggi domani ieri sede accesso
olá obrigado obrigada prezado prezada atenciosamente bom dia eu tu ele ela nós vós eles o a os as um uma e ou mas não é são era foi tem têm meu minha seu sua nosso em
no na com sem por para de do da ao usuário cliente paciente pedido endereço entrega nome sobrenome ligue mensagem empresa trabalha moro mora onde quem quando como
hoje amanhã ontem arquivo tudo bem
hallo hoi bedankt geachte heer mevrouw vriendelijke groet ik jij hij zij wij jullie de het een en of maar niet is zijn was waren heeft hebben mijn jouw zijn haar ons
in op met zonder voor door van naar bij aan te gebruiker klant patiënt bestelling bezorgadres adres voornaam achternaam naam bel bericht bedrijf werkt woon woont waar
wie wanneer hoe vandaag morgen gisteren terug
hej tack vänliga hälsningar jag du han hon vi ni de en ett och eller men inte är var har hade min din sin vår i på med utan för av till från hos användaren kunden
patienten beställning leveransadress adress förnamn efternamn namn ring meddelande företag arbetar bor heter var vem när hur idag imorgon igår kontor inte kunde
dzień dobry cześć dziękuję szanowny szanowna pan pani panie poważaniem ja ty on ona my wy oni i lub ale nie jest są był była ma mój twój jego jej nasz w na z bez dla
przez do od u użytkownik klient pacjent zamówienie adres dostawy imię nazwisko proszę zadzwonić wiadomość firma pracuje mieszkam mieszka przy gdzie kto kiedy jak
dzisiaj jutro wczoraj nazywam się zalogował można
szia tisztelt köszönjük üdvözlettel kérjük én te ő mi ti ők a az egy és vagy de nem van volt lesz ügyfél beteg rendelés szállítási cím vezetéknév keresztnév név hívja
számát levelét munkatársa városában lakom holnap ma tegnap nevem született hol ki mikor hogyan sikerült
merhaba sayın teşekkürler saygılarımla ben sen o biz siz onlar bir ve veya ama değil var yok benim senin onun bizim kullanıcı müşteri hasta sipariş siparişi teslimat
adresi ad adım soyad lütfen görüşün mesajınız için şirketinde çalışıyor yaşıyorum şehrinde yarın bugün dün saat giriş yaptı ile nerede kim nasıl
привет здравствуйте спасибо уважаемый уважаемая уважением я ты он она мы вы они и или но не это был была есть мой твой его её наш в на с без для через до от у
пользователь клиент пациент заказ адрес доставки имя фамилия меня зовут позвоните номеру сообщение компании работает живу городе где кто когда как сегодня завтра
вчера вошёл отменил поступил
`
