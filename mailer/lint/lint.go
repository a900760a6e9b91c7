package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/broadsheet-news/broadsheet/internal/figures"
)

// Severity says whether a finding stops a mail.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // breaks the mail for some readers, or is refused
	Warning Severity = "warning" // a careful editor would mend it
)

// Finding is one thing that is wrong with a message.
type Finding struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	Where    string   `json:"where"` // a header field, a part with line:column, or a line of the message
	What     string   `json:"what"`
	Do       string   `json:"do"`
}

// Rule is one line of the table of rules.
type Rule struct {
	Name     string   `json:"rule"`
	Severity Severity `json:"severity"`
	About    string   `json:"about"`  // what it asks for, and why, in a line
	Source   string   `json:"source"` // who says so
	Do       string   `json:"do"`     // what mends it
}

// Options say what a message is, beyond its bytes.
type Options struct {
	Now      time.Time // zero: whether its Date lies ahead is not asked
	Letter   bool      // a mail to one person: no List- fields are asked for
	Received bool      // as a reader got it: it should be signed by now
	Private  bool      // for readers at risk: nothing remote may be in it
	Needs    []Need
	Inside   []string // hosts that links may lead to, though they are not public
}

// Need is something that has to stand in each part of a message: the link to its web
// version, the postal address.
type Need struct {
	Name string // "the postal address"
	Text string // what a reader sees, or where a link goes
}

// rule is a Rule with what looks.
type rule struct {
	Rule
	look func(m *mail, say say)
}

// say reports one finding of the rule that looks.
type say func(where, what string)

// families are all the rules, in the order in which they are told.
var families = [][]rule{
	wireRules, headerRules, wordRules, listRules, dkimRules, structureRules, textRules,
	documentRules, headingRules, linkRules, imageRules, sightRules, needRules,
}

// Rules is the table of rules.
func Rules() []Rule {
	var all []Rule
	for _, family := range families {
		for _, r := range family {
			all = append(all, r.Rule)
		}
	}
	return all
}

// Message says what is wrong with a message, errors first. The same bytes and options
// give the same findings. There are at most 20 findings of one rule, and one more that
// says how many others there were.
func Message(eml []byte, o Options) []Finding {
	m := parse(eml, o)
	var all []Finding
	for _, family := range families {
		for _, r := range family {
			if !m.tooLarge || r.Name == "limits" {
				all = append(all, r.findings(m)...)
			}
		}
	}
	return Sorted(all)
}

// Sorted puts errors first, and leaves the order otherwise.
func Sorted(all []Finding) []Finding {
	slices.SortStableFunc(all, func(a, b Finding) int { return cmp.Compare(a.Severity, b.Severity) }) // "error" < "warning"
	return all
}

// Errors are those of the findings that stop a mail.
func Errors(all []Finding) []Finding {
	var errors []Finding
	for _, f := range all {
		if f.Severity == Error {
			errors = append(errors, f)
		}
	}
	return errors
}

func (r rule) findings(m *mail) []Finding {
	var all []Finding
	more := 0
	seen := map[[2]string]bool{}
	r.look(m, func(where, what string) {
		where, what = printable(where), printable(what)
		switch {
		case seen[[2]string{where, what}]:
		case len(all) == mostSaid:
			more++
		default:
			seen[[2]string{where, what}] = true
			all = append(all, r.At(where, what))
		}
	})
	if more > 0 {
		all = append(all, r.At("", fmt.Sprintf("and %s more of these", figures.Of(more))))
	}
	return all
}

// At is a finding of a rule.
func (r Rule) At(where, what string) Finding {
	return Finding{r.Name, r.Severity, where, what, r.Do}
}

// printable is text without what could move a terminal's cursor, or is no text.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// quote shows some of a mail's own text, on one line.
func quote(s string) string {
	runes := []rune(strings.Join(strings.Fields(printable(s)), " "))
	if len(runes) > mostQuoted {
		runes = append(runes[:mostQuoted-1], '…')
	}
	return `"` + string(runes) + `"`
}
