/** At most 7 letters each, so that a name has at most 20 characters. */
const ADJECTIVES = (
  'agile airy amber ample apt balmy bold brave breezy bright brisk calm candid civil clean ' +
  'clear clever cosmic cosy crisp curious daring deft eager early earnest easy elegant fair ' +
  'famous fast fine fleet fluent fond frank fresh gentle glad golden grand happy hardy hearty ' +
  'honest humble ideal jolly jovial keen kind lively loyal lucid lucky mellow merry mild ' +
  'modest neat nimble noble orderly patient placid plucky polite proud quick quiet rapid ' +
  'ready robust rosy serene sharp silent silver simple sincere smart smooth snappy solid spry ' +
  'stable steady sturdy subtle sunny swift tidy upbeat urbane valiant vivid warm wise witty ' +
  'zesty'
).split(' ');

/** At most 8 letters each. */
const NOUNS = (
  'acorn alder anchor antler aspen atlas badger bay beacon beaver birch bison bluff boulder ' +
  'breeze brook canyon cedar cicada cliff cloud clover comet condor coral cove crane creek ' +
  'cricket dahlia delta dolphin dune eagle ember falcon fern finch fjord forest fox galaxy ' +
  'gazelle geyser glacier grove gull harbor hawk hazel heron hill island ivy jaguar juniper ' +
  'kestrel kite koala lagoon lake lark laurel lemur lichen lily linden lion lynx magpie maple ' +
  'marlin marsh meadow mesa moose moss nebula newt oak ocean orca orchid osprey otter owl ' +
  'panda pebble pelican peony pine planet plover prairie puffin quail quartz raven reef ridge ' +
  'river robin salmon seal sequoia shore sparrow spring spruce star stork stream summit swan ' +
  'tern thistle thrush tiger tulip valley walrus willow wolf wren yak zebra'
).split(' ');

/** `adjective-noun-number`, at most 20 characters, for a run that nobody named. */
export function randomRunName(): string {
  const [adjective = 0, noun = 0, number = 0] = crypto.getRandomValues(new Uint32Array(3));
  return `${pick(ADJECTIVES, adjective)}-${pick(NOUNS, noun)}-${String(number % 1_000)}`;
}

function pick(words: readonly string[], random: number): string {
  return words[random % words.length] ?? '';
}
