package ops

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// scrapeTime bounds the counting behind one scrape.
const scrapeTime = 8 * time.Second

var (
	upDesc          = describe("up", "1 where the store could be counted.")
	editionsDesc    = describe("editions", "Editions, by newsletter and state.", "newsletter", "state")
	deliveriesDesc  = describe("deliveries", "Recipients of the editions under way and of each newsletter's last, by state.", "edition", "state")
	lettersDesc     = describe("letters", "Mails to one person in the outbox, by state.", "state")
	lettersDueDesc  = describe("letters_due", "1 where the outbox has a mail to send now.")
	subscribersDesc = describe("subscribers", "Readers, by newsletter and state.", "newsletter", "state")
	readDesc        = describe("source_last_success_timestamp_seconds", "When a source was last read; not there where it never was.", "newsletter", "source")
	triedDesc       = describe("source_last_try_timestamp_seconds", "When a source was last tried.", "newsletter", "source")
	nextDesc        = describe("source_next_try_timestamp_seconds", "When the schedule tries a source next.", "newsletter", "source")
	failuresDesc    = describe("source_failures", "Tries of a source in a row that failed.", "newsletter", "source")
	storiesDesc     = describe("source_stories", "Stories in a source when it was last read.", "newsletter", "source")
	sizeDesc        = describe("source_bytes", "What a source weighed when it was last read, unpacked.", "newsletter", "source")
	tookDesc        = describe("source_seconds", "How long the last try of a source took.", "newsletter", "source")
	beatDesc        = describe("last_heartbeat_timestamp_seconds", "When the schedule was last looked at.")
	lockedDesc      = describe("locked", "1 where the list is locked: nothing is sent until somebody hands over the key.")
	untilDesc       = describe("unlocked_until_timestamp_seconds", "When the list locks itself; not there where it does not.")
	buildDesc       = describe("build_info", "1, with the version of the program and of Go.", "version", "go")
)

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("broadsheet_"+name, help, labels, nil)
}

// metrics serves /metrics. The numbers are counted anew for each scrape: the rows
// are the truth.
func (d *desk) metrics() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(&counter{n: d.n, o: d.o, counted: map[int64]tally{}}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		ErrorLog: log.New(io.Discard, "", 0), MaxRequestsInFlight: 2, Timeout: scrapeTime + time.Second,
	})
}

// counter counts the newsroom for Prometheus.
type counter struct {
	n *newsroom.Newsroom
	o Options

	mu      sync.Mutex
	counted map[int64]tally // by edition
}

// tally is a count of an edition's deliveries and how long it stands. A million
// rows take a while: counting may take a tenth of the time.
type tally struct {
	counts store.Counts
	until  time.Time
}

// Describe is prometheus.Collector.
func (c *counter) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{upDesc, editionsDesc, deliveriesDesc, lettersDesc, lettersDueDesc, subscribersDesc, readDesc, triedDesc, nextDesc, failuresDesc, storiesDesc, sizeDesc, tookDesc, beatDesc, lockedDesc, untilDesc, buildDesc} {
		out <- d
	}
}

// Collect is prometheus.Collector. What cannot be counted is left out, and
// broadsheet_up is 0.
func (c *counter) Collect(out chan<- prometheus.Metric) {
	ctx, stop := context.WithTimeout(context.Background(), scrapeTime)
	defer stop()
	up := 1.0
	for _, count := range []func(context.Context, gauge) error{c.editions, c.deliveries, c.letters, c.subscribers, c.sources} {
		if err := count(ctx, gaugeInto(out)); err != nil {
			c.n.Log.Error("metrics", "error", err)
			up = 0
		}
	}
	set := gaugeInto(out)
	set(upDesc, up)
	keys := c.n.KeyState()
	locked := 0.0
	if keys.Locked {
		locked = 1
	}
	set(lockedDesc, locked)
	if !keys.Until.IsZero() {
		set(untilDesc, float64(keys.Until.Unix()))
	}
	set(buildDesc, 1, c.o.Version, runtime.Version())
	if c.o.LastBeat != nil {
		if beat := c.o.LastBeat(); !beat.IsZero() {
			set(beatDesc, float64(beat.Unix()))
		}
	}
}

// gauge gives one number out.
type gauge func(d *prometheus.Desc, value float64, labels ...string)

func gaugeInto(out chan<- prometheus.Metric) gauge {
	return func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
}

func (c *counter) editions(ctx context.Context, set gauge) error {
	rows, err := c.n.Store.Editions(ctx, "", 0)
	counts := map[[2]string]int{}
	for _, row := range rows {
		counts[[2]string{row.Newsletter, string(row.State)}]++
	}
	for labels, n := range counts {
		set(editionsDesc, float64(n), labels[:]...)
	}
	return err
}

// deliveries counts the editions of unfinished mailings, and the last edition of
// each newsletter that was sent.
func (c *counter) deliveries(ctx context.Context, set gauge) error {
	watched := map[int64]string{}
	unfinished, err := c.n.Unfinished(ctx)
	if err != nil {
		return err
	}
	for _, m := range unfinished {
		row, err := c.n.Store.Edition(ctx, m.Edition)
		if err != nil {
			return err
		}
		watched[row.ID] = row.Name()
	}
	for _, letter := range c.n.Config.Newsletters {
		rows, err := c.n.Store.Editions(ctx, letter.Name, lately)
		if err != nil {
			return err
		}
		if row, ok := lastMailed(rows); ok {
			watched[row.ID] = row.Name()
		}
	}
	for id, name := range watched {
		counts, err := c.count(ctx, id)
		if err != nil {
			return fmt.Errorf("count %s: %w", name, err)
		}
		for state, n := range byState(counts) {
			set(deliveriesDesc, float64(n), name, string(state))
		}
	}
	return nil
}

func (c *counter) count(ctx context.Context, edition int64) (store.Counts, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	begun := c.n.Clock()
	if t, ok := c.counted[edition]; ok && begun.Before(t.until) {
		return t.counts, nil
	}
	counts, err := c.n.Store.CountEdition(ctx, edition)
	if err != nil {
		return counts, err
	}
	ended := c.n.Clock()
	c.counted[edition] = tally{counts: counts, until: ended.Add(9 * ended.Sub(begun))}
	return counts, nil
}

// byState lists counts by the words of the design, each recipient once.
func byState(c store.Counts) map[mailer.DeliveryState]int64 {
	return map[mailer.DeliveryState]int64{
		mailer.Queued: c.Queued - c.Claimed, mailer.Claimed: c.Claimed,
		mailer.Accepted: c.Accepted - c.Bounced, mailer.Bounced: c.Bounced,
		mailer.Deferred: c.Deferred, mailer.Rejected: c.Rejected,
		mailer.InDoubt: c.InDoubt, mailer.Skipped: c.Skipped,
	}
}

func (c *counter) letters(ctx context.Context, set gauge) error {
	counts, err := c.n.Store.CountLetters(ctx)
	if err != nil {
		return err
	}
	for state, n := range byState(counts) {
		set(lettersDesc, float64(n), string(state))
	}
	due, err := c.n.LettersDue(ctx)
	value := 0.0
	if due {
		value = 1
	}
	set(lettersDueDesc, value)
	return err
}

func (c *counter) subscribers(ctx context.Context, set gauge) error {
	counts, err := c.n.Count(ctx)
	for _, n := range counts {
		set(subscribersDesc, float64(n.Count), n.Newsletter, string(n.State))
	}
	return err
}

// sources tells how each is doing, by its name: an address may hold a secret.
func (c *counter) sources(ctx context.Context, set gauge) error {
	lines, err := c.n.Sources(ctx, "")
	for _, l := range lines {
		for d, at := range map[*prometheus.Desc]time.Time{readDesc: l.LastSuccess, triedDesc: l.LastTry, nextDesc: l.NextTry} {
			if !at.IsZero() {
				set(d, float64(at.Unix()), l.Newsletter, l.Source)
			}
		}
		set(failuresDesc, float64(l.Failures), l.Newsletter, l.Source)
		set(storiesDesc, float64(l.Stories), l.Newsletter, l.Source)
		set(sizeDesc, float64(l.Bytes), l.Newsletter, l.Source)
		set(tookDesc, l.Seconds, l.Newsletter, l.Source)
	}
	return err
}

func builtVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "unknown"
	}
	return info.Main.Version
}
