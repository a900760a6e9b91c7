package newsroom

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// WarmUp says how far a warm-up is.
type WarmUp struct {
	What      string           `json:"what"` // "relay second", "domain observer.example"
	Since     string           `json:"since"`
	Begun     bool             `json:"begun"`
	Days      int              `json:"days"` // on which something was sent
	First     int              `json:"first"`
	Growth    float64          `json:"growth"`
	Providers []WarmUpProvider `json:"providers"`
}

// WarmUpProvider is one provider in it.
type WarmUpProvider struct {
	Provider string `json:"provider"`
	Share    int    `json:"share"` // of today
	Tried    int    `json:"tried"` // of it
	Left     int    `json:"left"`  // of it, promised to no run
	Readers  int    `json:"readers"`
	Last     string `json:"last,omitempty"` // the last day of sending
	LastSent int    `json:"last_tried"`
	LastBad  int    `json:"last_turned_away"`
	Step     string `json:"step"` // begins, grows, idle, holds, halves; "ends": nothing more today
	Why      string `json:"why"`
}

// WarmUps tells how far every warm-up is.
func (n *Newsroom) WarmUps(ctx context.Context) ([]WarmUp, error) {
	now, seen := n.Clock(), map[string]bool{}
	all := []WarmUp{}
	for i := range n.Config.Newsletters {
		for _, up := range n.warmUps(&n.Config.Newsletters[i]) {
			if seen[up.lane] {
				continue
			}
			seen[up.lane] = true
			w, err := n.warmUpStatus(ctx, up, now)
			if err != nil {
				return nil, err
			}
			all = append(all, w)
		}
	}
	return all, nil
}

func (n *Newsroom) warmUpStatus(ctx context.Context, up warmUp, now time.Time) (WarmUp, error) {
	w := WarmUp{What: up.what, Since: up.Since.Format(time.DateOnly), Begun: !now.Before(up.Since), First: up.First, Growth: up.Growth, Providers: []WarmUpProvider{}}
	d, err := n.rampDays(ctx, up, now)
	if err != nil {
		return w, err
	}
	if w.Days, err = n.Store.RampCount(ctx, up.lane); err != nil {
		return w, err
	}
	known := maps.Clone(d.last)
	maps.Copy(known, d.today)
	for _, provider := range slices.Sorted(maps.Keys(known)) {
		today, last := d.today[provider], d.last[provider]
		share, step := d.share(provider)
		left, _ := d.left(provider)
		p := WarmUpProvider{
			Provider: provider, Share: share, Tried: today.Tried(), Left: left, Readers: d.need[provider],
			Last: last.Day, LastSent: last.Tried(), LastBad: last.Tried() - last.Accepted, Step: string(step), Why: stepWords(step, last),
		}
		if today.Ends() {
			p.Step, p.Why = "ends", fmt.Sprintf("nothing more today: %s of %s were turned away", figures.Of(today.Tried()-today.Accepted), figures.Of(today.Tried()))
		}
		w.Providers = append(w.Providers, p)
	}
	return w, nil
}

// stepWords says what made a share what it is.
func stepWords(step mailer.RampStep, last mailer.RampDay) string {
	tried := last.Tried()
	bad := tried - last.Accepted
	switch step {
	case mailer.RampBegins:
		return "its first day"
	case mailer.RampGrows:
		return fmt.Sprintf("grows: %s of %s were taken on %s", figures.Of(last.Accepted), figures.Of(tried), last.Day)
	case mailer.RampIdle:
		return fmt.Sprintf("stays: only %s of %s were needed on %s", figures.Of(tried), figures.Of(last.Share), last.Day)
	case mailer.RampHolds:
		return fmt.Sprintf("held back: %s of %s were turned away on %s", figures.Of(bad), figures.Of(tried), last.Day)
	}
	return fmt.Sprintf("halved: %s of %s were turned away on %s", figures.Of(bad), figures.Of(tried), last.Day)
}

// rampEnds is when the last mail of an edition would be out, begun at starts, where
// warm-ups spread it over days; the zero time: they do not. Every day is taken to go
// well.
func (n *Newsroom) rampEnds(ctx context.Context, e *Edition, to mailer.Audience, part store.Segment, starts time.Time) (time.Time, error) {
	lanes := n.narrow(e)
	if len(lanes) == 0 {
		return time.Time{}, nil
	}
	var days []*rampDays
	var audiences []*mailer.RampAudience
	for _, up := range lanes {
		d, err := n.rampDays(ctx, up, starts)
		if err != nil {
			return time.Time{}, err
		}
		days = append(days, d)
		audiences = append(audiences, mailer.NewRampAudience(d.left))
	}
	err := n.audience(ctx, e, to, part, func(d mailer.Delivery) {
		for _, a := range audiences {
			a.Add(d)
		}
	})
	if err != nil {
		return time.Time{}, err
	}
	longest := 0
	for i, up := range lanes {
		wait := max(0, int(up.Since.Sub(starts).Hours()/24+0.999))
		if took := wait + days[i].take(audiences[i].Want()); took > longest {
			longest = took
		}
	}
	if longest <= 1 {
		return time.Time{}, nil
	}
	local := starts.In(n.zone())
	return time.Date(local.Year(), local.Month(), local.Day()+longest-1, local.Hour(), local.Minute(), 0, 0, n.zone()), nil
}

// narrow are the warm-ups that no mail of an edition can go around: that of its
// domain; and, where every relay is new, the one with the largest share.
func (n *Newsroom) narrow(e *Edition) []warmUp {
	var all, relays []warmUp
	for _, up := range n.warmUps(e.Letter) {
		if up.relay == "" {
			all = append(all, up)
		} else {
			relays = append(relays, up)
		}
	}
	if len(relays) == len(n.Config.Relays) {
		all = append(all, slices.MaxFunc(relays, func(a, b warmUp) int { return a.First - b.First }))
	}
	return all
}

// audiencePage is how many readers are held at once.
const audiencePage = 5000

// audience gives every reader whom a mailing started now would be laid for.
func (n *Newsroom) audience(ctx context.Context, e *Edition, to mailer.Audience, part store.Segment, give func(mailer.Delivery)) error {
	for above := int64(0); ; {
		page, err := n.Store.RampAudience(ctx, e.ID, to, part, n.Clock(), above, audiencePage)
		if err != nil || len(page) == 0 {
			return err
		}
		if err := n.unseal(page, give); err != nil {
			return err
		}
		above = page[len(page)-1].Number
	}
}
