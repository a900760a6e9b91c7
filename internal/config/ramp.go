package config

import (
	"math"
	"strconv"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/broadsheet-news/broadsheet/mailer"
)

// rampKeys are the keys of a warm-up.
var rampKeys = []key[mailer.Ramp]{
	{name: "since", required: "since: 2026-12-01", read: func(v value, x *mailer.Ramp) { x.Since, _ = v.date() }},
	{name: "first", def: "50", read: func(v value, x *mailer.Ramp) { x.First, _ = v.number(1, 100_000) }},
	{name: "growth", def: "1.5", read: func(v value, x *mailer.Ramp) { x.Growth, _ = v.decimal(1, 3) }},
}

// readRamp reads a warm-up. Its first day begins at midnight, UTC: the day is what
// counts, and it is meant in the zone of whoever sends.
func readRamp(v value) *mailer.Ramp {
	var x mailer.Ramp
	readMapping(v, "a warm-up", rampKeys, &x)
	return &x
}

// date reads 2026-12-01.
func (v value) date() (time.Time, bool) {
	s, ok := v.scalar("a date such as 2026-12-01")
	if !ok {
		return time.Time{}, false
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		v.reportf("write year, month and day: 2026-12-01", "%s is not a date", quoted(s))
		return time.Time{}, false
	}
	return t, true
}

// decimal reads a number such as 1.5 between low and high.
func (v value) decimal(low, high float64) (float64, bool) {
	text := func(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
	want := "a number from " + text(low) + " to " + text(high)
	switch v.node.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
	default:
		v.reportf("for example: "+text((low+high)/2), "this is %s, where %s is wanted", v.kind(), want)
		return 0, false
	}
	n, err := strconv.ParseFloat(v.node.GetToken().Value, 64)
	if err != nil || math.IsNaN(n) || n < low || n > high {
		v.report("this is not "+want, "for example: "+text((low+high)/2))
		return 0, false
	}
	return n, true
}
