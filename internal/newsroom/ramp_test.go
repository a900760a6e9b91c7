package newsroom_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/demo"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// rampProviders are the mailboxes of the readers in these tests, and how they are
// counted: the two small domains together.
var rampProviders = map[string]string{"gmail.com": "google", "hotmail.com": "microsoft", "club.example": "other", "quay.example": "other"}

// warm makes a newsroom with readers at each provider, who confirmed on a day each,
// the last first, and a new relay beside the old one.
func (r *room) warm(each int, ramp string, alone bool) (fresh *relay, newest map[string][]string) {
	r.t.Helper()
	newest = map[string][]string{}
	friday := r.clock.Now()
	for i := range each {
		r.clock.Set(friday.AddDate(0, 0, -i-1))
		var b strings.Builder
		b.WriteString("email\n")
		for _, domain := range slices.Sorted(maps.Keys(rampProviders)) {
			if domain == "quay.example" && i > 0 {
				continue
			}
			address := fmt.Sprintf("r%03d@%s", each-i, domain)
			newest[rampProviders[domain]] = append(newest[rampProviders[domain]], address)
			b.WriteString(address + "\n")
		}
		if _, err := r.n.Import(r.t.Context(), strings.NewReader(b.String()), newsroom.ImportOptions{Newsletter: "weekly", Basis: "test"}); err != nil {
			r.t.Fatal(err)
		}
	}
	r.clock.Set(friday)
	fresh = openRelay(r.t, "", "")
	yaml := string(r.yaml())
	added := fmt.Sprintf("  - name: fresh\n    address: %s\n    tls: none\n    connections: 3\n    window: 4\n    ramp: %s\nnewsletters:", fresh.Address(), ramp)
	yaml = strings.Replace(yaml, "newsletters:", added, 1)
	if alone {
		before, _, _ := strings.Cut(yaml, "  - address:")
		_, after, _ := strings.Cut(yaml, "  - name: fresh")
		yaml = before + "  - name: fresh" + after
	}
	r.write(newsroom.ConfigFile, yaml)
	r.again()
	return fresh, newest
}

// sendOn drafts, approves and sends an edition at its slot.
func (r *room) sendOn(day time.Time, wait time.Duration) newsroom.Accounting {
	r.t.Helper()
	r.clock.Set(day)
	r.feed(storiesAt(day.Add(-3*time.Hour), 5)...)
	if _, err := r.n.Draft(r.t.Context(), "weekly", day.Format(time.DateOnly), true); err != nil {
		r.t.Fatal(err)
	}
	name := "weekly/" + day.Format("2006-01-02T15:04")
	r.approve(name)
	return r.send(name, newsroom.SendOptions{Wait: wait})
}

// hasExactly holds what a relay took to the newest readers of each provider.
func hasExactly(t *testing.T, relay *relay, newest map[string][]string, want map[string]int) {
	t.Helper()
	got := relay.counts()
	var all []string
	for provider, n := range want {
		all = append(all, newest[provider][:n]...)
	}
	slices.Sort(all)
	if have := slices.Sorted(maps.Keys(got)); !slices.Equal(have, all) {
		t.Errorf("the new relay took %d, want %d:\n got %v\nwant %v", len(have), len(all), have, all)
	}
	for _, n := range got {
		if n != 1 {
			t.Error("somebody got it twice")
		}
	}
}

// TestRamp: a new relay gets its share of each provider, of those who confirmed last,
// and the old one the rest; a provider that takes it well gets more the next time, one
// that defers gets less.
func TestRamp(t *testing.T) {
	each(t, nil, func(t *testing.T, r *room) {
		r.clock.Set(friday)
		fresh, newest := r.warm(25, "{since: 2026-11-27, first: 10}", false)
		a := r.sendOn(friday, 5*time.Second)
		if a.Accepted != 76 || !a.Balanced() {
			t.Fatalf("day 1: %+v", a)
		}
		hasExactly(t, fresh, newest, map[string]int{"google": 10, "microsoft": 10, "other": 10})
		if n := len(r.sink.counts()); n != 76-30 {
			t.Errorf("the old relay took %d", n)
		}

		// A week later half as many more, but where the provider defers.
		fresh.forget()
		r.sink.forget()
		fresh.fail(demo.Faults{Rcpt: func(to string) demo.Reply {
			if strings.HasSuffix(to, "@gmail.com") {
				return demo.Reply{Code: 450, Text: "4.7.28 Our system has detected an unusual rate"}
			}
			return demo.Reply{}
		}})
		a = r.sendOn(friday.AddDate(0, 0, 7), 3*time.Second)
		if a.Deferred == 0 || a.Deferred > 15 || a.Accepted+a.Deferred+a.Queued != 76 {
			t.Errorf("day 2: %+v", a)
		}
		hasExactly(t, fresh, newest, map[string]int{"microsoft": 15, "other": 15})
		deferred := a.Deferred
		fresh.fail(demo.Faults{})
		r.clock.Forward(time.Hour)
		a = r.send(fridays2, newsroom.SendOptions{Wait: 3 * time.Second})
		if a.Accepted != 76 {
			t.Errorf("an hour later the rest should have gone out, some by the old relay: %+v", a)
		}

		// Then google gets half, the others grow.
		fresh.forget()
		r.sendOn(friday.AddDate(0, 0, 14), 5*time.Second)
		google := 7
		if deferred < 3 { // the sender slowed down before more were tried
			google = 15
		}
		hasExactly(t, fresh, newest, map[string]int{"google": google, "microsoft": 22, "other": 22})
		if log := r.log.String(); strings.Contains(log, "@gmail.com") || strings.Contains(log, "club.example") {
			t.Error("the log names readers")
		}
	})
}

const fridays2 = "weekly/2026-12-04T09:00"

// TestRampAlone: where there is no other relay, the rest waits for the next days, at
// the time at which it began.
func TestRampAlone(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		r.clock.Set(friday)
		fresh, newest := r.warm(20, "{since: 2026-11-27, first: 6}", true)
		a := r.sendOn(friday, 2*time.Second)
		if a.Accepted != 18 || a.Queued != 43 || a.NextDue.Before(friday.AddDate(0, 0, 1)) || a.NextDue.After(friday.AddDate(0, 0, 1).Add(time.Minute)) {
			t.Fatalf("day 1: %+v, due %s", a, a.NextDue)
		}
		hasExactly(t, fresh, newest, map[string]int{"google": 6, "microsoft": 6, "other": 6})

		// Once more on the same day: the share is used.
		r.clock.Forward(time.Hour)
		if a = r.send(fridays, newsroom.SendOptions{}); a.Accepted != 18 {
			t.Errorf("later on day 1: %+v", a)
		}
		r.clock.Set(friday.AddDate(0, 0, 1).Add(time.Minute))
		a = r.send(fridays, newsroom.SendOptions{Wait: 2 * time.Second})
		hasExactly(t, fresh, newest, map[string]int{"google": 15, "microsoft": 15, "other": 15})
		for day := 2; day < 6 && !a.Complete(); day++ {
			r.clock.Set(friday.AddDate(0, 0, day).Add(time.Minute))
			a = r.send(fridays, newsroom.SendOptions{Wait: 2 * time.Second})
		}
		hasExactly(t, fresh, newest, map[string]int{"google": 20, "microsoft": 20, "other": 21})
		if !a.Complete() {
			t.Errorf("at the end: %+v", a)
		}
	})
}
