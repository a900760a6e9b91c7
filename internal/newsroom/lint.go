package newsroom

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/mailer/lint"
	"github.com/broadsheet-news/broadsheet/mailer/message"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// LintOptions say what is looked at.
type LintOptions struct {
	Variant string // this one alone; empty: all
	Offline bool   // no link is asked for
}

// Linted is what is wrong with one variant of an edition.
type Linted struct {
	Variant  string         `json:"variant"` // empty: with the edition itself, whatever the variant
	Findings []lint.Finding `json:"findings"`
}

// LintReport is what is wrong with an edition's mail.
type LintReport struct {
	Edition  string       `json:"edition"`
	Revision int          `json:"revision"`
	State    digest.State `json:"state"`
	Variants []Linted     `json:"variants"` // that have been looked at, the edition itself first
}

// Count is how many of the findings are of a severity.
func (r LintReport) Count(s lint.Severity) int {
	n := 0
	for _, v := range r.Variants {
		for _, f := range v.Findings {
			if f.Severity == s {
				n++
			}
		}
	}
	return n
}

// errors are the findings that stop an edition.
func (r LintReport) errors() []Linted {
	var bad []Linted
	for _, v := range r.Variants {
		if some := lint.Errors(v.Findings); len(some) > 0 {
			bad = append(bad, Linted{v.Variant, some})
		}
	}
	return bad
}

// Lint says what is wrong with an edition's mail: of one that is frozen with what is
// stored, of any other as it stands.
func (n *Newsroom) Lint(ctx context.Context, name string, o LintOptions) (LintReport, error) {
	e, err := n.draftedPrint(ctx, name)
	if err != nil {
		return LintReport{}, err
	}
	mails, err := n.sampleMails(ctx, e)
	if err != nil {
		return LintReport{}, err
	}
	if o.Variant != "" {
		var names []string
		for _, m := range mails {
			names = append(names, m.variant)
		}
		if !slices.Contains(names, o.Variant) {
			return LintReport{}, fmt.Errorf("%s has no variant %q: it has %s", e.Ref(), o.Variant, strings.Join(names, ", "))
		}
		mails = slices.DeleteFunc(mails, func(m sampleMail) bool { return m.variant != o.Variant })
	}
	return n.lint(ctx, e, mails, o.Offline)
}

// sampleMail is one variant as a reader gets it who does not exist.
type sampleMail struct {
	variant string
	eml     []byte
}

// sampleMails are all the variants of an edition.
func (n *Newsroom) sampleMails(ctx context.Context, e *Printed) ([]sampleMail, error) {
	if frozen, err := n.frozenMails(ctx, e); err != nil || len(frozen) > 0 {
		return frozen, err
	}
	return n.renderedMails(ctx, e)
}

// frozenMails are the variants of an edition that is frozen.
func (n *Newsroom) frozenMails(ctx context.Context, e *Printed) ([]sampleMail, error) {
	frozen, err := n.Store.Variants(ctx, e.ID, e.Revision.Number)
	if err != nil {
		return nil, err
	}
	var mails []sampleMail
	for _, v := range frozen {
		c := new(message.Compiled)
		if err := c.UnmarshalBinary(v.Compiled); err != nil {
			return nil, fmt.Errorf("the frozen variant %s of %s: %w", v.Name, e.Ref(), err)
		}
		mail, err := n.sampleOf(e.Letter, v.Name, c)
		if err != nil {
			return nil, err
		}
		mails = append(mails, mail)
	}
	return mails, nil
}

func (n *Newsroom) renderedMails(ctx context.Context, e *Printed) ([]sampleMail, error) {
	renderings, _, err := n.renderAll(ctx, e.Letter, e.Revision)
	if err != nil {
		return nil, err
	}
	var mails []sampleMail
	for _, r := range renderings {
		c, err := n.compile(e.Letter, e.Revision, r, n.Clock())
		if err != nil {
			return nil, err
		}
		mail, err := n.sampleOf(e.Letter, string(r.Variant), c)
		if err != nil {
			return nil, err
		}
		mails = append(mails, mail)
	}
	return mails, nil
}

// sampleOf splices and signs a compiled variant for a reader who does not exist.
func (n *Newsroom) sampleOf(letter *config.Newsletter, variant string, c *message.Compiled) (sampleMail, error) {
	name := sampleName(letter)
	if isPrivate(variant) {
		name = "" // nobody is named in it
	}
	eml, err := c.Splice(nil, n.reader(letter, "reader@example.org", name, sampleReader, 0, 0))
	if err == nil && n.signing[letter.Name].err == nil {
		eml, err = n.sign(letter, eml)
	}
	return sampleMail{variant, eml}, err
}

// lint looks at messages of an edition, and at what only the newsroom knows of it.
func (n *Newsroom) lint(ctx context.Context, e *Printed, mails []sampleMail, offline bool) (LintReport, error) {
	r := LintReport{Edition: e.Ref(), Revision: e.Revision.Number, State: e.State}
	own, err := n.lintEdition(ctx, e)
	if err != nil {
		return r, err
	}
	if !offline {
		links, err := n.lintLinks(ctx, e, mails)
		if err != nil {
			return r, err
		}
		own = append(own, links...)
	}
	r.Variants = append(r.Variants, Linted{"", lint.Sorted(own)})
	variants := make([]Linted, len(mails))
	var looking errgroup.Group
	looking.SetLimit(runtime.GOMAXPROCS(0))
	for i, m := range mails {
		looking.Go(func() error {
			variants[i] = Linted{m.variant, n.LintMail(e, m.variant, m.eml)}
			return nil
		})
	}
	err = looking.Wait()
	r.Variants = append(r.Variants, variants...)
	return r, err
}

// lintEdition says what is wrong with an edition itself, whatever the variant.
func (n *Newsroom) lintEdition(ctx context.Context, e *Printed) ([]lint.Finding, error) {
	sources, err := n.sourceStates(ctx, e.Letter)
	return slices.Concat(lintRevision(e), lintSources(e, sources)), err
}

// LintMail says what is wrong with the message of one variant, from its bytes alone.
// It has to be that of the reader who does not exist, as [Newsroom.Preview] writes it.
func (n *Newsroom) LintMail(e *Printed, variant string, eml []byte) []lint.Finding {
	private := isPrivate(variant)
	o := lint.Options{Now: n.Clock(), Private: private}
	for _, s := range e.Letter.Sources {
		if s.AllowPrivate {
			o.Inside = append(o.Inside, hostOf(s.URL))
		}
	}
	need := func(name, text string) {
		if text != "" {
			o.Needs = append(o.Needs, lint.Need{Name: name, Text: text})
		}
	}
	need("the link to the web version", n.EditionURL(e.Newsletter, e.Slot))
	need("the postal address", e.Letter.Look.Footer.Address)
	if !private {
		need("the link to preferences", n.PreferencesURL(e.Newsletter, n.Keys.Token(subscribers.Preferences, e.Newsletter, sampleReader, 0)))
	}
	found := lint.Message(eml, o)
	if private {
		found = append(found, n.lintPrivate(e, eml)...)
	}
	return lint.Sorted(found)
}
