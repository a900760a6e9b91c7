package newsroom

import (
	"context"
	"fmt"
	"slices"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/subscribers/segment"
	"github.com/broadsheet-news/broadsheet/templates"
)

// moment is what a newsletter's segments are measured against now.
func (n *Newsroom) moment(letter *config.Newsletter) segment.Moment {
	return segment.Moment{Now: n.Clock(), Zone: letter.Location, Language: letter.Language, Format: string(letter.Format)}
}

// part is the part of a newsletter's readers that an expression names, as of now; the
// empty one names all. Errors: *segment.Error.
func (n *Newsroom) part(letter *config.Newsletter, where string) (store.Segment, error) {
	if where == "" {
		return store.Segment{}, nil
	}
	e, err := segment.Parse(where, n.Config.Segments)
	return store.Segment{Said: where, Expr: e, Moment: n.moment(letter)}, err
}

// CheckWhere tells whether an expression can be asked of a newsletter's readers.
func (n *Newsroom) CheckWhere(newsletter, where string) error {
	letter, err := n.Newsletter(newsletter)
	if err == nil {
		_, err = n.part(letter, where)
	}
	return err
}

// formatsFor are the formats of parts of a newsletter's readers, as of now.
func (n *Newsroom) formatsFor(letter *config.Newsletter) []store.FormatFor {
	var all []store.FormatFor
	for _, f := range letter.FormatFor {
		all = append(all, store.FormatFor{
			Segment: store.Segment{Said: f.Said, Expr: f.Where, Moment: n.moment(letter)}, Format: string(f.Format),
		})
	}
	return all
}

// usualFor is the variant that a reader of a newsletter gets who has chosen none.
func (n *Newsroom) usualFor(ctx context.Context, letter *config.Newsletter, s store.Subscriber) (templates.Variant, error) {
	at := slices.IndexFunc(s.Ties, func(t store.Subscription) bool { return t.Newsletter == letter.Name })
	if len(letter.FormatFor) == 0 || at < 0 {
		return usual(letter), nil
	}
	tie := s.Ties[at]
	r := segment.Reader{
		Language: tie.Language, Format: tie.Variant, Joined: tie.JoinedAt, Confirmed: tie.ConfirmedAt,
		PausedUntil: tie.PausedUntil, AppealUntil: tie.AppealUntil,
		In: func(x segment.Sample) bool { return store.InSample(s.Number, x) },
	}
	consents, err := n.Store.Consents(ctx, s.Number)
	if err != nil {
		return "", err
	}
	for _, c := range consents {
		if c.Newsletter == letter.Name {
			r.Consents = append(r.Consents, segment.Consent{Path: c.Path, Basis: c.Basis, Policy: c.TextVersion})
		}
	}
	for _, f := range letter.FormatFor {
		if segment.Matches(f.Where, r, n.moment(letter)) {
			return f.Format, nil
		}
	}
	return usual(letter), nil
}

// audienceIn is the audience of a send to a part that names none: those of it who have
// not got the edition, where some readers have.
func (n *Newsroom) audienceIn(ctx context.Context, e *Edition, to mailer.Audience, part store.Segment) (mailer.Audience, error) {
	if to != "" || part.Whole() {
		return to, nil
	}
	return n.audienceFor(ctx, e)
}

// nobodyIn says why a send to a part would reach no one.
func nobodyIn(e *Edition, part store.Segment) error {
	return fmt.Errorf("nobody is left in the part %s whom %s could be sent to: nobody is in it, or all have it", part.Said, e.Ref())
}

// left counts who has not got an edition of which only a part of the list was to get
// the last mailing; 0 while that is under way.
func (n *Newsroom) left(ctx context.Context, row store.Edition) (int64, error) {
	mailings, err := n.Store.Mailings(ctx, row.ID)
	if err != nil || len(mailings) == 0 {
		return 0, err
	}
	last := mailings[len(mailings)-1]
	if !row.ForgottenAt.IsZero() || last.Segment.Whole() || last.State != mailer.Done || n.refreshed(ctx, row).State != digest.Sent {
		return 0, nil
	}
	return n.Store.AudienceSize(ctx, row.ID, mailer.ToRest, store.Segment{}, n.Clock())
}

// CountIn counts the readers of one newsletter who are in the part that an expression
// names, or, where none is named, of each; by state.
func (n *Newsroom) CountIn(ctx context.Context, newsletter, where string) ([]store.SubscriberCount, error) {
	if newsletter != "" {
		if _, err := n.Newsletter(newsletter); err != nil {
			return nil, err
		}
	}
	var all []store.SubscriberCount
	for i := range n.Config.Newsletters {
		letter := &n.Config.Newsletters[i]
		if newsletter != "" && letter.Name != newsletter {
			continue
		}
		part, err := n.part(letter, where)
		if err != nil {
			return nil, err
		}
		counts, err := n.Store.CountSubscribersIn(ctx, letter.Name, part)
		if err != nil {
			return nil, err
		}
		all = append(all, counts...)
	}
	return all, nil
}
