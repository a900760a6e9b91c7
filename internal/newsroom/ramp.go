package newsroom

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// warmUp is a relay or a sending domain that is being warmed up.
type warmUp struct {
	lane  string // its name in the store
	relay string // empty: every relay
	what  string // for people
	mailer.Ramp
}

// warmUps are those that concern a newsletter's mail.
func (n *Newsroom) warmUps(letter *config.Newsletter) []warmUp {
	var all []warmUp
	add := func(lane, relay, what string, r *mailer.Ramp) {
		if r == nil {
			return
		}
		w := warmUp{lane: lane, relay: relay, what: what, Ramp: *r}
		y, m, d := r.Since.Date()
		w.Since = time.Date(y, m, d, 0, 0, 0, 0, n.zone())
		all = append(all, w)
	}
	domain := domainOf(letter.From.Address)
	add("domain "+domain, "", "domain "+domain, letter.Ramp)
	for _, r := range n.Config.Relays {
		add("relay "+r.Name, r.Name, "relay "+r.Name, r.Ramp)
	}
	return all
}

// zone is where the newsroom's days begin and end.
func (n *Newsroom) zone() *time.Location { return n.Config.Newsletters[0].Location }

// zoneOf is the zone of a newsletter, in which people read its times; the newsroom's
// for one that is not in the configuration any more.
func (n *Newsroom) zoneOf(newsletter string) *time.Location {
	if letter, ok := n.Config.Newsletter(newsletter); ok {
		return letter.Location
	}
	return n.zone()
}

func (n *Newsroom) dayOf(now time.Time) string { return now.In(n.zone()).Format(time.DateOnly) }

// rampFlush is how often what came of a warm-up's messages is stored.
const rampFlush = 2 * time.Second

// ramping warms up while a mailing runs: it makes each day's plan, and keeps count.
type ramping struct {
	n    *Newsroom
	m    store.Mailing
	ups  []warmUp
	gate *mailer.RampGate

	ctx  context.Context // of the run: Renew is called within it
	stop context.CancelFunc
	over sync.WaitGroup
}

// ramp begins; nil where nothing that the mailing uses is being warmed up.
func (n *Newsroom) ramp(ctx context.Context, letter *config.Newsletter, m store.Mailing, use func() string) *ramping {
	ups := n.warmUps(letter)
	if len(ups) == 0 {
		return nil
	}
	ctx, stop := context.WithCancel(ctx)
	r := &ramping{n: n, m: m, ups: ups, ctx: ctx, stop: stop}
	r.gate = &mailer.RampGate{
		Renew:    r.renew,
		Tomorrow: r.tomorrow,
		Rests: func(relay string) bool {
			name := use()
			return name != "" && name != relay
		},
	}
	r.over.Go(r.count)
	return r
}

// close stores what is left to store.
func (r *ramping) close(ctx context.Context) error {
	if r == nil {
		return nil
	}
	r.stop()
	r.over.Wait()
	return r.store(ctx, true)
}

// observe is told of each result.
func (r *ramping) observe(e mailer.Event) {
	if r != nil {
		r.gate.Observe(e)
	}
}

func (r *ramping) count() {
	for range every(r.ctx, rampFlush) {
		if err := r.store(r.ctx, false); err != nil && r.ctx.Err() == nil {
			r.n.Log.Warn("a warm-up's counts are not stored", "error", err)
		}
	}
}

func (r *ramping) store(ctx context.Context, end bool) error {
	heard := r.gate.Heard(end)
	if len(heard) == 0 {
		return nil
	}
	rows := make([]store.RampRow, len(heard))
	for i, h := range heard {
		rows[i] = store.RampRow{Lane: h.Lane, Provider: h.Provider, RampDay: h.RampDay, Granted: h.Unused}
	}
	return r.n.Store.AddRamp(ctx, rows)
}

// tomorrow is the time of day at which the mailing began, on the next day.
func (r *ramping) tomorrow(now time.Time) time.Time {
	began, now := r.m.StartedAt.In(r.n.zone()), now.In(r.n.zone())
	return time.Date(now.Year(), now.Month(), now.Day()+1, began.Hour(), began.Minute(), began.Second(), 0, r.n.zone())
}

// renew makes the plan of a day. All deliveries are laid first: who is to be mailed
// the new way is known once everybody is.
func (r *ramping) renew(now time.Time) ([]*mailer.RampLane, time.Time, error) {
	local := now.In(r.n.zone())
	until := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, r.n.zone())
	lanes, err := r.plan(now)
	if err != nil && r.ctx.Err() == nil {
		r.n.Log.Error("the day's plan of a warm-up cannot be made; the mail waits", "mailing", r.m.ID, "error", err)
	}
	return lanes, until, err
}

func (r *ramping) plan(now time.Time) ([]*mailer.RampLane, error) {
	if err := r.store(r.ctx, true); err != nil {
		return nil, err
	}
	for {
		_, done, err := r.n.Store.Lay(r.ctx, r.m.ID, sliceWidth, r.n.Clock())
		if err != nil {
			return nil, err
		}
		if done {
			break
		}
	}
	var lanes []*mailer.RampLane
	var days []*rampDays
	var audiences []*mailer.RampAudience
	for _, up := range r.ups {
		lanes = append(lanes, &mailer.RampLane{Name: up.lane, Relay: up.relay, Since: up.Since, Day: r.n.dayOf(now)})
		d, err := r.n.rampDays(r.ctx, up, now)
		if err != nil {
			return nil, err
		}
		days = append(days, d)
		audiences = append(audiences, mailer.NewRampAudience(d.left))
	}
	began := time.Now()
	readers, err := r.n.unsettled(r.ctx, r.m.ID, func(d mailer.Delivery) {
		for _, a := range audiences {
			a.Add(d)
		}
	})
	if err != nil {
		return nil, err
	}
	for i, up := range r.ups {
		if now.Before(up.Since) {
			continue
		}
		granted, err := r.n.Store.GrantRamp(r.ctx, days[i].ask(audiences[i].Want()))
		if err != nil {
			return nil, err
		}
		lanes[i].Plan = audiences[i].Plan(granted, days[i].today)
		sum := 0
		for _, n := range granted {
			sum += n
		}
		r.n.Log.Info("warm-up", "lane", up.lane, "day", lanes[i].Day, "readers", readers, "today", sum, "took", time.Since(began))
	}
	return lanes, nil
}

// unsettled gives every delivery of a mailing that is not settled, with its address
// and the time of the reader's yes.
func (n *Newsroom) unsettled(ctx context.Context, mailing int64, give func(mailer.Delivery)) (readers int, err error) {
	slices, err := n.Store.OpenSlices(ctx, mailing)
	for _, id := range slices {
		page, err := n.Store.RampReaders(ctx, id)
		if err != nil {
			return readers, err
		}
		if err := n.unseal(page, give); err != nil {
			return readers, err
		}
		readers += len(page)
	}
	return readers, err
}

func (n *Newsroom) unseal(page []store.RampReader, give func(mailer.Delivery)) error {
	for _, reader := range page {
		address, err := n.Keys.Open(addressOf(reader.ID), reader.Address)
		if err != nil {
			return fmt.Errorf("plan a warm-up: %w", err)
		}
		give(mailer.Delivery{Number: reader.Number, Address: address, Confirmed: reader.ConfirmedAt})
	}
	return nil
}
