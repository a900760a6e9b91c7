package event

import (
	"strings"
	"sync"
)

// stopWords say little wherever they stand. They make up for an archive that is
// too small to show it. Words that are a noun or verb in another of these
// languages (die, man, war) are not among them.
var stopWords = set(`
	a an and are as at be been by for from had has have he her him his how in into is it its of on or our over she so than
	that the their them they this to under up do does did was we were what when where which who why will with you your after before
	das der dem den des ein eine einem einen einer eines und oder mit von vom zum zur im am auf bei für fur nach aus ist sind
	le la les l d un une du de et ou au aux en dans sur pour par avec est sont
	el los las una y del al con se que son
	il lo gli di della nel per che
	het een van voor met
	och att det som för for på pa av med till
	и в на с по из для что как от о об к до при за у
	update updated corrected correction breaking exclusive`)

// denials turn a sentence round.
var denials = set(`not no never without denies deny nicht kein keine keinen nie ohne pas jamais sans nunca sin non niet geen inte ingen не нет без`)

// set is made when it is first asked for: folding takes a table.
func set(words string) func() map[string]bool {
	return sync.OnceValue(func() map[string]bool {
		all := map[string]bool{}
		for word := range strings.FieldsSeq(words) {
			all[strings.Join(Words(word), "")] = true
		}
		return all
	})
}
