package store

import (
	"hash/fnv"
	"strconv"
	"strings"

	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/subscribers/segment"
)

// among is a condition on the tie n that is true of who is in the segment, to be put
// after a text whose parameters end before first; empty where that is everyone.
//
// Nothing of an expression reaches the text: its values are parameters, and its fields
// are columns that this file names.
func (s Segment) among(first int) (text string, args []any) {
	if s.Whole() {
		return "", nil
	}
	b := binding{Moment: s.Moment, first: first}
	text = ` AND ` + b.condition(s.Expr)
	return text, b.args
}

// binding turns expressions into conditions, and their values into parameters.
type binding struct {
	segment.Moment
	first int
	args  []any
}

// text and number bind a value. PostgreSQL wants its type said where nothing beside
// it tells.
func (b *binding) text(v string) string  { return b.bind(v, "TEXT") }
func (b *binding) number(v int64) string { return b.bind(v, "BIGINT") }

func (b *binding) bind(v any, kind string) string {
	b.args = append(b.args, v)
	return `CAST($` + strconv.Itoa(b.first+len(b.args)-1) + ` AS ` + kind + `)`
}

func (b *binding) condition(e segment.Expr) string {
	switch e := e.(type) {
	case segment.And:
		return b.all(e, ` AND `)
	case segment.Or:
		return b.all(e, ` OR `)
	case segment.Not:
		return `NOT ` + b.condition(e.X)
	case segment.Text:
		return b.ofText(e)
	case segment.Time:
		return b.ofTime(e)
	case segment.Flag:
		return b.ofFlag(e)
	case segment.Sample:
		s, cut := sampleOf(e)
		factor, shift := b.place(s.Factor), b.place(s.Shift)
		return `(` + placeOf(factor, shift) + ` < ` + b.number(cut) + `)`
	}
	return `(1 = 0)` // no expression: nobody rather than everyone
}

func (b *binding) all(parts []segment.Expr, word string) string {
	all := make([]string, len(parts))
	for i, p := range parts {
		all[i] = b.condition(p)
	}
	return `(` + strings.Join(all, word) + `)`
}

// place binds a number for placeOf, which names it.
func (b *binding) place(v int64) int {
	b.args = append(b.args, v)
	return b.first + len(b.args) - 1
}

func (b *binding) ofText(e segment.Text) string {
	switch e.Field {
	case segment.Language:
		// "pt" is the beginning of "pt-br-": a tag, or a tag and what follows it.
		own := `lower(CASE n.language WHEN '' THEN ` + b.text(b.Language) + ` ELSE n.language END) || '-'`
		all := make([]string, len(e.Values))
		for i, v := range e.Values {
			all[i] = `substr(` + own + `, 1, ` + b.bind(int64(len(v)+1), "INTEGER") + `) = ` + b.text(v+"-")
		}
		return `(` + strings.Join(all, ` OR `) + `)`
	case segment.Format:
		// Private is stored where it was chosen, and nobody may find out by whom.
		return `(CASE WHEN n.variant IN ('', '` + segment.Private + `') THEN ` + b.text(b.Format) + ` ELSE n.variant END IN ` + b.list(e.Values) + `)`
	case segment.Path:
		return b.consent(`c.path`, e.Values)
	case segment.Basis:
		return b.consent(`c.basis`, e.Values)
	case segment.Policy:
		return b.consent(`c.text_version`, e.Values)
	}
	return `(1 = 0)`
}

func (b *binding) consent(column string, values []string) string {
	return `EXISTS (SELECT 1 FROM consent c WHERE c.subscriber = n.subscriber AND c.newsletter = n.newsletter
		AND ` + column + ` IN ` + b.list(values) + `)`
}

func (b *binding) list(values []string) string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = b.text(v)
	}
	return `(` + strings.Join(all, `, `) + `)`
}

func (b *binding) ofTime(e segment.Time) string {
	column := `n.joined_at`
	if e.Field == segment.Confirmed {
		column = `n.confirmed_at`
	}
	from, before := e.Bounds(b.Moment)
	text := `(` + column + ` <> 0`
	if !from.IsZero() {
		text += ` AND ` + column + ` >= ` + b.number(from.UnixMicro())
	}
	if !before.IsZero() {
		text += ` AND ` + column + ` < ` + b.number(before.UnixMicro())
	}
	return text + `)`
}

func (b *binding) ofFlag(e segment.Flag) string {
	column := `n.paused_until`
	if e.Field == segment.AppealHidden {
		column = `n.appeal_until`
	}
	return `(` + column + ` > ` + b.number(micros(b.Now)) + `)`
}

// sampleOf is the order of readers of which a sample is the beginning, and where it
// ends. No edition has a number below 0, so that no wave is the same as a sample.
func sampleOf(e segment.Sample) (s mailer.Sample, cut int64) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(e.Name))
	return mailer.SampleOf(-1-int64(h.Sum32()), 0), (e.Share*mailer.PlacesOfSample + 999_999) / 1_000_000
}

// InSample tells whether the reader of a number is in a sample.
func InSample(number int64, e segment.Sample) bool {
	s, cut := sampleOf(e)
	return s.Place(number) < cut
}
