// Words that stand after `password:` or `token=` in messages and configuration without being one. Own list.

const TEXT = `
a able about above absent accept accepted access accessed account action active actual add added address admin after again age agent algorithm alias
all allow allowed already also always an and another anonymous any anything api app apple application applied apply are array as ask at attempt attempts
attribute auth authenticated authentication authorization auto automatic available await away back backend bad bar base based basic be bearer because been
before begin being below best between big bind blank block blocked body bool boolean both broken browser buffer build but button by byte bytes cache cached
call called calling can cancel cancelled cannot case change changed changes char character characters check checked checking class cleared client clients
clone close closed code collection column command commit common complete completed config configuration configured confirm connect connected connection
console const contain contains content context control cookie cookies copy correct could count create created creating creation credential credentials
current custom data database date days debug decode decoded default defined delete deleted deleting denied deny description detected developer development
device different digest directory disable disabled display do does domain done down each edit email empty enable enabled encode encoded encoding encrypted
encryption end ended endpoint engine enter entered entry env environment equal error errors event every example except exception exceeded exist existing
exists exit expect expected expire expired expires expiry export extended external fail failed failing failure fake false fetch fetched field fields file
files filter final find finished first fixed flag float folder following for forbidden force forgot forgotten form format found framework free from full
function generate generated generating generic get getting given global go good got granted group guest had handle handler has hash hashed have header
headers hello help helper here hidden hide history host hour hours how id identifier identity if ignore ignored image implicit import in include included
incorrect index info information init initial initialized input insert inside install installed instance int integer interface internal into invalid is
issue issued it item items its json just keep key keys keyword known label last later latest left length less level library limit limited line link list
listen load loaded loading local location lock locked log logged logger login logout long loop lost low machine made main make manager manual many map
mask masked master match matched matches matching max maximum may me mean member memory message meta method min minimum minutes mismatch missing mode
model modified module month more most multiple must my name named names native need needed needs never new next nil no node none normal not note nothing
notice notification now null number numbers object of off offline ok okay old on once one online only opaque open opened operation option optional options
or order original other others our out output outside over override owner package page param parameter parent parse parsed part passed password passwords
path pattern pending per permission permitted phone plain please plugin point policy port post prefix present press preview previous primary print private
problem process processed prod production profile project prompt property protected protocol provide provided provider proxy public pull push put query
queue quit random raw read reading ready real reason received record recovery redirect reference refresh refreshed refused regenerate register registered
reject rejected release released remote removed remove rename renew renewed renewal repeat replace reply report request requested require required requires
reserved reset resolved resource response restart result results retrieve retry return returned revoked right role root rotate rotated rotation route rule
run running safe salt same sample save saved schema scope script search second seconds secret secrets section secure security see select selected self send
sender sent sequence server service session sessions set setting settings setup several shall share shared short should show side sign signature signed
signin signing signup simple since single size skip skipped so some something source space special spec standard start started state static status still stop
stopped storage store stored stream string strings strong submit submitted success successful successfully such suffix supplied support supported switch
symbol sync system table tag take target task team temp template temporary term test tested tests text than that the their them then there these they thing
this those thread through time timeout title to today toggle token tokens too tool top total track true try two type types unable unauthorized undefined
under unexpected union unique unit unknown unlock unset unsupported until up update updated updating upload upper url usage use used user username users
uses using uuid valid validate validated validating validation value values variable verification verified verify version via view void wait waiting want
warning was we weak web week welcome were what when where which while who whole why will window with within without word words work worker working world
would write writing written wrong xml year yes yet you your zero
`

let words: ReadonlySet<string> | undefined

/** Whether a lower-case word is in the list. The set is made with the first question: not every run asks one. */
export function isCommon(word: string): boolean {
  words ??= new Set(TEXT.trim().split(/\s+/))
  return words.has(word)
}
