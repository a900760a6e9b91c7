package config

import (
	"net/mail"
	"slices"
	"strconv"
	"strings"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// waveKeys say in which parts a mailing goes out, and when it stops.
var waveKeys = []key[Newsletter]{
	{name: "waves", read: readWaves},
	{name: "staff", read: func(v value, n *Newsletter) { n.Staff = readMailboxes(v, "this one is named twice") }},
	{name: "stop_at", read: func(v value, n *Newsletter) {
		n.StopAt = &mailer.Thresholds{}
		readMapping(v, "stop_at", stopKeys, n.StopAt)
	}},
	{name: "window", def: "0", read: func(v value, n *Newsletter) { n.Window, _ = v.duration(0, 7*day) }},
}

// stopKeys are the keys of stop_at.
var stopKeys = []key[mailer.Thresholds]{
	{name: "rejected", def: "5%", read: func(v value, l *mailer.Thresholds) { l.Rejected, _ = v.share() }},
	{name: "refused", def: "20%", read: func(v value, l *mailer.Thresholds) { l.Refused, _ = v.share() }},
	{name: "deferred", def: "20%", read: func(v value, l *mailer.Thresholds) { l.Deferred, _ = v.share() }},
	{name: "complaints", def: "0.3%", read: func(v value, l *mailer.Thresholds) { l.Complained, _ = v.share() }},
}

const exampleWaves = "[staff, 1% + 10m, rest]"

var waveForm = lazyregexp.New(`^(staff|rest|[\d.]+%|\d+)(?:\s*\+\s*(\S+))?$`)

// readWaves reads [staff, 1% + 10m, rest]: who comes when, each with how long to
// wait after it.
func readWaves(v value, n *Newsletter) {
	var all mailer.Share
	list := v.items("waves")
	for i, item := range list {
		w, ok := item.wave()
		if !ok {
			continue
		}
		last := i == len(list)-1
		switch {
		case w.Kind == mailer.WaveRest && !last:
			item.report("nobody is left after the rest", "put rest last, once: "+exampleWaves)
		case w.Kind == mailer.WaveRest && w.Wait > 0:
			item.report("there is nothing to wait for after the rest", "write rest alone")
		case w.Kind != mailer.WaveRest && last:
			item.report("the last wave is not the rest", "add rest, for everyone else: "+exampleWaves)
		case w.Kind == mailer.WaveStaff && slices.ContainsFunc(n.Waves, func(x mailer.Wave) bool { return x.Kind == mailer.WaveStaff }):
			item.report("the staff come twice", "leave staff once")
		}
		if all += w.Share; w.Share > 0 && all >= mailer.Whole {
			item.report("nothing is left for the rest", "make the shares smaller: together they are less than 100%")
		}
		n.Waves = append(n.Waves, w)
	}
	if len(list) == 1 && len(n.Waves) == 1 && n.Waves[0].Kind == mailer.WaveRest {
		list[0].report("one wave is no wave", "write another before it: "+exampleWaves+"; or remove waves")
	}
}

func (v value) wave() (w mailer.Wave, ok bool) {
	s, ok := v.scalar("a wave")
	if !ok {
		return w, false
	}
	m := waveForm.FindStringSubmatch(s)
	if m == nil {
		v.reportf("a wave is staff, a share such as 1%, a number of readers such as 500, or rest; with \"+ 10m\" for a wait after it", "%s is not a wave", quoted(s))
		return w, false
	}
	if m[2] != "" {
		if w.Wait, ok = v.durationIn(m[2], 0, 7*day); !ok {
			return w, false
		}
	}
	switch {
	case m[1] == string(mailer.WaveStaff), m[1] == string(mailer.WaveRest):
		w.Kind = mailer.WaveKind(m[1])
	case strings.HasSuffix(m[1], "%"):
		w.Kind = mailer.WaveShare
		w.Share, ok = v.shareIn(m[1])
		if ok && w.Share == 0 {
			v.report("a wave of nobody", "for example: 1%")
		}
	default:
		w.Kind = mailer.WaveReaders
		if w.Readers, _ = strconv.ParseInt(m[1], 10, 64); w.Readers < 1 || w.Readers > 100_000_000 {
			v.reportf("for example: 500", "%s is no number of readers for a wave", m[1])
			ok = false
		}
	}
	return w, ok
}

// share reads a share such as 5% or 0.3%.
func (v value) share() (mailer.Share, bool) {
	s, ok := v.scalar("a share such as 5%")
	if !ok {
		return 0, false
	}
	return v.shareIn(s)
}

var shareForm = lazyregexp.New(`^(\d{1,3})(?:\.(\d{1,4}))?%$`)

func (v value) shareIn(s string) (mailer.Share, bool) {
	if s == "0" {
		return 0, true
	}
	m := shareForm.FindStringSubmatch(s)
	if m == nil {
		fix := "write it as 5% or 0.3%"
		if _, err := strconv.ParseFloat(s, 64); err == nil {
			fix = "give it a percent sign: " + s + "%"
		}
		v.reportf(fix, "%s is not a share", quoted(s))
		return 0, false
	}
	n, _ := strconv.ParseInt(m[1]+(m[2] + "0000")[:4], 10, 64)
	if mailer.Share(n) > mailer.Whole {
		v.reportf("it can be 0% to 100%", "%s is more than all", s)
		return 0, false
	}
	return mailer.Share(n), true
}

// readMailboxes reads a list of addresses, each once.
func readMailboxes(v value, twice string) []mail.Address {
	var seen []mail.Address
	for _, item := range v.items("addresses") {
		a, ok := item.mailbox()
		if !ok {
			continue
		}
		if slices.ContainsFunc(seen, func(b mail.Address) bool { return strings.EqualFold(a.Address, b.Address) }) {
			item.report(twice, "remove one")
			continue
		}
		seen = append(seen, a)
	}
	return seen
}

// Parts are the waves of the newsletter's mailings, everyone at once being one, and
// the limits at which they stop: those of stop_at, or, in waves, its defaults.
func (n *Newsletter) Parts() ([]mailer.Wave, mailer.Thresholds) {
	waves := n.Waves
	if len(waves) == 0 {
		waves = []mailer.Wave{{Kind: mailer.WaveRest}}
	}
	switch {
	case n.StopAt != nil:
		return waves, *n.StopAt
	case len(waves) > 1:
		return waves, usualLimits()
	}
	return waves, mailer.Thresholds{}
}

// usualLimits are the defaults of stop_at.
func usualLimits() mailer.Thresholds {
	var l mailer.Thresholds
	r := &reader{}
	readMapping(value{r: r}, "stop_at", stopKeys, &l)
	return l
}

// InWaves tells whether a mailing that begins now would be laid by a plan.
func (n *Newsletter) InWaves() bool {
	_, limits := n.Parts()
	return len(n.Waves) > 0 || n.Window > 0 || limits != mailer.Thresholds{}
}

// StaffOrEditors are the addresses of the wave "staff".
func (n *Newsletter) StaffOrEditors() []mail.Address {
	if n.Staff != nil {
		return n.Staff
	}
	return n.Editors
}
