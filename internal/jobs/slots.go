package jobs

import (
	"context"
	"errors"
)

// SlotsArgs is the job that opens the slots that are due and moves editions on.
type SlotsArgs struct{}

// Kind is the job's name in River.
func (SlotsArgs) Kind() string { return "slots" }

// moveOn opens what is due, and moves on every edition that can be.
func (j *Jobs) moveOn(ctx context.Context) error {
	opened, err := j.newsroom.OpenDue(ctx)
	for _, e := range opened {
		j.log.Info("slot opened", "edition", e.Name(), "state", e.State)
	}
	return errors.Join(err, j.newsroom.Advance(ctx))
}
