package main

import (
	"time"
)

// setClock makes --as-of the time at which the command begins: its clock runs on
// from there.
func (a *App) setClock() error {
	if a.AsOf == "" {
		return nil
	}
	at, err := parseTime(a.AsOf)
	if err != nil {
		return err
	}
	real := a.Clock
	ahead := at.Sub(real())
	a.Clock = func() time.Time { return real().Add(ahead) }
	return nil
}

// parseTime reads a time as people type it. A time without a zone is local.
func parseTime(s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, s, time.Local); err == nil {
			return t, nil
		}
	}
	return time.Time{}, misused("--as-of %q: write 2026-11-26T18:00, or with a zone 2026-11-26T18:00:00+01:00", s)
}
