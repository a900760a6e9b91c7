package ops

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
)

// beatAge is the oldest heartbeat that is well: it comes every minute.
const beatAge = 3 * time.Minute

// Health is what /healthz says; its status is 200 where OK, else 503.
type Health struct {
	OK       bool      `json:"ok"`
	Store    string    `json:"store"`              // "sqlite", "postgres", or what is wrong with it
	Schedule string    `json:"schedule"`           // "running", "late", "starting", or "not in this process"
	LastBeat time.Time `json:"last_beat,omitzero"` // when the schedule was last looked at
	Age      float64   `json:"age"`                // of that, in seconds
	Locked   bool      `json:"locked"`             // nothing is sent until somebody hands over the key
	Until    time.Time `json:"until,omitzero"`     // unlocked until then; none: for good
}

func (d *desk) health(w http.ResponseWriter, r *http.Request) {
	h := d.look(r)
	w.Header().Set("Content-Type", "application/json")
	if !h.OK {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(h)
}

func (d *desk) look(r *http.Request) Health {
	keys := d.n.KeyState()
	h := Health{OK: true, Store: d.n.Store.Engine(), Schedule: "not in this process", Locked: keys.Locked, Until: keys.Until}
	// Any row will do; that there is none is an answer too.
	if _, err := d.n.Store.Meta(r.Context(), "health"); err != nil && !errors.Is(err, store.ErrNotFound) {
		h.OK, h.Store = false, err.Error()
	}
	if d.o.LastBeat == nil {
		return h
	}
	h.LastBeat, h.Schedule = d.o.LastBeat(), "starting"
	if h.LastBeat.IsZero() {
		return h
	}
	age := d.n.Clock().Sub(h.LastBeat)
	h.Age, h.Schedule = age.Seconds(), "running"
	if age > beatAge {
		h.OK, h.Schedule = false, "late"
	}
	return h
}
