package lint

// What is looked at of a message, at most. All of them are far above what a newsletter
// has.
const (
	mostOctets   = 25 << 20 // Gmail takes 25 MB; nobody mails a newsletter of it
	mostHeader   = 1 << 20  // octets of a header block
	mostDepth    = 10       // parts within parts
	mostParts    = 200
	mostHTML     = 1 << 20 // octets of HTML that are parsed: ten times what Gmail shows
	mostText     = 1 << 20 // octets of text
	mostRules    = 500     // CSS rules of a style block
	mostSaid     = 20      // findings of one rule
	mostQuoted   = 60      // runes of the mail that a finding quotes
	mostElements = 50_000
)
