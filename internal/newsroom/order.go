package newsroom

import (
	"context"
	"fmt"
	"slices"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// order makes sure that an edition has a mailing to run: the one under way, or a
// new one of its frozen revision.
func (n *Newsroom) order(ctx context.Context, e *Edition, o SendOptions) (store.Mailing, error) {
	m, err := n.orderTo(ctx, e, o)
	if err != nil || !o.Now || m.Wave == 0 {
		return m, err
	}
	if err := n.Store.Hasten(ctx, m.ID, n.Who, n.Clock()); err != nil {
		return m, err
	}
	return n.Store.Mailing(ctx, m.ID)
}

func (n *Newsroom) orderTo(ctx context.Context, e *Edition, o SendOptions) (store.Mailing, error) {
	to := o.To
	part, err := n.part(e.Letter, o.Where)
	if err != nil {
		return store.Mailing{}, err
	}
	mailings, err := n.Store.Mailings(ctx, e.ID)
	if err != nil {
		return store.Mailing{}, err
	}
	for _, m := range mailings {
		if m.Finished() {
			continue
		}
		if m.State == mailer.Paused {
			return m, fmt.Errorf("%s is paused (%s): \"broadsheet resume %s\" lets it go on", e.Ref(), m.Reason, e.Ref())
		}
		if to != "" && to != m.Audience {
			return m, fmt.Errorf("%s is being sent to the %s: let it end, or cancel it, before sending to the %s", e.Ref(), m.Audience, to)
		}
		if !part.Whole() && !part.Same(m.Segment) {
			return m, fmt.Errorf("%s is being sent to the %s%s: let it end, or cancel it, before sending to another part", e.Ref(), m.Audience, m.Segment.Where())
		}
		return m, nil
	}
	if e.State == digest.Sending { // that ended meanwhile, or was cancelled
		e.Edition = n.refreshed(ctx, e.Edition)
	}
	if err := n.forgotten(e.Edition); err != nil {
		return store.Mailing{}, err
	}
	if to, err = n.audienceIn(ctx, e, to, part); err != nil {
		return store.Mailing{}, err
	}
	if e, err = n.ready(ctx, e, to, part, o.Force); err != nil {
		return store.Mailing{}, err
	}
	if to == "" {
		if to, err = n.audienceFor(ctx, e); err != nil {
			return store.Mailing{}, err
		}
	}
	waves, err := n.plan(ctx, e, to, part)
	if err != nil {
		return store.Mailing{}, err
	}
	now := n.Clock()
	return n.Store.StartMailing(ctx, store.NewMailing{
		Edition: e.ID, Revision: e.Revision.Number, Audience: to, Segment: part, Policy: e.Letter.InDoubt,
		Date: now, At: now, Who: n.Who, Stories: mailedBy(e), Waves: waves, FormatFor: n.formatsFor(e.Letter),
	})
}

// ready brings an edition to frozen, or says what keeps it. Force is a reason to let
// errors of its mail pass.
func (n *Newsroom) ready(ctx context.Context, e *Edition, to mailer.Audience, part store.Segment, force string) (*Edition, error) {
	if err := n.maySend(ctx, e, to, part); err != nil {
		return nil, err
	}
	if err := n.signing[e.Letter.Name].err; err != nil {
		return nil, err
	}
	switch e.State {
	case digest.Draft, digest.Approved, digest.Frozen: // else readers have it
		if err := n.recheck(ctx, e); err != nil {
			return nil, err
		}
	}
	if e.State == digest.Draft { // and waits for nobody
		_, err := n.approve(ctx, e)                                          // the freeze looks at its mail
		if err != nil && n.refreshed(ctx, e.Edition).State == digest.Draft { // else another process was faster
			return nil, err
		}
		asked := e.asked
		if e, err = n.load(ctx, n.refreshed(ctx, e.Edition)); err != nil {
			return nil, err
		}
		e.asked = asked
	}
	if e.State == digest.Approved {
		if err := n.freeze(ctx, e, force); err != nil {
			return nil, err
		}
	}
	return n.load(ctx, n.refreshed(ctx, e.Edition))
}

func (n *Newsroom) maySend(ctx context.Context, e *Edition, to mailer.Audience, part store.Segment) error {
	switch e.State {
	case digest.Approved, digest.Frozen:
		return n.notExpired(ctx, e)
	case digest.Draft, digest.Held:
		if len(e.Revision.Items()) == 0 {
			return noStory(e)
		}
		if waits(e.Letter, e.Edition) {
			return fmt.Errorf("%s is %s: look at it with \"broadsheet preview %s\" and approve it with \"broadsheet approve %s\"", e.Ref(), e.State.Words(), e.Ref(), e.Ref())
		}
		return n.notExpired(ctx, e)
	case digest.Sent, digest.Sending:
		if e.State == digest.Sent && (to == mailer.ToRest || to == mailer.ToDelivered) {
			left, err := n.Store.AudienceSize(ctx, e.ID, to, part, n.Clock())
			if err != nil || left > 0 {
				return err
			}
			if !part.Whole() {
				return nobodyIn(e, part)
			}
		}
		a, err := n.status(ctx, e.Edition)
		if err != nil {
			return err
		}
		left, err := n.left(ctx, e.Edition)
		if err != nil {
			return err
		}
		return fmt.Errorf("%s has been sent: %s of %s handed over. %sTo mend it, \"broadsheet reopen %s\": the new revision can go to the rest, or as a correction to those who have it", e.Ref(), figures.Of(a.Accepted), figures.Of(a.Audience), restWords(e, left), e.Ref())
	}
	return closedError(e.Edition, n.Clock())
}

// restWords says how the rest of the list gets an edition that was sent to a part of it.
func restWords(e *Edition, left int64) string {
	if left == 0 {
		return ""
	}
	return fmt.Sprintf("It went to a part of the list: \"broadsheet send %s --to rest\" sends it to those without it, %s now. ", e.Ref(), figures.Of(left))
}

// audienceFor is who a send goes to that does not say: the list, or, where some
// readers have an earlier revision, the rest. Nobody gets it twice unasked.
func (n *Newsroom) audienceFor(ctx context.Context, e *Edition) (mailer.Audience, error) {
	again, err := n.mailedBefore(ctx, e.Edition)
	if again {
		return mailer.ToRest, err
	}
	return mailer.ToList, err
}

// mailedBy lists what readers have seen once an edition is sent: the stories it
// prints, and those of the same events that they stand for.
func mailedBy(e *Edition) []digest.Mailed {
	known := map[string]digest.Story{}
	for _, s := range e.Snapshot.Stories {
		known[s.ID] = s
	}
	var mailed []digest.Mailed
	add := func(s digest.Story) {
		mailed = append(mailed, digest.Mailed{
			ID: s.ID, Source: s.Source, GUID: s.GUID, URL: s.URL, Title: s.Title,
			Published: s.Date(), Edition: e.Ref(),
		})
	}
	for _, c := range e.Pick.Chosen {
		add(c.Story)
		for _, id := range slices.Concat(c.Also, c.Again) {
			if s, ok := known[id]; ok {
				add(s)
			}
		}
	}
	return mailed
}
