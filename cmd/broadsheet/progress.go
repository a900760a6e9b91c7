package main

import (
	"fmt"
	"io"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// lineEvery is how often a progress line is printed where no bar can be drawn.
const lineEvery = 10 * time.Second

// progress shows how far a send is: a live bar at a terminal, one line a while
// anywhere else. It writes to standard error, so that standard output is the
// result alone.
type progress struct {
	out   io.Writer
	quiet bool
	clock func() time.Time

	bars *mpb.Progress
	bar  *mpb.Bar
	last time.Time
	now  newsroom.Accounting

	began time.Time // when this run was first seen, and how much was settled then
	base  int64
}

func (a *App) newProgress(quiet bool) *progress {
	p := &progress{out: a.Err, quiet: quiet, clock: a.Clock, last: a.Clock()}
	if isTerminal(a.Err) && !quiet {
		p.bars = mpb.New(mpb.WithOutput(a.Err), mpb.WithWidth(40), mpb.WithRefreshRate(100*time.Millisecond))
	}
	return p
}

// show takes in an accounting.
func (p *progress) show(r newsroom.Accounting) {
	if p.began.IsZero() {
		p.began, p.base = p.clock(), settled(r)
	}
	p.now = r
	switch {
	case p.bars != nil:
		p.draw(r)
	case !p.quiet && p.clock().Sub(p.last) >= lineEvery:
		p.last = p.clock()
		fmt.Fprintln(p.out, p.line(r))
	}
}

func (p *progress) draw(r newsroom.Accounting) {
	if p.bar == nil {
		p.bar = p.bars.New(r.Audience,
			mpb.BarStyle().Lbound("").Filler("█").Tip("█").Padding("░").Rbound(""),
			mpb.PrependDecorators(decor.Percentage(decor.WCSyncSpace)),
			mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return "  " + p.line(p.now) })))
	}
	p.bar.SetTotal(max(r.Audience, 1), false)
	p.bar.SetCurrent(settled(r))
}

// settled is how many of an audience need nothing more.
func settled(r newsroom.Accounting) int64 { return r.Accepted + r.Rejected + r.InDoubt + r.Skipped }

// line is one accounting in one line: settled, the rate of this run, time left, what
// is wrong.
func (p *progress) line(r newsroom.Accounting) string {
	done, took := settled(r), p.clock().Sub(p.began)
	text := fmt.Sprintf("%s of %s", number(done), number(r.Audience))
	if rate := float64(done-p.base) / took.Seconds(); took > time.Second/2 && rate > 0 {
		text += fmt.Sprintf(", %s/s", number(int64(rate)))
		if left := r.Audience - done; left > 0 {
			text += ", " + time.Duration(float64(left)/rate*float64(time.Second)).Round(time.Second).String() + " left"
		}
	}
	for _, odd := range []struct {
		n    int64
		name string
	}{{r.Deferred, "deferred"}, {r.Rejected, "rejected"}, {r.InDoubt, "in doubt"}} {
		if odd.n > 0 {
			text += fmt.Sprintf(", %s %s", number(odd.n), odd.name)
		}
	}
	return text
}

// say prints a line above the bar.
func (p *progress) say(text string) {
	if p.quiet {
		return
	}
	if p.bars != nil {
		fmt.Fprintln(p.bars, text)
		return
	}
	fmt.Fprintln(p.out, text)
}

func (p *progress) close() {
	if p.bars == nil {
		return
	}
	if p.bar != nil {
		p.bar.Abort(true)
	}
	p.bars.Wait()
}
