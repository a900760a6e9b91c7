package newsroom

import (
	"context"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// rampDays is how far a warm-up is with each provider.
type rampDays struct {
	up      warmUp
	day     string
	today   map[string]mailer.RampDay
	granted map[string]int
	need    map[string]int            // readers who were left when it was last asked for
	last    map[string]mailer.RampDay // the last day before
}

func (n *Newsroom) rampDays(ctx context.Context, up warmUp, now time.Time) (*rampDays, error) {
	d := &rampDays{
		up: up, day: n.dayOf(now),
		today: map[string]mailer.RampDay{}, granted: map[string]int{}, last: map[string]mailer.RampDay{}, need: map[string]int{},
	}
	rows, err := n.Store.RampDays(ctx, up.lane)
	for _, r := range rows {
		if _, newer := d.need[r.Provider]; !newer {
			d.need[r.Provider] = r.Need
		}
		switch _, later := d.last[r.Provider]; {
		case r.Day == d.day:
			d.today[r.Provider], d.granted[r.Provider] = r.RampDay, r.Granted
		case r.Day < d.day && !later:
			d.last[r.Provider] = r.RampDay
		}
	}
	return d, err
}

// share is a provider's share of today, and what made it so.
func (d *rampDays) share(provider string) (int, mailer.RampStep) {
	share, step := d.up.Next(d.last[provider])
	if today, ok := d.today[provider]; ok {
		share = today.Share
	}
	return share, step
}

// left is how many more a provider may get today; known: it has been counted by this
// name.
func (d *rampDays) left(provider string) (left int, known bool) {
	_, today := d.today[provider]
	_, before := d.last[provider]
	share, _ := d.share(provider)
	return max(0, share-d.granted[provider]), today || before
}

// ask is what is to be asked of the store.
func (d *rampDays) ask(want, need map[string]int) []store.RampRow {
	var rows []store.RampRow
	for provider, n := range want {
		share, _ := d.share(provider)
		rows = append(rows, store.RampRow{
			Lane: d.up.lane, Provider: provider, RampDay: mailer.RampDay{Day: d.day, Share: share},
			Granted: n, Need: need[provider],
		})
	}
	return rows
}

// take is how many days it takes to send what is needed, if they all go well.
func (d *rampDays) take(_, need map[string]int) int {
	days := 1
	for provider, n := range need {
		left, _ := d.left(provider)
		share, _ := d.share(provider)
		days = max(days, d.up.Days(n, left, share))
	}
	return days
}
